# SPDX-License-Identifier: Apache-2.0
"""Gets the application ready to serve: the web server runs this before it starts the application.

Safe to run again at any time: it does only what is left to do. A failure ends it with exit code 1.
"""

import os
import sys

BASE = os.path.dirname(os.path.abspath(__file__))


def step(text):
    print('-- %s' % text, flush=True)


def create_administrator():
    """The account that DJANGO_SUPERUSER_USERNAME, _EMAIL and _PASSWORD describe, for hosts without a console."""
    from django.contrib.auth import get_user_model

    name, password = os.environ.get('DJANGO_SUPERUSER_USERNAME'), os.environ.get('DJANGO_SUPERUSER_PASSWORD')
    if not name or not password:
        return
    if get_user_model().objects.filter(username=name).exists():
        print('The administrator %s is there.' % name)
        return
    # Not the command createsuperuser: it insists on an address.
    get_user_model().objects.create_superuser(name, os.environ.get('DJANGO_SUPERUSER_EMAIL', ''), password)
    print('Superuser created: %s' % name)


def deploy():
    import django
    from django.core.management import call_command

    step('Python %s, Django %s' % (sys.version.split()[0], django.get_version()))
    django.setup()
    step('Checking the project')
    call_command('check')
    step('Bringing the database up to date')
    call_command('migrate', interactive=False)
    step('Collecting static files')
    call_command('collectstatic', interactive=False, ignore_patterns=['README.md'])
    step('Administrator')
    create_administrator()


def main():
    os.chdir(BASE)
    sys.path.insert(0, BASE)
    os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'project.settings')
    try:
        deploy()
    except Exception as problem:  # whatever went wrong: say it and stop the start of the application
        if os.environ.get('DEPLOY_DEBUG'):
            raise
        print('DEPLOY FAILED: %s: %s' % (type(problem).__name__, problem), file=sys.stderr)
        return 1
    step('Ready')
    return 0


if __name__ == '__main__':
    sys.exit(main())
