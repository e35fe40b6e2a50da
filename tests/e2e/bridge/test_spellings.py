# SPDX-License-Identifier: Apache-2.0
"""web.config as people and programs write it: each spelling is an application that has to run."""
import re
import shutil

from host import Host
from test_bridge import WSGI

BASE = (WSGI / 'web.config').read_text().replace('          <add name="ERROR_LOG_DIR" value="log" />\n', '')
VARIABLES = '<environmentVariables>'
HANDLER = re.search(r'<add name="wsgi#x64"[^>]*/>', BASE).group(0)


def put(before, text):
    assert before in BASE, before
    return BASE.replace(before, before + text, 1)


def within(begin, end):
    """The section group inside something else."""
    return BASE.replace('<system.webServer>', begin + '<system.webServer>').replace('</system.webServer>', '</system.webServer>' + end)


TEXTS = {
    'no declaration': BASE.split('\n', 1)[1],
    'crlf': BASE.replace('\n', '\r\n'),
    'tabs': BASE.replace('  ', '\t'),
    'one line': re.sub(r'\s*\n\s*', '', BASE),
    'apostrophes': BASE.replace('"', "'"),
    'namespace': BASE.replace('<configuration>', '<configuration xmlns="http://schemas.microsoft.com/.NetConfiguration/v2.0">'),
    'transformations': BASE.replace('<configuration>', '<configuration xmlns:xdt="http://schemas.microsoft.com/XML-Document-Transform">')
                           .replace('<application name="wsgi">', '<application name="wsgi" xdt:Transform="Insert">'),
    'comments': put('<heliconZoo>', '<!-- <heliconZoo> <application name="old"> -->').replace('</handlers>', '<!-- x --></handlers>'),
    'processing instruction': put('<heliconZoo>', '<?keep this?>'),
    'doctype': BASE.replace('<configuration>', '<!DOCTYPE configuration><configuration>'),
    'references': BASE.replace('value="app.application"', 'value="&#97;pp.&#x61;pplication"'),
    'blanks around': '\n\n' + BASE + '\n \n',
    'location of the folder': within('<location path="." inheritInChildApplications="false">', '</location>'),
    'location without path': within('<location>', '</location>'),
    'location of a sub-folder': BASE.replace('</configuration>', '<location path="static/x" allowOverride="false"><system.webServer><handlers>'
                                             '<remove name="wsgi#x64" /></handlers></system.webServer></location></configuration>'),
    'clear': put('<heliconZoo>', '<clear />').replace(VARIABLES, VARIABLES + '<clear />').replace('<handlers>', '<handlers><clear />'),
    'remove what may not be there': put('<handlers>', '<remove name="wsgi#x64" /><remove name="Other" />'),
    'application as add': BASE.replace('<application name="wsgi">', '<add name="wsgi">').replace('</application>', '</add>'),
    'application of another name': BASE.replace('<application name="wsgi">', '<application name="sinatra.project">'),
    'application with its bits': BASE.replace('<application name="wsgi">', '<application name="wsgi#x64">'),
    'names of version 1': BASE.replace('<application name="wsgi">', '<application name="wsgi.x64">').replace('wsgi#x64', 'wsgi.x64'),
    'engine of version 1': BASE.replace('python.3.11', 'python.2.7.pipe'),
    'engine of version 3': BASE.replace('python.3.11', 'python.2.7.wsgi'),
    'engine in other case': BASE.replace('python.3.11', 'PYTHON.3.11'),
    'values in other case': BASE.replace('HeliconZoo_x64', 'heliconzoo_X64').replace('Unspecified', 'unspecified').replace('"Script"', '"script"'),
    'no precondition': BASE.replace(' preCondition="bitness64"', ''),
    'two conditions': BASE.replace('preCondition="bitness64"', 'preCondition="integratedMode, bitness64"'),
    'only 32 bits': BASE.replace('x64', 'x86').replace('bitness64', 'bitness32'),
    'both bits': BASE.replace('</handlers>', HANDLER.replace('x64', 'x86').replace('bitness64', 'bitness32') + '</handlers>'),
    'verbs': BASE.replace('verb="*"', 'verb="GET, HEAD,POST"'),
    'needless attributes': BASE.replace('path="*"', 'path="*" allowPathInfo="true" responseBufferLimit="0" type=""'),
    'unknown attribute': BASE.replace('<application name="wsgi">', '<application name="wsgi" displayName="My site">'),
    'unknown element': put(VARIABLES, '<note>mine</note>'),
    'variable without value': put(VARIABLES, '<add name="NOTHING" />'),
    'variable twice': put(VARIABLES, '<add name="WSGI_APP" value="app.application" />'),
    'variables of other products': put(VARIABLES, '<add name="CONSOLE_URL" value="console/" /><add name="WAR_FILE" value="x.war" />'
                                                  '<add name="VIRTUAL_ENV" value="%APPL_PHYSICAL_PATH%\\venv" />'),
    'appended variables': put(VARIABLES, '<add name="Path" value="C:\\Tools;%PATH%" /><add name="PYTHONPATH" value="%APPL_PHYSICAL_PATH%;%PYTHONPATH%;" />'),
    'undefined variables': put(VARIABLES, '<add name="X" value="%NOBODY_HAS_THIS%\\50%" />'),
    'blanks in numbers': BASE.replace('value="3"', 'value=" 30 "'),
    'default by -1': BASE.replace('value="3"', 'value="-1"'),
    'engines in web.config': put('<system.webServer>', '<heliconZooServer><userEngines><add name="mine" fullPath="x" /></userEngines></heliconZooServer>'),
    'configSections': put('<configuration>', '<configSections><sectionGroup name="system.webServer"><section name="heliconZoo" '
                                             'overrideModeDefault="Allow" /></sectionGroup></configSections>'),
    'sections of others': put('<configuration>', '<appSettings><add key="a" value="b" /></appSettings><connectionStrings /><system.web>'
                                                 '<customErrors mode="Off" /></system.web><system.diagnostics />')
                          .replace('<heliconZoo>', '<asp scriptErrorSentToBrowser="true" /><httpErrors errorMode="Detailed" /><rewrite><rules><rule name="r">'
                                                   '<match url="^(robots\\.txt)$" /><action type="Rewrite" url="public/{R:1}" /></rule></rules></rewrite>'
                                                   '<httpProtocol><customHeaders /></httpProtocol><urlCompression /><heliconZoo>'),
    'group twice': BASE.replace('</system.webServer>', '</system.webServer><system.webServer />'),
    'largest body': BASE.replace('maxAllowedContentLength="1073741824"', 'maxAllowedContentLength="4294967295"'),
}
BYTES = {
    'utf-8 with mark': BASE.encode('utf-8-sig'),
    'utf-16': BASE.replace('UTF-8', 'UTF-16').encode('utf-16'),
    'utf-16 that says utf-8': BASE.encode('utf-16'),
    'utf-16, big end first': ('\ufeff' + BASE.replace('UTF-8', 'UTF-16')).encode('utf-16-be'),
    'iso-8859-1': put(VARIABLES, '<add name="X" value="é" />').replace('UTF-8', 'iso-8859-1').encode('latin-1'),
    'windows-1252': put(VARIABLES, '<add name="X" value="€" />').replace('UTF-8', 'windows-1252').encode('cp1252'),
}


