# SPDX-License-Identifier: Apache-2.0
"""zoofcgi.py: the protocol, PEP 3333, Django, and its parts one by one."""

import hashlib
import importlib.util
import io
import os
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

import fcgi_client as f
from fake_pipe import FakePipeApi
from protocol_cases import ProtocolCases

PYTHON = os.environ.get('ZOO_TEST_PYTHON', '/usr/bin/python3')
ZOOFCGI = os.path.normpath(os.path.join(f.WORKERS, 'python', 'zoofcgi.py'))
spec = importlib.util.spec_from_file_location('zoofcgi', ZOOFCGI)
zoofcgi = importlib.util.module_from_spec(spec)
spec.loader.exec_module(zoofcgi)
QUIET = {'PYTHONDONTWRITEBYTECODE': '1'}


class Protocol(ProtocolCases, unittest.TestCase):
    args = (PYTHON, ZOOFCGI)
    env = {'APPL_PHYSICAL_PATH': f.APPS, 'WSGI_APP': 'common_app.application', **QUIET}


class Coalescing(Protocol):
    """The same with ZOOFCGI_COALESCE, which promises less: an answer may wait for the next request."""
    env = {**Protocol.env, 'ZOOFCGI_COALESCE': '1'}
    test_an_answer_does_not_wait_for_the_next_request = None


class Running(unittest.TestCase):
    """Tests that talk to one worker for the whole class."""
    env = {}

    @classmethod
    def setUpClass(cls):
        cls.worker = f.Worker((PYTHON, ZOOFCGI), {**QUIET, **cls.env})
        cls.client = cls.worker.connect()

    @classmethod
    def tearDownClass(cls):
        cls.client.close()
        cls.worker.stop()

    def own(self, **env):
        worker = f.Worker((PYTHON, ZOOFCGI), {**QUIET, **self.env, **env})
        self.addCleanup(worker.stop)
        return worker

    def body(self, target, **params):
        return self.client.get(target, **params).body.decode()


