# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154
# How the suites that run programs as users do count what they see. Sourced by their run.sh, which has set $work, a folder
# for its files; `sum` is its last command.

passed=0
failed=0
# Files that are shown beside the output of a command that failed.
logs=()

# check TEXT COMMAND...: the command must succeed.
check() {
  local text=$1
  shift
  if "$@" >"$work/log" 2>&1; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    printf 'FAILED: %s\n' "$text"
    tail -q -n 30 "$work/log" "${logs[@]}" 2>&1 | sed 's/^/    /'
  fi
}

# exits CODE COMMAND...: the command ends with this exit code.
exits() {
  local code=$1 status=0
  shift
  "$@" || status=$?
  [[ $status == "$code" ]]
}

# says TEXT CODE COMMAND...: the command ends with the code and prints the text.
says() {
  local text=$1 code=$2 status=0 output
  shift 2
  output=$("$@" 2>&1) || status=$?
  printf '%s\n' "$output"
  [[ $status == "$code" && $output == *"$text"* ]]
}

# sum: the line that test.sh reads, and the verdict.
sum() {
  printf '%d passed, %d failed\n' "$passed" "$failed"
  ((failed == 0))
}
