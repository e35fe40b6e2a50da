# SPDX-License-Identifier: Apache-2.0
"""For other WSGI servers; the web server's own worker needs DJANGO_SETTINGS_MODULE only."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'project.settings')
application = get_wsgi_application()
