#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
use strict;
use warnings;
use CGI qw(:standard);
use Digest::SHA qw(sha1_hex);

my $text = param('text') // 'none';
my $handle = upload('file');
my $sum = '';
if ($handle) {
    binmode $handle;
    local $/;
    $sum = sha1_hex(<$handle>);
}
print header(-type => 'text/plain', -cookie => cookie(-name => 'seen', -value => 'yes')), "$text $sum ", url(-path_info => 1);
