#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# packager as its users run it: builds the four packages, verifies, compares, deploys and tries them on zoohost with this
# machine's Django, Rails and Mojolicious; hostile packages; packages of the real tool and of other programs. Needs
# $ZOO_BIN (build/bin) and $ZOO_ROOT, set by test.sh.
set -euo pipefail

root=${ZOO_ROOT:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)}
bin=${ZOO_BIN:-$root/build/bin}
packager=$bin/packager
export ZOOHOST=${ZOOHOST:-$bin/zoohost}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source=../checks.sh
source "$root/tests/e2e/checks.sh"
cd "$root"
export SOURCE_DATE_EPOCH=1700000000
# The runtimes of the machine, not those of whoever runs this.
export PATH=/usr/bin:/bin

# within SECONDS MIB COMMAND...: the command ends by itself within a time and an address space.
within() {
  local seconds=$1 mib=$2
  shift 2
  (
    ulimit -v $((mib * 1024))
    timeout "$seconds" "$@"
  )
}

projects=(BlankDjangoProject BlankRailsProject BlankPerlProject BlankMojoliciousProject)
packages=()
for id in "${projects[@]}"; do packages+=("$work/a/$id-1.0.0.zip"); done

# The module's installers, as build.sh has made them.
mkdir -p "$work/dist/installers"
cp dist/installers/HeliconZoo-5.0.0-{x64,x86}.msi "$work/dist/installers/"

# --- build ----------------------------------------------------------------------------------------------------------
check "all four are built" "$packager" build --all --dist "$work/dist" -o "$work/a"
for package in "${packages[@]}"; do check "${package##*/} is there" test -s "$package"; done
check "a second build gives the same bytes" "$packager" build --all --dist "$work/dist" -o "$work/b" --threads 1
check "byte for byte" diff -r "$work/a" "$work/b"
check "the release level is smaller" bash -c "
  '$packager' build BlankDjangoProject --release --dist '$work/dist' -o '$work/r' &&
  (( \$(stat -c %s '$work/r/BlankDjangoProject-1.0.0.zip') < \$(stat -c %s '$work/a/BlankDjangoProject-1.0.0.zip') ))"
check "a missing installer is named" says "none/installers/HeliconZoo-5.0.0-x64.msi is missing" 1 \
  "$packager" build BlankPerlProject --dist "$work/none" -o "$work/c"
check "and nothing is written then" exits 1 test -e "$work/c"
check "without the module there is a warning" says "ZP0604" 0 \
  "$packager" build BlankPerlProject --without-module --dist "$work/none" -o "$work/c"
check "JSON names hashes" bash -c "
  '$packager' --format json build BlankPerlProject --dist '$work/dist' -o '$work/a' |
  python3 -c 'import hashlib, json, sys; p = json.load(sys.stdin)[\"packages\"][0];
