# SPDX-License-Identifier: Apache-2.0
import os
import unittest

import fcgi_client as f
from protocol_cases import ProtocolCases

PYTHON = os.environ.get('ZOO_TEST_PYTHON', '/usr/bin/python3')
ZOOFCGI = os.path.normpath(os.path.join(f.WORKERS, 'python', 'zoofcgi.py'))


class Protocol(ProtocolCases, unittest.TestCase):
    args = (PYTHON, ZOOFCGI)
    env = {'APPL_PHYSICAL_PATH': f.APPS, 'WSGI_APP': 'common_app.application', 'PYTHONDONTWRITEBYTECODE': '1'}


if __name__ == '__main__':
    unittest.main()
