#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail

usage() {
  cat <<'END'
usage: scripts/debian_source.sh PACKAGE

Prints the folder with the source of a Debian package, patched as Debian does it. It is fetched once, by apt with its own
mirror and keys, but with lists of its own: the system's configuration stays as it is. Kept in $XDG_CACHE_HOME/zoo
(~/.cache/zoo).
END
}

# shellcheck source=scripts/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=scripts/packages.sh
source "$zoo_root/scripts/packages.sh"
if (($# != 1)) || [[ $1 == -* ]]; then
  usage >&2
  exit 2
fi
package=$1
folder=${XDG_CACHE_HOME:-$HOME/.cache}/zoo/source-$package-$zoo_suite
if [[ -d $folder ]]; then
  printf '%s\n' "$folder"
  exit 0
fi

mkdir -p "${folder%/*}"
work=$(mktemp -d "$folder.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/{lists,cache/archives,source}/partial "$work/tree"
address=$(apt_mirror)
[[ -n $address ]] || die "apt knows no mirror of Debian $zoo_suite; has apt-get update been run?"
printf 'deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main\n' "$address" "$zoo_suite" \
  >"$work/sources.list"
apt() {
  apt-get -q -o Dir::Etc::SourceList="$work/sources.list" -o Dir::Etc::SourceParts=/dev/null \
    -o Dir::State::Lists="$work/lists" -o Dir::Cache="$work/cache" -o APT::Sandbox::User=root "$@"
}
fetch() {
  apt update && cd "$work/source" && apt source --download-only "$package"
}
unpack() {
  tar -C "$work/tree" --strip-components=1 -xf "$work"/source/*.orig.tar.* &&
    tar -C "$work/tree" -xf "$work"/source/*.debian.tar.*
}
apply_patches() {
  local patch
  cd "$work/tree" || return
  while IFS= read -r patch; do
    [[ -z $patch || $patch == \#* ]] || patch -s -p1 <"debian/patches/$patch" || return
  done <debian/patches/series
}
(fetch && unpack && apply_patches) >"$work/log" 2>&1 ||
  die "the source of $package cannot be fetched: $(tail -n 5 "$work/log")"
mv -T "$work/tree" "$folder" 2>/dev/null || [[ -d $folder ]]
printf '%s\n' "$folder"
