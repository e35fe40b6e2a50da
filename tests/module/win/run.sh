#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# full
# The tests of module/win and of module/core, compiled for Windows, run under Wine. usage: run.sh [x64|x86]
# ZOO_WINDOWS_BUILD names the build folder (default: the preset's, which is built here).
set -euo pipefail
# shellcheck source=../../../scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../../scripts/common.sh"
# shellcheck source=../../../scripts/wine.sh
source "$zoo_root/scripts/wine.sh"
arch=${1:-x64}
if [[ -z ${ZOO_WINDOWS_BUILD:-} ]]; then
  ZOO_WINDOWS_BUILD=$zoo_root/build/mingw-$arch
  configure_preset "mingw-$arch" -DZOO_TESTS=ON
  build_preset "mingw-$arch" test_module_win test_module_core fcgi_worker
fi
use_wine "$arch"

passed=0 failed=0
log=$(mktemp)
trap 'rm -f "$log"; "${wineserver[@]}" -k || true' EXIT
for program in test_module_win test_module_core; do
  status=0
  (cd "$ZOO_WINDOWS_BUILD/bin" && "${wine[@]}" "./$program.exe") </dev/null >"$log" 2>&1 || status=$?
  tr -d '\r' <"$log" | tail -n 60
  count=$(tr -d '\r' <"$log" | sed -n -E 's/^All tests passed \(.* in ([0-9]+) test cases?\)$/\1 0/p;
    s/^test cases: +[0-9]+ \| +([0-9]+) passed \| +([0-9]+) failed.*$/\1 \2/p; s/^test cases: +([0-9]+) \| +[0-9]+ failed$/0 \1/p')
  read -r good bad <<<"${count:-0 1}"
  if ((status != 0 && bad == 0)); then bad=1; fi
  passed=$((passed + good)) failed=$((failed + bad))
done
echo "$passed passed, $failed failed"
((failed == 0))