def test_spellings_of_web_config():
    files = {**{name: text.encode() for name, text in TEXTS.items()}, **BYTES}
    folders = {name: 'app%d' % number for number, name in enumerate(files)}

    def edit(folder):
        (folder / 'web.config').unlink()
        for name, content in files.items():
            assert content != BASE.encode(), name
            target = folder / folders[name]
            target.mkdir()
            shutil.copy(WSGI / 'app.py', target)
            (target / 'web.config').write_bytes(content)
    options = [part for folder in folders.values() for part in ('--app', '/%s=SITE/%s' % (folder, folder))]
    with Host(WSGI, *options, edit=edit) as host:
        for name, folder in folders.items():
            answer = host.get('/%s/' % folder)
            assert (answer.status, answer.body) == (200, b'Hello, World!'), (name, answer.status, answer.body[-600:])


STATIC = '<add name="{0}" path="{1}" verb="GET,HEAD" modules="StaticFileModule" resourceType="File" requireAccess="Read" />'
WAYS = {
    'location that removes the handler': BASE.replace(
        '</configuration>', '<location path="static"><system.webServer><handlers><remove name="wsgi#x64" /></handlers></system.webServer>'
                            '</location></configuration>'),
    'location that clears the handlers': BASE.replace(
        '</configuration>', '<location path="static" overrideMode="Allow"><system.webServer><handlers><clear />' + STATIC.format('Files', '*')
        + '</handlers></system.webServer></location></configuration>'),
    'handler for extensions before': BASE.replace('<handlers>', '<handlers>' + STATIC.format('css', '*.css') + STATIC.format('html', '*.html')),
    'handler for several extensions': BASE.replace('<handlers>', '<handlers>' + STATIC.format('files', '*.css,*.html')),
    'handler for a folder': BASE.replace('<handlers>', '<handlers accessPolicy="Read, Script">' + STATIC.format('files', 'static/*')),
    'handler for what is no file': BASE.replace(
        '<handlers>', '<handlers><clear />' + STATIC.format('files', '*')),
}


def test_ways_to_serve_static_files():
    def edit(folder):
        (folder / 'static/web.config').unlink()
        for number, text in enumerate(WAYS.values()):
            target = folder / ('way%d' % number)
            shutil.copytree(folder / 'static', target / 'static')
            shutil.copy(WSGI / 'app.py', target)
            (target / 'web.config').write_text(text)
    options = [part for number in range(len(WAYS)) for part in ('--app', '/way%d=SITE/way%d' % (number, number))]
    with Host(WSGI, *options, edit=edit) as host:
        for number, name in enumerate(WAYS):
            page = host.get('/way%d/' % number)
            assert page.body == b'Hello, World!', (name, page.body[-600:])
            file = host.get('/way%d/static/site.css' % number)
            assert file.status == 200 and file.headers['ETag'], (name, file.status, file.body[-600:])
