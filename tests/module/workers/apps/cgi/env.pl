#!/usr/bin/perl -w
# SPDX-License-Identifier: Apache-2.0
print "Content-type: text/plain\n\n";
print "$_=$ENV{$_}\n" for sort keys %ENV;
print "W=$^W\n";
