#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail

usage() {
  cat <<'END'
usage: ./test.sh [--full] [--tidy] [--only NAME]... [--list] [--help]

Installs what the tests need, builds and runs them. The last line is `N passed, N failed`;
the exit code is 0 only when something ran and nothing failed. Logs lie in build/test/logs/.

  --full       what CI runs: the unit tests under ASan with UBSan and under TSan, longer fuzzing, the long suites
  --tidy       also clang-tidy over all sources (most of an hour at first, then what has changed)
  --only NAME  run only the suites whose name begins with NAME; may be repeated
  --list       name the suites and stop
  --help       show this text

A suite is a script tests/**/run.sh, or a line in this file. See tests/README.md.
END
}

# shellcheck source=scripts/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/scripts/common.sh"
# shellcheck source=scripts/packages.sh
source "$zoo_root/scripts/packages.sh"
# shellcheck source=scripts/suites.sh
source "$zoo_root/scripts/suites.sh"
# shellcheck source=scripts/checks.sh
source "$zoo_root/scripts/checks.sh"

full=no
tidy=no
list=no
only=()
while (($#)); do
  case $1 in
    --full) full=yes ;;
    --tidy) tidy=yes ;;
    --list) list=yes ;;
    --only)
      (($# > 1)) || die "--only needs a name"
      only+=("$2")
      shift
      ;;
    -h | --help)
      usage
      exit 0
      ;;
    *)
      usage >&2
      complain "unknown option $1"
      exit 2
      ;;
  esac
  shift
done

wanted() {
  local name
  ((${#only[@]})) || return 0
  for name in "${only[@]}"; do
    [[ $1 == "$name"* ]] && return 0
  done
  return 1
}

# run NAME COMMAND...: one suite, when it is asked for.
run() {
  wanted "$1" || return 0
  if [[ $list == yes ]]; then
    printf '%s\n' "$1"
  else
    suite "$@"
  fi
}

# Every run.sh below tests/ but the fuzzers' and the benchmarks', which have lines of their own below; one whose second
# or third line says `# full` is run with --full only.
run_scripts() {
  local script name
  while IFS= read -r script; do
    name=${script#tests/}
    if [[ $full == no ]] && sed -n '2,3p' "$script" | grep -qx '# full'; then continue; fi
    run "${name%/run.sh}" "./$script"
  done < <(find tests -name node_modules -prune -o -name run.sh -not -path 'tests/fuzz/*' -not -path 'tests/bench/*' \
    -print | LC_ALL=C sort)
}

cd "$zoo_root"
started=$SECONDS
if [[ $list == no ]]; then
  packages=("${zoo_packages_build[@]}" "${zoo_packages_test[@]}")
  if [[ $tidy == yes ]]; then packages+=("${zoo_packages_tidy[@]}"); fi
  install_packages "the tests" "${packages[@]}"
  rm -rf "$zoo_logs"
  SOURCE_DATE_EPOCH=$(source_date_epoch)
  export SOURCE_DATE_EPOCH
fi
fuzz_seconds=20
if [[ $full == yes ]]; then fuzz_seconds=60; fi
export TSAN_OPTIONS=suppressions=$zoo_root/tests/tsan.supp
export ZOO_ROOT=$zoo_root ZOO_BIN=$zoo_root/build/bin ZOO_FULL=$full

run build check_build
# With --full the same tests run under the sanitizers, below: one build less.
if [[ $full == no ]]; then run unit check_unit release; fi
run style/format check_format
run style/scripts check_scripts
run xml check_xml
run determinism check_determinism
run_scripts
run fuzz tests/fuzz/run.sh "$fuzz_seconds"
if [[ $full == yes ]]; then
  # The fuzzers' build is one with ASan and UBSan: its libraries are there already.
  run sanitizers/asan check_unit fuzz
  # What has threads: downloads, the XML check, compression, the bridge.
  run sanitizers/tsan check_unit tsan test_feedgen_base test_packager_package test_module_core test_module_posix \
    test_module_host
fi

# clang-tidy reads the standard headers anew for each file, most of an hour for a clean tree: only when it is asked for.
if [[ $tidy == yes ]]; then run style/tidy check_tidy; fi

if [[ $list == no ]]; then
  say "$((SECONDS - started)) s"
  print_sum
fi
