# SPDX-License-Identifier: Apache-2.0
"""What the start page tells about the machine it runs on."""

import os
import platform

import django
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor


def facts(environ):
    """(label, value, remark) of everything the page shows, and whether the database can be used."""
    state, usable = database_state()
    return [
        ('Framework', 'Django %s' % django.get_version(), 'debug is on' if settings.DEBUG else 'debug is off'),
        ('Language', 'Python %s' % platform.python_version(), '%s, %s' % (platform.python_implementation(), platform.architecture()[0])),
        ('Engine', os.environ.get('ZOO_ENGINE', 'none'), environ.get('SERVER_SOFTWARE') or 'unknown server'),
        ('Database', database_name() if usable else 'Not ready', state),
    ], usable


def database_state():
    """One line about the database, and whether it can be used."""
    try:
        executor = MigrationExecutor(connection)
        waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except DatabaseError as problem:
        return (str(problem) if settings.DEBUG else 'It does not answer: see settings.ini'), False
    if waiting:
        return '%d migrations wait: run deploy.py' % waiting, False
    return 'connected, up to date', True


def database_name():
    if connection.vendor == 'sqlite':
        return 'SQLite %s' % connection.Database.sqlite_version
    if connection.vendor == 'mysql':
        with connection.cursor() as cursor:
            cursor.execute('SELECT VERSION()')
            version = cursor.fetchone()[0].split('-')[0]
        return '%s %s' % ('MariaDB' if connection.mysql_is_mariadb else 'MySQL', version)
    return {'microsoft': 'SQL Server'}.get(connection.vendor, connection.display_name)
