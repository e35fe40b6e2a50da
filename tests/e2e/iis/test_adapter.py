# SPDX-License-Identifier: Apache-2.0
"""What the adapter makes of the less usual requests: what it tells the worker, what it leaves to IIS, what it refuses."""
import http.client
import time
import unittest

from emulator import Emulator, windows_path


class Adapter(unittest.TestCase):
    def start(self, *switches):
        self.iis = Emulator('adapter', *switches)
        self.addCleanup(self.iis.close)
        return self.iis

    def variables(self, path='/variables', **headers):
        status, body, _ = self.iis.request(path, headers={name.replace('_', '-'): value for name, value in headers.items()})
        self.assertEqual(status, 200, body)
        return dict(line.split('=', 1) for line in body.decode().split('\n') if '=' in line)

    def send_raw(self, text):
        sock = self.iis.connect()
        self.addCleanup(sock.close)
        sock.sendall(text)
        return sock, sock.makefile('rb')

    def test_paths(self):
        self.start()
        variables = self.variables('/a/b%20c')
        site = windows_path(self.iis.folder / 'site')
        self.assertEqual(variables['PATH_INFO'], '/a/b c')
        self.assertEqual(variables['PATH_TRANSLATED'], site + '\\a\\b c')
        self.assertEqual(variables['DOCUMENT_ROOT'], site)
        self.assertEqual(variables['REQUEST_URI'], '/a/b%20c')

    def test_a_client_cannot_say_what_url_rewrite_says(self):
        self.start()
        variables = self.variables('/public', X_Original_URL='/admin')
        self.assertEqual(variables['REQUEST_URI'], '/public')
        self.assertNotIn('HTTP_X_ORIGINAL_URL', variables)

    def test_without_encryption_there_is_nothing_of_certificates(self):
        self.start()
        variables = self.variables()
        self.assertEqual(variables['HTTPS'], 'off')
        self.assertEqual([name for name in variables if name.startswith(('CERT_', 'HTTPS_'))], [])

    def test_encrypted_without_a_client_certificate(self):
        self.start('--https')
        variables = self.variables()
        self.assertEqual(variables['HTTPS'], 'on')
        self.assertEqual(variables['HTTPS_KEYSIZE'], '256')
        self.assertEqual([name for name in variables if name.startswith('CERT_')], [])

    def test_client_certificate(self):
        self.start('--https', '--client-certificate')
        variables = self.variables()
        self.assertEqual(variables['CERT_SUBJECT'], 'C=DE, CN=CERT_SUBJECT')
        self.assertEqual(variables['CERT_ISSUER'], 'C=DE, CN=CERT_ISSUER')
        self.assertEqual(variables['HTTPS_SERVER_SUBJECT'], 'CN=zoo.example')

    def test_leave_to_send_a_body_is_given_by_iis(self):
        self.start()
        sock, file = self.send_raw(b'POST /variables HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n')
        self.assertEqual(file.readline(), b'HTTP/1.1 100 Continue\r\n')
        self.assertEqual(file.readline(), b'\r\n')
        sock.sendall(b'body')
        answer = http.client.HTTPResponse(sock, method='POST')  # with a length, or in chunks if it comes in pieces
        answer.begin()
        self.assertEqual(answer.status, 200)
        body = answer.read()
        self.assertIn(b'CONTENT_LENGTH=4\n', body)
        self.assertNotIn(b'HTTP_EXPECT', body)
        self.assertTrue(body.endswith(b'\n\nbody'), body)

    def test_no_answer_is_kept_in_a_cache_of_iis(self):
        self.start()
        for path in ('/pid', '/status?404', '/x.missing', '/x.off', '/crash'):
            self.iis.request(path)
        self.assertEqual(self.iis.status()['cacheable'], 0)

    def test_a_length_that_does_not_fit_what_iis_says_of_the_rest(self):
        self.start('--remaining-wraps')
        self.assertEqual(self.iis.request('/upload', 'POST', b'x' * 300000)[1].split()[0], b'300000')
        _, file = self.send_raw(b'POST /upload HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n2\r\nfg\r\n0\r\n\r\n')
        self.assertEqual(file.read().split(b'\r\n\r\n')[1].split()[0], b'7')

    def test_a_body_that_ends_too_early_reaches_no_worker(self):
        self.start()
        sock, file = self.send_raw(b'POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nonly this')
        file.close()
        sock.close()
        self.assertEqual(self.iis.wait_until_idle()['active'], 0)
        self.assertEqual(self.iis.request('/pid')[0], 200)

    def test_a_slow_request_does_not_bring_an_old_configuration_back(self):
        self.start()
        self.assertIn(b'GREETING=hello\n', self.iis.request('/environment')[1])
        sock, file = self.send_raw(b'POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nab')
        time.sleep(0.5)
        self.iis.write_site('changed')
        end = time.monotonic() + 20
        while b'GREETING=changed\n' not in self.iis.request('/environment')[1] and time.monotonic() < end:
            time.sleep(0.1)
        worker = self.iis.request('/pid')[1]
        sock.sendall(b'cd')
        self.assertTrue(file.readline().startswith(b'HTTP/1.1 200 '))
        self.assertIn(b'GREETING=changed\n', self.iis.request('/environment')[1])
        self.assertEqual(self.iis.request('/pid')[1], worker)
