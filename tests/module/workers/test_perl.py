# SPDX-License-Identifier: Apache-2.0
import os
import shutil
import subprocess
import tempfile
import unittest

import fcgi_client as f
from protocol_cases import ProtocolCases

PERL = os.environ.get('ZOO_TEST_PERL', '/usr/bin/perl')
ZOOFCGI = os.path.normpath(os.path.join(f.WORKERS, 'perl', 'zoofcgi.pl'))


class Protocol(ProtocolCases, unittest.TestCase):
    args = (PERL, ZOOFCGI, 'common.psgi')
    env = {'APPL_PHYSICAL_PATH': f.APPS}


if __name__ == '__main__':
    unittest.main()
