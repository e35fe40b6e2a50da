#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail

usage() {
  cat <<'END'
usage: scripts/wine32.sh [COMMAND ARGUMENT...]

Runs a command in a Debian of 32 bits with Wine in it, for instance `scripts/wine32.sh wine program.exe`. Without a
command it only makes that system, which takes a minute or two, once: it is kept in $XDG_CACHE_HOME/zoo (~/.cache/zoo).

The command sees /tmp, /dev, /proc, and this tree at their own places. They are mounted for it alone: when its last
process ends, no mount is left. Needs root, or sudo.
END
}

# shellcheck source=scripts/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=scripts/packages.sh
source "$zoo_root/scripts/packages.sh"

if [[ ${1:-} == -h || ${1:-} == --help ]]; then
  usage
  exit 0
fi

# A new recipe makes a new system: its hash is part of the name.
recipe="debootstrap i386 minbase $zoo_suite wine32 1"
cache=${XDG_CACHE_HOME:-$HOME/.cache}/zoo
system=$cache/wine32-$zoo_suite-$(sha256sum <<<"$recipe" | cut -c1-12)

# apt's proxy, for the downloads of debootstrap.
use_proxy_of_apt() {
  local http_proxy_of_apt='' https_proxy_of_apt=''
  eval "$(apt-config shell http_proxy_of_apt Acquire::http::Proxy https_proxy_of_apt Acquire::https::Proxy)"
  if [[ -n $http_proxy_of_apt && $http_proxy_of_apt != DIRECT ]]; then export http_proxy=$http_proxy_of_apt; fi
  if [[ -n $https_proxy_of_apt && $https_proxy_of_apt != DIRECT ]]; then export https_proxy=$https_proxy_of_apt; fi
}

# Made beside its place and then renamed: a system that is there is complete. debootstrap mounts /proc and /sys in it,
# which are gone with its mount namespace, however it ends.
make_system() {
  local address new=$system.new
  address=$(apt_mirror)
  [[ -n $address ]] || die "apt knows no mirror of Debian $zoo_suite; has apt-get update been run?"
  use_proxy_of_apt
  say "making $system from $address" >&2
  as_root rm -rf --one-file-system "$new"
  as_root env ${http_proxy:+"http_proxy=$http_proxy"} ${https_proxy:+"https_proxy=$https_proxy"} \
    unshare --mount --propagation private \
    debootstrap --arch=i386 --variant=minbase --include=wine32 "$zoo_suite" "$new" "$address" >"$cache/wine32.log" 2>&1 ||
    die "debootstrap failed: $(tail -n 5 "$cache/wine32.log")"
  as_root rm -rf "$new"/var/cache/apt "$new"/var/lib/apt/lists "$new"/usr/share/{doc,man,locale}
  as_root mv "$new" "$system"
}

mkdir -p "$cache"
if [[ ! -d $system ]]; then
  exec {lock}>"$cache/wine32.lock"
  flock "$lock"
  [[ -d $system ]] || make_system
  exec {lock}>&-
fi
(($#)) || exit 0

# Inside the mount namespace: mounts, then the command as the user who has called this script.
# shellcheck disable=SC2016  # expanded there
inside='
set -e
system=$1 tree=$2 folder=$3 user=$4
shift 4
for place in /dev /proc /tmp; do mount --rbind "$place" "$system$place"; done
mkdir -p "$system$tree"
mount --bind "$tree" "$system$tree"
exec chroot --userspec="$user" "$system" /usr/bin/env -C "$folder" PATH=/usr/lib/wine:/usr/sbin:/usr/bin:/sbin:/bin "$@"
'
mapfile -d '' -t variables < <(env -0 | grep -z -E '^(WINE[A-Z]*|TZ|LANG|LC_[A-Z]+|HOME)=')
command=(env "${variables[@]}" unshare --mount --propagation private
  bash -c "$inside" wine32 "$system" "$zoo_root" "$PWD" "$(id -u):$(id -g)" "$@")
# The same process from here to the command: who ends it ends the command.
if ((EUID == 0)); then exec "${command[@]}"; fi
command -v sudo >/dev/null || die "this needs root: a folder of 32-bit Debian is entered by chroot"
exec sudo "${command[@]}"
