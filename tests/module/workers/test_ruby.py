# SPDX-License-Identifier: Apache-2.0
"""zoorack.rb: the protocol, Rack's rules, Rails, Bundler, the Windows transport.

ZOO_TEST_GEM_PATH may name a folder of gems with another Rack, which all of these tests then use.
"""

import hashlib
import os
import subprocess
import tempfile
import unittest

import fcgi_client as f
from protocol_cases import ProtocolCases

RUBY = os.environ.get('ZOO_TEST_RUBY', '/usr/bin/ruby')
ZOORACK = os.path.normpath(os.path.join(f.WORKERS, 'ruby', 'zoorack.rb'))
GEMS = {'GEM_PATH': os.environ['ZOO_TEST_GEM_PATH']} if os.environ.get('ZOO_TEST_GEM_PATH') else {}
RACK = subprocess.run([RUBY, '-e', 'require "rack"; print Rack.release'], stdout=subprocess.PIPE, check=True,
                      env={**os.environ, **GEMS}).stdout.decode()


class Protocol(ProtocolCases, unittest.TestCase):
    args = (RUBY, ZOORACK, 'common.ru')
    env = {'APPL_PHYSICAL_PATH': f.APPS, **GEMS}


class ProtocolRack3(Protocol):
    """The same with what Rack 3 does differently: no rewindable input, header values in arrays."""
    env = {**Protocol.env, 'RUBYLIB': os.path.join(f.APPS, 'rack3')}


class Running(unittest.TestCase):
    args = ()
    env = {}

    @classmethod
    def setUpClass(cls):
        cls.worker = f.Worker((RUBY, ZOORACK, *cls.args), {**GEMS, **cls.env})
        cls.client = cls.worker.connect()

    @classmethod
    def tearDownClass(cls):
        cls.client.close()
        cls.worker.stop()

    def own(self, *args, **env):
        worker = f.Worker((RUBY, ZOORACK, *args), {**GEMS, **self.env, **env})
        self.addCleanup(worker.stop)
        return worker

    def body(self, target, **params):
        return self.client.get(target, **params).body.decode()


class Rack(Running):
    args = ('rack_cases.ru',)
    env = {'APPL_PHYSICAL_PATH': f.APPS}

    def test_lint_has_no_complaint(self):
        for options in ({}, {'piece': 4}):
            response = self.client.post('/lint', b'first\nsecond', **options)
            self.assertEqual((response.status, response.body, response.err), (200, b'first\n|sec|ond', b''))
        response = self.client.get('/lint', HTTPS='on', HTTP_CONTENT_TYPE='x/y', HTTP_CONTENT_LENGTH='1')
        self.assertEqual((response.status, response.body), (200, b'||'))
        self.assertEqual(self.client.get('/lint', SCRIPT_NAME='/', QUERY_STRING='').status, 200)

    @unittest.skipIf(RACK >= '3', 'Rack 3 does not promise rewind')
    def test_rewind(self):
        for size in (10, 300000):
            self.assertEqual(self.client.post('/rewind', b'x' * size).body.decode(), 'true%d' % size)

    def test_script_name_and_path_info(self):
        for params, expected in (
                ({'SCRIPT_NAME': '/app', 'PATH_INFO': '/x'}, '/app|/x||http'),
                ({'SCRIPT_NAME': '/app', 'PATH_INFO': None, 'REQUEST_URI': '/app/a%20b?q', 'QUERY_STRING': None}, '/app|/a b|q|http'),
                ({'SCRIPT_NAME': '/app/', 'PATH_INFO': '/', 'HTTPS': 'on'}, '/app|/||https')):
            self.assertEqual(self.body('/show', **params), expected)

    def test_relative_url_root(self):
        client = self.own('rack_cases.ru', RAILS_RELATIVE_URL_ROOT='/shop').connect()
        for params, expected in (({'PATH_INFO': '/shop/cart'}, '/shop|/cart||http'), ({'PATH_INFO': '/shopping'}, '|/shopping||http'),
                                 ({'SCRIPT_NAME': '/shop', 'PATH_INFO': '/shop/x'}, '/shop|/shop/x||http')):
            self.assertEqual(client.get('/show', **params).body.decode(), expected)
        client.close()

    def test_body_is_closed(self):
        self.body('/closed')
        self.assertEqual(self.body('/body'), 'ab')
        self.assertEqual(self.body('/closed'), 'closed')
        self.assertEqual(self.client.get('/body', method='HEAD').body, b'')
        self.assertEqual(self.body('/closed'), 'closed')

    def test_hijack_is_refused_clearly(self):
        self.assertEqual(self.body('/hijack'), 'falsefalse')
        response = self.client.get('/partial')
        self.assertEqual(response.status, 500)
        self.assertIn(b'hijacking', response.err)

    def test_streaming_body_of_rack_3(self):
        self.assertEqual(self.client.post('/stream', b'words').body, b'got WORDS')

    def test_header_values(self):
        for target in ('/arrays', '/lines'):
            self.assertEqual(self.client.get(target).head.count('x-list: '), 2)
        self.assertEqual(self.client.get('/hop').status, 500)
        response = self.client.get('/endless')
        self.assertEqual((response.body, response.app_status), (b'abcab', 0))
        response = self.client.get('/short')
        self.assertEqual((response.body, response.app_status), (b'123', 1))

    def test_changes_to_an_environment_stay_there(self):
        for _ in range(4):
            self.assertEqual(self.body('/change'), 'x')
            self.assertEqual(self.body('/show'), '|/show||http')

    def test_exit_answers_and_ends(self):
        worker = self.own('rack_cases.ru')
        client = worker.connect()
        self.assertEqual(client.get('/exit').status, 500)
        self.assertEqual(worker.wait(), 4)
        client.close()

    def test_environment(self):
        self.assertEqual(self.body('/where'), '%s production ""' % os.path.realpath(f.APPS))
        client = self.own(APP_WORKER='rack_cases.ru', RACK_ENV='development').connect()
        self.assertIn(b' development ', client.get('/where').body)
        client.close()

    def test_what_cannot_be_loaded(self):
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, 'config.ru'), 'w') as file:
                file.write('raise "rack-up trouble"\n')
            worker = self.own(APPL_PHYSICAL_PATH=folder)
            self.assertNotEqual(worker.wait(), 0)
            self.assertIn('rack-up trouble', worker.errors())


