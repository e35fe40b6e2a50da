#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# feedgen mirror as its users run it, against a real nginx on the loopback: the copy is whole and checked, installs
# without the first server, goes on after an interruption, and takes nothing that the feed should not reach. Needs
# $ZOO_BIN (build/bin) and $ZOO_ROOT, set by test.sh.
set -euo pipefail

root=${ZOO_ROOT:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)}
feedgen=${ZOO_BIN:-$root/build/bin}/feedgen
fixtures=$root/tests/fixtures/authenticode
work=$(mktemp -d)
nginx_pid=
cleanup() {
  if [[ -n $nginx_pid ]]; then kill "$nginx_pid" 2>/dev/null || true; fi
  rm -rf "$work"
}
trap cleanup EXIT
unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY
touch "$work/out" "$work/err"
# shellcheck source=tests/e2e/checks.sh
source "$root/tests/e2e/checks.sh"
logs=("$work/out" "$work/err")

# mirror CODE ARGUMENT...: feedgen mirror must end with this exit code; its output lies in $work/out and $work/err.
mirror() {
  local code=$1 status=0
  shift
  "$feedgen" mirror "$@" >"$work/out" 2>"$work/err" || status=$?
  printf 'exit code %s\n' "$status"
  [[ $status == "$code" ]]
}
says() { grep -qF -- "$1" "$work/out" "$work/err"; }
not() { ! "$@"; }
requests() { wc -l <"$work/nginx.log"; }
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

start_nginx() {
  port=$(free_port)
  mkdir -p "$work/www/slow"
  : >"$work/nginx.log"
  cat >"$work/nginx.conf" <<END
daemon off; master_process off; pid $work/nginx.pid; error_log $work/nginx.err;
events { worker_connections 256; }
http {
  log_format t '\$status \$body_bytes_sent "\$http_range" \$request_uri'; access_log $work/nginx.log t;
  client_body_temp_path $work/t1; proxy_temp_path $work/t2; fastcgi_temp_path $work/t3; uwsgi_temp_path $work/t4;
  scgi_temp_path $work/t5;
  server {
    listen 127.0.0.1:$port; root $work/www;
    location /slow/ { set \$limit_rate 200k; if (-f $work/fast) { set \$limit_rate 0; } }
    location /fwlink { return 302 /files/setup.exe; }
    location /download { default_type application/octet-stream; alias $work/www/files/plain.zip; }
  }
}
END
  /usr/sbin/nginx -p "$work" -c "$work/nginx.conf" 2>/dev/null &
  nginx_pid=$!
  for _ in {1..100}; do
    if python3 -c "import socket; socket.create_connection(('127.0.0.1', $port), 1)" 2>/dev/null; then return; fi
    sleep 0.05
  done
  printf 'nginx did not start\n' >&2
  exit 1
}

sha1() { sha1sum "$1" | cut -d' ' -f1; }
upper() { tr '[:lower:]' '[:upper:]'; }

# entry ID URL SHA1 [DEPENDENCY] [ELEMENTS OF THE ENTRY] [COMMAND]
entry() {
  cat <<END
  <entry>
    <productId>$1</productId>
    <title>$1</title>
    ${5:-}
    ${4:+<dependency><productId>$4</productId></dependency>}
    <discoveryHint><file><filePath>%ProgramFiles%\\$1\\a.exe</filePath></file></discoveryHint>
    <installers><installer><id>1</id><languageId>en</languageId>
      <installerFile><fileSize>7</fileSize>$2${3:+<sha1>$3</sha1>}<trackingURL>http://count.example/</trackingURL></installerFile>
      <installCommands><cmdLine><exe>${6:-%InstallerFile%}</exe><commandLineArguments>/quiet</commandLineArguments></cmdLine></installCommands>
    </installer></installers>
  </entry>
END
}
url() { printf '<installerURL>%s</installerURL>' "$1"; }
# feed ENTRY...: a feed of them on standard output.
feed() {
  printf '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom"><id>urn:test</id>\n'
  printf '<link rel="enclosure" href="http://other.example/feed.xml"/>\n'
  printf '<languages><language default="true"><languageId>en</languageId><name>English</name></language></languages>\n'
  printf '%s\n' "$@"
  printf '</feed>\n'
}

start_nginx
web=http://127.0.0.1:$port
www=$work/www
mkdir -p "$www/files" "$work/site/packages"
cp "$fixtures/sha256-64.exe" "$www/files/setup.exe"
cp "$fixtures/plain64.exe" "$www/files/plain.exe"
printf 'PK\3\4 no real archive, but of its first bytes' >"$www/files/plain.zip"
printf 'png' >"$www/files/icon.png"
head -c 100000 /dev/urandom >"$www/files/a b+c.msi"
printf 'beside' >"$work/site/packages/App-1.0.zip"
icon="<images><icon>$web/files/icon.png</icon></images>"

