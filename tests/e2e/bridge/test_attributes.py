# SPDX-License-Identifier: Apache-2.0
"""Attributes of engines and variables of applications, as far as they show from outside."""
import os
import socket
import time

from host import CONFIG, WORKERS, Host, python_engine, site
from test_bridge import WSGI, deploy_script, replaced, variable

FCGI_SCRIPT = r'''use strict; use FCGI;
my $request = FCGI::Request(\*STDIN, \*STDOUT, \*STDERR, \my %env);
my $count = 0;
while ($request->Accept >= 0) {
    read STDIN, my $body, $env{CONTENT_LENGTH} || 0;
    print STDERR "a note\n";
    print "Content-Type: text/plain\r\n\r\n$$ ", ++$count, " $env{REQUEST_METHOD} $env{PATH_INFO} ", length $body;
}
'''


def config(*engines, more=''):
    text = CONFIG.format(sites=site('one', 1, {'/': 'SITE'}, '*:80:'), engines=''.join(engines))
    return text.replace('</engines>', '</engines>' + more)


def variables(**values):
    def edit(folder):
        for name, value in values.items():
            variable(name, value)(folder)
    return edit


def environment(host):
    return dict(line.split('=', 1) for line in host.get('/environ').body.decode().split('\n') if '=' in line)


def test_instances_are_kept_at_their_minimum_and_maximum():
    with Host(WSGI, config=config(python_engine(minInstances=3, maxInstances=3))) as host:
        host.get('/')
        for _ in range(50):
            if len(host.workers()) == 3:
                break
            time.sleep(0.1)
        assert len(host.workers()) == 3
    with Host(WSGI, config=config(python_engine(maxInstances=3)), edit=variables(ZOO_STRATEGY='Fixed')) as host:
        host.get('/')
        assert len(host.workers()) == 3
    blank = config(python_engine(minInstances=-1, maxInstances=-1, timeLimit=-1, memoryLimit=-1, gracefulShutdownTimeout=-1,
                                 portLower=-1, portUpper=-1))
    with Host(WSGI, config=blank) as host:
        assert host.get('/').status == 200 and len(host.workers()) == 1


def test_tcp_engine_gets_a_port_of_its_range_and_its_host():
    engine = python_engine(portLower=43210, portUpper=43219, host='127.0.0.2', displayName='Snake').replace('NamedPipe', 'TCP')
    with Host(WSGI, config=config(engine)) as host:
        assert host.get('/').body == b'Hello, World!'
        found = environment(host)
        assert 43210 <= int(found['PORT']) <= 43219 and found['HOST'] == '127.0.0.2'
        socket.create_connection(('127.0.0.2', int(found['PORT']))).close()
        assert host.get('/length', 'POST', b'x' * 500000).body == b'500000'


def test_fastcgi_programs_of_others():
    engine = ('<add name="python.3.11" fullPath="/usr/bin/perl" arguments="&quot;%APPL_PHYSICAL_PATH%\\%SCRIPT%&quot;" '
              'maxInstances="1"><environmentVariables><add name="SCRIPT" value="app.fcgi" /></environmentVariables></add>')

    def edit(folder):
        (folder / 'app.fcgi').write_text(FCGI_SCRIPT)
    with Host(WSGI, config=config(engine), edit=edit) as host:
        first = host.get('/some/path').body.split()
        second = host.get('/some/path', 'POST', b'x' * 100000).body.split()
        assert first[1:] == [b'1', b'GET', b'/some/path', b'0'], first
        assert second == [first[0], b'2', b'POST', b'/some/path', b'100000'], second
        assert 'a note' in (host.folder / 'log/ZooError-1.log').read_text()


def test_user_engines_and_the_switchboard():
    user = ('<userEngines><add name="python.3.11" fullPath="/usr/bin/python3" arguments="-O &quot;%s&quot;"><environmentVariables>'
            '<add name="WHOSE" value="mine" /><add name="WSGI_APP" value="nothing.at.all" /></environmentVariables></add></userEngines>'
            % (WORKERS / 'python/zoofcgi.py'))
    with Host(WSGI, config=config('<add name="python.3.11" fullPath="/nothing" />', more=user)) as host:
        found = environment(host)
        assert found['WHOSE'] == 'mine' and found['WSGI_APP'] == 'app.application'      # the application's own wins
    off = '<switchboard><add name="*" value="Enabled" /><add name="python.3.11" value="Disabled" /></switchboard>'
    with Host(WSGI, config=config(python_engine(), more=off)) as host:
        assert host.get('/').status == 500 and not host.workers()
    with Host(WSGI, config=config()) as host:
        answer = host.get('/')
        assert answer.status == 500 and b'python.3.11' in answer.body


def test_a_program_that_is_not_there():
    with Host(WSGI, config=config('<add name="python.3.11" fullPath="C:\\Python\\python.exe" />')) as host:
        answer = host.get('/')
        assert answer.status == 502 and b'python.exe' in answer.body
        away = host.get('/', headers={'X-Forwarded-For': '192.0.2.1'})
        assert away.status in (502, 503) and b'python.exe' not in away.body


def test_a_program_that_closes_its_connection_before_it_ends_in_an_error():
    edit = replaced('app.py', 'VERSION = 1', "os.close(0)\ntime.sleep(0.3)\nraise ImportError('nothing here')")
    with Host(WSGI, edit=edit) as host:
        begun = time.monotonic()
        answer = host.get('/')
        assert answer.status == 502 and b'nothing here' in answer.body, (answer.status, answer.body[-600:])
        assert time.monotonic() - begun < 20
        assert host.printed().count(' started') < 4, host.printed()


