# SPDX-License-Identifier: Apache-2.0
"""The Blank projects as their users meet them: deployed twice, behind our workers, in a browser, on another database."""

import base64
import glob
import html.parser
import http.cookiejar
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request
import xml.etree.ElementTree

import front
import mariadb
import shot

APPS = os.path.join(front.ROOT, 'manifests', 'apps')
WORKERS = os.path.join(front.ROOT, 'module', 'workers')
PICTURES = os.path.join(front.ROOT, 'build', 'e2e', 'apps')
PYTHON, RUBY, PERL = '/usr/bin/python3', '/usr/bin/ruby', '/usr/bin/perl'
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith(('PYTHON', 'RUBY', 'PERL5', 'BUNDLE', 'GEM_', 'RAILS', 'RACK'))}
CLEAN.update(PYTHONDONTWRITEBYTECODE='1', LC_ALL='C.UTF-8', HOME='/nonexistent')


class Page(html.parser.HTMLParser):
    """Links, form fields and headings of a page."""

    def __init__(self, text):
        super().__init__()
        self.files, self.fields, self.ids, self.labels, self.images = [], {}, [], [], []
        self.feed(text)
        self.text = text

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag in ('link', 'img', 'script') and (attrs.get('href') or attrs.get('src')):
            self.files.append(attrs.get('href') or attrs.get('src'))
        if tag == 'img':
            self.images.append(attrs)
        if tag == 'input' and attrs.get('name'):
            self.fields[attrs['name']] = attrs.get('value') or ''
        if tag == 'label':
            self.labels.append(attrs.get('for'))
        if attrs.get('id'):
            self.ids.append(attrs['id'])


class Browser:
    """Keeps cookies; an error status is an answer like any other."""

    def __init__(self, url):
        self.url = url
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def open(self, path, form=None, **headers):
        data = urllib.parse.urlencode(form).encode() if form is not None else None
        request = urllib.request.Request(urllib.parse.urljoin(self.url + '/', path), data, headers)
        try:
            with self.opener.open(request, timeout=60) as answer:
                return answer.status, answer.headers, answer.read().decode()
        except urllib.error.HTTPError as problem:
            with problem:
                return problem.code, problem.headers, problem.read().decode()

    def page(self, path=''):
        return Page(self.open(path)[2])


def run(folder, *args, **env):
    return subprocess.run(args, cwd=folder, env={**CLEAN, **env}, capture_output=True, text=True, timeout=300)


def write_settings(folder, **values):
    """What a package does with its parameters: replaces what stands behind "key =" in settings.ini."""
    path = os.path.join(folder, 'settings.ini')
    with open(path, encoding='utf-8') as file:
        text = file.read()
    for key, value in values.items():
        text, count = re.subn(r'(?m)(?<=^%s =)[^\r\n]*' % key, lambda match, value=value: value, text)
        assert count == 1, '%s stands %d times in %s' % (key, count, path)
    with open(path, 'w', encoding='utf-8') as file:
        file.write(text)


