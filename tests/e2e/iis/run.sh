#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# full
# Hosts the built DLL in the IIS emulator under Wine. usage: run.sh [x64|x86 [NAME...]], NAME: a part of a test's name
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=../../../scripts/common.sh
source "$here/../../../scripts/common.sh"
# shellcheck source=../../../scripts/wine.sh
source "$zoo_root/scripts/wine.sh"
arch=${1:-x64}

if [[ -z ${ZOO_WINDOWS_BUILD:-} ]]; then
  ZOO_WINDOWS_BUILD=$zoo_root/build/mingw-$arch
  configure_preset "mingw-$arch" -DZOO_TESTS=ON
  build_preset "mingw-$arch" HeliconZoo zoosetup iishost fcgi_worker tcp_relay
fi
export BIN=$ZOO_WINDOWS_BUILD/bin WORK=${ZOO_WORK:-$zoo_root/build/test/iis-$arch}
rm -rf "$WORK"
mkdir -p "$WORK"
use_wine "$arch"
export WINE=${wine[*]}
if [[ $arch == x64 ]]; then export BITS=64 cpu=x86_64; else export BITS=32 cpu=i686; fi

# The probe: one source, both compilers; and one with a header whose order is that of slots for every compiler, which in
# Microsoft's mode puts overloads into each other's slots.
probe=$zoo_root/tests/iishost/probe
"$cpu-w64-mingw32-g++-posix" -std=c++20 -D_WIN32_WINNT=0x0601 -O1 -shared -static -Wl,--kill-at -I "$zoo_root" \
  "$probe/probe_module.cpp" "$probe/probe.def" -o "$BIN/probe_gcc.dll"
microsoft_probe() { # HEADERS OUTPUT
  clang++ --target="$cpu-pc-windows-msvc" -std=c++20 -fms-extensions -nostdinc -O1 -fno-exceptions -fno-rtti \
    -I "$zoo_root/tests/module/iis/abi/stubs" -I "$1" -I "$zoo_root" -c "$probe/probe_module.cpp" -o "$WORK/probe.obj"
  lld-link /dll "/noentry" /nodefaultlib /safeseh:no "/def:$probe/probe.def" "/out:$2" "$WORK/probe.obj"
}
microsoft_probe "$zoo_root" "$BIN/probe_msvc.dll"
mkdir -p "$WORK/unswapped/module/iis"
sed 's/^#ifdef _MSC_VER/#if 0/' "$zoo_root/module/iis/httpserv.h" >"$WORK/unswapped/module/iis/httpserv.h"
microsoft_probe "$WORK/unswapped" "$BIN/probe_unswapped.dll"
"$here/libfcgi.sh" "$cpu" "$BIN/libfcgi_worker.exe"

# One server for all programs, and nothing that survives it.
"${wineserver[@]}" -p
trap '"${wineserver[@]}" -k || true' EXIT

python3 "$here/run_tests.py" "${@:2}"
