# SPDX-License-Identifier: Apache-2.0
print "Content-Type: text/plain\n\nbefore";
eval { sub { exit 3 }->() };
print 'after';
END { }