class Wsgi(Running):
    env = {'APPL_PHYSICAL_PATH': f.APPS, 'WSGI_APP': 'wsgi_cases:application'}

    def test_validator_has_no_complaint(self):
        expected = b'first\n|sec|ond\n|third'
        for options in ({}, {'piece': 4}):
            response = self.client.post('/validated', b'first\nsecond\nthird', **options)
            self.assertEqual((response.status, response.body, response.err), (200, expected, b''))
        raw = f.request('/validated', 1, 'POST', b'first\nsecond\nthird')
        self.client.send(raw[:-12])             # the body comes while the application reads
        self.client.send(raw[-12:])
        self.assertEqual(self.client.read().body, expected)
        response = self.client.get('/validated', HTTPS='on', HTTP_CONTENT_LENGTH='0', HTTP_CONTENT_TYPE='x/y')
        self.assertEqual((response.status, response.body), (200, b'|'))

    def test_script_name_and_path_info(self):
        for params, expected in (
                ({'SCRIPT_NAME': '/app', 'PATH_INFO': '/x', 'REQUEST_URI': '/app/x'}, '/app|/x||http'),
                ({'SCRIPT_NAME': '/app', 'PATH_INFO': None, 'REQUEST_URI': '/app/a%20b%2Fc?q', 'QUERY_STRING': None},
                 '/app|/a b/c|q|http'),
                ({'SCRIPT_NAME': '/', 'PATH_INFO': '/x'}, '|/x||http'),
                ({'SCRIPT_NAME': '/app/', 'PATH_INFO': '/'}, '/app|/||http'),
                ({'SCRIPT_NAME': '/app', 'PATH_INFO': None, 'REQUEST_URI': '/application'}, '/app|/application||http'),
                ({'SCRIPT_NAME': '/app', 'PATH_INFO': '/a%20b'}, '/app|/a%20b||http'),
                ({'PATH_INFO': None, 'REQUEST_URI': 'http://host/abs%41?x=1', 'QUERY_STRING': None}, '|/absA|x=1|http'),
                ({'HTTPS': 'on'}, '|/show||https'), ({'HTTPS': 'off'}, '|/show||http'), ({'HTTPS': '1'}, '|/show||https')):
            self.assertEqual(self.body('/show', **params), expected, params)

    def test_path_bytes_are_latin_1_text(self):
        utf8 = '/стр'.encode().decode('latin-1')
        response = self.client.get('/show', PATH_INFO=utf8)
        self.assertEqual(response.body.decode('utf-8'), '|/стр||http')
        response = self.client.get('/show', PATH_INFO=None, REQUEST_URI='/%D1%81%D1%82%D1%80')
        self.assertEqual(response.body.decode('utf-8'), '|/стр||http')

    def test_django_root_is_for_wsgi_app_too(self):
        client = self.own(**{'django.root': '/shop/'}).connect()
        for path, expected in (('/shop/cart', '/shop|/cart||http'), ('/shop', '/shop|||http'),
                               ('/shopping', '|/shopping||http'), ('/', '|/||http')):
            self.assertEqual(client.get('/show', PATH_INFO=path).body.decode(), expected)
        self.assertEqual(client.get('/show', SCRIPT_NAME='/site', PATH_INFO='/shop/x').body, b'/site/shop|/x||http')
        client.close()

    def test_write_callable(self):
        response = self.client.get('/use_write')
        self.assertEqual((response.status, response.body), (200, b'one two three'))
        self.assertEqual(len(response.times), 4)            # three blocks and the stream's end

    def test_exc_info_replaces_headers_that_are_not_sent(self):
        response = self.client.get('/replaced')
        self.assertEqual((response.status, response.body), (503, b'replaced'))

    def test_exc_info_raises_once_headers_are_sent(self):
        response = self.client.get('/too_late')
        self.assertEqual((response.status, response.body), (200, b'sent'))
        self.assertEqual(response.app_status, 1)
        self.assertIn(b'found out too late', response.err)

    def test_a_generator(self):
        self.assertEqual(self.body('/lazy'), 'lazy')

    def test_misuse_is_a_500(self):
        for target, words in (('/nothing', b'without calling start_response'), ('/twice', b'called twice'),
                              ('/header?Connection=close', b'hop-by-hop'), ('/header?transfer-encoding=chunked', b'hop-by-hop'),
                              ('/header?Status=200', b'not a header name'), ('/header?a b=1', b'not a header name'), ('/header?X=\x01', b'control character'),
                              ('/header?Content-Length=x', b'not a Content-Length')):
            response = self.client.get(target)
            self.assertEqual(response.status, 500, target)
            self.assertIn(words, response.err)
        self.assertEqual(self.client.get('/header?X-Fine=tab\there').headers['x-fine'], 'tab\there')

    def test_content_length_rules(self):
        response = self.client.get('/endless')
        self.assertEqual((response.body, response.app_status), (b'abcab', 0))
        response = self.client.get('/short')
        self.assertEqual((response.body, response.app_status), (b'123', 1))
        self.assertEqual(self.client.get('/show').headers['content-length'], '12')

    def test_code_behind_the_last_block_runs(self):
        self.body('/closed')
        response = self.client.get('/tail')
        self.assertEqual((response.body, response.err), (b'done', b''))
        self.assertEqual(self.body('/closed'), 'tail')

    def test_close_is_called(self):
        self.body('/closed')
        self.assertEqual(self.body('/closing'), 'ab')
        self.assertEqual(self.body('/closed'), 'closed')
        self.assertEqual(self.client.get('/closing-error').status, 500)
        self.assertEqual(self.body('/closed'), 'closed')
        self.assertEqual(self.client.get('/closing', method='HEAD').body, b'')
        self.assertEqual(self.body('/closed'), 'closed')

    def test_file_wrapper(self):
        for blocks in (0, 1, 255, 256, 257, 4000):
            response = self.client.get('/file?%d' % blocks)
            self.assertEqual(response.headers['content-length'], str(256 * blocks))
            self.assertEqual(response.body, bytes(range(256)) * blocks)
            self.assertEqual(response.app_status, 0)
        self.assertEqual(self.body('/file-rest'), '456789')
        self.assertEqual(self.body('/file-memory'), 'from memory')
        response = self.client.get('/file?10', method='HEAD')
        self.assertEqual((response.headers['content-length'], response.body), ('2560', b''))

    def test_input_of_a_finished_request_is_empty(self):
        raw = f.request('/keep-input', 1, 'POST', b'secret' * 9)
        self.client.send(raw[:-20])
        time.sleep(0.1)                         # the application has returned before the body is complete
        self.client.send(raw[-20:])
        self.assertEqual(self.client.read().body, b'kept')
        self.assertEqual(self.client.post('/use-kept-input', b'other').body, b'')

    def test_debug_shows_the_trace(self):
        self.assertNotIn('Traceback', self.body('/nothing'))
        client = self.own(ZOOFCGI_DEBUG='1').connect()
        self.assertIn(b'Traceback', client.get('/nothing').body)
        client.close()

    def test_sys_exit_answers_and_ends(self):
        worker = self.own()
        client = worker.connect()
        self.assertEqual(client.get('/exit').status, 500)
        self.assertEqual(worker.wait(), 3)
        client.close()

    def test_working_directory_and_standard_input(self):
        self.assertEqual(self.body('/where'), '%s True' % os.path.realpath(f.APPS))
        self.assertEqual(self.body('/stdin'), 'empty')

    def test_names_of_applications(self):
        for name in ('wsgi_cases.application', 'wsgi_cases', 'wsgi_cases:Holder.nested', 'wsgi_cases.factory()'):
            client = self.own(WSGI_APP=name).connect()
            self.assertEqual(client.get('/show').body, b'|/show||http', name)
            client.close()
        client = self.own(WSGI_APP='', WSGI_HANDLER='wsgi_cases.application').connect()
        self.assertEqual(client.get('/show').body, b'|/show||http')
        client.close()

    def test_what_cannot_be_loaded(self):
        for env, words in (({'WSGI_APP': 'wsgi_cases.missing'}, "has no 'missing'"),
                           ({'WSGI_APP': 'wsgi_cases.TEXT'}, 'not callable'),
                           ({'WSGI_APP': 'no_such_module.application'}, 'No module named'),
                           ({'WSGI_APP': '', 'DJANGO_SETTINGS_MODULE': '/no/such/settings.py'}, 'no such file'),
                           ({'APPL_PHYSICAL_PATH': '/no/such/folder'}, 'not a folder')):
            worker = self.own(**env)
            self.assertNotEqual(worker.wait(), 0)
            self.assertIn(words, worker.errors())


