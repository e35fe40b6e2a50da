# SPDX-License-Identifier: Apache-2.0
"""zoofcgi.pl: the protocol, PSGI, classic CGI scripts, Mojolicious, the Windows transport."""

import hashlib
import os
import subprocess
import tempfile
import unittest

import fcgi_client as f
from protocol_cases import ProtocolCases

PERL = os.environ.get('ZOO_TEST_PERL', '/usr/bin/perl')
ZOOFCGI = os.path.normpath(os.path.join(f.WORKERS, 'perl', 'zoofcgi.pl'))
UPLOAD = bytes(range(256)) * 8000
FORM = (b'--B\r\nContent-Disposition: form-data; name="text"\r\n\r\nwords\r\n--B\r\nContent-Disposition: form-data; '
        b'name="file"; filename="f.bin"\r\nContent-Type: application/octet-stream\r\n\r\n' + UPLOAD + b'\r\n--B--\r\n')
MULTIPART = 'multipart/form-data; boundary=B'


class Protocol(ProtocolCases, unittest.TestCase):
    args = (PERL, ZOOFCGI, 'common.psgi')
    env = {'APPL_PHYSICAL_PATH': f.APPS}


class Running(unittest.TestCase):
    args = ()
    env = {}

    @classmethod
    def setUpClass(cls):
        cls.worker = f.Worker((PERL, ZOOFCGI, *cls.args), cls.env)
        cls.client = cls.worker.connect()

    @classmethod
    def tearDownClass(cls):
        cls.client.close()
        cls.worker.stop()

    def body(self, target, **params):
        return self.client.get(target, **params).body.decode()


class Psgi(Running):
    args = ('psgi_cases.psgi',)
    env = {'APPL_PHYSICAL_PATH': f.APPS}

    def test_lint_has_no_complaint(self):
        for options in ({}, {'piece': 4}):
            response = self.client.post('/lint', b'first\nsecond', **options)
            self.assertEqual((response.status, response.body, response.err), (200, b'first\n|sec|xxond', b''))
        response = self.client.get('/lint', HTTPS='on', HTTP_CONTENT_TYPE='x/y', SCRIPT_NAME='/', CONTENT_LENGTH='')
        self.assertEqual((response.status, response.body), (200, b'||xx'))

    def test_bodies(self):
        with open(ZOOFCGI, 'rb') as file:
            self.assertEqual(self.client.get('/handle').body, file.read())
        self.assertEqual(self.client.get('/handle', method='HEAD').body, b'')
        self.assertEqual(self.body('/delayed'), 'delayed')
        self.assertEqual(self.body('/writer'), 'ab')

    def test_misuse(self):
        for target, words in (('/never', b'did not respond'), ('/wide', b'wider than a byte'), ('/hop', b'hop-by-hop')):
            response = self.client.get(target)
            self.assertEqual(response.status, 500, target)
            self.assertIn(words, response.err)
        response = self.client.get('/short')
        self.assertEqual((response.body, response.app_status), (b'123', 1))
        response = self.client.get('/long')
        self.assertEqual((response.body, response.app_status), (b'12', 0))

    def test_changes_to_an_environment_stay_there(self):
        for _ in range(4):
            self.body('/change')
            self.assertEqual(self.body('/show', SCRIPT_NAME='/app', HTTPS='1'), '/app|/show||https')

    def test_path_from_request_uri(self):
        self.assertEqual(self.body('/show', SCRIPT_NAME='/app', PATH_INFO=None, REQUEST_URI='/app/a%20b?q', QUERY_STRING=None),
                         '/app|/a b|q|http')

    def test_exit_ends_the_worker(self):
        worker = f.Worker((PERL, ZOOFCGI, *self.args), self.env)
        self.addCleanup(worker.stop)
        client = worker.connect()
        client.send(f.request('/exit'))
        self.assertTrue(client.closed())
        self.assertEqual(worker.wait(), 5)


