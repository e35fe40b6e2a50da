#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# full
# zoosetup as its users run it on copied folders, killed and in parallel; the MSIs: the same bytes twice, signed, and installed,
# repaired, upgraded, rolled back and removed under Wine. Needs $ZOO_BIN (build/bin) and $ZOO_ROOT, set by test.sh, and the
# module for Windows in build/mingw-x64/bin and build/mingw-x86/bin ($ZOO_MINGW_X64, $ZOO_MINGW_X86), made by build.sh.
set -euo pipefail

root=${ZOO_ROOT:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)}
zoosetup=${ZOO_BIN:-$root/build/bin}/zoosetup
x64=${ZOO_MINGW_X64:-$root/build/mingw-x64/bin}
x86=${ZOO_MINGW_X86:-$root/build/mingw-x86/bin}
fixtures=$root/tests/fixtures/setup
machine=$fixtures/machine.json
work=$(mktemp -d)
prefixes=$root/build/test/setup
export WINEDLLOVERRIDES="mscoree,mshtml=" WINEDEBUG=-all WINEPREFIX=$prefixes/prefix
export SOURCE_DATE_EPOCH=1700000000
wine=/usr/lib/wine/wine64

finish() {
  if [[ -d $WINEPREFIX ]]; then WINEPREFIX=$WINEPREFIX /usr/lib/wine/wineserver64 -k 2>/dev/null || true; fi
  rm -rf "$work"
}
trap finish EXIT
# shellcheck source=../checks.sh
source "$root/tests/e2e/checks.sh"

not() { ! "$@"; }

# fails_with TEXT COMMAND...: the command fails and says so.
fails_with() {
  local text=$1
  shift
  if "$@" >"$work/said" 2>&1; then return 1; fi
  cat "$work/said"
  grep -qF -- "$text" "$work/said"
}

for file in "$zoosetup" "$x64/zoosetup.exe" "$x64/HeliconZoo_x64.dll" "$x86/zoosetup.exe" "$x86/HeliconZoo_x86.dll"; do
  if [[ ! -s $file ]]; then
    printf 'FAILED: %s is missing: run ./build.sh first\n' "$file"
    exit 1
  fi
done

# --- the program ----------------------------------------------------------------------------------------------------
folder=$work/config

# fresh FIXTURE: a configuration folder.
fresh() {
  rm -rf "$folder"
  mkdir -p "$folder"
  cp "$fixtures/$1" "$folder/applicationHost.config"
}
setup() { "$zoosetup" "$@" --config-dir "$folder" --machine "$machine"; }
is_original() { cmp "$fixtures/$1" "$folder/applicationHost.config"; }

