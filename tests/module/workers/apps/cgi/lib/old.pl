# SPDX-License-Identifier: Apache-2.0
sub old { return 'library' }
1;
