# SPDX-License-Identifier: Apache-2.0
die "script trouble\n" if $ENV{QUERY_STRING} eq 'early';
print "Content-Type: text/plain\n\nbegun";
warn "a warning\n";
$| = 1;
print '';
die "late trouble\n" if $ENV{QUERY_STRING} eq 'late';
