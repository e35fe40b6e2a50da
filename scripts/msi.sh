#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail

usage() {
  cat <<'END'
usage: scripts/msi.sh [--sign PKCS12] [--version VERSION] OUTDIR X64DIR X86DIR

Makes OUTDIR/HeliconZoo-<version>-x64.msi and -x86.msi, and puts the DLLs that are in them beside them:
HeliconZoo_x64.dll and HeliconZoo_x86.dll. X64DIR must have HeliconZoo_x64.dll and the x64
zoosetup.exe, X86DIR HeliconZoo_x86.dll and the x86 zoosetup.exe. The same input gives the same bytes.

  --sign PKCS12      sign the DLLs, zoosetup.exe and the MSIs (Authenticode, SHA-256) and verify them.
                     ZOO_SIGN_PASSWORD: the file's password. ZOO_SIGN_TIMESTAMP: URL of a time stamp
                     server; without one a signature ends with its certificate
  --version VERSION  instead of the project's

Environment: SOURCE_DATE_EPOCH
END
}

# shellcheck source=scripts/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

sign=
version=
while (($#)); do
  case $1 in
    --sign | --version)
      (($# > 1)) || die "$1 needs a value"
      if [[ $1 == --sign ]]; then sign=$2; else version=$2; fi
      shift
      ;;
    -h | --help)
      usage
      exit 0
      ;;
    -*)
      usage >&2
      exit 2
      ;;
    *) break ;;
  esac
  shift