class Project:
    """What all four have to do. Subclasses say which and how."""

    product = deploy = worker = engine = handler = None
    env = {}
    again = 'Nothing to do'
    greeting = {}

    @classmethod
    def setUpClass(cls):
        cls.work = tempfile.TemporaryDirectory()
        cls.folder = cls.copy('app')
        cls.first, cls.second = cls.run_deploy(cls.folder), cls.run_deploy(cls.folder)
        cls.site = front.Site(cls.folder, cls.worker, cls.variables(cls.folder), cls.served)
        cls.browser = Browser(cls.site.url)

    @classmethod
    def tearDownClass(cls):
        cls.site.close()
        cls.work.cleanup()

    @classmethod
    def variables(cls, folder):
        return {'ZOO_ENGINE': cls.engine, **{name: value.replace('%', folder) for name, value in cls.env.items()}}

    @classmethod
    def copy(cls, name):
        # Without what the project leaves behind where somebody has run it in the sources.
        folder = os.path.join(cls.work.name, name)
        shutil.copytree(os.path.join(APPS, cls.product), folder, ignore=shutil.ignore_patterns('secret_key', '*.sqlite3', '*.log', 'Gemfile.lock'))
        return folder

    @classmethod
    def run_deploy(cls, folder, **env):
        return run(folder, *cls.deploy, **cls.variables(folder), **env)

    def succeeds(self, result):
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        return result.stdout

    def test_deploy_works_and_does_nothing_the_second_time(self):
        self.assertIn('Ready', self.succeeds(self.first))
        self.assertNotIn(self.again, self.first.stdout)
        self.assertIn(self.again, self.succeeds(self.second))
        self.assertEqual(self.first.stderr + self.second.stderr, '')

    def test_deploy_says_what_is_wrong_and_fails(self):
        folder = self.copy('wrong')
        write_settings(folder, engine='paper')
        result = self.run_deploy(folder)
        self.assertEqual(result.returncode, 1)
        self.assertIn('engine must be', result.stderr)
        self.assertNotIn('Ready', result.stdout)

    def test_every_copy_has_a_secret_of_its_own_and_the_sources_have_none(self):
        folder = self.copy('other')
        self.succeeds(self.run_deploy(folder))
        keys = []
        for base in (self.folder, folder):
            with open(os.path.join(base, 'data', 'secret_key'), encoding='ascii') as file:
                keys.append(file.read())
            self.assertEqual(os.stat(os.path.join(base, 'data', 'secret_key')).st_mode & 0o77, 0)
        self.assertNotEqual(*keys)
        self.assertGreaterEqual(len(keys[0]), 50)
        with open(os.path.join(APPS, self.product, 'settings.ini'), encoding='utf-8') as file:
            self.assertRegex(file.read(), r'(?m)^secret_key =$')
        given = self.copy('given')
        write_settings(given, secret_key='p' * 64)
        self.succeeds(self.run_deploy(given))
        self.assertFalse(os.path.exists(os.path.join(given, 'data', 'secret_key')))

    @unittest.skipIf(os.getuid(), 'needs root to become somebody else')
    def test_only_the_writable_folders_are_written(self):
        folder = self.copy('readonly')
        os.chmod(self.work.name, 0o755)
        for name in self.writable:
            os.chown(os.path.join(folder, name), 65534, 65534)
        result = run(folder, 'setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', *self.deploy, **self.variables(folder))
        self.assertIn('Ready', self.succeeds(result))

    writable = ('data', 'log', 'media')
    # Folders that the web server serves, and the address of static files.
    served, static_url = ('static', 'media'), '/static/'

    def test_page(self):
        before = len(self.site.worker.errors())  # what other tests have provoked, such as Rails's note of a forged form
        status, headers, text = self.browser.open('')
        self.assertEqual(status, 200, text + self.site.worker.errors())
        self.assertIn('<h1>Hello, World!</h1>', text)
        for words in self.words + (self.engine, 'SQLite', 'connected, up to date', 'debug is off', 'settings.ini'):
            self.assertIn(words, text)
        self.assertEqual(self.site.worker.errors()[before:], '')

    def test_page_is_accessible(self):
        page = self.browser.page()
        self.assertIn('<html lang="en">', page.text)
        self.assertEqual(len(page.ids), len(set(page.ids)))
        self.assertIn('main', page.ids)
        self.assertTrue(page.labels)
        self.assertLessEqual(set(page.labels), set(page.ids))
        self.assertTrue(all('alt' in image for image in page.images))
        self.assertEqual(re.findall('<h([1-6])', page.text)[0], '1')

    def test_files_of_the_page_are_there(self):
        page = self.browser.page()
        self.assertGreaterEqual(len(page.files), 3)
        for file in page.files:
            status, headers, text = self.browser.open(file)
            self.assertEqual((status, headers['X-Static']), (200, '1'), file)
            self.assertNotIn('http:', re.sub(r'xmlns="[^"]*"', '', text))

    def test_nothing_else_is_served(self):
        for path in ('settings.ini', 'web.config', 'data/secret_key', 'static/web.config', 'media/web.config', 'README.md', 'static/%2e%2e/settings.ini',
                     'media/%2e%2e/settings.ini'):
            self.assertEqual(self.browser.open(path)[0], 404, path)

    def greet(self, browser, **values):
        form = {**browser.page().fields, **values}
        return browser.open('', form)

    def test_form_session_and_database(self):
        browser = Browser(self.site.url)
        name, text = self.fields
        status, headers, answer = self.greet(browser, **{name: 'Zoë', text: 'Good <morning> & ünïcödé'})
        self.assertEqual(status, 200, answer)
        self.assertIn('Good &lt;morning&gt; &amp; ünïcödé', answer)
        self.assertEqual(browser.page().fields[name], 'Zoë')
        self.assertNotEqual(Browser(self.site.url).page().fields[name], 'Zoë')

    def test_form_refuses(self):
        browser = Browser(self.site.url)
        name, text = self.fields
        answer = self.greet(browser, **{name: 'Zoë', text: ''})[2]
        self.assertIn('role="alert"', answer)
        self.assertIn(self.greet(Browser(self.site.url), **{name: 'A', text: 'x' * 121})[0], (200, 422))
        self.assertNotIn('x' * 121 + '</q>', browser.page().text)
        stolen = {**browser.page().fields, name: 'M', text: 'forged'}
        status = Browser(self.site.url).open('', stolen)[0]
        self.assertIn(status, (403, 422))
        self.assertNotIn('forged', browser.page().text)

    def test_below_another_site(self):
        env = {**self.variables(self.folder), 'APPL_VIRTUAL_PATH': '/shop', **self.prefix_env}
        site = front.Site(self.folder, self.worker, env, self.served, prefix='/shop')
        self.addCleanup(site.close)
        browser = Browser(site.url)
        page = browser.page()
        self.assertTrue(page.files)
        for file in page.files:
            self.assertTrue(file.startswith('/shop' + self.static_url), file)
            self.assertEqual(browser.open(file)[0], 200, file)
        name, text = self.fields
        status, headers, answer = self.greet(browser, **{name: 'Ann', text: 'from the shop'})
        self.assertEqual(status, 200)
        self.assertIn('from the shop', answer)

    prefix_env = {}

    def test_hosts_and_https(self):
        folder = self.copy('strict')
        write_settings(folder, allowed_hosts='localhost, example.org', https='true')
        self.succeeds(self.run_deploy(folder))
        worker = front.fcgi_client.Worker(self.worker, {'APPL_PHYSICAL_PATH': folder, **self.variables(folder)})
        self.addCleanup(worker.stop)
        client = worker.connect()
        self.addCleanup(client.close)
        self.assertIn(client.get('/', HTTP_HOST='evil.example', HTTPS='on').status, (400, 403))
        answer = client.get('/', HTTP_HOST='example.org')
        self.assertEqual((answer.status, answer.headers.get('location')), (301 if 'Mojo' not in self.product else 302, 'https://example.org/'))
        answer = client.get('/', HTTP_HOST='example.org', HTTPS='on')
        self.assertEqual(answer.status, 200, answer.out)
        self.assertRegex(answer.head.lower(), r'set-cookie: [^\r\n]*; ?secure')

    def test_web_config(self):
        root = xml.etree.ElementTree.parse(os.path.join(self.folder, 'web.config')).getroot()
        application = root.find('.//heliconZoo/application')
        self.assertEqual(application.get('name'), self.handler)
        values = {add.get('name'): add.get('value') for add in application.iter('add')}
        self.assertEqual(values['ZOO_ENGINE'], self.engine)
        self.assertTrue(os.path.isfile(os.path.join(self.folder, values['DEPLOY_FILE'])))
        handlers = {add.get('name'): add for add in root.findall('.//handlers/add')}
        self.assertEqual(sorted(handlers), [self.handler + '#x64', self.handler + '#x86'])
        for bits in ('64', '86'):
            handler = handlers['%s#x%s' % (self.handler, bits)]
            self.assertEqual((handler.get('scriptProcessor'), handler.get('modules'), handler.get('preCondition')),
                             (self.engine, 'HeliconZoo_x' + bits, 'bitness' + {'86': '32', '64': '64'}[bits]))
        for name in self.served:
            removed = xml.etree.ElementTree.parse(os.path.join(self.folder, name, 'web.config')).getroot().findall('.//handlers/remove')
            self.assertEqual(sorted(item.get('name') for item in removed), sorted(handlers))

    def test_picture(self):
        for name, options in (('light', {}), ('dark', {'dark': True}), ('narrow', {'width': 500, 'height': 1900})):
            file = os.path.join(PICTURES, '%s-%s.png' % (self.product, name))
            shot.picture(self.site.url + '/', file, **options)
            self.assertGreater(os.path.getsize(file), 30_000)

    def on_mariadb(self):
        server = Servers.mariadb()
        name = self.product.lower()
        server.sql("CREATE DATABASE %s CHARACTER SET utf8mb4; CREATE USER %s@localhost IDENTIFIED BY 'p%%;#=\"w'; "
                   'GRANT ALL ON %s.* TO %s@localhost' % (name, name, name, name))
        folder = self.copy('mariadb')
        write_settings(folder, engine='mysql', name=name, user=name, password='p%;#="w', host=self.socket_host % server.socket)
        self.assertNotIn(self.again, self.succeeds(self.run_deploy(folder)))
        self.assertIn(self.again, self.succeeds(self.run_deploy(folder)))
        site = front.Site(folder, self.worker, self.variables(folder), self.served)
        self.addCleanup(site.close)
        browser = Browser(site.url)
        self.assertIn('MariaDB', browser.page().text)
        fields = dict(zip(self.fields, ('Zoë', 'stored 🐘')))
        self.assertIn('stored 🐘', self.greet(browser, **fields)[2])
        self.assertIn('stored 🐘', server.sql("SET NAMES utf8mb4; SELECT %s FROM %s.%s" % (self.column, name, self.table)))

    socket_host, table, column = '%s', 'greetings', 'words'


