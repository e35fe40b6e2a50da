# SPDX-License-Identifier: Apache-2.0
import site_app  # noqa: F401  (configures Django)
from django.core.management import call_command

call_command('migrate', verbosity=1)