# --- a whole mirror -----------------------------------------------------------------------------------------------------
feed "$(entry Hashed "$(url "$web/files/a%20b+c.msi")" "$(sha1 "$www/files/a b+c.msi" | upper)" Signed "$icon")" \
  "$(entry Signed "$(url "$web/fwlink?LinkId=1")" "")" \
  "$(entry NoType "$(url "$web/download?id=7")" "$(sha1 "$www/files/plain.zip")")" \
  "$(entry Twice "$(url "$web/files/a%20b+c.msi")" "$(sha1 "$www/files/a b+c.msi")")" \
  "$(entry Beside "<relativeInstallerURL>packages/App-1.0.zip</relativeInstallerURL>" "$(sha1 "$work/site/packages/App-1.0.zip")")" \
  >"$work/site/zoo.xml"
mirror=$work/mirror
new=$mirror/feeds/latest/zoo.xml
check "a mirror" mirror 0 "$work/site/zoo.xml" -o "$mirror"
check "  says what it did" says "5 fetched, 0 kept, 0 failed: wrote feeds/latest/zoo.xml"
hashed=installers/Hashed/$(sha1 "$www/files/a b+c.msi" | upper)/a_20b_c.msi
check "  the file lies by product and SHA-1" cmp "$www/files/a b+c.msi" "$mirror/$hashed"
check "  a redirected one has the name that Windows needs" test -f "$mirror/installers/Signed/$(sha1 "$www/files/setup.exe" | upper)/setup.exe"
check "  the type is told from the content" test -f "$mirror/installers/NoType/$(sha1 "$www/files/plain.zip" | upper)/download.zip"
check "  the file beside the feed came along" cmp "$work/site/packages/App-1.0.zip" \
  "$mirror/installers/Beside/$(sha1 "$work/site/packages/App-1.0.zip" | upper)/App-1.0.zip"
