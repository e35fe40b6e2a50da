# SPDX-License-Identifier: Apache-2.0
# A PSGI application: code that takes a request (a hash) and returns status, headers and body.
# With Plack installed, "plackup" runs it while you develop.

use strict;
use warnings;
use File::Basename qw(dirname);
use File::Spec;
use lib File::Spec->rel2abs(dirname(__FILE__)) . '/lib';
use Hello::App;

Hello::App->new(File::Spec->rel2abs(dirname(__FILE__)))->to_psgi;
