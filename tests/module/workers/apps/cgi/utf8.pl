#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
use utf8;
binmode STDOUT, ":utf8";
print "Content-Type: text/plain; charset=utf-8\n\n";
print length("стр");
print STDIN->can("read") ? "" : "";
