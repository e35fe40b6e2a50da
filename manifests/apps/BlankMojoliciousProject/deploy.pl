# SPDX-License-Identifier: Apache-2.0
# Gets the application ready to serve: the web server runs this before it starts the application.
# Safe to run again at any time: it does only what is left to do. A failure ends it with exit code 1.

use strict;
use warnings;
use File::Basename qw(dirname);
use File::Spec;

my $root;
BEGIN { $root = File::Spec->rel2abs(dirname(__FILE__)) }
use lib "$root/lib";
use Hello::Model::Settings;
use Hello::Model::Store;
use Mojolicious;

$| = 1;

sub deploy {
    printf "-- Perl %vd, Mojolicious %s\n", $^V, Mojolicious->VERSION;
    my $settings = Hello::Model::Settings->new($root);
    print "-- Checking settings.ini\n";
    $settings->boolean('site', $_) for qw(debug https);
    $settings->secret_key;
    print "-- Bringing the database up to date\n";
    my $store = Hello::Model::Store->new($settings);
    my @applied = $store->migrate;
    print @applied ? map { "Applied $_\n" } @applied : "Nothing to do.\n";
    print '-- Ready: ', $store->version, "\n";
    return;
}

if (!eval { deploy(); 1 }) {
    print STDERR "DEPLOY FAILED: $@";
    exit 1;
}
