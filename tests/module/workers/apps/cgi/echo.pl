# SPDX-License-Identifier: Apache-2.0
$| = 1;
print "Content-Type: application/octet-stream\n\n";
while (read STDIN, my $piece, 50000) {
    print $piece;
}
