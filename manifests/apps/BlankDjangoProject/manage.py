#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Django's command line: python manage.py help"""

import os
import sys


def main():
    os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'project.settings')
    try:
        from django.core.management import execute_from_command_line
    except ImportError as problem:
        raise SystemExit('Django is not installed for %s: python -m pip install -r requirements.txt' % sys.executable) from problem
    execute_from_command_line(sys.argv)


if __name__ == '__main__':
    main()
