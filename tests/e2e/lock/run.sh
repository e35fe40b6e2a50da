#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# feedgen lock as its users run it, against a real nginx and a server that misbehaves, both on the loopback. Needs
# $ZOO_BIN (build/bin) and $ZOO_ROOT, set by test.sh.
set -euo pipefail

root=${ZOO_ROOT:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)}
feedgen=${ZOO_BIN:-$root/build/bin}/feedgen
fixtures=$root/tests/fixtures/authenticode
work=$(mktemp -d)
nginx_pid=
bad_pid=
cleanup() {
  if [[ -n $nginx_pid ]]; then kill "$nginx_pid" 2>/dev/null || true; fi
  if [[ -n $bad_pid ]]; then kill "$bad_pid" 2>/dev/null || true; fi
  rm -rf "$work"
}
trap cleanup EXIT
# shellcheck source=../checks.sh
source "$root/tests/e2e/checks.sh"
logs=("$work/out" "$work/err")
unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY

# lock CODE ARGUMENT...: feedgen lock must end with this exit code; its output lies in $work/out and $work/err.
lock() {
  local code=$1 status=0
  shift
  "$feedgen" lock --feed "$work/feed.xml" --cache "$work/cache" "$@" >"$work/out" 2>"$work/err" || status=$?
  printf 'exit code %s\n' "$status"
  [[ $status == "$code" ]]
}

