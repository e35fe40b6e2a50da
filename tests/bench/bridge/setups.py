# SPDX-License-Identifier: Apache-2.0
"""The set-ups that are compared.  Each serves one application folder on a port of its own with two Python workers.

All run Debian's python3 with PYTHONOPTIMIZE (the option -O of the seed's engine) and write no access log.
"""

import os
import pwd
import shutil
import socket

from programs import answers, command_line, free_port, tree

HERE = os.path.dirname(os.path.abspath(__file__))
WORKER = os.path.join(HERE, '..', '..', '..', 'module', 'workers', 'python', 'zoofcgi.py')
PYTHON = '/usr/bin/python3'
WORKERS = 2
MIGRATE = 'import bench_app; from django.core.management import call_command as call; call("migrate", verbosity=0)'

APPLICATION_HOST = '''<?xml version="1.0" encoding="UTF-8"?>
<configuration>
  <system.applicationHost>
    <sites>
      <site name="bench" id="1">
        <application path="/"><virtualDirectory path="/" physicalPath="{folder}" /></application>
        <bindings><binding protocol="http" bindingInformation="127.0.0.1:{port}:" /></bindings>
      </site>
    </sites>
  </system.applicationHost>
  <system.webServer>
    <heliconZooServer>
      <engines>
        <add name="python.bench" fullPath="{python}" arguments="-O &quot;{worker}&quot;" transport="NamedPipe" protocol="fastcgi"
             minInstances="{workers}" maxInstances="{workers}" />
      </engines>
    </heliconZooServer>
  </system.webServer>
</configuration>
'''
NGINX = '''
daemon off;
{user}
worker_processes auto;
pid {base}.pid;
error_log {base}.err;
events {{ worker_connections 12000; }}
http {{
  access_log off;
  keepalive_requests 1000000;
  keepalive_timeout 300s;
  client_max_body_size 0;
  client_body_temp_path {base}.body;
  fastcgi_temp_path {base}.fastcgi;
  proxy_temp_path {base}.proxy;
  uwsgi_temp_path {base}.uwsgi;
  scgi_temp_path {base}.scgi;
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location / {{ {location} }}
  }}
}}
'''
APACHE = '''
ServerRoot {base}
ServerName localhost
Listen 127.0.0.1:{port}
PidFile {base}.pid
ErrorLog {base}.err
{user}
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule wsgi_module /usr/lib/apache2/modules/mod_wsgi.so
MaxKeepAliveRequests 0
WSGIPythonOptimize 1
WSGISocketPrefix {base}
WSGIDaemonProcess bench processes={workers} threads=1 display-name=(bench-wsgi) python-path={folder}
WSGIScriptAlias / {folder}/bench_app.py process-group=bench application-group=%{{GLOBAL}}
<Directory {folder}>
  Require all granted
</Directory>
'''


def workers_environment(**more):
    environ = {**os.environ, 'PATH': '/usr/sbin:/usr/bin:/sbin:/bin', 'PYTHONOPTIMIZE': '1', **more}
    environ.pop('PYTHONHOME', None)
    return environ


class Setup:
    """A started server; front() and workers() are the processes of its two parts."""

    name = ''

    def __init__(self, programs, folder, label):
        self.programs, self.folder = programs, folder
        self.port = free_port()
        self.base = programs.path('%s-%s' % (label, type(self).__name__.lower()))
        self.label = os.path.basename(self.base)
        self.processes = []

    def start_program(self, part, args, **options):
        options.setdefault('env', workers_environment())
        process = self.programs.start('%s-%s' % (self.label, part), args, **options)
        self.processes.append(process)
        return process

    def wait(self, path, text):
        self.programs.wait_for('%s did not serve %s' % (self.name, path), lambda: answers(self.port, path, text))

    def url(self, path):
        return 'http://127.0.0.1:%d%s' % (self.port, path)

    def stop(self):
        self.programs.stop(self.processes)

    def front(self):
        return tree(self.processes[-1].pid)

    def workers(self):
        return [pid for process in self.processes[:-1] for pid in tree(process.pid)]


class Zoo(Setup):
    name = 'zoohost + zoofcgi.py'
    program = ''

    def start(self):
        config = self.programs.write(self.label + '.config', APPLICATION_HOST.format(
            folder=self.folder, port=self.port, python=PYTHON, worker=os.path.abspath(WORKER), workers=WORKERS))
        self.start_program('zoohost', [self.program, '--config', config, '--listen', '127.0.0.1:%d' % self.port])

    def front(self):
        return [self.processes[0].pid]

    def workers(self):
        return tree(self.processes[0].pid)[1:]