def test_folders_that_variables_name():
    def edit(folder):
        variables(CURRENT_DIRECTORY='work\\here', PYTHONPATH='%APPL_PHYSICAL_PATH%', ERROR_LOG_FILE='mine.log', POST_CACHE_DIR='cache',
                  POST_BUFFER='1')(folder)
        (folder / 'work/here').mkdir(parents=True)
        (folder / 'cache').mkdir()
        replaced('app.py', 'class Actions:', 'class Actions:\n    def where(environ, start_response):\n'
                                             '        return text(start_response, os.getcwd().encode())\n')(folder)
    with Host(WSGI, edit=edit) as host:
        assert host.get('/where').body.decode() == str(host.folder / 'work/here')
        assert (host.folder / 'log/mine.log').exists()
        with socket.create_connection(('127.0.0.1', host.port)) as sock:
            sock.sendall(b'POST /length HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n' + b'x' * 50000)
            for _ in range(50):
                if stored_in(host, host.folder / 'cache'):
                    break
                time.sleep(0.1)
            assert stored_in(host, host.folder / 'cache')
            sock.sendall(b'x' * 50000)
            assert sock.recv(65536).endswith(b'100000')


def stored_in(host, folder):
    """Whether zoohost has a file open that lies there, or lay there: temporary files have no name."""
    names = []
    for fd in os.listdir('/proc/%d/fd' % host.process.pid):
        try:
            names.append(os.readlink('/proc/%d/fd/%s' % (host.process.pid, fd)))
        except OSError:
            pass
    return any(name.startswith(str(folder) + '/') for name in names)


def restarted(host, before):
    """Whether another worker answers within some seconds."""
    for _ in range(50):
        if host.get('/version').body != before:
            return True
        time.sleep(0.1)
    return False


def test_files_are_watched_in_all_folders_however_new():
    def edit(folder):
        (folder / 'old/deep').mkdir(parents=True)
        replaced('web.config', 'value="*.py"', 'value="*.py; conf/*.YML,php.ini"')(folder)
    with Host(WSGI, edit=edit) as host:
        before = host.get('/version').body
        (host.folder / 'old/deep/page.txt').write_text('x')
        (host.folder / 'other.yml').write_text('x')
        time.sleep(2)
        assert host.get('/version').body == before      # no mask fits
        for name in ('old/deep/views.py', 'old/deep/php.ini', 'new/folder/models.py', 'conf/site.yml'):
            file = host.folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text('x')
            assert restarted(host, before), name
            before = host.get('/version').body
        (host.folder / 'new/folder/models.py').unlink()
        assert restarted(host, before), 'removed'


def test_deploy_once_renames_the_script():
    def edit(folder):
        deploy_script("print('deployed')\n")(folder)
        variable('DEPLOY_MODE', 'once')(folder)
    with Host(WSGI, edit=edit) as host:
        assert host.get('/').status == 200
        assert not (host.folder / 'deploy.py').exists() and (host.folder / 'deploy_done.py').exists()


def test_deploy_that_takes_too_long_is_ended():
    def edit(folder):
        deploy_script('import time\nprint("begun", flush=True)\ntime.sleep(60)\n')(folder)
        variable('DEPLOY_TIMEOUT', '1')(folder)
    with Host(WSGI, edit=edit) as host:
        begun = time.monotonic()
        answer = host.get('/')
        assert answer.status == 503 and b'begun' in answer.body and time.monotonic() - begun < 10


def test_host_name_for_http_engines():
    server = ('<add name="python.3.11" fullPath="/usr/bin/python3" arguments="&quot;%APPL_PHYSICAL_PATH%/echo.py&quot;" '
              'transport="tcp" protocol="HTTP" />')
    script = '''import http.server, os
class Echo(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = ('%s\\n%s' % (self.path, self.headers)).encode()
        self.send_response(200)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)
http.server.HTTPServer((os.environ['HOST'], int(os.environ['PORT'])), Echo).serve_forever()
'''

    def edit(folder):
        variable('ZOO_SUBSTITUTE_HOST', 'zoo%INSTANCE_ID%%APPL_ID%')(folder)
        (folder / 'echo.py').write_text(script)
    with Host(WSGI, config=config(server), edit=edit) as host:
        lines = host.get('/a%20b?c', headers={'Host': 'site.example', 'Proxy': 'evil', 'X-Zoo-Real-IP': 'forged', 'X-Forwarded-Proto': 'https'}
                         ).body.decode().split('\n')
        for line in ('/a%20b?c', 'Host: zoo1', 'X-Forwarded-Host: site.example', 'X-Forwarded-For: 127.0.0.1', 'X-Zoo-Real-IP: 127.0.0.1',
                     'X-Forwarded-Proto: http', 'X-Zoo-Appl-Physical-Path: %s' % host.folder, 'X-Zoo-Appl-Virtual-Path: /'):
            assert line in lines, (line, lines)
        assert not any('evil' in line or 'forged' in line for line in lines)


def test_levels_of_the_error_log():
    with Host(WSGI, edit=replaced('web.config', 'value="notification"', 'value="critical"')) as host:
        assert host.get('/die').status == 502
        assert not (host.folder / 'log/ZooError-1.log').exists()
    with Host(WSGI, edit=replaced('web.config', 'name="ERROR_LOG_DIR" value="log"', 'name="ERROR_LOG_DIR" value="NULL"')) as host:
        assert host.get('/die').status == 502
        assert not (host.folder / 'log').exists()
