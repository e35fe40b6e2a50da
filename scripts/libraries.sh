#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# usage: scripts/libraries.sh OUT X64-BUILD X86-BUILD
# Writes OUT, a JSON list of the Debian packages whose code is in the programs for Windows, from what the linker and the
# compiler say they took: the linker's maps name the archives and object files, ninja's dependencies the headers.
# Format: docs/formats/bill-of-materials.md.
set -euo pipefail

# shellcheck source=common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"
out=$1 x64=$2 x86=$3
export LC_ALL=C
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The licences of what may be linked, from the copyright files of the packages. What is not here stops the build: nobody
# has looked at it.
declare -A licences=(
  [libasio-dev]=BSL-1.0
  [libexpected-dev]=CC0-1.0
  [libcli11-dev]=BSD-3-Clause
  [nlohmann-json3-dev]=MIT
  [mingw-w64-common]='ZPL-2.1 AND MIT AND BSD-3-Clause'
)
for arch in x86-64 i686; do
  licences[mingw-w64-$arch-dev]=${licences[mingw-w64-common]}
  for compiler in gcc g++; do
    licences[$compiler-mingw-w64-$arch-posix]='GPL-3.0-or-later WITH GCC-exception-3.1'
    licences[$compiler-mingw-w64-$arch-posix-runtime]=${licences[$compiler-mingw-w64-$arch-posix]}
  done
  licences[gcc-mingw-w64-base]=${licences[gcc-mingw-w64-$arch-posix]}
done

# linked MAP: archives that a member was taken of, and object files, of the compiler and of others.
linked() {
  sed -n -E 's,^(/[^ (]+\.a)\(.*,\1,p; s,^LOAD (/.+\.o)$,\1,p' "$1"
}

# headers BUILD MAP: headers from outside the tree, of every object that was linked: one of each folder.
headers() {
  local build=$1 folders
  folders=$(sed -n -E 's,^(module/[a-z]+)/lib[a-z_]+\.a\(.*,\1,p; s,^LOAD (module/[a-z]+)/CMakeFiles/.*,\1,p' "$2" | sort -u)
  ninja -C "$build" -t deps |
    awk -v folders="$folders" '
      BEGIN { n = split(folders, list, "\n"); for (i = 1; i <= n; ++i) wanted[list[i]] = 1 }
      /^[^ ]/ { split($1, part, "/"); take = (part[1] "/" part[2]) in wanted; next }
      take && NF { print $1 }' |
    sed -E "s,^[^/],$build/&," | sort -u |
    # The build folder's headers/ holds copies of folders of /usr/include (module/setup/CMakeLists.txt).
    while IFS= read -r header; do realpath -m -- "${header/#"$build/headers/"//usr/include/}"; done |
    { grep -v "^$zoo_root/" || true; } | awk -F/ '{ f = $0; sub("/[^/]*$", "", f); if (!(f in seen)) { seen[f]; print } }'
}

# packages: the Debian packages of the files on standard input.
packages() {
  while IFS= read -r file; do realpath -m -- "$file"; done | sort -u | xargs -r -d '\n' dpkg-query -S |
    sed -E 's/^diversion by .*//; s/: .*//; s/, /\n/g' | sed -E '/^$/d; s/:[a-z0-9]+$//' | sort -u
}

# program NAME MACHINE BUILD MAP: one member of the list; its packages go to $work/packages.
program() {
  local name=$1 machine=$2 build=$3 map=$3/maps/$4 list
  [[ -s $map ]] || die "$map is missing: build the module first"
  mapfile -t list < <( (linked "$map" && headers "$build" "$map") | packages)
  ((${#list[@]})) || die "nothing was found in $map"
  printf '%s\n' "${list[@]}" >>"$work/packages"
  printf '  {"name": "%s", "machine": "%s", "libraries": [' "$name" "$machine"
  printf '"%s"' "${list[0]}"
  ((${#list[@]} == 1)) || printf ', "%s"' "${list[@]:1}"
  printf ']}'
}

programs() {
  program HeliconZoo_x64.dll x64 "$x64" HeliconZoo.map
  printf ',\n'
  program zoosetup.exe x64 "$x64" zoosetup.map
  printf ',\n'
  program HeliconZoo_x86.dll x86 "$x86" HeliconZoo.map
  printf ',\n'
  program zoosetup.exe x86 "$x86" zoosetup.map
}

libraries() {
  local package separator=
  while IFS= read -r package; do
    [[ -n ${licences[$package]:-} ]] || die "the licence of $package, which is linked, is not known to ${0##*/}"
    printf '%s  {"package": "%s", "version": "%s", "licence": "%s"}' "$separator" "$package" \
      "$(dpkg-query -W -f='${Version}' "$package")" "${licences[$package]}"
    separator=$',\n'
  done < <(sort -u "$work/packages")
}

cd "$zoo_root"
x64=$(realpath -- "$x64") x86=$(realpath -- "$x86")
programs >"$work/programs"
libraries >"$work/libraries"
{
  printf '{\n "schema": 1,\n "programs": [\n%s\n ],\n' "$(<"$work/programs")"
  printf ' "libraries": [\n%s\n ]\n}\n' "$(<"$work/libraries")"
} >"$out.new"
mv "$out.new" "$out"
