# SPDX-License-Identifier: Apache-2.0
print "Location: http://localhost/there\n\n";