OTHER_WITHOUT_DJANGO = 'ZOO_TEST_PYTHON' in os.environ and subprocess.call(
    [PYTHON, '-c', 'import django'], stderr=subprocess.DEVNULL) != 0


@unittest.skipIf(OTHER_WITHOUT_DJANGO, 'the interpreter of ZOO_TEST_PYTHON has no Django')
class Django(Running):
    env = {'APPL_PHYSICAL_PATH': os.path.join(f.APPS, 'django_site'), 'DJANGO_SETTINGS_MODULE': 'settings'}

    def test_page(self):
        response = self.client.get('/?name=<b>')
        self.assertEqual(response.body, b'<p>Hello &lt;b&gt; from site_app.Entry</p>\n')
        self.assertEqual(response.headers['content-length'], str(len(response.body)))
        self.assertEqual(len(response.times), 2)        # one record and the stream's end

    def test_upload(self):
        data = bytes(range(256)) * 20000                # beyond what Django keeps in memory
        body = (b'--B\r\nContent-Disposition: form-data; name="text"\r\n\r\nwords\r\n--B\r\nContent-Disposition: form-data; '
                b'name="file"; filename="f.bin"\r\n\r\n' + data + b'\r\n--B--\r\n')
        response = self.client.post('/upload', body, CONTENT_TYPE='multipart/form-data; boundary=B')
        self.assertEqual(response.body.decode(), 'f.bin %d %s words' % (len(data), hashlib.sha1(data).hexdigest()))

    def test_sub_application(self):
        response = self.client.get('/', SCRIPT_NAME='/app', PATH_INFO='/urls/', REQUEST_URI='/app/urls/')
        self.assertEqual(response.body, b'/app/ http://localhost/app/urls/ /urls/')

    def test_unicode_path(self):
        response = self.client.get('/', PATH_INFO='/стр/'.encode().decode('latin-1'))
        self.assertEqual(response.body.decode().split()[-1], '/стр/')

    def test_streams_files_and_errors(self):
        self.assertEqual(self.client.get('/stream').body, b'ab')
        with open(os.path.join(f.APPS, 'django_site', 'urls.py'), 'rb') as file:
            self.assertEqual(self.client.get('/file').body, file.read())
        self.assertEqual(self.client.get('/error').status, 500)
        self.assertEqual(self.client.get('/none').status, 404)
        self.assertEqual(self.client.get('/', method='HEAD').body, b'')

    def test_settings_by_path(self):
        base = os.path.join(f.APPS, 'django_site')
        for value, physical in ((os.path.join(base, 'settings.py'), ''), (base, ''), ('settings.py', base),
                                ('django_site/settings', f.APPS), ('django_site\\settings.py', f.APPS)):
            client = self.own(DJANGO_SETTINGS_MODULE=value, APPL_PHYSICAL_PATH=physical).connect()
            self.assertEqual(client.get('/').status, 200, value)
            client.close()


