#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# full
# Hosts the built DLL in the IIS emulator under Wine. `run.sh` for 64 bits, `run.sh x86` for 32 (which needs a Wine that
# runs 32-bit programs: WINE32 names its command).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
arch=${1:-x64}

if [[ -z ${ZOO_WINDOWS_BUILD:-} ]]; then
  ZOO_WINDOWS_BUILD=$root/build/mingw-$arch
  (cd "$root" && cmake --preset "mingw-$arch" -DZOO_TESTS=ON >/dev/null)
  cmake --build "$ZOO_WINDOWS_BUILD" --target HeliconZoo iishost fcgi_worker tcp_relay
fi

export BIN=$ZOO_WINDOWS_BUILD/bin
export WORK=${ZOO_WORK:-$root/build/test/iis-$arch}
export WINEPREFIX=${WINEPREFIX:-$root/build/test/wine-$arch}
export WINEDEBUG=-all WINEDLLOVERRIDES="mscoree,mshtml="
if [[ $arch == x64 ]]; then
  export BITS=64 WINE=/usr/lib/wine/wine64
else
  export BITS=32 WINE=${WINE32:?names the command of a 32-bit Wine}
fi
mkdir -p "$WORK" "$(dirname "$WINEPREFIX")"
[[ -d $WINEPREFIX/drive_c ]] || $WINE wineboot -i >/dev/null 2>&1

# The probe: one source, both compilers; and one with a header whose order is that of slots for every compiler, which in
# Microsoft's mode puts overloads into each other's slots.
if [[ $arch == x64 ]]; then cpu=x86_64; else cpu=i686; fi
probe=$root/tests/iishost/probe
"$cpu-w64-mingw32-g++-posix" -std=c++20 -D_WIN32_WINNT=0x0601 -O1 -shared -static -Wl,--kill-at -I "$root" \
  "$probe/probe_module.cpp" "$probe/probe.def" -o "$BIN/probe_gcc.dll"
microsoft_probe() { # HEADERS OUTPUT
  clang++ --target="$cpu-pc-windows-msvc" -std=c++20 -fms-extensions -nostdinc -O1 -fno-exceptions -fno-rtti \
    -I "$root/tests/module/iis/abi/stubs" -I "$1" -I "$root" -c "$probe/probe_module.cpp" -o "$WORK/probe.obj"
  lld-link /dll "/noentry" /nodefaultlib /safeseh:no "/def:$probe/probe.def" "/out:$2" "$WORK/probe.obj"
}
microsoft_probe "$root" "$BIN/probe_msvc.dll"
mkdir -p "$WORK/unswapped/module/iis"
sed 's/^#ifdef _MSC_VER/#if 0/' "$root/module/iis/httpserv.h" >"$WORK/unswapped/module/iis/httpserv.h"
microsoft_probe "$WORK/unswapped" "$BIN/probe_unswapped.dll"

python3 "$here/test_iis.py" "${@:2}"
