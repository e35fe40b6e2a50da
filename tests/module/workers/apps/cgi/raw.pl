# SPDX-License-Identifier: Apache-2.0
# Header forms, children's output, DATA, syswrite and printf.
use lib 'lib';
require 'old.pl';
binmode STDOUT;
print STDOUT "Status: 202 Fine\r\nX-Two: b\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Type: text/plain\r\n\r\n";
printf '%s-', old();
system 'echo child';
syswrite STDOUT, 'xwritten ', 8, 1;
print <DATA>;
__DATA__
data line