class SettingsPath(unittest.TestCase):
    def setUp(self):
        self.path = list(sys.path)
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)

    def tearDown(self):
        sys.path[:] = self.path

    def make(self, *names):
        for name in names:
            file = os.path.join(self.folder, name)
            os.makedirs(os.path.dirname(file), exist_ok=True)
            with open(file, 'w'):
                pass

    def test_dotted_names_stay(self):
        self.assertEqual(zoofcgi.settings_module('site.settings', self.folder), 'site.settings')
        self.assertEqual(sys.path, self.path)

    def test_a_file_in_a_package_gets_its_dotted_name(self):
        self.make('project/__init__.py', 'project/conf/__init__.py', 'project/conf/settings.py')
        self.assertEqual(zoofcgi.settings_module('project/conf/settings.py', self.folder), 'project.conf.settings')
        self.assertEqual(sys.path[0], self.folder)

    def test_a_settings_package(self):
        self.make('project/__init__.py', 'project/settings/__init__.py')
        self.assertEqual(zoofcgi.settings_module('project/settings/__init__.py', self.folder), 'project.settings')

    def test_a_path_that_is_not_there(self):
        with self.assertRaises(zoofcgi.ConfigError):
            zoofcgi.settings_module('project/settings.py', self.folder)


class Decoding(unittest.TestCase):
    def decoder(self):
        return zoofcgi.EnvironDecoder({'SCRIPT_NAME': ''})

    def test_any_cut_is_noticed(self):
        block = f.pair('NAME', 'value') + f.pair('N' * 200, 'v' * 300)
        whole = len(f.pair('NAME', 'value'))
        for cut in range(1, len(block)):
            if cut != whole:
                with self.assertRaises(zoofcgi.ProtocolError, msg=cut):
                    self.decoder().decode(block[:cut])

    def test_learnt_beginnings_give_the_same_as_the_plain_decoder(self):
        decoder = self.decoder()
        for i in range(2000):
            pairs = [('PATH_INFO', '/'), ('QUERY_STRING', '')] + [('A%d' % k, 'x' * (k if (i >> k) % 3 else i % 7)) for k in range(6)]
            block = b''.join(f.pair(*p) for p in pairs[:2 + i % 7])
            expected = {n.decode(): v.decode() for n, v in zoofcgi.decode_pairs(block)}
            self.assertEqual(decoder.decode(block), {'SCRIPT_NAME': '', 'PATH_INFO': '', 'QUERY_STRING': '', **expected})

    def test_an_application_that_changes_its_environ_changes_no_other(self):
        decoder = self.decoder()
        block = f.pair('PATH_INFO', '/') + f.pair('QUERY_STRING', 'q')
        for _ in range(4):
            environ = decoder.decode(block)
            self.assertEqual(environ, {'SCRIPT_NAME': '', 'PATH_INFO': '/', 'QUERY_STRING': 'q'})
            environ['PATH_INFO'] = 'changed'
            del environ['QUERY_STRING']


