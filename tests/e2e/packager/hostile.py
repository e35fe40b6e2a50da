#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes packages that are made to do harm: hostile.py FOLDER GOOD_PACKAGE"""

import pathlib
import struct
import sys
import warnings
import zipfile
import zlib

MANIFEST = '<MSDeploy.iisApp><iisApp path="app"/></MSDeploy.iisApp>'


def package(path, extra=(), method=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, 'w', method) as z:
        z.writestr('manifest.xml', MANIFEST)
        z.writestr('parameters.xml', '<parameters/>')
        z.writestr('app/index.html', 'x')
        for name, content in extra:
            z.writestr(name, content)


def link(path):
    with zipfile.ZipFile(path, 'w') as z:
        z.writestr('manifest.xml', MANIFEST)
        info = zipfile.ZipInfo('app/link')
        info.create_system = 3
        info.external_attr = 0o120777 << 16
        z.writestr(info, '/etc')


def bomb(path):
    with zipfile.ZipFile(path, 'w', zipfile.ZIP_DEFLATED, compresslevel=9) as z:
        z.writestr('manifest.xml', MANIFEST)
        with z.open('app/zero', 'w') as out:
            block = bytes(1 << 20)
            for _ in range(600):
                out.write(block)


def raw(entries, count=None):
    """Entries (name, data, method, size, crc, offset or None) with headers of our own."""
    out, directory = bytearray(), bytearray()  # += on bytes would copy a million times
    for name, data, method, size, crc, offset in entries:
        at = len(out) if offset is None else offset
        common = struct.pack('<HHHHHIIIHH', 20, 0x800, method, 0, 0x5C21, crc, len(data), size, len(name), 0)
        if offset is None:
            out += struct.pack('<I', 0x04034B50) + common + name + data
        directory += (struct.pack('<IH', 0x02014B50, 20) + common + struct.pack('<HHHII', 0, 0, 0, 0, at) + name)
    end = struct.pack('<IHHHHIIH', 0x06054B50, 0, 0, len(entries) & 0xFFFF, len(entries) & 0xFFFF, len(directory),
                      len(out), 0)
    return out + directory + end


def overlapping():
    """One stream of zeros that many entries share."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    zeros = bytes(20 << 20)
    data = packer.compress(zeros) + packer.flush()
    crc = zlib.crc32(zeros)
    shared = [(b'manifest.xml', MANIFEST.encode(), 0, len(MANIFEST), zlib.crc32(MANIFEST.encode()), None),
              (b'app/0', data, 8, len(zeros), crc, None)]
    at = 30 + len(b'manifest.xml') + len(MANIFEST)
    return raw(shared + [(b'app/%05d' % i, data, 8, len(zeros), crc, at) for i in range(1, 2000)])


def lying(told):
    data = b'A' * 50000
    return raw([(b'manifest.xml', MANIFEST.encode(), 0, len(MANIFEST), zlib.crc32(MANIFEST.encode()), None),
                (b'app/x', data, 0, told, zlib.crc32(data), None)])


def many(count):
    return raw([(b'%d' % i, b'', 0, 0, 0, None) for i in range(count)])


def main():
    folder, good = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]).read_bytes()
    folder.mkdir(parents=True)
    warnings.simplefilter('ignore')
    package(folder / 'outside.zip', [('app/../../../evil.txt', 'evil')])
    package(folder / 'absolute.zip', [('/etc/evil.txt', 'evil')])
    package(folder / 'device.zip', [('app/NUL.txt', 'x')])
    package(folder / 'twice.zip', [('app/INDEX.html', 'y')])
    package(folder / 'bzip2.zip', [('app/large', 'x' * 1000)], zipfile.ZIP_BZIP2)
    package(folder / 'backslash.zip')
    data = (folder / 'backslash.zip').read_bytes().replace(b'app/index.html', b'app\\index.html')
    (folder / 'backslash.zip').write_bytes(data)
    link(folder / 'link.zip')
    bomb(folder / 'bomb.zip')
    (folder / 'overlapping.zip').write_bytes(overlapping())
    (folder / 'lying-small.zip').write_bytes(lying(10))
    (folder / 'lying-large.zip').write_bytes(lying(0xFFFFFFF0))
    (folder / 'million.zip').write_bytes(many(1000000))
    for part in (1, 3, 7, 9):
        (folder / ('cut-%d.zip' % part)).write_bytes(good[:len(good) * part // 10])
    (folder / 'prefixed.zip').write_bytes(b'MZ' + bytes(100) + good)
    (folder / 'entities.zip').unlink(missing_ok=True)
    with zipfile.ZipFile(folder / 'entities.zip', 'w') as z:
        z.writestr('manifest.xml', '<!DOCTYPE a [<!ENTITY b "' + 'c' * 100 + '">]><a><iisApp path="&b;"/></a>')
        z.writestr('app/x', 'x')
    with zipfile.ZipFile(folder / 'regex.zip', 'w') as z:
        z.writestr('manifest.xml', MANIFEST)
        z.writestr('parameters.xml', '<parameters><parameter name="p" defaultValue="x"><parameterEntry kind="TextFile" '
                   'scope="x$" match="(a+)+$b"/></parameter></parameters>')
        z.writestr('app/x', 'a' * 100000)


if __name__ == '__main__':
    main()