class Servers:
    running = None

    @classmethod
    def mariadb(cls):
        cls.running = cls.running or mariadb.Server()
        return cls.running


class Django(Project, unittest.TestCase):
    product, engine, handler = 'BlankDjangoProject', 'python.3.13', 'django.project'
    deploy, worker = (PYTHON, 'deploy.py'), (PYTHON, os.path.join(WORKERS, 'python', 'zoofcgi.py'))
    env = {'DJANGO_SETTINGS_MODULE': 'project.settings', 'PYTHONPATH': '%'}
    again, fields, words = 'No migrations to apply', ('name', 'text'), ('Django ', 'Python 3')
    served, static_url = ('media',), '/media/static/'
    table, column = 'hello_greeting', 'text'

    def manage(self, folder, *args):
        # Django 3.2 itself imports cgi, which Python 3.11 deprecates.
        strict = ('-W', 'error', '-W', "ignore:'cgi' is deprecated:DeprecationWarning")
        return run(folder, PYTHON, *strict, 'manage.py', *args)

    def test_own_tests_and_checks(self):
        self.succeeds(self.manage(self.folder, 'test'))
        self.succeeds(self.manage(self.folder, 'makemigrations', '--check', '--dry-run'))
        folder = self.copy('checked')
        write_settings(folder, https='true', admin_mail='someone@example.org')
        self.succeeds(self.manage(folder, 'check', '--deploy', '--fail-level', 'WARNING'))

    def test_administrator(self):
        folder = self.copy('admin')
        account = {'DJANGO_SUPERUSER_USERNAME': 'boss', 'DJANGO_SUPERUSER_PASSWORD': 'long-enough-9'}
        self.assertIn('Superuser created', self.succeeds(self.run_deploy(folder, **account)))
        self.assertIn('boss is there', self.succeeds(self.run_deploy(folder, **account)))
        site = front.Site(folder, self.worker, self.variables(folder), self.served)
        self.addCleanup(site.close)
        browser = Browser(site.url)
        form = {**browser.page('admin/login/').fields, 'username': 'boss', 'password': 'long-enough-9', 'next': '/admin/'}
        status, headers, text = browser.open('admin/login/', form)
        self.assertEqual(status, 200)
        self.assertIn('Greetings', text)
        for file in Page(text).files:
            self.assertEqual(browser.open(file)[0], 200, file)

    def test_mariadb(self):
        self.on_mariadb()

    def test_mariadb_through_pymysql(self):
        server = Servers.mariadb()
        server.sql("CREATE DATABASE pymysql CHARACTER SET utf8mb4; CREATE USER py@localhost IDENTIFIED BY 'p'; GRANT ALL ON pymysql.* TO py@localhost")
        folder = self.copy('pymysql')
        write_settings(folder, engine='mariadb', name='pymysql', user='py', password='p', host=server.socket)
        with open(os.path.join(folder, 'MySQLdb.py'), 'w', encoding='ascii') as file:
            file.write("raise ImportError('hidden for the test')\n")
        self.succeeds(self.run_deploy(folder))
        self.assertIn('greeting', server.sql('SHOW TABLES FROM pymysql'))


