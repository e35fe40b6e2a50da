# SPDX-License-Identifier: Apache-2.0
print "Content-Type: text/plain\n\n$ENV{SCRIPT_NAME}|$ENV{PATH_INFO}";
