#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail

usage() {
  cat <<'END'
usage: ./build.sh [--clean] [--release] [--sign PKCS12] [--help]

Builds everything on a Debian 12 machine: installs the packages that are missing
(as root or through sudo), compiles the tools into build/bin/ and the module for
Windows, and writes installers, packages, the feed and the catalogue page into
dist/. Does little when nothing has changed.

  --clean        remove build/ and dist/ first
  --release      the smallest packages, which take longer
  --sign PKCS12  sign the module's files and installers (Authenticode);
                 ZOO_SIGN_PASSWORD is the file's password
  --help         show this text

Environment:
  ZOO_BASE_URL       where dist/ will be published, e.g. https://host.example/zoo/
                     (default: the feed names its own files relative to itself)
  ZOO_FEED           the feed definition (default: feeds/zoo.xml)
  SOURCE_DATE_EPOCH  the date that goes into what is built, seconds since 1970
                     (default: the date of the last commit)
END
}

# shellcheck source=scripts/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/scripts/common.sh"
# shellcheck source=scripts/packages.sh
source "$zoo_root/scripts/packages.sh"

clean=no
level=()
sign=()
while (($#)); do
  case $1 in
    --clean) clean=yes ;;
    --release) level=(--release) ;;
    --sign)
      (($# > 1)) || die "--sign needs a file"
      [[ -r $2 ]] || die "cannot read $2"
      sign=(--sign "$(realpath -- "$2")")
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

cd "$zoo_root"
if [[ $clean == yes ]]; then rm -rf build dist; fi
lock_build
started=$SECONDS
feed=${ZOO_FEED:-feeds/zoo.xml}
[[ -r $feed ]] || die "cannot read the feed definition $feed"

install_build_packages() {
  local packages=("${zoo_packages_build[@]}")
  packages+=("${zoo_packages_module[@]}")
  if [[ -e .git ]]; then packages+=(git); fi
  install_packages "the build" "${packages[@]}"
}

build_programs() {
  local program programs=(feedgen packager zoohost zoosetup)
  configure_preset release
  build_preset release "${programs[@]}"
  mkdir -p build/bin
  for program in "${programs[@]}"; do
    cmp -s "build/release/bin/$program" "build/bin/$program" ||
      install -m 755 "build/release/bin/$program" build/bin/
  done
}

build_module() {
  local preset
  for preset in mingw-x64 mingw-x86; do
    configure_preset "$preset" -DZOO_TESTS=OFF
    build_preset "$preset" HeliconZoo zoosetup
  done
}

# hashes FOLDER...: one line a file, in an order that does not depend on the machine.
hashes() {
  local folder
  for folder in "$@"; do
    [[ ! -d $folder ]] || find "$folder" -type f -print0
  done | LC_ALL=C sort -z | xargs -0 -r sha256sum
}

# up_to_date STAMP STATE: whether the text is the one of the last run. What a stamp holds are the inputs and the outputs:
# a file of dist/ that was changed or removed by hand is made again.
up_to_date() {
  local stamp=build/$1.stamp
  [[ -f $stamp && $("$2") == "$(<"$stamp")" ]]
}

# made STAMP STATE: notes what has been made.
made() {
  "$2" >"build/$1.stamp"
}

# What the linker took into the programs for Windows, for the bills of material.
libraries_state() {
  cat scripts/libraries.sh build/mingw-*/bin/HeliconZoo_*.dll build/mingw-*/bin/zoosetup.exe | sha256sum
  sha256sum build/libraries.json
}

list_libraries() {
  if up_to_date libraries libraries_state; then return 0; fi
  rm -f build/libraries.stamp
  say "listing what was linked into the module"
  scripts/libraries.sh build/libraries.json build/mingw-x64 build/mingw-x86
  made libraries libraries_state
}

installers_state() {
  printf 'epoch %s\n' "$SOURCE_DATE_EPOCH"
  hashes module/setup/msi module/workers
  if [[ -d dist/installers ]]; then
    find dist/installers \( -name '*.msi' -o -name '*.dll' \) -print0 | LC_ALL=C sort -z | xargs -0 -r sha256sum
  fi
  sha256sum build/mingw-*/bin/HeliconZoo_*.dll build/mingw-*/bin/zoosetup.exe CMakeLists.txt LICENSE scripts/msi.sh module/iis/heliconZoo_schema.xml ${sign[1]:+"${sign[1]}"}
}

build_installers() {
  if up_to_date installers installers_state; then
    say "dist/installers is up to date"
    return 0
  fi
  rm -f build/installers.stamp
  say "writing dist/installers"
  mkdir -p dist/installers
  scripts/msi.sh "${sign[@]}" dist/installers build/mingw-x64/bin build/mingw-x86/bin
  made installers installers_state
}

dist_state() {
  printf 'epoch %s\nbase url %s\nlevel %s\n' "$SOURCE_DATE_EPOCH" "${ZOO_BASE_URL:-}" "${level[*]}"
  sha256sum "$feed"
  hashes build/bin feeds manifests dist
  sha256sum build/libraries.json
}

# What is built here: the packages of all products, both installers, by the names that the manifests give them, and the
# module's DLLs.
artifacts() {
  printf '%s\n' installers/HeliconZoo_x64.dll installers/HeliconZoo_x86.dll
  grep -rhoE '<file artifact="[^"]+"' manifests/*.xml | sed -E 's/.*"(.*)"/\1/'
}

# An earlier version's files must not be published beside the feed of this one.
remove_leftovers() {
  local file of known
  known=$(artifacts)
  for file in dist/packages/* dist/installers/*; do
    [[ -f $file ]] || continue
    of=${file#dist/}
    case $of in
      *.SetParameters.xml) of=${of%.SetParameters.xml}.zip ;;
      *.spdx.json) of=${of%.spdx.json} ;;
      *.cdx.json) of=${of%.cdx.json} ;;
    esac
    grep -qxF "$of" <<<"$known" && continue
    say "removing $file, which this version does not have"
    rm -f "$file"
  done
}

build_dist() {
  if up_to_date dist dist_state; then
    say "dist/ is up to date"
    return 0
  fi
  rm -f build/dist.stamp
  say "writing dist/packages"
  build/bin/packager build --all --dist dist --cache build/cache "${level[@]}"
  remove_leftovers
  say "writing bills of material"
  build/bin/packager sbom --libraries build/libraries.json dist/packages/*.zip dist/installers/*.msi
  say "writing the feed"
  build/bin/feedgen build "$feed" ${ZOO_BASE_URL:+--base-url "$ZOO_BASE_URL"} -o dist
  scripts/build_record.sh dist
  build/bin/feedgen lint --strict --primary --with-files dist ${ZOO_BASE_URL:+--base-url "$ZOO_BASE_URL"} dist/feed.xml
  made dist dist_state
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
list_libraries
build_installers
build_dist
print_made