class Rails(Project, unittest.TestCase):
    product, engine, handler = 'BlankRailsProject', 'ruby.3.4', 'rails.project'
    deploy, worker = (RUBY, 'deploy.rb'), (RUBY, os.path.join(WORKERS, 'ruby', 'zoorack.rb'))
    env = {'RACK_ENV': 'production', 'BUNDLE_GEMFILE': '%/data/Gemfile'}
    again, fields, words = 'The database was up to date', ('greeting[name]', 'greeting[text]'), ('Rails ', 'Ruby ')
    prefix_env = {'RAILS_RELATIVE_URL_ROOT': '/shop'}
    socket_host, column = '%s', 'text'

    def test_own_tests(self):
        folder = self.copy('tests')
        self.succeeds(run(folder, RUBY, 'bin/rails', 'db:migrate', RAILS_ENV='test'))
        self.assertIn('0 failures, 0 errors, 0 skips', self.succeeds(run(folder, RUBY, 'bin/rails', 'test')))

    def test_no_deprecated_api(self):
        code = ('ActiveSupport::Deprecation.respond_to?(:behavior=) ? ActiveSupport::Deprecation.behavior = :raise : '
                'Rails.application.deprecators.behavior = :raise; Rails.application.eager_load!; '
                's = ActionDispatch::Integration::Session.new(Rails.application); s.get("/"); puts s.response.status')
        self.assertIn('200', self.succeeds(run(self.folder, RUBY, 'bin/rails', 'runner', code, RAILS_ENV='production')))

    def test_mariadb(self):
        self.on_mariadb()


