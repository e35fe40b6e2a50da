#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# feedgen as its users run it: the real feed, the feed with stand-ins for the files of later builds, plans for the
# machines that matter, foreign feeds, bad input. Needs $ZOO_BIN (build/bin) and $ZOO_ROOT, set by test.sh.
set -euo pipefail

root=${ZOO_ROOT:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)}
feedgen=${ZOO_BIN:-$root/build/bin}/feedgen
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source=../checks.sh
source "$root/tests/e2e/checks.sh"
cd "$root"
export SOURCE_DATE_EPOCH=1700000000

# --- the feed of this tree ------------------------------------------------------------------------------------------
check "the feed is built" "$feedgen" build feeds/zoo.xml -o "$work/dist"
check "it is clean as a primary feed" "$feedgen" lint --strict --primary "$work/dist/feed.xml"
check "it is clean beside itself loaded nowhere" "$feedgen" lint "$work/dist/feed.xml"
check "every icon it names is there" python3 - "$work/dist" <<'END'
import re, sys, pathlib
dist = pathlib.Path(sys.argv[1])
names = re.findall(r"<relativeIconUrl>([^<]+)", (dist / "feed.xml").read_text())
assert names and all((dist / n).read_bytes().startswith(b"\x89PNG") for n in names)
END
third_party='Python27 Python311 Python312 Python313 Ruby32 Ruby33 Ruby34 StrawberryPerl532 StrawberryPerl538 StrawberryPerl540
Django52_Python313 mysqlclient_Python313 PyMySQL_Python313 pyodbc_Python313 mssql_django_Python313 Rails_Ruby34 Rack_Ruby34
Puma_Ruby34 sqlite3_Ruby34 Mojolicious Plack FCGI MySQL84 MariaDB118 SQLExpress2022 MSODBCSQL17 MSODBCSQL18 VC14Redist UrlRewrite2 WDeploy
IIS7 IISExpress10 StaticContent'
for id in $third_party; do
  check "the feed holds $id" grep -qF "<productId>$id</productId>" "$work/dist/feed.xml"
done
ours='HeliconZooModule BlankDjangoProject BlankRailsProject BlankPerlProject BlankMojoliciousProject'
for id in $ours; do
  if ls dist/packages/"$id"-*.zip dist/installers/ >/dev/null 2>&1; then continue; fi
  check "nothing is faked for $id" exits 1 grep -qF "<productId>$id</productId>" "$work/dist/feed.xml"
  check "the build names what is missing for $id" bash -c "'$feedgen' build feeds/zoo.xml -o '$work/d2' 2>&1 | grep -q '$id is left out'"
done
check "two builds are byte-identical" bash -c "
  umask 077; cd /; TZ=Asia/Tokyo LC_ALL=C '$feedgen' build '$root/feeds/zoo.xml' -o '$work/again' -q
  diff -r '$work/dist' '$work/again'"
check "the page is there" grep -q '<h1' "$work/dist/index.html"
check "a build with the lock asked for refuses" exits 1 "$feedgen" build feeds/zoo.xml -o "$work/locked" --locked
check "and writes nothing" exits 1 test -e "$work/locked/feed.xml"
check "a base URL makes every name absolute" bash -c "
  '$feedgen' build feeds/zoo.xml -o '$work/abs' --base-url https://host.example/zoo/ -q &&
  grep -q '<icon>https://host.example/zoo/icons/' '$work/abs/feed.xml' && ! grep -q relativeIconUrl '$work/abs/feed.xml'"
check "that feed is clean too" "$feedgen" lint --strict --primary "$work/abs/feed.xml"
check "a relative base URL is a usage error" exits 2 "$feedgen" build feeds/zoo.xml -o "$work/x" --base-url zoo/

# --- the whole feed, with stand-ins for files of later builds ----------------------------------------------------------
whole=$work/whole
mkdir -p "$whole"
grep -rhoE 'artifact="[^"]+"' manifests | sed -E 's/artifact="(.*)"/\1/' | sort -u | while read -r file; do
  mkdir -p "$whole/$(dirname "$file")"
  printf 'stand-in for %s\n' "$file" >"$whole/$file"
done
check "the whole feed is built from stand-ins" bash -c "'$feedgen' build feeds/zoo.xml -o '$whole' --format json >'$work/whole.json'"
check "nothing is left out" python3 -c "import json,sys; o=json.load(open('$work/whole.json')); assert o['leftOut'] == [] and o['schema'] == 1"
check "the whole feed is clean" "$feedgen" lint --strict --primary "$whole/feed.xml"
for id in $ours; do
  check "the whole feed holds $id" grep -qF "<productId>$id</productId>" "$whole/feed.xml"