assert hashlib.sha256(open(p[\"file\"], \"rb\").read()).hexdigest() == p[\"sha256\"]'"
check "an unknown product is a usage error" exits 2 "$packager" build NoSuchProject
check "no product is a usage error" exits 2 "$packager" build

# --- progress ---------------------------------------------------------------------------------------------------------
on_terminal() { # the bars are drawn on a terminal: script(1) gives one
  env -u CI TERM=xterm script -qec "$packager build --all --release --dist $work/dist -o $work/p $1" \
    "$work/typescript" >/dev/null
}
check "a build on a terminal works" on_terminal ""
check "and draws bars with the total" grep -qaE 'total [0-4]/4 .*(kB|MB|B)/s' "$work/typescript"
check "and says what it made" test "$(grep -ac ' files, [0-9]* bytes' "$work/typescript")" = 4
check "--no-progress" on_terminal --no-progress
check "draws none" bash -c "! grep -qa 'total ' '$work/typescript'"

# --- the cache ------------------------------------------------------------------------------------------------------
# cached OUT: all four into a folder, from a copy of the manifests, with one cache; what was done goes to OUT.txt.
cached() {
  "$packager" build --all --manifests "$work/manifests" --dist "$work/dist" --cache "$work/cache" -o "$1" >"$1.txt"
}
# made FILE: the names of the packages that a run made anew, in one line.
made() { sed -n -E 's,^.*/(Blank[A-Za-z]+)-[0-9.]+zip: [0-9]+ files.*,\1,p' "$1" | paste -sd' '; }
all_made='BlankDjangoProject BlankMojoliciousProject BlankPerlProject BlankRailsProject'
readme=$work/manifests/apps/BlankPerlProject/README.md
cp -r manifests "$work/manifests"
check "with an empty cache" cached "$work/k1"
check "  all four are made" test "$(made "$work/k1.txt")" = "$all_made"
check "  as without one" diff -r "$work/a" "$work/k1"
check "a second build" cached "$work/k2"
check "  makes none" test -z "$(made "$work/k2.txt")"
check "  and writes the same" diff -r "$work/k1" "$work/k2"
cp "$readme" "$work/readme"
echo 'One more line.' >>"$readme"
check "after a change to one application" cached "$work/k3"
check "  its package alone is made" test "$(made "$work/k3.txt")" = BlankPerlProject
check "  a clean build" "$packager" build --all --manifests "$work/manifests" --dist "$work/dist" -o "$work/k4"
check "  gives the same bytes" diff -r "$work/k3" "$work/k4"
check "  which are others than before" exits 1 cmp "$work/k1/BlankPerlProject-1.0.0.zip" "$work/k3/BlankPerlProject-1.0.0.zip"
cp "$work/readme" "$readme"
check "with the change taken back" cached "$work/k5"
check "  none is made" test -z "$(made "$work/k5.txt")"
check "  and all is as at first" diff -r "$work/k1" "$work/k5"
check "the smaller form has packages of its own" "$packager" build BlankDjangoProject --release \
  --manifests "$work/manifests" --dist "$work/dist" --cache "$work/cache" -o "$work/k6"
check "  the same as without a cache" cmp "$work/r/BlankDjangoProject-1.0.0.zip" "$work/k6/BlankDjangoProject-1.0.0.zip"
for value in "$work"/cache/*; do printf 'x' | dd of="$value" bs=1 seek=100 conv=notrunc status=none; done
check "with a damaged cache" cached "$work/k7"
check "  all four are made anew" test "$(made "$work/k7.txt")" = "$all_made"
check "  as they were" diff -r "$work/k1" "$work/k7"
printf 'y' | dd of="$work/dist/installers/HeliconZoo-5.0.0-x64.msi" bs=1 seek=7 conv=notrunc status=none
check "with another module" cached "$work/k8"
check "  all four are made" test "$(made "$work/k8.txt")" = "$all_made"
cp dist/installers/HeliconZoo-5.0.0-x64.msi "$work/dist/installers/"
check "the parameters lie beside the package" python3 - "$work/a/BlankDjangoProject-1.0.0" <<'END'
import sys, zipfile, xml.etree.ElementTree as tree
package = tree.fromstring(zipfile.ZipFile(sys.argv[1] + '.zip').read('parameters.xml'))
wanted = {p.get('name'): p.get('defaultValue') for p in package if 'Hidden' not in p.get('tags', '')}
told = {p.get('name'): p.get('value') for p in tree.parse(sys.argv[1] + '.SetParameters.xml').getroot()}
assert told == wanted and len(told) > 8 and told['IIS Web Application Name'] == 'Default Web Site/BlankDjangoProject', told
END

# --- what is in them ------------------------------------------------------------------------------------------------
check "all four verify" "$packager" verify "${packages[@]}"
check "with another module they do not" says "ZP0509: zoo/installers/HeliconZoo-5.0.0-x64.msi: the installer is damaged" 4 \
  "$packager" verify "$work/k8/BlankPerlProject-1.0.0.zip"
mkdir -p "$work/swapped/installers"
cp dist/installers/HeliconZoo-5.0.0-x86.msi "$work/swapped/installers/"
cp dist/installers/HeliconZoo-5.0.0-x86.msi "$work/swapped/installers/HeliconZoo-5.0.0-x64.msi"
check "nor with that for the other architecture" bash -c "
  '$packager' build BlankPerlProject --dist '$work/swapped' && ! '$packager' verify '$work'/swapped/packages/*.zip > '$work/swapped.txt' 2>&1 &&
  grep -q 'ZP0509: zoo/installers/HeliconZoo-5.0.0-x64.msi does not hold HeliconZoo_x64.dll' '$work/swapped.txt'"
for package in "${packages[@]}"; do
  check "${package##*/} is clean for the linter" "$packager" lint --strict "$package"
done
check "Info-ZIP agrees" bash -c "for p in '$work'/a/*.zip; do unzip -tqq \"\$p\" || exit 1; done"
check "7z agrees" bash -c "for p in '$work'/a/*.zip; do 7z t \"\$p\" || exit 1; done"
check "bsdtar agrees" bash -c "for p in '$work'/a/*.zip; do bsdtar -tf \"\$p\" || exit 1; done"
check "Python agrees, and everything is stored or deflated" python3 - "${packages[@]}" <<'END'
import sys, zipfile
for path in sys.argv[1:]:
    with zipfile.ZipFile(path) as z:
        assert z.testzip() is None
        names = z.namelist()
        assert names == sorted(names, key=lambda n: n.encode()), path
        assert all(i.compress_type in (0, 8) and i.flag_bits == 0x800 and not i.extra for i in z.infolist()), path
        assert {'manifest.xml', 'parameters.xml', 'systemInfo.xml', 'zoo/SHA256SUMS', 'zoo/install.cmd'} <= set(names)
        assert len({i.date_time for i in z.infolist()}) > 20, path
        assert not [n for n in names if n.endswith(('.pyc', '.sqlite3'))], path
END
check "the hashes under zoo/ are sha256sum's" bash -c "
  mkdir '$work/unzipped' && cd '$work/unzipped' && unzip -qq '${packages[0]}' && cd zoo && sha256sum --quiet -c SHA256SUMS"
check "steps.json is JSON with both architectures" python3 -c "
import json; s = json.load(open('$work/unzipped/zoo/steps.json'))
assert [x['id'] for x in s['x64']].count('HeliconZooModule') == 1 and s['x86']"
check "the closure and nothing else is in the manifests" bash -c "
  cd '$work/unzipped/zoo/manifests' && test -f Python313.xml && test ! -e Ruby34.xml && test ! -e BlankDjangoProject.xml"
check "the site never gets write access" exits 1 grep -q 'setAcl path="BlankDjangoProject"' "$work/unzipped/manifest.xml"
for package in "${packages[@]}"; do
  check "${package##*/} gets it for data, log and media alone" bash -c "
    [[ \$(unzip -p '$package' manifest.xml | sed -n 's,.*<setAcl path=\"[^/\"]*/\([^\"]*\)\".*,\1,p' | paste -sd' ') == 'data log media' ]]"
done
check "inspect shows where parameters apply" says 'TextFile in BlankDjangoProject\settings.ini' 0 \
  "$packager" inspect "${packages[0]}"
check "inspect as JSON" bash -c "'$packager' --format json inspect '${packages[0]}' | python3 -c '
import json, sys; d = json.load(sys.stdin)
assert d[\"flavour\"] == \"gallery\" and all(e[\"appliesTo\"] for p in d[\"parameters\"] for e in p[\"entries\"])'"

# --- deploy ---------------------------------------------------------------------------------------------------------
django=${packages[0]}
check "it is deployed" "$packager" deploy "$django" "$work/site" --set "Secret Key=$(printf 'k%.0s' {1..40})" \
  --set "Database Engine=mysql" --set "Database Password=a\$1 b" --set "Engine=python.3.11"
check "the key is in settings.ini" grep -q '^secret_key =k\{40\}$' "$work/site/settings.ini"
# shellcheck disable=SC2016  # the file has the dollar sign
check "values arrive as they are" grep -qF 'password =a$1 b' "$work/site/settings.ini"
check "the engine is in web.config" bash -c "[[ \$(grep -c 'python.3.11' '$work/site/web.config') == 3 ]]"
check "nothing of zoo/ is in the site" exits 1 test -e "$work/site/zoo"
check "a wrong value is refused" says ZP0703 1 "$packager" deploy "$django" "$work/site" --set "Database Engine=oracle"
check "an unknown parameter is refused" says ZP0701 1 "$packager" deploy "$django" "$work/site" --set "Databse=x"
check "a second deployment finds the lines again" bash -c "
  '$packager' deploy '$django' '$work/site' --set 'Debug=true' && grep -q '^debug =true' '$work/site/settings.ini' &&
  grep -q '^engine =sqlite' '$work/site/settings.ini'"
check "a file of the site is kept when asked" bash -c "
  touch '$work/site/data/mine' && '$packager' deploy --do-not-delete '$django' '$work/site' && test -e '$work/site/data/mine'"
check "and deleted when not" bash -c "'$packager' deploy '$django' '$work/site' && test ! -e '$work/site/data/mine'"
check "--set without = is a usage error" exits 2 "$packager" deploy "$django" "$work/site" --set x

# --- a database -----------------------------------------------------------------------------------------------------
book=$work/book/GuestBook-1.0.0.zip
check "an application with a database is built" "$packager" build GuestBook --manifests tests/fixtures/database \
  --without-module -o "$work/book"
check "  its package is clean" "$packager" lint --strict "$book"
check "  files, database, rights, in this order" bash -c "
  [[ \$(unzip -p '$book' manifest.xml | sed -n 's/^  <\([A-Za-z]*\) path=\"\([^\"]*\).*/\1:\2/p' | paste -sd' ') == \
    'iisApp:GuestBook dbMySql:install.sql dbMySql:procedures.sql setAcl:GuestBook/data setAcl:GuestBook/log' ]]"
check "  without one of the six tags it is not" bash -c "
  mkdir '$work/untagged' && cd '$work/untagged' && unzip -qq '$book' && sed -i 's/DbAdminUsername/DbUsername/' parameters.xml &&
  zip -qr ../untagged.zip . && ! '$packager' lint '$work/untagged.zip' > '$work/untagged.txt' 2>&1 &&
  grep -q 'ZP0419.*DbAdminUsername' '$work/untagged.txt'"
check "passwords must be given" says '"Database Administrator Password" has no value' 1 \
  "$packager" deploy "$book" "$work/book-site"
check "and nothing is written then" exits 1 test -e "$work/book-site"
answers=(--set "Database User Name=guest" --set "Database Password=s3cret" --set "Database Administrator Password=t0p-secret")
check "the site is deployed, the database told" says "dbMySql install.sql is not run here: there is no database provider" 0 \
  "$packager" deploy "$book" "$work/book-site" "${answers[@]}"
check "  without the administrator's password" bash -c "! grep -q t0p-secret '$work/log'"
check "  with the application's own" grep -qx 'password =s3cret' "$work/book-site/settings.ini"
check "  its scripts fill a real MariaDB, and may be run again" python3 tests/e2e/packager/database.py "$book" \
  "Database User Name=guest" "Database Password=s3cret" "Database Name=books"
check "  and no script in the site" bash -c "[[ -z \$(find '$work/book-site' -name '*.sql') ]]"
check "a quote is no password" says ZP0703 1 "$packager" deploy "$book" "$work/book-site" "${answers[@]}" \
  --set "Database Password=a'b"
check "inspect shows the scripts and what goes into them" says 'TextFile in procedures.sql' 0 "$packager" inspect "$book"
check "the archive flavour runs them too" bash -c "
  '$packager' convert '$book' -o '$work/book-archive.zip' && '$packager' lint '$work/book-archive.zip' &&
  unzip -p '$work/book-archive.zip' archive.xml | grep -q 'sqlScript.*install.sql'"
cp -r tests/fixtures/database "$work/database"
printf "SELECT 1;\nSELECT 'Gr\374\337e';\n" >"$work/database/apps/GuestBook/database/install.sql"
check "a script in another encoding is refused with its place" says "install.sql:2:11: byte FC is not UTF-8" 1 \
  "$packager" build GuestBook --manifests "$work/database" --without-module -o "$work/book2"
check "and no package is written" exits 1 test -e "$work/book2"

# --- try ------------------------------------------------------------------------------------------------------------
for package in "${packages[@]}"; do
  check "${package##*/} shows its start page" says ' / 200 "' 0 "$packager" try "$package"
done
check "a broken application tells its first error" bash -c "
  '$packager' try '$django' --set 'Database Engine=mysql' --set 'Database Server=127.0.0.1' --set 'Database Port=1' \
    --set 'Database Name=none' > '$work/try' 2>&1; [[ \$? == 1 ]] && grep -Eq 'DEPLOY FAILED|Error' '$work/try'"
# The name in two pieces, so that pgrep does not find this very command.
check "nothing is left running or lying about" bash -c "
  ! pgrep -f 'packager-'try- && ! ls -d \${TMPDIR:-/tmp}/packager-'try'-* 2>/dev/null"

# --- diff, convert --------------------------------------------------------------------------------------------------
check "no difference" "$packager" diff "$django" "$work/b/${django##*/}"
check "differences" says "+ BlankDjangoProject/" 1 "$packager" diff "${packages[1]}" "$django"
check "the archive flavour is written" "$packager" convert "$django" -o "$work/archive.zip"
check "it is clean" says "nothing wrong" 0 "$packager" lint "$work/archive.zip"
check "and installs the same files" bash -c "
  '$packager' deploy '$work/archive.zip' '$work/site2' && '$packager' deploy '$django' '$work/site3' &&
  diff -r '$work/site2' '$work/site3'"

# --- packages of others ---------------------------------------------------------------------------------------------
fixtures=tests/fixtures/packages/msdeploy
check "a package of msdeploy.exe is read" says "archive flavour" 0 "$packager" inspect "$fixtures/wpp.zip"
check "and applied" says "added" 0 "$packager" deploy "$fixtures/wpp.zip" "$work/wpp" --set "G=Servus"
check "with its parameter" grep -q Servus "$work/wpp/web.config"
mkdir -p "$work/typo3/piwik" && echo x >"$work/typo3/piwik/index.php"
cp "$fixtures"/typo3/*ml "$work/typo3/"
(cd "$work/typo3" && zip -qr ../typo3.zip .)
check "a gallery package with wrong matches is found out" says ZP0413 1 "$packager" lint "$work/typo3.zip"
mkdir -p "$work/dnn/DotNetNuke" && echo x >"$work/dnn/DotNetNuke/default.aspx"
cp "$fixtures"/dotnetnuke/*ml "$work/dnn/"
(cd "$work/dnn" && 7z a -tzip ../dnn.zip . >/dev/null)
check "write access for the whole site is found out" says ZP0309 1 "$packager" lint "$work/dnn.zip"
(cd "$work" && zip -qr wrapped.zip dnn)
check "a wrapped package is found out" says "is wrapped in a folder" 1 "$packager" lint "$work/wrapped.zip"

# --- hostile packages -----------------------------------------------------------------------------------------------
python3 tests/e2e/packager/hostile.py "$work/hostile" "$django"
mkdir "$work/target" && echo kept >"$work/kept"
for package in "$work"/hostile/*.zip; do
  name=${package##*/}
  check "$name: a clear error in bounded time and memory" exits 1 within 20 1500 "$packager" lint "$package"
  # A costly expression is no reason to refuse a package.
  if [[ $name == regex.zip ]]; then continue; fi
  check "$name: is not deployed" exits 1 within 20 1500 "$packager" deploy "$package" "$work/target/site"
done
check "nothing was written" bash -c "[[ -z \$(ls -A '$work/target') && \$(< '$work/kept') == kept ]]"
check "no zip at all" exits 1 "$packager" lint /usr/bin/env
check "a file that is not there" exits 3 "$packager" lint "$work/none.zip"
# More bytes than a header has, so that content is among them.
check "a damaged package does not verify" bash -c "
  cp '$django' '$work/damaged.zip' &&
  printf '%0300d' 0 | dd of='$work/damaged.zip' bs=1 seek=5000 conv=notrunc status=none &&
  '$packager' verify '$work/damaged.zip'; [[ \$? == 4 ]]"

# --- shell ----------------------------------------------------------------------------------------------------------
check "a folder is no package" says ": it is no file; a package is a .zip file" 3 "$packager" inspect "$work"
check "a file that is not there is named with the reason" says "none.zip: No such file" 3 "$packager" lint "$work/none.zip"
for shell in bash zsh fish; do check "completion for $shell" says packager 0 "$packager" completion "$shell"; done
for command in build inspect verify lint diff deploy try convert sbom completion; do
  check "$command --help" "$packager" "$command" --help
  check "$command has its page" test -s "docs/commands/packager-$command.md"
done

sum
