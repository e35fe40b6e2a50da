#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# full
# The x86 MSI installed, repaired, upgraded and removed in 32-bit Wine. ../run.sh has what does not depend on the bits. Needs
# the module for Windows in build/mingw-x64/bin and build/mingw-x86/bin, made by build.sh.
set -euo pipefail
# shellcheck source=../../../../scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../../../scripts/common.sh"
# shellcheck source=../../../../scripts/wine.sh
source "$zoo_root/scripts/wine.sh"
x64=${ZOO_MINGW_X64:-$zoo_root/build/mingw-x64/bin}
x86=${ZOO_MINGW_X86:-$zoo_root/build/mingw-x86/bin}
fixture=$zoo_root/tests/fixtures/setup/iis-10.0.config
work=$(mktemp -d)
passed=0 failed=0
export SOURCE_DATE_EPOCH=1700000000

# A prefix of its own: another run has left nothing in it.
use_wine x86
template=$WINEPREFIX
export WINEPREFIX=$zoo_root/build/test/wine-x86-setup
finish() {
  "${wineserver[@]}" -k || true
  rm -rf "$work" "$WINEPREFIX"
}
trap finish EXIT
"${wineserver[@]}" -k || true
rm -rf "$WINEPREFIX"
cp -a "$template" "$WINEPREFIX"

# check TEXT COMMAND...: the command must succeed.
check() {
  local text=$1
  shift
  if "$@" >"$work/log" 2>&1; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    printf 'FAILED: %s\n' "$text"
    head -n 30 "$work/log"
  fi
}
not() { ! "$@"; }

drive=$WINEPREFIX/drive_c
inetsrv=$drive/windows/system32/inetsrv/config
installed="$drive/Program Files/Helicon/Zoo"
msiexec() { "${wine[@]}" msiexec "$@" /qn; }
windows_path() { printf 'Z:%s' "${1//\//\\}"; }
product_version() {
  "${wine[@]}" reg query 'HKLM\SOFTWARE\Helicon\Zoo' /v Version 2>/dev/null | tr -d '\r' | sed -n -E 's/.*REG_SZ *//p'
}
config_is() { cmp "$1" "$inetsrv/applicationHost.config"; }
config_has() { grep -q "$1" "$inetsrv/applicationHost.config"; }

version=$(sed -n -E 's/^project\(zoo VERSION ([0-9.]+).*/\1/p' "$zoo_root/CMakeLists.txt")
check "the packages are made" "$zoo_root/scripts/msi.sh" "$work/one" "$x64" "$x86"
check "the next version" "$zoo_root/scripts/msi.sh" --version 99.0.1 "$work/next" "$x64" "$x86"
package=$(windows_path "$work/one/HeliconZoo-$version-x86.msi")
mkdir -p "$inetsrv/schema"
cp "$fixture" "$inetsrv/applicationHost.config"

check "without IIS it is not installed" not msiexec /i "$package"
"${wine[@]}" reg add 'HKLM\SOFTWARE\Microsoft\InetStp' /v MajorVersion /t REG_DWORD /d 10 /f >/dev/null
check "install" msiexec /i "$package"
check "the DLL is the one that was built" cmp "$x86/HeliconZoo_x86.dll" "$installed/HeliconZoo_x86.dll"
check "there is no other DLL" not test -e "$installed/HeliconZoo_x64.dll"
check "the worker is there" test -s "$installed/workers/python/zoofcgi.py"
check "it is registered" "${wine[@]}" "$installed/zoosetup.exe" status
check "with the path of the DLL" config_has 'HeliconZoo_x86.dll"'
check "its schema is there" cmp "$zoo_root/module/iis/heliconZoo_schema.xml" "$inetsrv/schema/heliconZoo_schema.xml"
check "panels find the version" test "$(product_version)" = "$version"
rm "$installed/HeliconZoo_x86.dll"
check "repair" msiexec /i "$package" REINSTALL=ALL REINSTALLMODE=amus
check "the file is back" cmp "$x86/HeliconZoo_x86.dll" "$installed/HeliconZoo_x86.dll"
check "upgrade" msiexec /i "$(windows_path "$work/next/HeliconZoo-99.0.1-x86.msi")"
check "the version is the new one" test "$(product_version)" = 99.0.1
check "it is registered" "${wine[@]}" "$installed/zoosetup.exe" status
check "uninstall" msiexec /x "$(windows_path "$work/next/HeliconZoo-99.0.1-x86.msi")"
check "the configuration is the original" config_is "$fixture"
check "the schema is gone" not test -e "$inetsrv/schema/heliconZoo_schema.xml"
check "the files are gone" not test -e "$installed/zoosetup.exe"
printf '%d passed, %d failed\n' "$passed" "$failed"
((failed == 0))