class Nginx(Setup):
    """nginx before something else; subclasses start that and say what the location is."""

    def start_nginx(self, location):
        os.makedirs(self.base + '.prefix', exist_ok=True)
        text = NGINX.format(base=self.base, port=self.port, location=location,
                            user='user root;' if os.geteuid() == 0 else '')
        config = self.programs.write(self.label + '.conf', text)
        self.start_program('nginx', ['nginx', '-c', config, '-p', self.base + '.prefix', '-e', self.base + '.err'])


class Uwsgi(Nginx):
    name = 'nginx + uWSGI'

    def start(self):
        path = self.base + '.sock'
        self.start_program('uwsgi', ['uwsgi', '--plugin', 'python3', '--socket', path, '--wsgi', 'bench_app:application',
                                     '--master', '--processes', str(WORKERS), '--disable-logging', '--die-on-term',
                                     '--listen', '128', '--optimize', '1'], cwd=self.folder)
        self.start_nginx('include /etc/nginx/uwsgi_params; uwsgi_pass unix:%s;' % path)


class Gunicorn(Nginx):
    name = 'nginx + gunicorn'

    def start(self):
        path = self.base + '.sock'
        self.start_program('gunicorn', ['gunicorn', '-w', str(WORKERS), '-b', 'unix:' + path, '--log-level', 'warning',
                                        'bench_app:application'], cwd=self.folder)
        self.start_nginx('proxy_pass http://unix:%s; proxy_set_header Host $http_host;' % path)


class NginxFastCgi(Nginx):
    """The same Python worker as zoohost's, behind nginx: what is compared is the front."""

    name = 'nginx (FastCGI) + zoofcgi.py'

    def start(self):
        path = self.base + '.sock'
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(path)
            listener.listen(128)
            for number in range(WORKERS):
                self.start_program('worker%d' % number, [PYTHON, '-O', WORKER], stdin=listener, cwd=self.folder,
                                   env=workers_environment(WSGI_APP='bench_app.application', APPL_PHYSICAL_PATH=self.folder))
        self.start_nginx('include /etc/nginx/fastcgi_params; fastcgi_param PATH_INFO $uri; fastcgi_param SCRIPT_NAME "";'
                         ' fastcgi_pass unix:%s;' % path)


class ModWsgi(Setup):
    name = 'Apache + mod_wsgi'

    def start(self):
        user = ''
        if os.geteuid() == 0:
            account = pwd.getpwnam('www-data')
            user = 'User www-data\nGroup #%d' % account.pw_gid
        os.makedirs(self.base, exist_ok=True)
        config = self.programs.write(self.label + '.conf', APACHE.format(
            base=self.base, port=self.port, user=user, folder=self.folder, workers=WORKERS))
        self.start_program('apache', ['apache2', '-f', config, '-DFOREGROUND'])

    def _processes(self, daemons):
        found = tree(self.processes[0].pid)
        return [pid for pid in found if command_line(pid).startswith('(bench-wsgi)') == daemons]

    def front(self):
        return self._processes(False)

    def workers(self):
        return self._processes(True)


PAGE_SETUPS = (Zoo, Uwsgi, Gunicorn, ModWsgi)


def copy_app(programs, name):
    """An application's folder in the temporary folder, which all users may read."""
    target = programs.path(name)
    if not os.path.isdir(target):
        shutil.copytree(os.path.join(HERE, 'apps', name), target)
    return target


def start_all(programs, classes, app, path, text):
    """Starts the set-ups on one application and waits until each answers `path` with `text`."""
    folder = copy_app(programs, app)
    started = [cls(programs, folder, app) for cls in classes]
    for setup in started:
        setup.start()
    for setup in started:
        setup.wait(path, text)
    return started


def start_database(programs, app_folder):
    """A MariaDB of its own with Debian's defaults; the application's tables are made."""
    data, path = programs.path('db'), programs.path('db.sock')
    as_root = ['--user=root'] if os.geteuid() == 0 else []
    programs.run('mariadb-install', ['mariadb-install-db', '--no-defaults', '--datadir=' + data,
                                     '--auth-root-authentication-method=normal', '--skip-test-db'] + as_root)
    programs.start('mariadb', ['mariadbd', '--no-defaults', '--datadir=' + data, '--socket=' + path, '--skip-networking',
                               '--pid-file=' + programs.path('db.pid')] + as_root)
    programs.wait_for('MariaDB did not come up', lambda: os.path.exists(path))
    programs.run('mariadb-client', ['mariadb', '--no-defaults', '-u', 'root', '--socket=' + path, '-e', 'CREATE DATABASE bench'])
    programs.run('migrate', [PYTHON, '-c', MIGRATE], cwd=app_folder, env=workers_environment())
