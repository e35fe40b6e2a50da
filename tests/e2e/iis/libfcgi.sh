#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the worker that links libfcgi, with the library from Debian's source package: its part for Windows is in no
# binary package. usage: libfcgi.sh x86_64|i686 PROGRAM
set -euo pipefail
cpu=$1 program=$2
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
worker=$root/tests/iishost/worker/libfcgi_worker.cpp
[[ ! $program -nt $worker ]] || exit 0
source=$("$root/scripts/debian_source.sh" libfcgi)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The configuration that its own build for Windows copies.
cp "$source/include/fcgi_config_x86.h" "$work/fcgi_config.h"
for part in fcgiapp os_win32; do
  "$cpu-w64-mingw32-gcc-posix" -O2 -w -DDLLAPI= -I "$work" -I "$source/include" -c "$source/libfcgi/$part.c" -o "$work/$part.o"
done
"$cpu-w64-mingw32-g++-posix" -std=c++20 -O2 -Wall -Wextra -Werror -static -DDLLAPI= -I "$work" -isystem "$source/include" \
  -I "$root" "$worker" "$work"/*.o -lws2_32 -o "$program"