for config in "$fixtures"/iis-*.config; do
  name=${config##*/}
  fresh "$name"
  check "$name: nothing is registered" exits 1 setup status
  check "$name: a dry run" setup install --dry-run
  check "$name: a dry run changes nothing" is_original "$name"
  check "$name: install" setup install
  check "$name: it is registered" setup status
  check "$name: it is well-formed" xmllint --noout "$folder/applicationHost.config"
  cp "$folder/applicationHost.config" "$work/once"
  check "$name: install again" setup install
  check "$name: which changes nothing" cmp "$work/once" "$folder/applicationHost.config"
  check "$name: uninstall" setup uninstall
  check "$name: the file is the original" is_original "$name"
done

fresh iis-10.0.config
# The diff of a dry run is one that patch understands, and says what install does.
setup install --dry-run | sed -n '/^---/,$p' | grep -v '^found ' >"$work/diff" || true
sed 's/\r$//' "$folder/applicationHost.config" >"$work/patched"
check "the diff applies" patch -s "$work/patched" "$work/diff"
setup install -q
check "the diff is what install does" diff <(sed 's/\r$//' "$folder/applicationHost.config") "$work/patched"
check "status as JSON" python3 - "$zoosetup" "$folder" <<'END'
import json, subprocess, sys
out = subprocess.run([sys.argv[1], "status", "--config-dir", sys.argv[2], "--format", "json"], capture_output=True, check=True)
data = json.loads(out.stdout)
assert data["schema"] == 1 and data["targets"][0]["registered"] is True
assert "python.3.12" in data["targets"][0]["engines"]
END
check "quiet" exits 0 test -z "$("$zoosetup" install -q --config-dir "$folder" --machine "$machine" 2>&1)"
check "no command is a usage error" exits 2 "$zoosetup"
check "an unknown option is a usage error" exits 2 "$zoosetup" status --nonsense
check "a description of a machine needs a folder" exits 2 "$zoosetup" status --machine "$machine"
check "a folder without configuration" exits 3 "$zoosetup" status --config-dir "$work"
check "help" "$zoosetup" --help
check "this is not Windows" exits 2 "$zoosetup" status

# --- killed, and in parallel ----------------------------------------------------------------------------------------
# A file large enough that a kill falls into the middle of the work.
python3 - "$fixtures/iis-10.0.config" "$work/large.config" <<'END'
import sys
text = open(sys.argv[1], "rb").read()
site = b'            <site name="s%d" id="%d"><application path="/" /></site>\r\n'
many = b"".join(site % (i, i) for i in range(100, 40100))
open(sys.argv[2], "wb").write(text.replace(b"            <siteDefaults>", many + b"            <siteDefaults>"))
END
mkdir -p "$folder/schema"
rm -rf "${folder:?}"/*
cp "$work/large.config" "$folder/applicationHost.config"
setup install -q
cp "$folder/applicationHost.config" "$work/large.new"
setup uninstall -q

killed_runs() {
  local i killed=0 old=0 new=0 process
  for i in $(seq 60); do
    "$zoosetup" install -q --config-dir "$folder" --machine "$machine" &
    process=$!
    sleep "0.$(printf '%03d' $((i * 7 % 420)))"
    if kill -KILL "$process" 2>/dev/null; then killed=$((killed + 1)); fi
    wait "$process" 2>/dev/null || true
    if cmp -s "$folder/applicationHost.config" "$work/large.config"; then
      old=$((old + 1))
    elif cmp -s "$folder/applicationHost.config" "$work/large.new"; then
      new=$((new + 1))
      cp "$work/large.config" "$folder/applicationHost.config"
    else
      echo "a half-written file after $i runs"
      return 1
    fi
  done
  echo "$killed killed, $old old, $new new"
  ((killed > 20 && old > 0))
}
check "killed in the middle, the file is the old or the new one" killed_runs
check "the next run finishes" setup install -q
check "with the same result" cmp "$folder/applicationHost.config" "$work/large.new"
check "nothing is left behind" test "$(find "$folder" -maxdepth 1 -type f | wc -l)" = 1

in_parallel() {
  local i processes=() process
  fresh iis-8.0.config
  for i in $(seq 12); do
    setup "$([[ $((i % 2)) == 0 ]] && echo install || echo uninstall)" -q &
    processes+=("$!")
  done
  for process in "${processes[@]}"; do wait "$process" || return 1; done
  setup install -q && setup uninstall -q && is_original iis-8.0.config
}
check "twelve at a time take turns" in_parallel

# --- the packages ---------------------------------------------------------------------------------------------------
msi() { "$root/scripts/msi.sh" "$@"; }
check "the packages are made" msi "$work/one" "$x64" "$x86"
sleep 1
check "the packages are made elsewhere" env -C / TZ=Asia/Tokyo LC_ALL=C.UTF-8 bash -c 'umask 077; exec "$@"' - \
  "$root/scripts/msi.sh" "$work/two" "$x64" "$x86"
version=$(sed -n -E 's/^project\(zoo VERSION ([0-9.]+).*/\1/p' "$root/CMakeLists.txt")
for arch in x64 x86; do
  check "$arch: the same bytes" cmp "$work/one/HeliconZoo-$version-$arch.msi" "$work/two/HeliconZoo-$version-$arch.msi"
  check "$arch: the same DLL beside it" cmp "$work/one/HeliconZoo_$arch.dll" "$work/two/HeliconZoo_$arch.dll"
done
check "the DLLs are those that were built" bash -c "
  cmp '$x64/HeliconZoo_x64.dll' '$work/one/HeliconZoo_x64.dll' && cmp '$x86/HeliconZoo_x86.dll' '$work/one/HeliconZoo_x86.dll'"
check "and there is nothing else" test "$(find "$work/one" -type f | wc -l)" = 4
# wixl drops custom actions that it does not know without a word.
has_its_actions() {
  diff <(msiinfo export "$1" InstallExecuteSequence | tr -d '\r' | cut -f1 | grep ^Zoo | sort) \
    <(msiinfo export "$1" CustomAction | tr -d '\r' | cut -f1 | grep ^Zoo | sort)
}
for arch in x64 x86; do
  check "$arch: each action is in its table" has_its_actions "$work/one/HeliconZoo-$version-$arch.msi"
done
package=$work/one/HeliconZoo-$version-x64.msi
mkdir "$work/empty"
check "without the module there is no package" fails_with 'HeliconZoo_x64.dll is missing' \
  msi "$work/none" "$work/empty" "$x86"
check "a version must be one" fails_with 'is no version' msi --version 5 "$work/none" "$x64" "$x86"
check "the next version" msi --version 99.0.1 "$work/next" "$x64" "$x86"

# --- signatures -----------------------------------------------------------------------------------------------------
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=Zoo test" -addext extendedKeyUsage=codeSigning \
  -keyout "$work/key.pem" -out "$work/cert.pem" 2>/dev/null
openssl pkcs12 -export -inkey "$work/key.pem" -in "$work/cert.pem" -passout pass:secret -out "$work/sign.p12"
check "the packages are signed" env ZOO_SIGN_PASSWORD=secret "$root/scripts/msi.sh" --sign "$work/sign.p12" \
  "$work/signed" "$x64" "$x86"
verify() { osslsigncode verify -CAfile "$work/cert.pem" -in "$1"; }
for arch in x64 x86; do
  check "$arch: the signature verifies" verify "$work/signed/HeliconZoo-$version-$arch.msi"
done
check "an unsigned package does not" not verify "$package"
changed=$work/changed.msi
python3 - "$work/signed/HeliconZoo-$version-x64.msi" "$changed" <<'END'
import sys
data = bytearray(open(sys.argv[1], "rb").read())
data[len(data) // 2] ^= 1
open(sys.argv[2], "wb").write(data)
END
check "nor does a changed one" not verify "$changed"
for arch in x64 x86; do
  check "$arch: the signed package is unpacked" msiextract -C "$work/unpacked-$arch" \
    "$work/signed/HeliconZoo-$version-$arch.msi"
  check "$arch: zoosetup.exe is signed" verify "$(find "$work/unpacked-$arch" -name zoosetup.exe)"
  check "$arch: the DLL beside it is signed" verify "$work/signed/HeliconZoo_$arch.dll"
  check "$arch: it is the one in the package" cmp "$work/signed/HeliconZoo_$arch.dll" \
    "$(find "$work/unpacked-$arch" -name "HeliconZoo_$arch.dll")"
done
check "the package for x64 holds that for 32-bit pools too" cmp "$work/signed/HeliconZoo_x86.dll" \
  "$(find "$work/unpacked-x64" -name HeliconZoo_x86.dll)"
check "a wrong password is said" fails_with "cannot open $work/sign.p12" env ZOO_SIGN_PASSWORD=wrong "$root/scripts/msi.sh" --sign "$work/sign.p12" \
  "$work/none" "$x64" "$x86"

# --- under Wine -----------------------------------------------------------------------------------------------------
# One prefix is made once, and copied for each run.
mkdir -p "$prefixes"
if [[ ! -e $prefixes/template/ready ]]; then
  rm -rf "$prefixes/template"
  WINEPREFIX=$prefixes/template "$wine" wineboot -i >"$work/wineboot.log" 2>&1
  WINEPREFIX=$prefixes/template /usr/lib/wine/wineserver64 -w
  touch "$prefixes/template/ready"
fi
drive=$WINEPREFIX/drive_c
inetsrv=$drive/windows/system32/inetsrv/config
installed="$drive/Program Files/Helicon/Zoo"

# machine FIXTURE: a new Windows with IIS configured like this, and Python.
machine_with() {
  /usr/lib/wine/wineserver64 -k 2>/dev/null || true
  rm -rf "$WINEPREFIX"
  cp -a "$prefixes/template" "$WINEPREFIX"
  mkdir -p "$inetsrv/schema" "$drive/Python312"
  cp "$fixtures/$1" "$inetsrv/applicationHost.config"
  touch "$drive/Python312/python.exe" "$drive/Python312/python312.dll"
  "$wine" reg add 'HKLM\SOFTWARE\Microsoft\InetStp' /v MajorVersion /t REG_DWORD /d 10 /f >/dev/null
}
msiexec() { "$wine" msiexec "$@" /qn; }
windows_path() { printf 'Z:%s' "${1//\//\\}"; }
registry() { "$wine" reg query "$@" 2>/dev/null | tr -d '\r'; }
product_version() { registry 'HKLM\SOFTWARE\Helicon\Zoo' /v Version | sed -n -E 's/.*REG_SZ *//p'; }
entries() { registry 'HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall' /s | grep -c 'DisplayName.*Zoo module for IIS' || true; }
registered() { "$wine" "$installed/zoosetup.exe" status; }
config_is() { cmp "$1" "$inetsrv/applicationHost.config"; }
config_has() { grep -q "$1" "$inetsrv/applicationHost.config"; }
is_gone() { [[ ! -e $installed/zoosetup.exe && ! -e $installed/HeliconZoo_x64.dll && ! -e $installed/workers ]]; }

machine_with iis-10.0.config
"$wine" reg delete 'HKLM\SOFTWARE\Microsoft\InetStp' /f >/dev/null
check "without IIS it is not installed" not msiexec /i "$(windows_path "$package")"
check "and nothing is there" is_gone

machine_with iis-10.0.config
check "install" msiexec /i "$(windows_path "$package")"
for file in HeliconZoo_x64.dll HeliconZoo_x86.dll zoosetup.exe heliconZoo_schema.xml LICENSE.txt workers/python/zoofcgi.py \
  workers/ruby/zoorack.rb workers/perl/zoofcgi.pl; do
  check "$file is there" test -s "$installed/$file"
done
check "the DLL is the one that was built" cmp "$x64/HeliconZoo_x64.dll" "$installed/HeliconZoo_x64.dll"
check "it is registered" registered
check "its schema is there" cmp "$root/module/iis/heliconZoo_schema.xml" "$inetsrv/schema/heliconZoo_schema.xml"
check "with the path of the DLL" config_has 'image="C:\\Program Files\\Helicon\\Zoo\\HeliconZoo_x64.dll"'
check "with the engine of the machine" config_has '<add name="python.3.12"'
check "panels find the version" test "$(product_version)" = "$version"
check "the Python hosting package is found" registry 'HKLM\SOFTWARE\Helicon\Zoo' /v ZooWorkerPythonVersion
check "no other one is" not registry 'HKLM\SOFTWARE\Helicon\Zoo' /v ZooWorkerRubyVersion
check "the list of programs has it" test "$(entries)" = 1
source_of_events='HKLM\SYSTEM\CurrentControlSet\Services\EventLog\Application\HeliconZoo'
message_file() { registry "$source_of_events" /v EventMessageFile | sed -n -E 's/.*REG_(EXPAND_)?SZ *//p'; }
check "the event viewer finds the texts of events" test "$(message_file)" = 'C:\Program Files\Helicon\Zoo\zoosetup.exe'
check "of errors, warnings and information" bash -c "
  '$wine' reg query '$source_of_events' /v TypesSupported | grep -q 0x7"
cp "$inetsrv/applicationHost.config" "$work/registered.config"

rm "$installed/workers/python/zoofcgi.py"
cp "$fixtures/iis-10.0.config" "$inetsrv/applicationHost.config"
# What msiexec /fa does, which Wine's does not take.
check "repair" msiexec /i "$(windows_path "$package")" REINSTALL=ALL REINSTALLMODE=amus
check "the file is back" test -s "$installed/workers/python/zoofcgi.py"
check "the registration is back" config_is "$work/registered.config"

sed -i 's|<userEngines />|<userEngines><add name="mine" fullPath="C:\\mine.exe" /></userEngines>|' "$inetsrv/applicationHost.config"
check "upgrade" msiexec /i "$(windows_path "$work/next/HeliconZoo-99.0.1-x64.msi")"
check "the version is the new one" test "$(product_version)" = 99.0.1
check "there is one entry" test "$(entries)" = 1
check "the files are there" test -s "$installed/HeliconZoo_x64.dll"
check "it is registered" registered
# Windows tells the older version that it is being upgraded (UPGRADINGPRODUCTCODE), and it leaves the registration alone;
# Wine does not, so that there it takes all out, and the new one begins anew. What can be shown here: the condition, and that
# the user's engines outlive a new registration, and are in the backup of one that was taken out.
keeps_registration() {
  msiinfo export "$package" InstallExecuteSequence | grep -P '^ZooUninstall\tREMOVE="ALL" AND NOT UPGRADINGPRODUCTCODE\t'
}
check "an upgrade leaves the registration" keeps_registration
check "the user's engines are in a backup" grep -rq '<add name="mine"' "$inetsrv/zoosetup-backup"
sed -i 's|<userEngines />|<userEngines><add name="mine" fullPath="C:\\mine.exe" /></userEngines>|' "$inetsrv/applicationHost.config"
check "the new version registers again" "$wine" "$installed/zoosetup.exe" install
check "the user's engines stay" config_has '<add name="mine" fullPath="C:\\mine.exe" />'
check "the older version is refused" not msiexec /i "$(windows_path "$package")"
check "the newer one stays" test "$(product_version)" = 99.0.1
check "uninstall" msiexec /x "$(windows_path "$work/next/HeliconZoo-99.0.1-x64.msi")"
check "the configuration is the original" config_is "$fixtures/iis-10.0.config"
check "the schema is gone" not test -e "$inetsrv/schema/heliconZoo_schema.xml"
check "the files are gone" is_gone
check "the registry is clean" not registry 'HKLM\SOFTWARE\Helicon\Zoo' /v Version
check "also of the source of events" not registry "$source_of_events"
check "also of what was found" not registry 'HKLM\SOFTWARE\Helicon\Zoo' /v ZooWorkerPythonVersion
check "the list of programs is clean" test "$(entries)" = 0

rm -rf "$inetsrv/zoosetup-backup"

# A package whose installation fails after the module was registered.
cp "$package" "$work/failing.msi"
msibuild "$work/failing.msi" -q "INSERT INTO \`CustomAction\` (\`Action\`, \`Type\`, \`Source\`, \`Target\`) VALUES ('Fails', 3090, 'zoosetup.exe', 'status --nonsense')"
msibuild "$work/failing.msi" -q "INSERT INTO \`InstallExecuteSequence\` (\`Action\`, \`Sequence\`) VALUES ('Fails', 5040)"
check "an installation that fails" not msiexec /i "$(windows_path "$work/failing.msi")"
check "had registered the module" test -n "$(find "$inetsrv/zoosetup-backup" -type f 2>/dev/null)"
check "and has taken it back" config_is "$fixtures/iis-10.0.config"
check "with its schema" not test -e "$inetsrv/schema/heliconZoo_schema.xml"
check "and the files" is_gone

# A configuration that cannot be edited.
machine_with iis-8.0.config
head -c 4000 "$fixtures/iis-8.0.config" >"$inetsrv/applicationHost.config"
cp "$inetsrv/applicationHost.config" "$work/damaged.config"
check "a damaged configuration stops the installation" not msiexec /i "$(windows_path "$package")"
check "and stays as it is" config_is "$work/damaged.config"

# zoosetup itself, and IIS Express.
machine_with iis-8.0.config
express="$drive/Program Files/IIS Express/config"
documents=$(find "$drive/users" -maxdepth 2 -name Documents -print -quit)
mkdir -p "$express/templates/PersonalWebServer" "$express/schema"
cp "$fixtures/iis-express-10.config" "$express/templates/PersonalWebServer/applicationhost.config"
mkdir -p "$documents/IISExpress/config"
cp "$fixtures/iis-express-10.config" "$documents/IISExpress/config/applicationhost.config"
check "install with IIS Express" msiexec /i "$(windows_path "$package")"
check "new users get it" grep -q HeliconZoo_x64 "$express/templates/PersonalWebServer/applicationhost.config"
check "with its schema" test -s "$express/schema/heliconZoo_schema.xml"
check "this user gets it" grep -q HeliconZoo_x64 "$documents/IISExpress/config/applicationhost.config"
check "engines looks again" "$wine" "$installed/zoosetup.exe" engines
rm "$drive/Python312/python.exe"
check "engines notices that Python is gone" "$wine" "$installed/zoosetup.exe" engines
check "from the configuration" not config_has '<add name="python.3.12"'
check "and from the registry" not registry 'HKLM\SOFTWARE\Helicon\Zoo' /v ZooWorkerPythonVersion
check "uninstall" msiexec /x "$(windows_path "$package")"
for file in "$express/templates/PersonalWebServer/applicationhost.config" "$documents/IISExpress/config/applicationhost.config"; do
  check "${file##*/drive_c/} is the original" cmp "$fixtures/iis-express-10.config" "$file"
done
check "the configuration is the original" config_is "$fixtures/iis-8.0.config"

sum
