# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154
# Runs suites and sums what they report. A suite is a command whose last line of the form `N passed, N failed` counts.
# It fails the run when it exits non-zero, reports no such line, or has run nothing. Sourced after common.sh.

zoo_passed=0
zoo_failed=0
zoo_suites=()
zoo_logs=$zoo_root/build/test/logs

# count_of LOG: "PASSED FAILED" of the log's last counting line, or nothing.
count_of() {
  sed -n -E 's/^([0-9]+) passed, ([0-9]+) failed$/\1 \2/p' "$1" | tail -n 1
}

# suite NAME COMMAND...: the command runs in a shell of its own, in the root of the tree, with its output in a log.
suite() {
  local name=$1 log passed=0 failed=0 status=0 started=$SECONDS counted note=""
  shift
  log=$zoo_logs/$name.log
  mkdir -p "$(dirname "$log")"
  printf '%-34s ' "$name"
  # Not `|| status=$?`: that would switch off errexit inside a function that runs as the command.
  set +e
  (
    set -euo pipefail
    cd "$zoo_root"
    "$@"
  ) >"$log" 2>&1 </dev/null
  status=$?
  set -e
  counted=$(count_of "$log")
  if [[ -n $counted ]]; then
    read -r passed failed <<<"$counted"
  else
    note=" (it reported no count)"
  fi
  # Broken in a way that its own count does not show: that is a failure of its own.
  if ((failed == 0)) && { ((status != 0)) || [[ -z $counted ]] || ((passed == 0)); }; then
    failed=1
    if ((status == 0)) && [[ -n $counted ]]; then note=" (nothing was run)"; fi
  fi
  zoo_passed=$((zoo_passed + passed))
  zoo_failed=$((zoo_failed + failed))
  printf '%6d passed, %d failed, %4d s%s\n' "$passed" "$failed" $((SECONDS - started)) "$note"
  if ((failed)); then
    zoo_suites+=("$name")
    printf -- '---- exit code %d; the end of %s:\n' "$status" "${log#"$zoo_root"/}"
    tail -n 60 "$log" | sed 's/^/    /'
    printf -- '----\n'
  fi
}

# The last lines of the run; false when anything failed.
print_sum() {
  if ((${#zoo_suites[@]})); then
    printf 'failed: %s\n' "${zoo_suites[*]}"
  elif ((zoo_passed == 0)); then
    printf 'failed: no test was run\n'
    zoo_failed=1
  fi
  printf '%d passed, %d failed\n' "$zoo_passed" "$zoo_failed"
  ((zoo_failed == 0))
}

# tally: reads lines `ok TEXT` and `FAIL TEXT`, shows the failed ones and prints the counting line.
tally() {
  awk '/^ok /{p++} /^FAIL /{f++; print} END{printf "%d passed, %d failed\n", p, f; exit f != 0}'
}
