#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Hosts the built DLL in the IIS emulator under Wine. `run.sh` for 64 bits, `run.sh x86` for 32 (which needs a Wine that
# runs 32-bit programs: WINE32 names its command).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
arch=${1:-x64}

if [[ -z ${ZOO_WINDOWS_BUILD:-} ]]; then
  ZOO_WINDOWS_BUILD=$root/build/mingw-$arch
  (cd "$root" && cmake --preset "mingw-$arch" >/dev/null)
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

python3 "$here/test_iis.py"