done
check "sizes are KiB and hashes those of the files" python3 - "$whole" <<'END'
import hashlib, pathlib, re, sys
dist = pathlib.Path(sys.argv[1])
files = re.findall(r"<installerFile>\s*<fileSize>(\d+)</fileSize>\s*<relativeInstallerURL>([^<]+)</relativeInstallerURL>\s*<sha1>([0-9a-f]+)", (dist / "feed.xml").read_text())
assert len(files) >= 6, files
for size, name, sha1 in files:
    data = (dist / name).read_bytes()
    assert int(size) == (len(data) + 1023) // 1024 and sha1 == hashlib.sha1(data).hexdigest(), name
END

# plan ID OPTIONS...: the plan as JSON, one product id a line in order.
plan() {
  "$feedgen" plan "$whole/feed.xml" "$@" --format json |
    python3 -c "import json,sys; p=json.load(sys.stdin)['plan']; print('\n'.join(s['id'] for s in p['steps']))"
}

# complete ID PLAN-FILE ARCH: what the project cannot do without is in the plan or installed, each after what it needs.
for project in BlankDjangoProject BlankRailsProject BlankPerlProject BlankMojoliciousProject; do
  for machine in '10.0 x64' '10.0 x86' '6.1 x64'; do
    read -r os arch <<<"$machine"
    for installed in '' Python313 Python311 IISExpress10 IIS7 IIS7,Python312,WDeploy; do
      check "plan $project $os $arch with '$installed'" bash -c "
        '$feedgen' plan '$whole/feed.xml' $project --os $os --arch $arch ${installed:+--installed $installed} >'$work/plan'"
      plan "$project" --os "$os" --arch "$arch" ${installed:+--installed "$installed"} >"$work/order" || true
      check "  it ends with the project" bash -c "[[ \$(tail -n 1 '$work/order') == $project ]]"
      check "  the module is in it" grep -qx HeliconZooModule "$work/order"
      case $installed in
        *IISExpress10*) check "  IIS Express is kept" exits 1 grep -qx IIS7 "$work/order" ;;
        *IIS7*) check "  IIS is kept" exits 1 grep -qx IISExpress10 "$work/order" ;;
        *) check "  IIS comes to a clean machine" grep -qx IIS7 "$work/order" ;;
      esac
      if [[ $project == BlankDjangoProject ]]; then
        case $installed in
          *Python31?*) check "  the Python that is there is used" exits 1 grep -qE '^Python' "$work/order" ;;
          *) check "  Python comes" grep -qx Python313 "$work/order" ;;
        esac
        check "  Django comes" grep -qE '^Django52_' "$work/order"
        check "  a database driver comes" grep -qE '^(mysqlclient|PyMySQL|mssql_django)_' "$work/order"
      elif [[ $project == BlankRailsProject ]]; then
        check "  its database driver comes" grep -qx sqlite3_Ruby34 "$work/order"
      fi
    done
  done
done
check "a plan for a product that is not there suggests one" bash -c "
  ! '$feedgen' plan '$whole/feed.xml' BlankDjangoProjekt 2>'$work/err' && grep -q BlankDjangoProject '$work/err'"
cat >"$work/custom.xml" <<'END'
<feed xmlns="http://www.w3.org/2005/Atom"><id>urn:custom</id>
<entry><productId>Mine</productId><title>Mine</title><dependency><productId>BlankPerlProject</productId></dependency>
<installers><installer><id>1</id><installCommands><cmdLine><exe>mine.exe</exe></cmdLine></installCommands></installer></installers>
</entry></feed>
END
check "a product of another feed is unknown alone" says "does not define BlankPerlProject" 1 "$feedgen" plan "$work/custom.xml" Mine
check "  and known beside it" bash -c "
  '$feedgen' plan '$work/custom.xml' Mine --beside '$whole/feed.xml' >'$work/plan' && grep -q ' BlankPerlProject ' '$work/plan' && grep -q ' HeliconZooModule ' '$work/plan'"

# --- diff, graph -----------------------------------------------------------------------------------------------------
check "a feed does not differ from itself" "$feedgen" diff "$whole/feed.xml" "$whole/feed.xml"
check "what was left out shows in the diff" exits 1 "$feedgen" diff "$whole/feed.xml" "$work/dist/feed.xml"
for format in svg dot mermaid; do
  check "the graph as $format" bash -c "'$feedgen' graph '$whole/feed.xml' --format $format | grep 'Blank Django Project' >/dev/null"
done
check "the SVG is well-formed" bash -c "'$feedgen' graph '$whole/feed.xml' --format svg | xmllint --noout -"

