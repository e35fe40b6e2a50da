#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail

usage() {
  cat <<'END'
usage: ./build.sh [--clean] [--help]

Builds everything on a Debian 12 machine: installs the packages that are missing
(as root or through sudo), compiles the tools into build/bin/ and writes the feed
and the catalogue page into dist/. Does little when nothing has changed.

  --clean   remove build/ and dist/ first
  --help    show this text

Environment:
  ZOO_BASE_URL       where dist/ will be published, e.g. https://host.example/zoo/
                     (default: the feed names its own files relative to itself)
  SOURCE_DATE_EPOCH  the date that goes into what is built, seconds since 1970
                     (default: the date of the last commit)
END
}

# shellcheck source=scripts/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/scripts/common.sh"
# shellcheck source=scripts/packages.sh
source "$zoo_root/scripts/packages.sh"

clean=no
while (($#)); do
  case $1 in
    --clean) clean=yes ;;
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

cd "$zoo_root"
if [[ $clean == yes ]]; then rm -rf build dist; fi
lock_build
started=$SECONDS

install_build_packages() {
  local packages=("${zoo_packages_build[@]}")
  if [[ -d module/iis ]]; then packages+=("${zoo_packages_module[@]}"); fi
  if [[ -e .git ]]; then packages+=(git); fi
  install_packages "the build" "${packages[@]}"
}

build_programs() {
  configure_preset release -DZOO_TESTS=OFF
  build_preset release
  mkdir -p build/bin
  local program
  for program in build/release/bin/*; do
    [[ -f $program && -x $program ]] || continue
    cmp -s "$program" "build/bin/${program##*/}" || install -m 755 "$program" build/bin/
  done
}

build_module() {
  [[ -d module/iis ]] || return 0
  local preset
  for preset in mingw-x64 mingw-x86; do
    configure_preset "$preset" -DZOO_TESTS=OFF
    build_preset "$preset"
  done
}

# hashes FOLDER...: one line a file, in an order that does not depend on the machine.
hashes() {
  local folder
  for folder in "$@"; do
    [[ ! -d $folder ]] || find "$folder" -type f -print0
  done | LC_ALL=C sort -z | xargs -0 -r sha256sum
}

# What dist/ is made from and what is in it, as one text: when it is the same as after the last run, there is nothing
# to do; a file of dist/ that was changed or removed by hand is made again.
dist_state() {
  printf 'epoch %s\nbase url %s\n' "$SOURCE_DATE_EPOCH" "${ZOO_BASE_URL:-}"
  hashes build/bin feeds manifests dist
}

build_feed() {
  local stamp=build/dist.stamp
  if [[ -f $stamp && $(dist_state) == "$(<"$stamp")" ]]; then
    say "dist/ is up to date"
    return 0
  fi
  rm -f "$stamp"
  say "writing dist/"
  build/bin/feedgen build feeds/zoo.xml ${ZOO_BASE_URL:+--base-url "$ZOO_BASE_URL"} -o dist
  dist_state >"$stamp"
}

print_made() {
  say "made in $((SECONDS - started)) s:"
  find build/bin dist -type f -printf '%12s  %p\n' | LC_ALL=C sort -k2
}

install_build_packages
SOURCE_DATE_EPOCH=$(source_date_epoch)
export SOURCE_DATE_EPOCH
build_programs
build_module
build_feed
print_made
