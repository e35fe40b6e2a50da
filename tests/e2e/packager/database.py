#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Installs the database of a package into a real MariaDB, twice, as Web Deploy's dbMySql provider would: makes the
database, puts the parameters into the scripts, cuts them at the delimiter and runs them in order as the administrator.

usage: database.py PACKAGE NAME=VALUE..."""

import os
import re
import sys
import xml.etree.ElementTree
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '..', 'apps'))
import mariadb


# The client cuts at semicolons by itself, inside of procedures too, unless it is told another delimiter.
ADMINISTRATOR = ['-uroot', '--delimiter=$end$']


def text_of(package, name):
    return package.read(name).decode('utf-8')


def filled(script_name, text, parameters, given):
    """The script with the values of the parameters of kind TextFile whose scope is its name."""
    for parameter in parameters.iter('parameter'):
        value = given.get(parameter.get('name'), parameter.get('defaultValue'))
        for entry in parameter.iter('parameterEntry'):
            if entry.get('kind') == 'TextFile' and re.search(entry.get('scope'), script_name):
                text = re.sub(entry.get('match'), lambda _: value, text)
    return text


def statements(text, provider):
    delimiter = provider.get('commandDelimiter', ';')
    assert delimiter == ';' or provider.get('removeCommandDelimiter') == 'true'
    return [part for part in text.split(delimiter) if re.sub(r'(?m)^\s*--.*$', '', part).strip()]


def main():
    given = dict(argument.split('=', 1) for argument in sys.argv[2:])
    package = zipfile.ZipFile(sys.argv[1])
    parameters = xml.etree.ElementTree.fromstring(text_of(package, 'parameters.xml'))
    manifest = xml.etree.ElementTree.fromstring(text_of(package, 'manifest.xml'))
    name = given['Database Name']
    server = mariadb.Server()
    try:
        for _ in range(2):
            server.sql('CREATE DATABASE IF NOT EXISTS `%s`' % name)
            for provider in manifest.iter('dbMySql'):
                script = filled(provider.get('path'), text_of(package, provider.get('path')), parameters, given)
                for statement in statements(script, provider):
                    server.sql(statement, ADMINISTRATOR)
        account = ['-u' + given['Database User Name'], '-p' + given['Database Password'], name]
        assert server.sql('SELECT text FROM entry', account) == 'Grüß Gott', 'one entry, in UTF-8, after two installations'
        assert server.sql("CALL forget('Zoë')", account) == '1', 'the procedure is there'
        assert server.sql('SELECT COUNT(*) FROM entry', account) == '0'
        try:
            server.sql('DROP TABLE entry', account)
        except RuntimeError as error:
            assert 'denied' in str(error), error
        else:
            raise AssertionError('the account of the application may drop tables')
    finally:
        server.stop()


main()
