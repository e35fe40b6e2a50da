# SPDX-License-Identifier: Apache-2.0
"""Several sites, sub-applications, HTTP engines and their paths, error pages: what applicationHost.config can say."""
import os
import re
import signal
import socket
import subprocess
import time

from host import CONFIG, ROOT, ZOOHOST, Host, python_engine, site
from test_bridge import WSGI, replaced, variable

FILES = ('<add name="files" fullPath="/usr/bin/python3" arguments="-m http.server %PORT% --bind %HOST%" transport="tcp" '
         'protocol="http" portLower="42000" portUpper="42999" />')
FILES_APP = '''<configuration><system.webServer>
  <heliconZoo><application name="files"><environmentVariables>{variables}</environmentVariables></application></heliconZoo>
  <handlers><add name="files" scriptProcessor="files" path="*" verb="*" modules="HeliconZoo_x64" /></handlers>
</system.webServer></configuration>
'''


def environment(host, path='/env', **headers):
    return dict(line.split('=', 1) for line in host.get(path, headers=headers).body.decode().split('\n') if '=' in line)


def free_ports(count):
    socks = [socket.create_server(('127.0.0.1', 0)) for _ in range(count)]
    ports = [sock.getsockname()[1] for sock in socks]
    for sock in socks:
        sock.close()
    return ports


def second(folder):
    """A second application beside the first, so that answers tell them apart."""
    other = folder / 'other'
    other.mkdir()
    (other / 'app.py').write_text((WSGI / 'app.py').read_text().replace('Hello, World!', 'Hello from the other!'))
    (other / 'web.config').write_text((WSGI / 'web.config').read_text())


def test_sites_are_chosen_by_host():
    config = CONFIG.format(engines=python_engine(), sites=(
        site('first', 1, {'/': 'SITE'}, '*:80:', '*:80:first.example')
        + site('second', 2, {'/': 'SITE/other'}, '*:80:second.example', '*:80:*.wild.example')))
    with Host(WSGI, config=config, edit=second) as host:
        for name, expected in (('first.example', b'Hello, World!'), ('Second.Example:99', b'Hello from the other!'),
                               ('a.wild.example', b'Hello from the other!'), ('wild.example', b'Hello, World!'),
                               ('nobody.example', b'Hello, World!')):
            assert host.get('/', headers={'Host': name}).body == expected, name
        assert environment(host, Host='second.example')['SERVER_NAME'] == 'second.example'


def test_sites_are_chosen_by_port():
    one, two = free_ports(2)
    config = CONFIG.format(engines=python_engine(), sites=(
        site('first', 1, {'/': 'SITE'}, '127.0.0.1:%d:' % one)
        + site('second', 2, {'/': 'SITE/other'}, '127.0.0.1:%d:second.example' % two)))
    with Host(WSGI, config=config, edit=second, listen=None) as host:
        host.port = one
        assert host.get('/').body == b'Hello, World!'
        assert environment(host)['SERVER_PORT'] == str(one)
        host.port = two
        assert host.get('/', headers={'Host': 'second.example:%d' % two}).body == b'Hello from the other!'
        assert environment(host, Host='second.example')['SERVER_PORT'] == str(two)
        assert host.get('/', headers={'Host': 'elsewhere.example'}).status == 400
        host.signal(signal.SIGHUP)
        time.sleep(0.5)
        assert host.get('/', headers={'Host': 'second.example'}).body == b'Hello from the other!'


def test_only_the_named_site_is_served():
    config = CONFIG.format(engines=python_engine(), sites=(
        site('first', 1, {'/': 'SITE'}, '*:80:first.example') + site('second', 2, {'/': 'SITE/other'}, '*:80:second.example')))
    with Host(WSGI, '--site', 'second', config=config, edit=second) as host:
        assert host.get('/', headers={'Host': 'first.example'}).body == b'Hello from the other!'


def test_applications_and_virtual_directories_of_a_site():
    text = site('first', 7, {'/': 'SITE', '/shop/admin': 'SITE/other'}, '*:80:')
    text = text.replace('physicalPath="SITE" />', 'physicalPath="SITE" /><virtualDirectory path="/media" physicalPath="SITE\\static" />')
    with Host(WSGI, config=CONFIG.format(engines=python_engine(), sites=text), edit=second) as host:
        assert host.get('/shop/admin/').body == b'Hello from the other!'
        assert host.get('/shop/adminx').body == b'no such action'
        found = environment(host, '/shop/admin/env/x?y=1')
        assert (found['SCRIPT_NAME'], found['PATH_INFO'], found['QUERY_STRING']) == ('/shop/admin', '/env/x', 'y=1'), found
        assert host.get('/media/site.css').headers['ETag']
        assert host.get('/media/web.config').status == 404


