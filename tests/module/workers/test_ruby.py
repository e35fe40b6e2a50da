# SPDX-License-Identifier: Apache-2.0
import os
import shutil
import subprocess
import tempfile
import unittest

import fcgi_client as f
from protocol_cases import ProtocolCases

RUBY = os.environ.get('ZOO_TEST_RUBY', '/usr/bin/ruby')
ZOORACK = os.path.normpath(os.path.join(f.WORKERS, 'ruby', 'zoorack.rb'))


class Protocol(ProtocolCases, unittest.TestCase):
    args = (RUBY, ZOORACK, 'common.ru')
    env = {'APPL_PHYSICAL_PATH': f.APPS}


if __name__ == '__main__':
    unittest.main()
