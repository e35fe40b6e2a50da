#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# usage: tests/fuzz/run.sh [SECONDS] [TARGET...]
# Builds the fuzz targets (clang, libFuzzer, AddressSanitizer, UndefinedBehaviorSanitizer) and runs each for SECONDS
# (default 20). It starts from the target's kept findings in corpus/<target>/ and from the fixtures that fit it, and
# keeps what it learns in build/fuzz/corpus/<target>/. A finding fails the run and lies in build/fuzz/findings/<target>/.
set -euo pipefail

# shellcheck source=../../scripts/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../../scripts/common.sh"
# shellcheck source=../../scripts/suites.sh
source "$zoo_root/scripts/suites.sh"

seconds=${1:-20}
shift || true
cd "$zoo_root"

# The fixtures that a target starts from.
seeds_of() {
  case $1 in
    fuzz_xml) printf '%s\n' tests/fixtures/feeds tests/fixtures/manifests manifests feeds ;;
    fuzz_fastcgi) printf '%s\n' tests/fixtures/codecs/fastcgi ;;
    fuzz_http1_client) printf '%s\n' tests/fixtures/codecs/http1 ;;
    fuzz_webconfig) printf '%s\n' tests/module/host/fixtures ;;
    fuzz_authenticode) printf '%s\n' tests/fixtures/authenticode ;;
    fuzz_feed) printf '%s\n' tests/fixtures/feeds ;;
    fuzz_package) printf '%s\n' tests/fixtures/packages/msdeploy ;;
    fuzz_manifest) printf '%s\n' tests/fixtures/manifests tests/fixtures/definitions tests/fixtures/locks manifests feeds ;;
  esac
}

fuzz() {
  local target=$1 learned=build/fuzz/corpus/$1 findings=build/fuzz/findings/$1 log=build/fuzz/$1.log
  # What a target gets at most: bytes, and seconds and MB for one input.
  local limits=(-max_len=65536 -timeout=10 -rss_limit_mb=2048)
  local inputs=("$learned") folder status=0 executions
  mkdir -p "$learned" "$findings"
  for folder in "tests/fuzz/corpus/$target" $(seeds_of "$target"); do
    if [[ -d $folder ]]; then inputs+=("$folder"); fi
  done
  "build/fuzz/bin/$target" "${limits[@]}" -max_total_time="$seconds" -print_final_stats=1 \
    -artifact_prefix="$findings/" "${inputs[@]}" >"$log" 2>&1 || status=$?
  executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  if ((status == 0)) && [[ ${executions:-0} != 0 ]]; then
    printf 'ok %s: %s executions\n' "$target" "$executions"
  else
    tail -n 40 "$log" >&2
    printf 'FAIL %s: exit code %d, see %s and %s/\n' "$target" "$status" "$log" "$findings"
  fi
}

configure_preset fuzz
if (($#)); then
  targets=("$@")
else
  mapfile -t targets < <(cd tests/fuzz && printf '%s\n' fuzz_*.cpp | sed 's/\.cpp$//')
fi
build_preset fuzz "${targets[@]}"

# One core each; the verdicts in the order of the targets.
export -f fuzz seeds_of
export seconds
# shellcheck disable=SC2016  # the inner shell expands it
verdicts=$(printf '%s\n' "${targets[@]}" | xargs -P "$(nproc)" -I{} bash -c 'fuzz "$1"' fuzz {} | LC_ALL=C sort)
# Not by tee: it would open the log anew, and cut it, when that is where standard error goes.
printf '%s\n' "$verdicts" >&2
tally <<<"$verdicts"