class Perl(Project, unittest.TestCase):
    product, engine, handler = 'BlankPerlProject', 'perl.5.40', 'perl.project'
    deploy, worker = (PERL, 'deploy.pl'), (PERL, os.path.join(WORKERS, 'perl', 'zoofcgi.pl'))
    fields, words = ('name', 'words'), ('PSGI 1.1', 'Perl 5')

    def test_own_tests_and_syntax(self):
        self.succeeds(run(self.folder, 'prove', '-l', 't'))
        for file in glob.glob(self.folder + '/lib/**/*.pm', recursive=True) + ['app.psgi', 'deploy.pl', 'cgi-bin/hello.pl']:
            result = run(self.folder, PERL, '-wc', '-Ilib', file)
            self.assertRegex(result.stderr, r'\A\S+ syntax OK\n\Z')

    def test_runs_without_plack(self):
        folder = self.copy('bare')
        os.mkdir(os.path.join(folder, 'lib', 'Plack'))
        with open(os.path.join(folder, 'lib', 'Plack.pm'), 'w', encoding='ascii') as file:
            file.write('die "hidden for the test";\n')
        self.succeeds(self.run_deploy(folder))
        site = front.Site(folder, self.worker, self.variables(folder), self.served)
        self.addCleanup(site.close)
        self.assertIn('without Plack', Browser(site.url).page().text)

    def test_static_files_without_a_web_server(self):
        site = front.Site(self.folder, self.worker, self.variables(self.folder))
        self.addCleanup(site.close)
        status, headers, text = Browser(site.url).open('static/site.css')
        self.assertEqual((status, headers['X-Static'], headers['Content-Type']), (200, None, 'text/css; charset=utf-8'))

    def test_cgi_script(self):
        root = xml.etree.ElementTree.parse(os.path.join(self.folder, 'cgi-bin', 'web.config')).getroot()
        values = {add.get('name'): add.get('value') for add in root.findall('.//environmentVariables/add')}
        site = front.Site(self.folder, self.worker, {**self.variables(self.folder), 'APP_WORKER': values['APP_WORKER']}, ('static',))
        self.addCleanup(site.close)
        browser = Browser(site.url)
        for _ in range(2):
            self.assertIn('Hello, World!', browser.open('cgi-bin/hello.pl')[2])
            self.assertIn('Hello, A &amp; &lt;B&gt;!', browser.open('cgi-bin/hello.pl?name=A+%26+%3CB%3E')[2])
        result = run(self.folder, PERL, '-T', 'cgi-bin/hello.pl', QUERY_STRING='name=Ann')
        self.assertIn('Hello, Ann!', self.succeeds(result))

    def test_mariadb(self):
        self.on_mariadb()

    socket_host = 'localhost;mariadb_socket=%s'


