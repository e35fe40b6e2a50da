# SPDX-License-Identifier: Apache-2.0
use CGI::Carp qw(fatalsToBrowser);
die 'shown to all';
