#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The bills of material of the packages and installers in dist/ (made by build.sh) against the specifications' forms and
# against the files themselves; the same again gives the same bytes; bad input. Needs $ZOO_BIN and $ZOO_ROOT.
set -euo pipefail

root=${ZOO_ROOT:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)}
packager=${ZOO_BIN:-$root/build/bin}/packager
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source=../checks.sh
source "$root/tests/e2e/checks.sh"
cd "$root"
export SOURCE_DATE_EPOCH=1700000000
# Debian's Python, which has jsonschema, not that of whoever runs this.
export PATH=/usr/bin:/bin

# bills OUT: of everything that was built.
bills() { "$packager" sbom --libraries build/libraries.json -o "$1" dist/packages/*.zip dist/installers/*.msi; }

check "build.sh has been run" test -s build/libraries.json
check "bills of everything" bills "$work/a"
check "  again, elsewhere and at another hour" env TZ=Asia/Tokyo LC_ALL=C bash -c "
  umask 077; '$packager' sbom --libraries build/libraries.json -o '$work/b' dist/packages/*.zip dist/installers/*.msi"
check "  the same bytes" diff -r "$work/a" "$work/b"
for file in dist/packages/*.zip dist/installers/*.msi; do
  name=${file##*/}
  for form in spdx cdx; do
    check "$name: $form is of the form of its specification" \
      python3 tests/e2e/bills/check_bill.py "$form" "$work/a/$name.$form.json" "$file"
    check "$name: $form lies beside it and is recorded" bash -c "
      test -s '$file.$form.json' && grep -qF '${file#dist/}.$form.json' dist/SHA256SUMS dist/build.json"
  done
done
# A check that finds nothing wrong with a wrong bill would prove nothing.
django=$(ls dist/packages/BlankDjangoProject-*.zip)
for change in version namespace checksum verification dangling licence; do
  check "a bill with a wrong $change does not pass" bash -c "
    ! python3 tests/e2e/bills/check_bill.py spdx '$work/a/${django##*/}.spdx.json' '$django' --spoil $change"
done
for change in version serial hash reference licence; do
  check "a CycloneDX bill with a wrong $change does not pass" bash -c "
    ! python3 tests/e2e/bills/check_bill.py cdx '$work/a/${django##*/}.cdx.json' '$django' --spoil $change"
done
check "without the list of libraries nothing is said of them" bash -c "
  '$packager' sbom -o '$work/c' dist/installers/*-x64.msi && ! grep -q STATIC_LINK '$work'/c/*.spdx.json"

# --- bad input ------------------------------------------------------------------------------------------------------
printf 'x' >"$work/Unknown-1.0.zip"
check "a file of no product" says "no product of the manifests has this file" 4 "$packager" sbom "$work/Unknown-1.0.zip"
printf 'x' >"$work/${django##*/}"
check "what is neither package nor MSI" says "neither a package nor an MSI" 4 "$packager" sbom "$work/${django##*/}"
msi=$(ls dist/installers/*-x64.msi)
head -c 100000 "$msi" >"$work/${msi##*/}"
check "a truncated MSI" says "the installer is damaged" 4 "$packager" sbom "$work/${msi##*/}"
head -c 100000 "$django" >"$work/${django##*/}"
check "a truncated package" says "cannot be read" 4 "$packager" sbom "$work/${django##*/}"
check "nothing is written for them" bash -c "! ls '$work'/*.json"
for text in '[' '{}' '{"schema": 2}' '{"schema": 1, "libraries": [{"package": "x"}]}' \
  '{"schema": 1, "programs": [{"name": "a", "libraries": ["none"]}]}'; do
  printf '%s' "$text" >"$work/libraries.txt"
  check "a list of libraries that is none: $text" says libraries.txt 4 \
    "$packager" sbom --libraries "$work/libraries.txt" -o "$work/d" "$django"
done
check "a file that is not there" says "cannot" 3 "$packager" sbom "$work/none.zip"

sum