class Mojolicious(Project, unittest.TestCase):
    product, engine, handler = 'BlankMojoliciousProject', 'perl.mojo', 'mojolicious.project'
    deploy, worker = (PERL, 'deploy.pl'), (PERL, os.path.join(WORKERS, 'perl', 'zoofcgi.pl'))
    env = {'APP_WORKER': '%/script/hello'}
    fields, words = ('name', 'words'), ('Mojolicious ', 'Perl 5')
    socket_host = 'localhost;mariadb_socket=%s'

    def test_own_tests_and_syntax(self):
        self.succeeds(run(self.folder, 'prove', '-l', 't'))
        for file in glob.glob(self.folder + '/lib/**/*.pm', recursive=True) + ['deploy.pl', 'script/hello']:
            result = run(self.folder, PERL, '-wc', '-Ilib', file)
            self.assertRegex(result.stderr, r'\A\S+ syntax OK\n\Z')

    def daemon(self, **env):
        with socket.create_server(('127.0.0.1', 0)) as free:
            port = free.getsockname()[1]
        process = subprocess.Popen((PERL, 'script/hello', 'daemon', '-l', 'http://127.0.0.1:%d' % port), cwd=self.folder,
                                   env={**CLEAN, **self.variables(self.folder), **env}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(process.wait, 30)
        self.addCleanup(process.terminate)
        for _ in range(300):
            try:
                socket.create_connection(('127.0.0.1', port)).close()
                return port
            except ConnectionRefusedError:
                time.sleep(0.1)
        self.fail('the daemon does not start')

    def talk(self, port, path):
        """Opens a WebSocket, sends "ping" in one masked frame and returns what comes back."""
        key = base64.b64encode(os.urandom(16)).decode()
        with socket.create_connection(('127.0.0.1', port), timeout=30) as sock, sock.makefile('rb') as file:
            sock.sendall(('GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: %s\r\n'
                          'Sec-WebSocket-Version: 13\r\n\r\n' % (path, port, key)).encode())
            self.assertIn(b' 101 ', file.readline())
            while file.readline() not in (b'\r\n', b''):
                pass
            mask = os.urandom(4)
            sock.sendall(b'\x81\x84' + mask + bytes(byte ^ mask[i % 4] for i, byte in enumerate(b'ping')))
            self.assertEqual(file.read(1), b'\x81')
            return file.read(file.read(1)[0])

    def test_websocket_over_its_own_server(self):
        self.assertEqual(self.talk(self.daemon(), '/echo'), b'echo: ping')

    def test_own_server_below_another_site(self):
        port = self.daemon(APPL_VIRTUAL_PATH='/shop')
        page = Browser('http://127.0.0.1:%d/shop' % port).page()
        self.assertIn('/shop/static/site.css', page.files)
        self.assertIn('data-address="/shop/echo"', page.text)
        self.assertEqual(self.talk(port, '/shop/echo'), b'echo: ping')

    def test_websocket_in_a_browser(self):
        with tempfile.TemporaryDirectory() as profile:
            result = run(self.folder, 'chromium', '--user-data-dir=' + profile, *shot.FLAGS, '--virtual-time-budget=5000', '--dump-dom',
                         'http://127.0.0.1:%d/' % self.daemon(), HOME=profile)
        self.assertRegex(result.stdout, r'role="status">Connected<')

    def test_mariadb(self):
        self.on_mariadb()


class Seed(unittest.TestCase):
    """The sample project of the article: three applications, site.settings, /media/."""

    def test_runs(self):
        work = tempfile.TemporaryDirectory()
        self.addCleanup(work.cleanup)
        folder = os.path.join(work.name, 'seed')
        shutil.copytree(os.path.join(front.ROOT, 'tests', 'fixtures', 'seed-project'), folder)
        env = {'PYTHONPATH': folder, 'DJANGO_SETTINGS_MODULE': 'site.settings'}
        for expected in ('Applying news.0001_initial', 'No migrations to apply'):
            result = run(folder, PYTHON, 'deploy.py', **env)
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertIn(expected, result.stdout)
        site = front.Site(folder, (PYTHON, '-O', os.path.join(WORKERS, 'python', 'zoofcgi.py')), env)
        site.static['/media/'] = os.path.join(folder, 'site', 'media')
        self.addCleanup(site.close)
        browser = Browser(site.url)
        self.assertIn('The site runs on Zoo', browser.open('')[2])
        for path in ('', 'gallery/', 'contact/'):
            for file in browser.page(path).files:
                status, headers, _ = browser.open(file)
                self.assertEqual((status, headers['X-Static']), (200, '1'), file)
        form = {**browser.page('contact/').fields, 'text': 'hello'}
        self.assertIn('1 messages', browser.open('contact/', form)[2])


def main(names):
    sys.stdout.reconfigure(line_buffering=True)
    suite = unittest.TestSuite()
    for case in (Django, Rails, Perl, Mojolicious, Seed):
        for test in unittest.defaultTestLoader.loadTestsFromTestCase(case):
            if not names or any(name in test.id() for name in names):
                suite.addTest(test)
    try:
        result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(suite)
    finally:
        if Servers.running:
            Servers.running.stop()
    failed = len(result.failures) + len(result.errors)
    print('%d passed, %d failed' % (result.testsRun - failed - len(result.skipped), failed))
    return 1 if failed or not result.testsRun else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