def test_server_variables():
    with Host(WSGI, edit=variable('WSGI_FACTS', '%SITE_NAME%|%APPL_VIRTUAL_PATH%|%APPL_ID%|%INSTANCE_ID%|%IIS_BINDNGS%|%ZOO_VERSION%'
                                  '|%APPL_PHYSICAL_SHORT_PATH%')) as host:
        lines = host.get('/environ').body.decode().split('\n')
        assert 'WSGI_FACTS=Default Web Site|/||1|http/127.0.0.1:%d:|5.0.0|%s' % (host.port, host.folder) in lines, lines
        found = environment(host, Host='name.example:81', Authorization='Basic eDp5')
        assert (found['SERVER_NAME'], found['SERVER_PORT'], found['HTTPS']) == ('name.example', str(host.port), 'off')
        assert found['HTTP_AUTHORIZATION'] == 'Basic eDp5' and 'AUTH_TYPE' not in found and 'REMOTE_USER' not in found


def http_files(variables):
    def edit(folder):
        (folder / 'files').mkdir()
        (folder / 'files/web.config').write_text(FILES_APP.format(variables=variables))
        (folder / 'files/page.txt').write_text('a page')
        (folder / 'files/blog').mkdir()
        (folder / 'files/blog/page.txt').write_text('a page of the blog')
    config = CONFIG.format(engines=FILES, sites=site('first', 1, {'/': 'SITE', '/blog': 'SITE/files'}, '*:80:'))
    return {'config': config, 'edit': edit}


def test_http_engine_gets_the_path_or_what_proxypass_says():
    with Host(WSGI, **http_files('')) as host:
        assert host.get('/blog/page.txt').body == b'a page of the blog'
    with Host(WSGI, **http_files('<add name="PROXYPASS" value="/" />')) as host:
        assert host.get('/blog/page.txt').body == b'a page'
        assert host.get('/blog/blog/page.txt?x').body == b'a page of the blog'
        assert host.get('/blog/page.txt', 'HEAD').headers['Content-Length'] == '6'
        assert host.get('/blog/page.txt', 'POST', b'x' * 200000).status == 501      # answered before the body was read
        assert host.get('/blog/page.txt').body == b'a page'
    with Host(WSGI, **http_files('<add name="PROXYPASS" value="%APPL_VIRTUAL_PATH%" />')) as host:
        assert host.get('/blog/page.txt').body == b'a page of the blog'


ERRORS = '''<httpErrors errorMode="{mode}">
  <error statusCode="404" path="missing.html" responseMode="File" />
  <error statusCode="404" subStatusCode="7" path="/static/index.html" responseMode="ExecuteURL" />
  <error statusCode="502" path="broken.html" responseMode="File" />
  <error statusCode="503" path="https://status.example/" responseMode="Redirect" />
  <error statusCode="413" path="../../secret.html" responseMode="File" />
</httpErrors>
<handlers>'''


def errors(mode):
    def edit(folder):
        (folder / 'missing.html').write_text('<p>lost?</p>')
        (folder / 'broken.html').write_text('<p>out of order</p>')
        replaced('web.config', '<handlers>', ERRORS.format(mode=mode))(folder)
    return edit


def test_error_pages_of_the_site():
    away = {'X-Forwarded-For': '192.0.2.1'}
    with Host(WSGI, edit=errors('DetailedLocalOnly')) as host:
        local = host.get('/static/nothing.css')
        assert local.status == 404 and b'404.4' in local.body
        remote = host.get('/static/nothing.css', headers=away)
        assert remote.status == 404 and remote.body == b'<p>lost?</p>' and remote.headers['Content-Type'] == 'text/html'
        assert host.get('/static/web.config', headers=away).body == b'<p>index</p>\n'
        assert host.get('/die', headers=away).body == b'<p>out of order</p>'
        assert host.get('/die', headers=away).status == 502
        assert host.get('/nothing', headers=away).body == b'no such action'     # an application's own page stays
        head = b'POST /length HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 1.2.3.4\r\nContent-Length: 99999999999\r\n\r\n'
        refused = host.raw(head)
        assert refused.startswith(b'HTTP/1.1 413') and b'maxAllowedContentLength' not in refused
    with Host(WSGI, edit=errors('Custom')) as host:
        assert host.get('/static/nothing.css').body == b'<p>lost?</p>'
        (host.folder / 'missing.html').unlink()
        assert host.get('/static/nothing.css').status == 404
    with Host(WSGI, edit=errors('Detailed')) as host:
        assert b'404.4' in host.get('/static/nothing.css').body
        plain = host.get('/static/nothing.css', headers=away).body
        assert b'404 Not Found' in plain and b'404.4' not in plain      # details are for visitors of this machine in any mode

    def broken(folder):
        errors('Custom')(folder)
        variable('DEPLOY_FILE', 'deploy.py')(folder)
        (folder / 'deploy.py').write_text('raise SystemExit(1)')
    with Host(WSGI, edit=broken) as host:
        answer = host.get('/')
        assert answer.status == 302 and answer.headers['Location'] == 'https://status.example/'


