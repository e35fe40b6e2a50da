#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# usage: scripts/build_record.sh DIST
# Writes DIST/build.json, what was built from what, and DIST/SHA256SUMS, which `sha256sum -c` takes. Formats:
# docs/formats/build-record.md.
set -euo pipefail

# shellcheck source=common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"
cd "$zoo_root"
dist=$1
export LC_ALL=C

# The files that a build reads, of the tree: what git knows, or all when there is no git.
inputs() {
  local folders=(CMakeLists.txt cmake feedgen feeds manifests module packager LICENSE build.sh scripts)
  if [[ -e .git ]] && command -v git >/dev/null; then
    git ls-files -z -- "${folders[@]}"
  else
    find "${folders[@]}" -type f -print0
  fi | sort -z
}

# as_json FOLDER: NUL-separated names on standard input; names of files here hold neither quotes nor control characters.
as_json() {
  local name all=() names=()
  mapfile -d '' -t all
  for name in "${all[@]}"; do
    [[ -f $1/$name ]] || continue
    [[ $name != *[\"\\[:cntrl:]]* ]] || die "the name of $name cannot be recorded"
    names+=("$name")
  done
  ((${#names[@]})) || return 0
  (
    cd "$1"
    paste -d '\t' <(printf '%s\0' "${names[@]}" | xargs -0 stat -c '%s' --) \
      <(printf '%s\0' "${names[@]}" | xargs -0 sha256sum -- | cut -c1-64) <(printf '%s\n' "${names[@]}")
  ) | awk -F'\t' '{ printf "%s\n    {\"path\": \"%s\", \"size\": %s, \"sha256\": \"%s\"}", (NR == 1 ? "" : ","), $3, $1, $2 }
    END { printf "\n" }'
}

outputs() {
  (cd "$dist" && find . -type f ! -name '*.new' ! -name build.json ! -name SHA256SUMS -printf '%P\0' | sort -z)
}

version=$(sed -n -E 's/^project\(zoo VERSION ([0-9.]+).*/\1/p' CMakeLists.txt)
{
  printf '{\n  "schema": 1,\n  "version": "%s",\n  "sourceDateEpoch": %s,\n' "$version" "$(source_date_epoch)"
  printf '  "inputs": ['
  inputs | as_json .
  printf '  ],\n  "outputs": ['
  outputs | as_json "$dist"
  printf '  ]\n}\n'
} >"$dist/build.json.new"
mv "$dist/build.json.new" "$dist/build.json"
(cd "$dist" && find . -type f ! -name '*.new' ! -name SHA256SUMS -printf '%P\0' | sort -z | xargs -0 sha256sum) \
  >"$dist/SHA256SUMS.new"
mv "$dist/SHA256SUMS.new" "$dist/SHA256SUMS"
