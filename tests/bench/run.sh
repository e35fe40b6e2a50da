#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# usage: tests/bench/run.sh [--update] [NAME...] [-- OPTION...]
# Builds and runs the benchmarks, all or those named; --update writes their tables into docs/performance.md. Options
# behind -- go to the benchmarks, e.g. bench_bridge -- --section hello. Figures of a machine that does other work at the
# same time mean little.
set -euo pipefail

# shellcheck source=../../scripts/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../../scripts/common.sh"

# shellcheck source=../../scripts/packages.sh
source "$zoo_root/scripts/packages.sh"

# The name is the section of docs/performance.md and the program that CMake knows, or that of a script: then these are
# what it needs to be built, and the script.
benchmarks=(bench_feed bench_codecs bench_bridge bench_package)
declare -A script_targets=([bench_bridge]=zoohost [bench_package]=zip_folder)
declare -A scripts=([bench_bridge]=tests/bench/bridge/bench_bridge.py [bench_package]=tests/bench/package/bench_package.py)

update=no
if [[ ${1:-} == --update ]]; then
  update=yes
  shift
fi
names=()
while (($#)) && [[ $1 != -- ]]; do
  names+=("$1")
  shift
done
if (($#)); then shift; fi
if ((${#names[@]})); then benchmarks=("${names[@]}"); fi

cd "$zoo_root"
targets=()
for name in "${benchmarks[@]}"; do
  if [[ -n ${scripts[$name]:-} ]]; then install_packages benchmarks "${zoo_packages_bench[@]}"; fi
  targets+=("${script_targets[$name]:-$name}")
done
configure_preset bench
build_preset bench "${targets[@]}"

# write_section NAME FILE: what lies between `<!-- begin NAME -->` and `<!-- end NAME -->` becomes the file's text.
write_section() {
  local document=docs/performance.md
  grep -qF "<!-- begin $1 -->" "$document" || die "$document has no section $1"
  awk -v begin="<!-- begin $1 -->" -v end="<!-- end $1 -->" -v file="$2" '
    $0 == end { skip = 0 }
    !skip { print }
    $0 == begin { print ""; while ((getline line <file) > 0) print line; print ""; skip = 1 }
  ' "$document" >"$document.new"
  mv "$document.new" "$document"
}

# run_benchmark NAME [OPTION...]
run_benchmark() {
  local name=$1
  shift
  if [[ -z ${scripts[$name]:-} ]]; then
    "build/bench/bin/$name" "$@"
    return
  fi
  if [[ $name == bench_bridge ]]; then
    if [[ $update == yes ]]; then set -- --svg docs/images/bench-bridge.svg "$@"; fi
    set -- --zoohost build/bench/bin/zoohost "$@"
  fi
  env PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 "${scripts[$name]}" "$@"
}

status=0
mkdir -p build/bench/results
for name in "${benchmarks[@]}"; do
  result=build/bench/results/$name.md
  say "$name"
  run_benchmark "$name" "$@" | tee "$result" || status=1
  [[ -s $result ]] || die "$name has printed nothing"
  if [[ $update == yes ]]; then write_section "$name" "$result"; fi
done
exit "$status"