def hello(_environ, start_response):
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [b'Hello, World!']


class Pipe(unittest.TestCase):
    """The Windows transport against a recorded handle API."""

    def serve(self, clients, server_end=True, event=None, **options):
        api = FakePipeApi(clients, server_end, **options)
        worker = zoofcgi.Worker(hello)
        zoofcgi.serve_pipe(worker, api, 'pipe', {'_FCGI_SHUTDOWN_EVENT_': event} if event else {})
        return api

    def test_clients_one_after_the_other(self):
        one = f.request('/hello')
        api = self.serve([[one[:30], one[30:]], [one + one], []])
        self.assertEqual([sent.count(b'Hello, World!') for sent in api.sent], [1, 2, 0])
        self.assertEqual(api.calls, ['connect', 'flush', 'disconnect'] * 3 + ['connect'])

    def test_a_client_that_connected_before_the_worker_waited(self):
        api = self.serve([[f.request('/hello')]], connect_errors=[535])
        self.assertIn(b'Hello, World!', api.sent[0])

    def test_a_client_that_left_before_the_worker_looked(self):
        api = self.serve([[f.request('/hello')]], connect_errors=[232, 0])
        self.assertEqual(api.calls[:3], ['connect', 'disconnect', 'connect'])
        self.assertIn(b'Hello, World!', api.sent[0])

    def test_a_client_end_is_served_once(self):
        api = self.serve([[f.request('/hello')]], server_end=False)
        self.assertIn(b'Hello, World!', api.sent[0])
        self.assertEqual(api.calls, [])

    def test_writes_that_take_a_part(self):
        api = self.serve([[f.request('/hello')]], write_limit=7)
        self.assertTrue(api.sent[0].endswith(zoofcgi.end_record(1, 0, 0)))

    def test_a_pipe_that_breaks_while_the_answer_is_written(self):
        api = self.serve([[f.request('/hello')], [f.request('/hello')]], write_errors=[109])
        self.assertEqual([bool(sent) for sent in api.sent], [False, True])

    def test_the_shutdown_event(self):
        api = self.serve([[f.request('/hello'), 'event']], event='1234')
        self.assertEqual(api.event, 1234)
        self.assertIn(b'Hello, World!', api.sent[0])
        self.assertEqual(api.calls, ['connect', 'cancel', 'flush', 'disconnect'])

    def test_an_abort_is_looked_for_with_peek(self):
        slow = []

        def app(environ, start_response):
            slow.append(environ['PATH_INFO'])
            zoofcgi.time.sleep(0.004)
            return hello(environ, start_response)
        api = FakePipeApi([[f.request('/a', 1) + f.request('/b', 2), f.record(f.ABORT, 2)]], True)
        zoofcgi.serve_pipe(zoofcgi.Worker(app), api, 'pipe', {})
        self.assertEqual(slow, ['/a'])
        self.assertTrue(api.sent[0].endswith(zoofcgi.end_record(2, 0, 0)))


class InputStream(unittest.TestCase):
    class Conn:
        rid = 1

        def __init__(self, pieces):
            self.pieces = list(pieces)

        def read_stdin(self):
            return self.pieces.pop(0) if self.pieces else b''

    def test_reads_like_a_file_however_the_pieces_fall(self):
        text = b'one\n\ntwo three\nfour'
        for size in range(1, len(text) + 1):
            pieces = [text[i:i + size] for i in range(0, len(text), size)]

            def both():
                return zoofcgi.Input(self.Conn(pieces)), io.BytesIO(text)
            for calls in ((('read',),), (('readline',), ('read', 4), ('readline', 3), ('readline',), ('read', -1), ('read', 5)),
                          (('readlines',),), (('readlines', 5), ('read', 0), ('readline', 0), ('readlines',))):
                ours, theirs = both()
                for name, *arguments in calls:
                    self.assertEqual(getattr(ours, name)(*arguments), getattr(theirs, name)(*arguments))
            ours, theirs = both()
            self.assertEqual(list(ours), list(theirs))
            self.assertEqual(io.BufferedReader(both()[0]).read(), text)


if __name__ == '__main__':
    unittest.main()
