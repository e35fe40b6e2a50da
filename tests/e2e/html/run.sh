#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Opens the catalogue page in headless Chromium and checks what a reader would notice.
#   run.sh [PAGE...]     default: the golden sample, and dist/index.html when it has been built
# Screenshots go to build/e2e/html. The last line is "N passed, N failed".
set -euo pipefail
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=$(CDPATH='' cd -- "$here/../../.." && pwd)

if [ ! -d "$here/../node_modules/playwright-core" ] || [ "$here/../package-lock.json" -nt "$here/../node_modules/.stamp" ]; then
  (cd "$here/.." && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2)
  touch "$here/../node_modules/.stamp"
fi
if [ $# -eq 0 ]; then
  set -- "$root/tests/golden/html/index.html"
  if [ -f "$root/dist/index.html" ]; then set -- "$@" "$root/dist/index.html"; fi
fi
exec node "$here/check_page.mjs" "$root" "$@"