done
if (($# != 3)); then
  usage >&2
  exit 2
fi
out=$1 x64=$2 x86=$3
if [[ -z $version ]]; then
  version=$(sed -n -E 's/^project\(zoo VERSION ([0-9.]+).*/\1/p' "$zoo_root/CMakeLists.txt")
fi
[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] || die "\"$version\" is no version of three numbers"
epoch=$(source_date_epoch)
export TZ=UTC LC_ALL=C
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# need FILE: an input that must be there and have something in it.
need() { [[ -s $1 ]] || die "$1 is missing: build the module first (cmake presets mingw-x64 and mingw-x86)"; }

# sign_file FILE: in place; fails unless the result verifies against the certificates in the PKCS12 file.
sign_file() {
  [[ -n $sign ]] || return 0
  local options=(-pkcs12 "$sign" -h sha256 -n "Zoo module for IIS")
  if [[ -n ${ZOO_SIGN_TIMESTAMP:-} ]]; then options+=(-ts "$ZOO_SIGN_TIMESTAMP"); fi
  printf '%s' "${ZOO_SIGN_PASSWORD:-}" >"$work/password"
  osslsigncode sign "${options[@]}" -readpass "$work/password" -in "$1" -out "$work/signed" >"$work/sign.log" 2>&1 ||
    die "signing ${1##*/} failed: $(tail -n 3 "$work/sign.log")"
  osslsigncode verify -CAfile "$work/authority.pem" -in "$work/signed" >"$work/sign.log" 2>&1 ||
    die "the signature of ${1##*/} does not verify: $(tail -n 5 "$work/sign.log")"
  mv "$work/signed" "$1"
}

# What verification trusts: the certificates of the file itself, and the machine's.
read_authority() {
  [[ -n $sign ]] || return 0
  [[ -r $sign ]] || die "cannot read $sign"
  command -v osslsigncode >/dev/null || die "--sign needs osslsigncode"
  ZOO_SIGN_PASSWORD=${ZOO_SIGN_PASSWORD:-} openssl pkcs12 -in "$sign" -nokeys -passin env:ZOO_SIGN_PASSWORD \
    >"$work/authority.pem" 2>"$work/sign.log" || die "cannot open $sign: $(head -n 1 "$work/sign.log")"
  if [[ -r /etc/ssl/certs/ca-certificates.crt ]]; then cat /etc/ssl/certs/ca-certificates.crt >>"$work/authority.pem"; fi
}

# The module for both architectures, signed once: what lies in OUTDIR is what every package holds.
gather_module() {
  local dll
  mkdir -p "$work/module"
  cp "$x64/HeliconZoo_x64.dll" "$x86/HeliconZoo_x86.dll" "$work/module/"
  for dll in "$work"/module/*.dll; do sign_file "$dll"; done
}

# gather ARCH PROGRAM-FOLDER: what the package installs, in $work/ARCH.
gather() {
  local files=$work/$1 language
  mkdir -p "$files/workers"
  cp "$2/zoosetup.exe" "$files/"
  sign_file "$files/zoosetup.exe"
  cp "$work/module/HeliconZoo_x86.dll" "$files/"
  if [[ $1 == x64 ]]; then cp "$work/module/HeliconZoo_x64.dll" "$files/"; fi
  cp "$zoo_root/module/iis/heliconZoo_schema.xml" "$files/"
  sed 's/$/\r/' "$zoo_root/LICENSE" >"$files/LICENSE.txt"
  for language in python/zoofcgi.py ruby/zoorack.rb perl/zoofcgi.pl; do
    mkdir -p "$files/workers/${language%/*}"
    cp "$zoo_root/module/workers/$language" "$files/workers/$language"
  done
  find "$files" -exec chmod u=rwX,go=rX {} + -exec touch -h -d "@$epoch" {} +
}

# guid TEXT: a name-based UUID (RFC 9562, version 5, in the namespace of URLs) as Windows Installer writes it.
guid() {
  local hash variant
  hash=$({
    printf '\x6b\xa7\xb8\x11\x9d\xad\x11\xd1\x80\xb4\x00\xc0\x4f\xd4\x30\xc8'
    printf 'urn:zoo:msi:%s' "$1"
  } | sha1sum | cut -c1-32 | tr a-f A-F)
  printf -v variant '%X' $((0x${hash:16:1} & 3 | 8))
  printf '{%s-%s-5%s-%s%s-%s}\n' "${hash:0:8}" "${hash:8:4}" "${hash:13:3}" "$variant" "${hash:17:3}" "${hash:20:12}"
}

# finish MSI ARCH: the statements of finish.sql.
finish() {
  local line
  while IFS= read -r line; do
    line=${line//@VERSION@/$version}
    case $line in
      '' | --* | "$([[ $2 == x64 ]] && echo x86 || echo x64) "*) continue ;;
      "$2 "*) line=${line#"$2 "} ;;
    esac
    [[ $2 == x86 && $line == *HeliconZoo_x64.dll* ]] && continue
    msibuild "$1" -q "$line" >"$work/msibuild.log" 2>&1 || die "msibuild: $(cat "$work/msibuild.log") in: $line"
  done <"$zoo_root/module/setup/msi/finish.sql"
}

# put FILE: into OUTDIR, unless it is there with the same content.
put() {
  local target=$out/${1##*/}
  mkdir -p "$out"
  cmp -s "$1" "$target" || install -m 644 "$1" "$target"
  say "$target"
}

# make_msi ARCH: one package.
make_msi() {
  local arch=$1 name=HeliconZoo-$version-$1.msi content
  # A package with another content must have another code; the product's code changes with each version.
  content=$( (cd "$work/$arch" && find . -type f -print0 | sort -z | xargs -0 sha256sum) | sha256sum)
  (
    cd "$work"
    wixl -a "$arch" -o "$name" -D "Version=$version" -D "Arch=$arch" -D "ProductCode=$(guid "product-$arch-$version")" \
      -D "Files=$arch" "$zoo_root/module/setup/msi/HeliconZoo.wxs"
  ) >"$work/wixl.log" 2>&1 || die "wixl: $(cat "$work/wixl.log")"
  [[ -s $work/$name ]] || die "wixl: $(cat "$work/wixl.log")"
  finish "$work/$name" "$arch"
  msibuild "$work/$name" -s "Zoo module for IIS $version" "Zoo project" "$([[ $arch == x64 ]] && echo x64 || echo Intel);1033" \
    "$(guid "package-$arch-$version-$content-$(sha256sum "$zoo_root"/module/setup/msi/{HeliconZoo.wxs,finish.sql} | cut -c1-64)")"
  perl "$zoo_root/module/setup/msi/set_times.pl" "$work/$name" "$epoch"
  sign_file "$work/$name"
  put "$work/$name"
}

need "$x64/HeliconZoo_x64.dll"
need "$x64/zoosetup.exe"
need "$x86/HeliconZoo_x86.dll"
need "$x86/zoosetup.exe"
for program in wixl msibuild; do
  command -v "$program" >/dev/null || die "$program is missing (packages wixl and msitools)"
done
read_authority
gather_module
gather x64 "$x64"
gather x86 "$x86"
make_msi x64
make_msi x86
put "$work/module/HeliconZoo_x64.dll"
put "$work/module/HeliconZoo_x86.dll"
