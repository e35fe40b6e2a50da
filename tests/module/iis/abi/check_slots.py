#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares the slots that two compilers give to module/iis/httpserv.h and ahadmin.h with the measured table.

check_slots.py ROOT WORK_DIR [--header FILE]: FILE stands in for httpserv.h.  Ends with 1 when a slot differs.
"""
import pathlib
import re
import struct
import subprocess
import sys

ABI = pathlib.Path(__file__).resolve().parent
MINGW = {'x64': 'x86_64-w64-mingw32', 'x86': 'i686-w64-mingw32'}
MSVC = {'x64': 'x86_64-pc-windows-msvc', 'x86': 'i686-pc-windows-msvc'}
POINTER = {'x64': 8, 'x86': 4}


def read_table(path):
    rows = []
    for line in path.read_text(encoding='utf-8').splitlines():
        if line and not line.startswith('#'):
            interface, slot, result, method, parameters = line.split('\t')
            rows.append((interface, int(slot), result, method, parameters))
    return rows


def is_com(interface):
    return interface.startswith('IAppHost')


def member_pointer(row):
    """A constant of the pointer-to-member type that only this overload has."""
    interface, _, result, method, parameters = row
    call = 'STDMETHODCALLTYPE ' if is_com(interface) else ''
    match = re.fullmatch(r'(\(.*\))( const)?', parameters)
    return 'static_cast<%s (%s%s::*)%s%s>(&%s::%s)' % (
        result, call, interface, match.group(1), match.group(2) or '', interface, method)


def includes(header):
    return '#include <winsock2.h>\n#include <ole2.h>\n#include "%s"\n#include "module/iis/ahadmin.h"\n' % header


def mingw_slots(rows, arch, header, root, work):
    """A pointer to a virtual method is its byte offset in the table plus one (Itanium C++ ABI section 2.3)."""
    source = includes(header)
    for number, row in enumerate(rows):
        source += '__attribute__((section(".slots"), used)) auto slot%d = %s;\n' % (number, member_pointer(row))
    cpp, obj, raw = (work / ('slots-%s.%s' % (arch, end)) for end in ('cpp', 'o', 'bin'))
    cpp.write_text(source, encoding='utf-8')
    subprocess.run([MINGW[arch] + '-g++-posix', '-std=c++20', '-fno-toplevel-reorder', '-D_WIN32_WINNT=0x0601',
                    '-I', str(root), '-c', str(cpp), '-o', str(obj)], check=True)
    subprocess.run([MINGW[arch] + '-objcopy', '-O', 'binary', '-j', '.slots', str(obj), str(raw)], check=True)
    step = 2 * POINTER[arch]
    data = raw.read_bytes()[:step * len(rows)]
    words = struct.unpack('<%d%s' % (2 * len(rows), 'Q' if arch == 'x64' else 'I'), data)
    return [(words[2 * i] - 1) // POINTER[arch] for i in range(len(rows))]


def msvc_slots(rows, arch, header, root, work):
    """In Microsoft's ABI a pointer to a virtual method is that of a thunk which jumps through the table."""
    source = includes(header)
    for number, row in enumerate(rows):
        source += 'extern auto slot%d = %s;\n' % (number, member_pointer(row))
    cpp = work / ('thunks-%s.cpp' % arch)
    cpp.write_text(source, encoding='utf-8')
    assembly = subprocess.run(['clang++', '--target=' + MSVC[arch], '-std=c++20', '-fms-extensions', '-nostdinc',
                               '-Wno-everything', '-O1', '-I', str(ABI / 'stubs'), '-I', str(root), '-S', '-o', '-',
                               str(cpp)], check=True, stdout=subprocess.PIPE, text=True).stdout
    offsets, pointers, label = {}, {}, None
    for line in assembly.splitlines():
        begin = re.match(r'"?([^"\s]+)"?:', line)
        # The last load before the jump, or the jump itself, reads the table.
        load = re.match(r'\s+(?:mov[lq]\s+|jmpl\s+\*)(\d*)\(%(?!esp)\w+\)', line)
        value = re.match(r'\s+\.(?:quad|long)\s+"?(\?\?_9[^"\s]+)', line)
        if begin:
            label = begin.group(1)
        elif load and label:
            offsets[label] = int(load.group(1) or '0')
        elif value and label:
            pointers[label] = value.group(1)
    by_number = {int(re.search(r'slot(\d+)@', name).group(1)): thunk for name, thunk in pointers.items()}
    return [offsets[by_number[i]] // POINTER[arch] for i in range(len(rows))]


def main():
    root, work = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    header = sys.argv[4] if len(sys.argv) > 3 else 'module/iis/httpserv.h'
    rows = read_table(root / 'tests/fixtures/iis/slots.tsv')
    wrong = 0
    for name, measure in (('mingw', mingw_slots), ('clang, Microsoft mode', msvc_slots)):
        for arch in ('x64', 'x86'):
            slots = measure(rows, arch, header, root, work)
            bad = [(row, slot) for row, slot in zip(rows, slots) if row[1] != slot]
            for row, slot in bad:
                print('%s %s: %s::%s%s is in slot %s instead of %d' % (name, arch, row[0], row[3], row[4], slot, row[1]))
            print('%s %s: %d of %d slots are right' % (name, arch, len(rows) - len(bad), len(rows)))
            wrong += len(bad)
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main())