@unittest.skipIf(GEMS, 'Debian\'s Rails goes with Debian\'s Rack')
class Rails(Running):
    env = {'APPL_PHYSICAL_PATH': os.path.join(f.APPS, 'rails')}

    def test_page(self):
        response = self.client.get('/?name=<b>')
        self.assertEqual(response.body, b'<p>Hello &lt;b&gt; at /hello</p>')
        self.assertEqual(response.status, 200)

    def test_sub_application(self):
        response = self.client.get('/', SCRIPT_NAME='/app', PATH_INFO='/', REQUEST_URI='/app/')
        self.assertEqual(response.body, b'<p>Hello  at /app/hello</p>')
        response = self.client.get('/', SCRIPT_NAME='/app', PATH_INFO='/hello', REQUEST_URI='/app/hello')
        self.assertEqual(response.body, b'http://localhost/app/hello')

    def test_upload(self):
        data = bytes(range(256)) * 8000
        body = (b'--B\r\nContent-Disposition: form-data; name="text"\r\n\r\nwords\r\n--B\r\nContent-Disposition: form-data; '
                b'name="file"; filename="f.bin"\r\nContent-Type: application/octet-stream\r\n\r\n' + data + b'\r\n--B--\r\n')
        response = self.client.post('/upload', body, CONTENT_TYPE='multipart/form-data; boundary=B')
        self.assertEqual(response.body.decode(), 'f.bin %d %s words' % (len(data), hashlib.sha1(data).hexdigest()))

    def test_session_file_stream_and_errors(self):
        first = self.client.get('/count')
        cookie = first.headers['set-cookie'].split(';')[0]
        self.assertEqual((first.body, self.client.get('/count', HTTP_COOKIE=cookie).body), (b'1', b'2'))
        with open(os.path.join(f.APPS, 'rails', 'config.ru'), 'rb') as file:
            self.assertEqual(self.client.get('/file').body, file.read())
        self.assertEqual(self.client.get('/live').body, b'onetwothree')
        self.assertEqual(self.client.get('/fail').status, 500)
        self.assertEqual(self.client.get('/none').status, 404)
        self.assertEqual(self.client.get('/', method='HEAD').body, b'')


class Bundler(unittest.TestCase):
    def test_a_gemfile_is_obeyed(self):
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, 'Gemfile'), 'w') as file:
                file.write('gem "rack"\n')
            with open(os.path.join(folder, 'config.ru'), 'w') as file:
                file.write('run ->(_) { [200, {}, [ENV["BUNDLE_GEMFILE"], " ", defined?(Bundler).to_s]] }\n')
            worker = f.Worker((RUBY, ZOORACK), {**GEMS, 'APPL_PHYSICAL_PATH': folder})
            self.addCleanup(worker.stop)
            client = worker.connect()
            self.addCleanup(client.close)
            self.assertEqual(client.get('/').body.decode(), os.path.join(folder, 'Gemfile') + ' constant')


PIPE = r'''
require 'rack'
require ARGV[0]
class Fake
  attr_reader :calls, :sent
  def initialize(clients, errors, limit) = (@clients, @errors, @limit, @calls, @sent = clients, errors, limit, [], [])
  def server_end?(_) = true
  def connect(_)
    @calls << 'connect'
    error = @errors.shift || 0
    return error unless [0, 535].include?(error)
    return 995 unless (@reads = @clients.shift)
    @sent << ''.b
    error
  end
  def read(_, _size) = (data = @reads.shift) ? [0, data] : [109, '']
  def write(_, data) = [0, (@sent.last << data.byteslice(0, @limit); [data.bytesize, @limit].min)]
  def available(_) = [0, (@reads.first || '').bytesize]
  def flush(_) = (@calls << 'flush'; 0)
  def disconnect(_) = (@calls << 'disconnect'; 0)
end
one = [ARGV[1]].pack('H*')
api = Fake.new([[one[0, 30], one[30..-1]], [one + one], []], [535, 232, 0, 0], 7)
Zoo.serve_pipe(Zoo::Worker.new(->(_) { [200, {}, ['Hello, World!']] }), api, 'pipe')
puts api.sent.map { |sent| sent.scan('Hello, World!').size }.inspect, api.calls.join(' ')
'''


class Pipe(unittest.TestCase):
    """The Windows transport against a recorded handle API."""

    def test_clients_one_after_the_other(self):
        out = subprocess.run([RUBY, '-e', PIPE, ZOORACK, f.request('/hello').hex()], stdout=subprocess.PIPE, check=True,
                             env={**os.environ, **GEMS}).stdout.decode()
        self.assertEqual(out, '[1, 2, 0]\nconnect flush disconnect connect disconnect connect flush disconnect '
                              'connect flush disconnect connect\n')


if __name__ == '__main__':
    unittest.main()