says() { grep -qF -- "$1" "$work/out"; }
locked_as() { grep -qE -- "url=\"[^\"]*$1\" size=\"$2\"" "$work/manifests/lock.xml"; }
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# --- the servers ------------------------------------------------------------------------------------------------------
start_nginx() {
  port=$(free_port)
  mkdir -p "$work/www/slow"
  cat >"$work/nginx.conf" <<END
daemon off; master_process off; pid $work/nginx.pid; error_log $work/nginx.err;
events { worker_connections 256; }
http {
  log_format t '\$status \$body_bytes_sent "\$http_range" "\$http_accept_encoding" \$request_uri'; access_log $work/nginx.log t;
  client_body_temp_path $work/t1; proxy_temp_path $work/t2; fastcgi_temp_path $work/t3; uwsgi_temp_path $work/t4;
  scgi_temp_path $work/t5; gzip on; gzip_types *; gzip_min_length 1;
  server {
    listen 127.0.0.1:$port; root $work/www;
    location /slow/ { set \$limit_rate 100k; if (-f $work/fast) { set \$limit_rate 0; } }
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

start_misbehaving() {
  mkfifo "$work/port" "$work/stop"
  python3 "$root/tests/feedgen/base/misbehaving_server.py" <"$work/stop" >"$work/port" &
  bad_pid=$!
  exec 7>"$work/stop"
  read -r bad_port <"$work/port"
}

# --- the manifests ----------------------------------------------------------------------------------------------------
mkdir -p "$work/manifests"
cat >"$work/feed.xml" <<'END'
<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="urn:zoo:feed:1" id="urn:zoo:test" manifests="manifests">
  <title>Test</title>
  <author name="Test"/>
  <languages><language id="en" name="English" default="true"/></languages>
  <products><keyword>Test</keyword></products>
</feed>
END

# manifest ID URL [ATTRIBUTES]
manifest() {
  cat >"$work/manifests/$1.xml" <<END
<?xml version="1.0" encoding="UTF-8"?>
<product xmlns="urn:zoo:manifest:1" id="$1" version="1.0">
  <title>$1</title>
  <summary>A product of the test.</summary>
  <keywords><keyword>Test</keyword></keywords>
  <installers>
    <installer id="1">
      <file url="$2" ${3:-}/>
      <run exe="%InstallerFile%" arguments="/quiet"/>
    </installer>
  </installers>
</product>
END
}

start_nginx
start_misbehaving
good=http://127.0.0.1:$port
bad=http://127.0.0.1:$bad_port

# --- measuring --------------------------------------------------------------------------------------------------------
cp "$fixtures/sha256-64.exe" "$work/www/setup.exe"
cp "$fixtures/sha256.msi" "$work/www/setup.msi"
manifest Program "$good/setup.exe" 'signature="authenticode" signer="Zoo Test Signer"'
manifest Package "$good/setup.msi" 'signature="authenticode"'
for i in {1..10}; do
  head -c $((200000 + i)) /dev/urandom >"$work/www/f$i.bin"
  manifest "File$i" "$good/f$i.bin" "sha256=\"$(sha256sum "$work/www/f$i.bin" | cut -d' ' -f1)\""
done
check "twelve files are locked" lock 0 -v
check "the summary counts them" says "12 files, 12 locked"
for i in {1..10}; do check "f$i.bin has its size" locked_as "f$i.bin" $((200000 + i)); done
check "SHA-1 and SHA-256 are those of the file" bash -c "
  grep -q 'sha1=\"$(sha1sum "$work/www/f3.bin" | cut -d' ' -f1)\" sha256=\"$(sha256sum "$work/www/f3.bin" | cut -d' ' -f1)\"' \
    '$work/manifests/lock.xml'"
check "the signers of program and package are named" bash -c "[[ \$(grep -c 'signer=\"Zoo Test Signer\"' '$work/manifests/lock.xml') == 2 ]]"
check "the lock is valid by its schema" xmllint --noout --schema "$root/manifests/lock.xsd" "$work/manifests/lock.xml"
check "the lock is clean for lint" "$feedgen" lint "$work/manifests/lock.xml"
check "no content coding was asked for" bash -c "! grep -v '\"-\" \"-\" /' '$work/nginx.log'"
: >"$work/nginx.log"
check "a second run confirms" lock 0
check "without loading anything" bash -c "[[ \$(grep -c '^304 ' '$work/nginx.log') == 12 && \$(wc -l <'$work/nginx.log') == 12 ]]"
check "there is a lock" cp "$work/manifests/lock.xml" "$work/before.xml"
check "--check agrees" lock 0 --check
check "and changes nothing" cmp "$work/before.xml" "$work/manifests/lock.xml"

# --- what does not match ------------------------------------------------------------------------------------------------
printf 'replaced by the maker' >"$work/www/f1.bin"
check "--check finds another content" lock 4 --check
check "and says which" says "f1.bin"
check "a known SHA-256 that does not match fails" lock 4
check "with the reason" says "is expected"
check "the entry that the manifest confirms stays" locked_as f1.bin 200001
manifest File1 "$good/f1.bin" "sha256=\"$(printf '%064d' 0)\""
check "nothing is recorded for the mismatch" lock 4 File1
check "and the contradicted entry is gone" bash -c "! grep -q f1.bin '$work/manifests/lock.xml'"
check "others stay when only one is measured" locked_as f2.bin 200002
manifest File1 "$good/f1.bin"
check "without known values it is recorded anew" lock 0 File1
check "with its size" locked_as f1.bin 21
printf 'unsigned' >"$work/www/setup.exe"
check "a program that lost its signature is refused" lock 4 Program
check "with the reason" says "it has no Authenticode signature"
rm "$work/manifests/File2.xml"
check "an entry that nothing uses is dropped" lock 4
check "from the file too" bash -c "! grep -q f2.bin '$work/manifests/lock.xml'"
check "an id that no manifest has is a usage error" lock 2 Nothing

# --- servers that misbehave ---------------------------------------------------------------------------------------------
rm "$work"/manifests/*.xml
manifest Cut "$bad/cut/x.bin?times=2&amp;at=30000"
manifest Changed "$bad/cutchanged/x.bin"
manifest NoRange "$bad/cutnorange/x.bin"
manifest WrongRange "$bad/wrongrange/x.bin"
manifest Again "$bad/status/x?code=500&amp;times=1"
manifest Short "$bad/tooshort/x.bin" 'size="100000"'
manifest Circle "$bad/circle/a"
manifest Missing "$bad/status/y?code=404"
manifest Page "$bad/html/setup.exe"
manifest Empty "$bad/emptyfile/x"
manifest Open "$bad/nolength/x"
check "every failure is reported, the rest is recorded" lock 4 --jobs 8
check "five are locked" says "11 files, 5 locked, 6 failed"
for reason in 'the server announces 99000 bytes, 100000 are expected' 'redirected in a circle' 'the server answered 404' \
  'the server sent an HTML page instead of the file' 'the file is empty' 'the server gave no length'; do
  check "it says: $reason" says "$reason"
done
for id in Cut Changed NoRange WrongRange; do check "$id has its full size" grep -qE "size=\"100000\"" "$work/manifests/lock.xml"; done
check "the cut file is the right one" python3 - "$work/manifests/lock.xml" <<'END'
import hashlib, re, sys
body = bytes((i * 31 + i // 251 * 7) & 255 for i in range(100000))
changed = bytes((i * 31 + i // 251 * 7 + 99) & 255 for i in range(100000))
text = open(sys.argv[1]).read()
for name, content in (("cut/", body), ("cutchanged/", changed), ("cutnorange/", body), ("wrongrange/", body)):
    entry = re.search(r'<file url="[^"]*/%s[^>]*>' % name, text).group(0)
    assert hashlib.sha256(content).hexdigest() in entry, name
END
check "the JSON form holds the same" bash -c "
  '$feedgen' lock --feed '$work/feed.xml' --cache '$work/cache' --format json Missing >'$work/out' 2>'$work/err'; [[ \$? == 3 ]] &&
  python3 -c 'import json, sys; o = json.load(open(sys.argv[1])); assert o[\"lock\"][\"files\"][0][\"status\"] == \"failed\"' '$work/out'"

# --- interruption -------------------------------------------------------------------------------------------------------
rm "$work"/manifests/*.xml
head -c 5000000 /dev/urandom >"$work/www/slow/big.bin"
printf 'small' >"$work/www/small.bin"
manifest Big "$good/slow/big.bin"
manifest Small "$good/small.bin"
part_size() { find "$work/cache/downloads" -name '*.part' -printf '%s\n' | sort -n | tail -n 1; }

# interrupted SIGNAL: sent while the large file arrives, it ends the run with exit code 130.
interrupted() {
  local status=0 before
  before=$(part_size)
  "$feedgen" lock --feed "$work/feed.xml" --cache "$work/cache" >"$work/out" 2>"$work/err" &
  local pid=$!
  for _ in {1..3000}; do
    if (($(part_size) > ${before:-0} + 50000)); then break; fi
    sleep 0.02
  done
  kill -"$1" "$pid"
  wait "$pid" || status=$?
  printf 'exit code %s\n' "$status"
  [[ $status == 130 ]]
}
check "SIGINT ends with 130" interrupted INT
check "what was completed is in the lock" locked_as small.bin 5
check "what was not is not" bash -c "! grep -q big.bin '$work/manifests/lock.xml'"
check "SIGTERM too" interrupted TERM
: >"$work/nginx.log"
touch "$work/fast"
check "the next run completes it" lock 0
check "by a range" grep -qE '^206 [0-9]+ "bytes=[1-9][0-9]+-" "-" /slow/big.bin' "$work/nginx.log"
check "with the right hash" grep -q "$(sha256sum "$work/www/slow/big.bin" | cut -d' ' -f1)" "$work/manifests/lock.xml"
check "nothing half is left in the cache" bash -c "[[ -z \$(find '$work/cache' -name '*.part*') ]]"

# --- progress -----------------------------------------------------------------------------------------------------------
rm -r "$work/cache" "$work/manifests/lock.xml"
on_terminal() { # the bars are drawn on a terminal: script(1) gives one
  env -u CI TERM=xterm script -qec "$feedgen lock --feed $work/feed.xml --cache $work/cache $1" "$work/typescript" >/dev/null
}
check "a run on a terminal works" on_terminal ""
check "and draws bars with the total" grep -qaE 'total [01]/2 .*(kB|MB|B)/s' "$work/typescript"
rm -r "$work/cache" "$work/manifests/lock.xml"
check "--no-progress" on_terminal --no-progress
check "draws none" bash -c "! grep -qa 'total ' '$work/typescript'"

sum