# --- manifests -------------------------------------------------------------------------------------------------------
check "all manifests together are clean" "$feedgen" lint --strict manifests/*.xml feeds/zoo.xml
mapfile -t own < <(find manifests feeds -maxdepth 1 -name '*.xml' ! -name lock.xml)
check "all manifests are in canonical form" "$feedgen" fmt --check "${own[@]}"

# --- bad input: clear, bounded, nothing written ----------------------------------------------------------------------
truncate -s 1G "$work/huge.xml"
check "1 GiB is refused by its size" bash -c "! timeout 10 '$feedgen' lint '$work/huge.xml' 2>'$work/err' && grep -q 'the limit is' '$work/err'"
head -c 2000 "$whole/feed.xml" >"$work/cut.xml"
check "a truncated feed is refused with its place" bash -c "! '$feedgen' lint '$work/cut.xml' 2>'$work/err' && grep -qE 'cut.xml:[0-9]+:[0-9]+: error ZX0101' '$work/err'"
python3 - "$work" <<'END'
import sys
w = sys.argv[1]
open(w + "/deep.xml", "w").write("<feed xmlns='http://www.w3.org/2005/Atom'>" + "<dependency>" * 100000 + "</dependency>" * 100000 + "</feed>")
open(w + "/laughs.xml", "w").write('<!DOCTYPE feed [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><feed xmlns="http://www.w3.org/2005/Atom"><id>&b;</id></feed>')
open(w + "/utf16.xml", "wb").write("<?xml version='1.0' encoding='UTF-16'?><feed xmlns='http://www.w3.org/2005/Atom'><id>x</id></feed>".encode("utf-8"))
branches = "".join("<dependency><productId>P%d</productId></dependency>" % (i % 1000) for i in range(1000001))
entries = "".join("<entry><productId>P%d</productId><title>P</title></entry>" % i for i in range(1000))
open(w + "/wide.xml", "w").write("<feed xmlns='http://www.w3.org/2005/Atom'><id>x</id><languages><language default='true'><languageId>en</languageId><name>E</name></language></languages>" + entries +
    "<entry><productId>Root</productId><title>R</title><dependency><or>" + branches + "</or></dependency></entry></feed>")
cycle = "".join("<entry><productId>C%d</productId><title>C</title><dependency><productId>C%d</productId></dependency></entry>" % (i, (i + 1) % 3) for i in range(3))
open(w + "/cycle.xml", "w").write("<feed xmlns='http://www.w3.org/2005/Atom'><id>x</id>" + cycle + "</feed>")
twice = "<entry><productId>A</productId><title>A</title></entry><entry><productId>a</productId><title>A</title></entry>"
open(w + "/twice.xml", "w").write("<feed xmlns='http://www.w3.org/2005/Atom'><id>x</id>" + twice + "</feed>")
END
check "100,000 levels are refused" bash -c "! timeout 10 '$feedgen' lint '$work/deep.xml' 2>'$work/err' && grep -q ZX0104 '$work/err'"
check "entities are refused" bash -c "! timeout 10 '$feedgen' lint '$work/laughs.xml' 2>'$work/err' && grep -q ZX0105 '$work/err'"
check "a wrong encoding is refused" bash -c "! timeout 10 '$feedgen' lint '$work/utf16.xml' 2>'$work/err' && grep -qE 'ZX010[12]' '$work/err'"
check "an or of 10^6 branches is judged in bounded time" bash -c "! (ulimit -v 4000000; timeout 60 '$feedgen' lint '$work/wide.xml') 2>'$work/err' && grep -q ZF0310 '$work/err'"
check "and planned or refused in bounded time" bash -c "(ulimit -v 4000000; timeout 60 '$feedgen' plan '$work/wide.xml' Root) >'$work/out' 2>&1; [[ \$? -le 1 ]]"
check "a cycle is shown with its path" bash -c "! '$feedgen' lint '$work/cycle.xml' 2>'$work/err' && grep -qE 'C0 -> C1 -> C2 -> C0' '$work/err'"
check "an id twice is an error" bash -c "! '$feedgen' lint '$work/twice.xml' 2>'$work/err' && grep -q ZF0202 '$work/err'"
mkdir -p "$work/keep/manifests" && cp feeds/zoo.xml "$work/keep/feed.xml" && cp -r manifests/. "$work/keep/manifests" && sed -i 's#manifests="../manifests"#manifests="manifests"#' "$work/keep/feed.xml"
check "a first build" "$feedgen" build "$work/keep/feed.xml" -o "$work/keep/dist"
sha=$(sha256sum "$work/keep/dist/feed.xml")
sed -i 's#<title>Python 3.13#<titel>Python 3.13#' "$work/keep/manifests/Python313.xml"
check "a broken manifest fails the build with its place" bash -c "! '$feedgen' build '$work/keep/feed.xml' -o '$work/keep/dist' 2>'$work/err' && grep -qE 'Python313.xml:[0-9]+:[0-9]+: error' '$work/err'"
check "and the old feed is untouched" bash -c "[[ '$sha' == \"\$(sha256sum '$work/keep/dist/feed.xml')\" ]]"

# --- shell ------------------------------------------------------------------------------------------------------------
check "bash completes commands" bash -c "
  source <('$feedgen' completion bash); COMP_WORDS=(feedgen li); COMP_CWORD=1; _feedgen; [[ \${COMPREPLY[*]} == lint ]]"

sum