check "  the icon, too" cmp "$www/files/icon.png" "$mirror/resources/Hashed/icon.png"
check "  one download for two products" test "$(grep -c 'a%20b+c.msi' "$work/nginx.log")" = 1
check "  addresses are relative to the feed" grep -qF "<relativeInstallerURL>../../$hashed</relativeInstallerURL>" "$new"
check "  sizes are right" grep -qF "<fileSize>98</fileSize>" "$new"
check "  nothing leads to the first server" not grep -qE "127\.0\.0\.1|count\.example|other\.example" "$new"
check "  every file has its SHA-1" test "$(grep -c '<sha1>' "$new")" = 5
check "  the new feed is sound" "$feedgen" lint --strict "$new"
check "  and serves itself" bash -c "cd '$mirror/feeds/latest' && sed -n 's,.*<relativeInstallerURL>\(.*\)</relativeInstallerURL>.*,\1,p' zoo.xml | xargs ls"
before=$(requests)
check "again" mirror 0 "$work/site/zoo.xml" -o "$mirror"
check "  the files are kept" says "1 fetched, 4 kept, 0 failed"
check "  the server is asked for what has no SHA-1 and for the icon" test "$(($(requests) - before))" = 3
check "JSON" bash -c "'$feedgen' mirror --format json '$work/site/zoo.xml' -o '$mirror' | python3 -c '
import json, sys; o = json.load(sys.stdin)[\"mirror\"]
assert o[\"feed\"] == \"feeds/latest/zoo.xml\" and [f[\"status\"] for f in o[\"files\"]].count(\"kept\") == 4, o'"
echo damaged >"$work/damaged" && mv "$work/damaged" "$mirror/$hashed"
check "a copy that was damaged" mirror 0 "$work/site/zoo.xml" -o "$mirror"
check "  is replaced" cmp "$www/files/a b+c.msi" "$mirror/$hashed"
check "with a base URL" mirror 0 "$work/site/zoo.xml" -o "$work/based" --base-url https://mirror.example/zoo
check "  addresses are whole" grep -qF "<installerURL>https://mirror.example/zoo/$hashed</installerURL>" "$work/based/feeds/latest/zoo.xml"
check "some products" mirror 0 "$work/site/zoo.xml" hashed -o "$work/some"
check "  with what they need" test "$(find "$work/some/installers" -mindepth 1 -maxdepth 1 -printf '%f\n' | LC_ALL=C sort | paste -sd' ')" = "Hashed Signed"
check "  and no others in the feed" test "$(grep -c '<productId>' "$work/some/feeds/latest/zoo.xml")" = 3
check "an unknown product" mirror 2 "$work/site/zoo.xml" Nobody -o "$work/none"
check "  writes nothing" test ! -e "$work/none"

# --- what is wrong ------------------------------------------------------------------------------------------------------
good=$(entry Good "$(url "$web/files/plain.exe")" "$(sha1 "$www/files/plain.exe")")
zeros=$(printf '%040d' 1234567)
# refused TEXT CODE REASON ENTRY: the entry makes the mirror fail and no feed is written.
refused() {
  feed "$good" "$4" >"$work/bad.xml"
  rm -rf "$work/bad"
  check "$1" mirror "$2" "$work/bad.xml" -o "$work/bad"
  check "  it says why" says "$3"
  check "  no feed is written" test ! -e "$work/bad/feeds"
}
refused "another file than the feed means" 4 "SHA-1" "$(entry Bad "$(url "$web/files/plain.exe?2")" "$zeros")"
refused "neither SHA-1 nor signature" 4 "its signature is unsigned" "$(entry Bad "$(url "$web/files/plain.exe?3")" "")"
refused "a file that is not there" 3 "404" "$(entry Bad "$(url "$web/files/none.exe")" "$zeros")"
refused "a file of this machine" 3 "is no web address" "$(entry Bad "$(url "file:///etc/passwd")" "$(sha1 /etc/passwd)")"
refused "a file above the feed" 3 "is not in the folder of the feed" \
  "$(entry Bad "<relativeInstallerURL>../../../../../../../../etc/passwd</relativeInstallerURL>" "$(sha1 /etc/passwd)")"
ln -sf /etc/passwd "$work/link.exe"
refused "a link out of the feed's folder" 3 "is not in the folder of the feed" \
  "$(entry Bad "<relativeInstallerURL>link.exe</relativeInstallerURL>" "$(sha1 /etc/passwd)")"
refused "a product named like a path" 1 "cannot be the name of a folder" "$(entry "../../../evil" "$(url "$web/files/plain.exe")" "$(sha1 "$www/files/plain.exe")")"
check "  nothing is written beside" test -z "$(find "$work" /tmp -maxdepth 3 -name evil -print -quit 2>/dev/null)"
refused "a product named like a device" 1 "cannot be the name of a folder" "$(entry con "$(url "$web/files/plain.exe")" "$(sha1 "$www/files/plain.exe")")"
refused "a feed that the client rejects" 1 "ZF0202" "$good"
check "no feed at all" mirror 3 "$work/none.xml" -o "$work/bad"
check "a base URL that is none" mirror 2 "$work/site/zoo.xml" -o "$work/bad" --base-url zoo.example
: >"$work/occupied"
check "a folder that cannot be" mirror 3 "$work/site/zoo.xml" -o "$work/occupied"

# --- the rest of a feed -------------------------------------------------------------------------------------------------
feed "$good" "$(entry Bad "$(url "$web/files/none.exe")" "$zeros")" \
  "$(entry Private "$(url "$web/files/plain.exe")" "$(sha1 "$www/files/plain.exe")" "" "<offlineExclude/>")" \
  "$(entry Online "$(url "$web/files/plain.zip")" "$(sha1 "$www/files/plain.zip")" "" "" "%windir%\\x.exe https://a.example/b")" \
  >"$work/part.xml"
check "without what cannot be had" mirror 1 "$work/part.xml" -o "$work/part" --partial
check "  the feed is written" says "2 fetched, 0 kept, 1 failed: wrote feeds/latest/part.xml"
check "  and sound" "$feedgen" lint "$work/part/feeds/latest/part.xml"
check "  with the files that are there" test "$(grep -c '<relativeInstallerURL>' "$work/part/feeds/latest/part.xml")" = 2
check "  it says who needs the network" says "Online: its commands name web addresses"
check "  and who must not be copied" says "Private: is not for offline use"
check "  who is not" test ! -e "$work/part/installers/Private"

# --- interruption -------------------------------------------------------------------------------------------------------
head -c 3000000 /dev/urandom >"$www/slow/big.msi"
feed "$(entry Big "$(url "$web/slow/big.msi")" "$(sha1 "$www/slow/big.msi")")" >"$work/big.xml"
"$feedgen" mirror "$work/big.xml" -o "$work/big" >"$work/out" 2>"$work/err" &
pid=$!
sleep 3
kill -INT "$pid"
status=0
wait "$pid" || status=$?
check "interrupted: exit code 130" test "$status" = 130
check "  no feed is written" test ! -e "$work/big/feeds"
touch "$work/fast"
check "the next run" mirror 0 "$work/big.xml" -o "$work/big"
check "  goes on where the first one was" bash -c "tail -n 1 '$work/nginx.log' | grep -q '^206 '"
check "  and has the whole file" cmp "$www/slow/big.msi" "$work/big/installers/Big/$(sha1 "$www/slow/big.msi" | upper)/big.msi"

sum
