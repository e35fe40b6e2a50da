#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The built DLLs as files: what they need of Windows, what they export, how they are hardened, and that linking twice
# gives the same bytes. ZOO_WINDOWS_BUILDS names build folders (default: the two presets).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../../.." && pwd)
passed=0 failed=0

check() { # WHAT COMMAND...
  local what=$1
  shift
  if "$@"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "FAIL: $dll: $what" >&2
  fi
}

# Every one of them is part of Windows 7 and Server 2008 R2.
only_system_dlls() {
  local names
  names=$(sed -n 's/^[[:space:]]*DLL Name: //p' <<<"$dump" | tr '[:upper:]' '[:lower:]' | LC_ALL=C sort -u)
  [[ -n $names ]] && ! grep -v -x -E 'advapi32\.dll|kernel32\.dll|msvcrt\.dll|ole32\.dll|oleaut32\.dll|ws2_32\.dll|mswsock\.dll' <<<"$names"
}

exports_one_name() {
  [[ $(sed -n 's/^[[:space:]]*\[ *[0-9]*\]\( +base\[ *[0-9]*\]  *[0-9a-f]*\)\{0,1\} \([A-Za-z_][A-Za-z0-9_@]*\)$/\2/p' <<<"$dump") == RegisterModule ]]
}

has_flag() { grep -q -E "^[[:space:]]+$1$" <<<"$dump"; }
has_no_time() { grep -q -E '^Time/Date[[:space:]]+Thu Jan  ?1 00:00:00 1970' <<<"$dump"; }
has_version() { # UTF-16
  LC_ALL=C tr -d '\000' <"$dll" | grep -a -c 'ProductVersion.*5\.[0-9]*\.[0-9]*' >/dev/null
}
links_twice_the_same() {
  cp "$dll" "$dll.first"
  rm "$dll"
  cmake --build "$build" --target HeliconZoo >/dev/null
  cmp "$dll" "$dll.first"
  local same=$?
  rm "$dll.first"
  return $same
}

for build in ${ZOO_WINDOWS_BUILDS:-"$root/build/mingw-x64" "$root/build/mingw-x86"}; do
  dll=$(echo "$build"/bin/HeliconZoo_x??.dll)
  [[ -f $dll ]] || { echo "FAIL: there is no DLL in $build/bin" >&2; exit 1; }
  dump=$(objdump -p "$dll" 2>/dev/null || x86_64-w64-mingw32-objdump -p "$dll")
  check "it needs a DLL that Windows 7 does not have" only_system_dlls
  check "it exports something else than RegisterModule" exports_one_name
  check "it has no random address" has_flag DYNAMIC_BASE
  check "its data can be executed" has_flag NX_COMPAT
  check "it holds the time of its making" has_no_time
  check "it has no version" has_version
  check "linking it again gives other bytes" links_twice_the_same
done
echo "$passed passed, $failed failed"
((failed == 0))