class Cgi(Running):
    env = {'APPL_PHYSICAL_PATH': os.path.join(f.APPS, 'cgi'), 'OF_THE_PROCESS': 'kept'}

    def test_environment(self):
        lines = self.body('/env.pl/extra?q=1', HTTP_X='y').splitlines()
        for line in ('SCRIPT_NAME=/env.pl', 'PATH_INFO=/extra', 'QUERY_STRING=q=1', 'HTTP_X=y', 'OF_THE_PROCESS=kept', 'W=1',
                     'GATEWAY_INTERFACE=CGI/1.1'):
            self.assertIn(line, lines)
        self.assertNotIn('HTTP_X=y', self.body('/env.pl').splitlines())

    def test_nothing_survives_a_request(self):
        for _ in range(3):
            self.assertEqual(self.body('/state.pl'), '1 2 1 1 cgi none lf none none 0 name 18')

    def test_exit_is_the_end_of_the_script_even_inside_eval(self):
        for _ in range(2):
            response = self.client.get('/exits.pl')
            self.assertEqual((response.status, response.body, response.app_status, response.err), (200, b'before', 0, b''))

    def test_die_and_warn(self):
        response = self.client.get('/dies.pl?early')
        self.assertEqual(response.status, 500)
        self.assertIn(b'script trouble', response.err)
        response = self.client.get('/dies.pl?late')
        self.assertEqual((response.status, response.body), (200, b'begun'))
        self.assertNotEqual(response.app_status, 0)
        self.assertIn(b'late trouble', response.err)
        response = self.client.get('/dies.pl?')
        self.assertEqual((response.body, response.app_status, response.err), (b'begun', 0, b'a warning\n'))

    def test_scripts_that_do_not_compile_or_say_no_header(self):
        response = self.client.get('/broken.pl')
        self.assertEqual(response.status, 500)
        self.assertIn(b'syntax error at ', response.err)
        self.assertIn(b'broken.pl line 2', response.err)
        response = self.client.get('/noheader.pl')
        self.assertEqual(response.status, 500)
        self.assertIn(b'just text', response.err)

    def test_cgi_pm(self):
        self.assertTrue(self.body('/form.cgi?text=a').startswith('a  http://localhost'))
        response = self.client.post('/form.cgi/more', FORM, CONTENT_TYPE=MULTIPART)
        self.assertEqual(response.body.decode(), 'words %s http://localhost/form.cgi/more' % hashlib.sha1(UPLOAD).hexdigest())
        self.assertIn('seen=yes', response.headers['set-cookie'])
        self.assertTrue(self.body('/form.cgi').startswith('none '))
        response = self.client.post('/form.cgi', b'text=b+c', CONTENT_TYPE='application/x-www-form-urlencoded')
        self.assertTrue(response.body.startswith(b'b c '))

    def test_fatals_to_browser(self):
        for _ in range(2):
            response = self.client.get('/carp.pl')
            self.assertIn(b'shown to all', response.body)
            self.assertEqual(response.app_status, 0)
        self.assertEqual(self.client.get('/dies.pl?early').status, 500)

    def test_headers_children_data_and_old_libraries(self):
        for _ in range(3):
            response = self.client.get('/raw.pl')
            self.assertEqual((response.status, response.err), (202, b''))
            self.assertEqual(response.head.lower().count('set-cookie: '), 2)
            self.assertEqual(response.body, b'library-child\nwritten data line\n')

    def test_redirect_and_utf8(self):
        response = self.client.get('/redirect.pl')
        self.assertEqual((response.status, response.headers['location']), (302, 'http://localhost/there'))
        self.assertEqual(self.body('/utf8.pl'), '3')

    def test_large_bodies_stream_through(self):
        self.assertEqual(self.client.post('/echo.pl', UPLOAD * 8).body, UPLOAD * 8)

    def test_which_file_a_path_means(self):
        self.assertEqual(self.body('/deep'), '/deep/index.cgi|')
        self.assertEqual(self.body('/deep/index.cgi/a//b', SCRIPT_NAME='/app'), '/app/deep/index.cgi|/a//b')
        script = os.path.join(self.env['APPL_PHYSICAL_PATH'], 'deep', 'index.cgi')
        self.assertEqual(self.body('/x', SCRIPT_FILENAME=script, SCRIPT_NAME='/s', PATH_INFO='/p'), '/s|/p')
        for path in ('/notes.txt', '/none.pl', '/', '/../psgi_cases.psgi', '/../cgi/env.pl', '/.env.pl', '/deep/../env.pl', '/lib\\old.pl'):
            self.assertEqual(self.client.get(path).status, 404, path)
        self.assertNotEqual(self.client.get('/x', SCRIPT_FILENAME='/etc/passwd').status, 200)

    def test_a_changed_script_is_read_again(self):
        with tempfile.TemporaryDirectory() as folder:
            script = os.path.join(folder, 'index.pl')
            worker = None
            for text in ('one', 'three'):
                with open(script, 'w') as file:
                    file.write('print "Content-Type: text/plain\\n\\n%s";' % text)
                worker = worker or f.Worker((PERL, ZOOFCGI), {'APPL_PHYSICAL_PATH': folder})
                client = worker.connect()
                self.assertEqual(client.get('/').body.decode(), text)
                client.close()
            worker.stop()


