#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Proves that GCC and Microsoft's ABI give the methods of module/iis/httpserv.h the slots that IIS uses, on x64 and x86,
# that the shared structures have Microsoft's layout, and that a header in plain declaration order would be found out.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# One line for each thing proven; the first that fails ends the run.
prove() {
  for arch in x86_64 i686; do
    "$arch-w64-mingw32-g++-posix" -std=c++20 -D_WIN32_WINNT=0x0601 -I "$root" -fsyntax-only "$here/layout.cpp"
    echo "layout: $arch has Microsoft's sizes and offsets"
  done

  python3 "$here/check_slots.py" "$root" "$work"

  # 1: in the order of Microsoft's header for every compiler, which GCC gets wrong. 0: in the order of the slots, which
  # Microsoft's compiler gets wrong.
  for swapped in 0 1; do
    sed "s/^#ifdef _MSC_VER/#if $swapped/" "$root/module/iis/httpserv.h" >"$work/unswapped.h"
    if cmp -s "$work/unswapped.h" "$root/module/iis/httpserv.h"; then
      echo "FAIL: the header does not depend on the compiler any more" >&2
      exit 1
    fi
    if python3 "$here/check_slots.py" "$root" "$work" --header "$work/unswapped.h" >"$work/log"; then
      echo "FAIL: a header with one order for all compilers passed" >&2
      exit 1
    fi
    echo "one order for all compilers ($swapped): refused, $(grep -c instead "$work/log") slots differ"
  done
}

prove | tee "$work/proven"
printf '%d passed, 0 failed\n' "$(wc -l <"$work/proven")"
