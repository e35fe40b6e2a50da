#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# usage: tests/bench/run.sh [--update] [NAME...]
# Builds and runs the benchmarks, all or those named; --update writes their tables into docs/performance.md. Figures of
# a machine that does other work at the same time mean little.
set -euo pipefail

# shellcheck source=../../scripts/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../../scripts/common.sh"

# One line each: the name is the section of docs/performance.md and the program that CMake knows.
benchmarks=(bench_feed bench_codecs)

update=no
if [[ ${1:-} == --update ]]; then
  update=yes
  shift
fi
if (($#)); then benchmarks=("$@"); fi

cd "$zoo_root"
configure_preset bench
build_preset bench "${benchmarks[@]}"

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

status=0
mkdir -p build/bench/results
for name in "${benchmarks[@]}"; do
  result=build/bench/results/$name.md
  say "$name"
  "build/bench/bin/$name" | tee "$result" || status=1
  if [[ $update == yes ]]; then write_section "$name" "$result"; fi
done
exit "$status"