REWRITE = '''<rewrite>
  <rewriteMaps><rewriteMap name="Moved"><add key="/home" value="/" /></rewriteMap></rewriteMaps>
  <rules>
    <rule name="Files of public" stopProcessing="true">
      <match url="^(?!public)(.*)$" ignoreCase="false" />
      <conditions trackAllCaptures="true">
        <add input="{APPL_PHYSICAL_PATH}" pattern="(.*)" ignoreCase="false" />
        <add input="{C:1}public\\{R:1}" matchType="IsFile" />
      </conditions>
      <action type="Rewrite" url="public/{R:1}" />
    </rule>
    <rule name="Articles"><match url="^article/([0-9]+)$" /><action type="Rewrite" url="env/article?id={R:1}" /></rule>
    <rule name="Old"><match url="^old/(.*)" /><action type="Redirect" url="new/{R:1}" redirectType="Found" /></rule>
    <rule name="Moved"><match url=".*" /><conditions><add input="{Moved:{URL}}" pattern="(.+)" /></conditions>
      <action type="Rewrite" url="{C:1}" /></rule>
    <rule name="Visitors"><match url="^inner" />
      <conditions><add input="{REMOTE_ADDR}" pattern="^127\\.0\\.0\\.1$" /><add input="{HTTP_X_WHO}" pattern="^me$" negate="true" /></conditions>
      <action type="CustomResponse" statusCode="403" subStatusCode="9" statusReason="inner only" /></rule>
    <rule name="Robots"><match url="^bad\\.asp$" /><action type="AbortRequest" /></rule>
    <rule name="Hidden"><match url="^show$" /><action type="Rewrite" url="/web.config" /></rule>
  </rules>
</rewrite>
<handlers>'''


def rewriting(folder):
    (folder / 'public/css').mkdir(parents=True)
    (folder / 'public/css/a b.css').write_text('p { }')
    (folder / 'public/web.config').write_text('<configuration><system.webServer><handlers><remove name="wsgi#x64" /></handlers>'
                                              '</system.webServer></configuration>')
    replaced('web.config', '<handlers>', REWRITE)(folder)


def test_rewrite_rules():
    with Host(WSGI, edit=rewriting) as host:
        file = host.get('/css/a%20b.css?v=1')
        assert file.status == 200 and file.body == b'p { }' and file.headers['ETag']
        assert host.get('/public/css/a%20b.css').headers['ETag'] == file.headers['ETag']
        assert host.get('/css/gone.css').body == b'no such action'      # the application's
        assert host.get('/').body == b'Hello, World!' and host.get('/home').body == b'Hello, World!'
        found = environment(host, '/article/7?x=1')
        assert (found['PATH_INFO'], found['QUERY_STRING'], found['REQUEST_URI']) == ('/env/article', 'id=7&x=1', '/article/7?x=1'), found
        moved = host.get('/old/a%20b?x=1')
        assert moved.status == 302 and moved.headers['Location'] == '/new/a%20b?x=1'
        refused = host.get('/inner/x')
        assert refused.status == 403 and b'inner only' in refused.body
        assert host.get('/inner/x', headers={'X-Who': 'me'}).body == b'no such action'
        assert host.raw(b'GET /bad.asp HTTP/1.1\r\nHost: a\r\n\r\n') == b''
        assert host.get('/show').status == 404
        assert host.get('/article/9', 'POST', b'x' * 100000).status == 200
    broken = replaced('web.config', '<handlers>', '<rewrite><rules><rule name="r"><match url="((" /></rule></rules></rewrite><handlers>')
    with Host(WSGI, edit=broken) as host:
        answer = host.get('/')
        assert answer.status == 500 and b'is no regular expression' in answer.body and not host.workers()


def run(*options):
    return subprocess.run([ZOOHOST, *options], capture_output=True, text=True, timeout=30, env={**os.environ, 'PATH': '/usr/bin:/bin'})


def test_options_and_exit_codes():
    assert run('--version').stdout == 'zoohost 5.0.0\n'
    usage = run('--help')
    assert usage.returncode == 0 and '--config' in usage.stdout
    page = (ROOT / 'docs/commands/zoohost.md').read_text()
    for option in re.findall(r'--[a-z-]+', usage.stdout):
        assert '`%s' % option in page, option
    assert run().returncode == 2
    assert run('--root', '/nothing').returncode == 2
    assert run('--root', str(WSGI), '--listen', 'nowhere').returncode == 2
    assert run('--root', str(WSGI), '--app', 'blog').returncode == 3
    with socket.create_server(('127.0.0.1', 0)) as taken:
        result = run('--root', str(WSGI), '--listen', '127.0.0.1:%d' % taken.getsockname()[1])
        assert result.returncode == 3 and 'cannot listen' in result.stderr