class Mojolicious(Running):
    env = {'APPL_PHYSICAL_PATH': os.path.join(f.APPS, 'mojo')}

    def test_page(self):
        self.assertEqual(self.body('/?name=<b>'), '<p>Hello &lt;b&gt; at /upload</p>\n')

    def test_sub_application(self):
        self.assertEqual(self.body('/', SCRIPT_NAME='/app', PATH_INFO='/'), '<p>Hello  at /app/upload</p>\n')

    def test_upload_session_chunks_and_errors(self):
        response = self.client.post('/upload', FORM, CONTENT_TYPE=MULTIPART)
        self.assertEqual(response.body.decode(), 'f.bin %d %s words' % (len(UPLOAD), hashlib.sha1(UPLOAD).hexdigest()))
        first = self.client.get('/count')
        cookie = first.headers['set-cookie'].split(';')[0]
        self.assertEqual((first.body, self.client.get('/count', HTTP_COOKIE=cookie).body), (b'1', b'2'))
        self.assertEqual(self.client.get('/chunks').body, b'onetwothree')
        self.assertEqual(self.client.get('/fail').status, 500)
        self.assertEqual(self.client.get('/none').status, 404)
        self.assertEqual(self.client.get('/', method='HEAD').body, b'')


PIPE = r'''
package Fake;
sub new { my ($class, %of) = @_; return bless { calls => [], sent => [], %of }, $class }
sub reusable { $_[0]{reusable} }
sub connect {
    my ($self) = @_;
    push @{ $self->{calls} }, 'connect';
    my $error = @{ $self->{errors} } ? shift @{ $self->{errors} } : 0;
    return $error if $error && $error != 535;
    return 995 unless $self->{reads} = shift @{ $self->{clients} };
    push @{ $self->{sent} }, '';
    return $error;
}
sub read {
    my ($self) = @_;
    my $data = shift @{ $self->{reads} };
    return !defined $data ? (109, '') : $data eq 'listening' ? (536, '') : (0, $data);
}
sub write { my ($self, $data) = @_; $self->{sent}[-1] .= substr $data, 0, 7; return (0, length $data < 7 ? length $data : 7) }
sub flush { push @{ $_[0]{calls} }, 'flush'; 0 }
sub disconnect { push @{ $_[0]{calls} }, 'disconnect'; 0 }
package main;
require $ARGV[0];
my $one = pack 'H*', $ARGV[1];
for my $api (Fake->new(reusable => 1, errors => [535, 232, 0, 0], clients => [[substr($one, 0, 30), substr $one, 30], [$one . $one], []]),
    Fake->new(reusable => 0, reads => ['listening', $one], sent => [''])) {
    Zoo::serve_pipe(Zoo::Worker->new(Zoo::Psgi->new(sub { [200, [], ['Hello, World!']] })), Zoo::PipeTransport->new($api));
    print join(' ', map { scalar(() = /Hello, World!/g) } @{ $api->{sent} }), ': ', join(' ', @{ $api->{calls} }), "\n";
}
'''


class Pipe(unittest.TestCase):
    """The Windows transport against a recorded handle API, with and without Win32::API's calls."""

    def test_clients_one_after_the_other(self):
        out = subprocess.run([PERL, '-e', PIPE, ZOOFCGI, f.request('/hello').hex()], stdout=subprocess.PIPE, check=True).stdout
        self.assertEqual(out.decode(), '1 2 0: connect flush disconnect connect disconnect connect flush disconnect '
                                       'connect flush disconnect connect\n1: \n')


if __name__ == '__main__':
    unittest.main()
