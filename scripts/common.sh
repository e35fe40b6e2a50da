# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Helpers of build.sh and test.sh. To be sourced by a script with `set -euo pipefail`.

zoo_root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
export zoo_root

say() { printf '== %s\n' "$*"; }
complain() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }
die() {
  complain "$@"
  exit 1
}

# Seconds since 1970 that stand for "now" in everything we write: two builds of one commit give the same bytes.
# A tree without history (an unpacked archive) gets 1980-01-01, the first day that a zip file can hold.
source_date_epoch() {
  if [[ -n ${SOURCE_DATE_EPOCH:-} ]]; then
    printf '%s\n' "$SOURCE_DATE_EPOCH"
  elif [[ -e $zoo_root/.git ]] && command -v git >/dev/null; then
    # safe.directory: under sudo the checkout belongs to somebody else.
    git -c safe.directory="$zoo_root" -C "$zoo_root" log -1 --format=%ct
  else
    printf '315532800\n'
  fi
}

# configure_preset PRESET [CMAKE-OPTION...]: cmake's configure step, left out when nothing that it depends on has
# changed (ninja itself notices changed CMakeLists.txt files, added sources and a changed compiler).
configure_preset() {
  local preset=$1 folder=$zoo_root/build/$1 options stamp
  shift
  # ./test.sh runs the unit tests on the libraries that ship: they are part of that build wherever Catch2 is.
  if [[ $preset == release ]]; then
    if [[ -f /usr/include/catch2/catch.hpp ]]; then set -- -DZOO_TESTS=ON "$@"; else set -- -DZOO_TESTS=OFF "$@"; fi
  fi
  if command -v ccache >/dev/null; then
    set -- -DCMAKE_CXX_COMPILER_LAUNCHER=ccache "$@"
  fi
  options="$* $(sha256sum <"$zoo_root/CMakePresets.json") $zoo_root"
  stamp=$folder/.zoo-configured
  if [[ -f $folder/build.ninja && -f $stamp && $(<"$stamp") == "$options" ]]; then
    return 0
  fi
  mkdir -p "$folder"
  # A tree that was moved or copied with its build folder: CMake refuses the old cache.
  if [[ -f $stamp && $(<"$stamp") != *" $zoo_root" ]]; then
    rm -rf "$folder/CMakeCache.txt" "$folder/CMakeFiles"
  fi
  (cd "$zoo_root" && cmake --preset "$preset" "$@")
  printf '%s\n' "$options" >"$stamp"
}

# The jobs of one build: a C++ compiler of this code takes up to 1 GB.
build_jobs() {
  local cores memory
  cores=$(nproc)
  memory=$(awk '/^MemAvailable:/ {print int($2 / 1048576)}' /proc/meminfo)
  if ((memory >= 1 && memory < cores)); then cores=$memory; fi
  printf '%s\n' "$cores"
}

# build_preset PRESET [TARGET...]
build_preset() {
  local preset=$1
  shift
  (cd "$zoo_root" && cmake --build "build/$preset" -j "$(build_jobs)" ${1:+--target "$@"})
}

# One build of a tree at a time. The lock ends with the script.
lock_build() {
  mkdir -p "$zoo_root/build"
  exec {zoo_lock}>"$zoo_root/build/.lock"
  if ! flock -n "$zoo_lock"; then
    say "waiting for another build of this tree"
    flock "$zoo_lock"
  fi
}
