# SPDX-License-Identifier: Apache-2.0
"""For servers that want a WSGI module; zoofcgi.py gets along with the settings."""

import os

from django.core.wsgi import get_wsgi_application

os.environ['DJANGO_SETTINGS_MODULE'] = 'settings'
application = get_wsgi_application()
