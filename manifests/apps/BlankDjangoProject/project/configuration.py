# SPDX-License-Identifier: Apache-2.0
"""Reads settings.ini, so that settings.py stays a plain Django settings file."""

import configparser
import os
import secrets
import tempfile

from django.core.exceptions import ImproperlyConfigured


class Configuration:
    """Values of settings.ini; what is missing or empty is the default."""

    def __init__(self, path):
        self.path = path
        self._parser = configparser.ConfigParser(interpolation=None, comment_prefixes=(';',), strict=False)
        try:
            if not self._parser.read(path, encoding='utf-8-sig'):
                raise ImproperlyConfigured('%s is missing' % path)
        except (configparser.Error, UnicodeDecodeError) as problem:
            raise ImproperlyConfigured('%s cannot be read: %s' % (path, problem)) from problem

    def text(self, section, key, default=''):
        return self._parser.get(section, key, fallback='').strip() or default

    def boolean(self, section, key):
        value = self.text(section, key, 'false')
        try:
            return self._parser.BOOLEAN_STATES[value.lower()]
        except KeyError:
            raise ImproperlyConfigured('%s: %s must be true or false, not %r' % (self.path, key, value)) from None

    def words(self, section, key):
        return [word.strip() for word in self.text(section, key).split(',') if word.strip()]


def stored_secret(path):
    """The key in this file; made once, by whichever process comes first."""
    try:
        if not path.exists():
            _store_once(path, secrets.token_urlsafe(48))
        return path.read_text(encoding='ascii').strip()
    except OSError as problem:
        raise ImproperlyConfigured(
            'secret_key in settings.ini is empty, and %s cannot be written (%s): fill in the key, or give the '
            'account of the application pool the right to modify the folder data' % (path, problem)) from problem


def _store_once(path, text):
    # Written aside and linked into place: nobody ever reads half a key, and the first one to arrive wins.
    handle, aside = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, 'w', encoding='ascii') as file:
            file.write(text)
        os.link(aside, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(aside)


def database(configuration, base):
    """The value for DATABASES['default']."""
    engine = configuration.text('database', 'engine', 'sqlite').lower()
    makers = {'sqlite': _sqlite, 'mysql': _mysql, 'mariadb': _mysql, 'sqlserver': _sqlserver}
    if engine not in makers:
        raise ImproperlyConfigured('%s: engine must be one of %s, not %r' % (configuration.path, ', '.join(makers), engine))
    return makers[engine](configuration, base)


def _sqlite(configuration, base):
    name = configuration.text('database', 'name', 'data/db.sqlite3')
    # Waits for a writer in another worker instead of failing at once.
    return {'ENGINE': 'django.db.backends.sqlite3', 'NAME': str(base / name), 'OPTIONS': {'timeout': 20}}


def _server(configuration, engine, options):
    keys = {'NAME': 'name', 'USER': 'user', 'PASSWORD': 'password', 'HOST': 'host', 'PORT': 'port'}
    values = {name: configuration.text('database', key) for name, key in keys.items()}
    return {'ENGINE': engine, 'OPTIONS': options, 'CONN_MAX_AGE': 60, **values}


def _mysql(configuration, base):
    try:
        import MySQLdb  # noqa: F401  (mysqlclient)
    except ImportError:
        _use_pymysql()
    options = {'charset': 'utf8mb4', 'init_command': "SET sql_mode='STRICT_TRANS_TABLES'"}
    return _server(configuration, 'django.db.backends.mysql', options)


def _use_pymysql():
    try:
        import pymysql
    except ImportError:
        raise ImproperlyConfigured('engine = mysql needs mysqlclient or PyMySQL: python -m pip install mysqlclient') from None
    # Django asks for a version of mysqlclient; PyMySQL does what that version does.
    pymysql.version_info = (2, 2, 7, 'final', 0)
    pymysql.__version__ = '2.2.7'
    pymysql.install_as_MySQLdb()


def _sqlserver(configuration, base):
    try:
        import pyodbc
    except ImportError:
        raise ImproperlyConfigured('engine = sqlserver needs mssql-django: python -m pip install mssql-django') from None
    drivers = sorted(name for name in pyodbc.drivers() if name.startswith('ODBC Driver ') and name.endswith(' for SQL Server'))
    if not drivers:
        raise ImproperlyConfigured('engine = sqlserver needs the Microsoft ODBC Driver for SQL Server')
    options = {'driver': drivers[-1]}
    server = configuration.text('database', 'host').split('\\')[0].lower()
    if server in ('', '.', '(local)', 'localhost', '127.0.0.1'):
        # Driver 18 encrypts by default, and a server on this machine mostly has a certificate of its own making.
        options['extra_params'] = 'TrustServerCertificate=yes'
    return _server(configuration, 'mssql', options)
