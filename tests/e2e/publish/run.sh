#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# feedgen publish to a folder and to a web server that fails in every way: order, conditions, what is sent again, what is
# left when it ends early. Needs $ZOO_BIN and $ZOO_ROOT.
set -euo pipefail

root=${ZOO_ROOT:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)}
feedgen=${ZOO_BIN:-$root/build/bin}/feedgen
export PATH=/usr/bin:/bin
work=$(mktemp -d)
server=
trap '[[ -z $server ]] || kill "$server"; rm -rf "$work"' EXIT
# shellcheck source=../checks.sh
source "$root/tests/e2e/checks.sh"

# A folder as build.sh leaves it.
dist=$work/dist
record() {
  rm -f "$dist/SHA256SUMS"
  (cd "$dist" && find . -type f -printf '%P\0' | LC_ALL=C sort -z | xargs -0 sha256sum) >"$work/sums"
  cp "$work/sums" "$dist/SHA256SUMS"
}
mkdir -p "$dist"/{packages,installers,icons}
for name in packages/A-1.0.zip installers/B-1.0.msi "icons/a b.png" feed.xml index.html build.json; do
  printf 'content of %s\n' "$name" >"$dist/$name"
done
head -c 3000000 /dev/urandom >"$dist/packages/A-1.0.zip"
record

# --- a folder -------------------------------------------------------------------------------------------------------
check "to a folder" says "7 written, 0 unchanged, 0 removed" 0 "$feedgen" publish "$dist" "$work/site"
check "  it is the same" diff -r "$dist" "$work/site"
check "again: nothing is written" says "0 written, 7 unchanged, 0 removed" 0 "$feedgen" publish "$dist" "file://$work/site"
echo old >"$work/site/mine.txt"
mv "$dist/packages/A-1.0.zip" "$dist/packages/A-1.1.zip"
record
check "a dry run does nothing" bash -c "
  '$feedgen' publish --delete --dry-run '$dist' '$work/site' && test -e '$work/site/packages/A-1.0.zip' && test ! -e '$work/site/packages/A-1.1.zip'"
check "a new release" says "2 written, 5 unchanged, 0 removed" 0 "$feedgen" publish "$dist" "$work/site"
check "  the old one is kept for those who read the old feed" test -e "$work/site/packages/A-1.0.zip"
mv "$dist/packages/A-1.1.zip" "$dist/packages/A-1.2.zip"
record
check "with --delete what is no more goes" says "2 written, 5 unchanged, 1 removed" 0 "$feedgen" publish --delete "$dist" "$work/site"
check "  that of the last publication" test ! -e "$work/site/packages/A-1.1.zip"
check "  and nothing that was never published" test -e "$work/site/mine.txt"
printf '%064d  ../kept\n' 0 >>"$work/site/SHA256SUMS"
echo kept >"$work/kept"
check "a list at the target that leads elsewhere" "$feedgen" publish --delete "$dist" "$work/site"
check "  removes nothing there" test -e "$work/kept"
check "JSON" bash -c "'$feedgen' --format json publish '$dist' '$work/new' | python3 -c '
import json, sys; o = json.load(sys.stdin); w = o[\"written\"]
assert w[-4:] == [\"build.json\", \"index.html\", \"feed.xml\", \"SHA256SUMS\"] and o[\"unchanged\"] == 0, w'"

# --- bad input ------------------------------------------------------------------------------------------------------
echo changed >>"$dist/index.html"
check "a file that was changed afterwards" says "was changed after SHA256SUMS was written" 4 "$feedgen" publish "$dist" "$work/none"
check "  nothing is written" test ! -e "$work/none"
record
check "a folder without records" says "no folder that build.sh made" 2 "$feedgen" publish "$work" "$work/none"
mkdir "$work/empty" && : >"$work/empty/SHA256SUMS"
check "a folder without feed" says "has no feed.xml" 2 "$feedgen" publish "$work/empty" "$work/none"
for target in '' 'ftp://host/x' 's3://' 's3://b' 's3://Bucket/x' 's3://bucket/../x' 's3://bucket/a b' 'file://host/x'; do
  check "the target \"$target\"" says "" 2 "$feedgen" publish "$dist" "$target"
done
check "a target that is a file" says "" 3 "$feedgen" publish "$dist" "$work/kept"

# --- a web server ---------------------------------------------------------------------------------------------------
web=$work/web
mkdir -p "$web"
python3 "$root/tests/e2e/publish/put_server.py" "$web" "$work/requests" >"$work/port" &
server=$!
for _ in {1..100}; do
  if [[ -s $work/port ]]; then break; fi
  sleep 0.1
done
url=http://127.0.0.1:$(<"$work/port")/
# puts: names in the order of their PUTs since the last look.
puts() {
  sed -n 's/^PUT \([^ ]*\) .*/\1/p' "$work/requests" | paste -sd' '
  : >"$work/requests"
}
check "by PUT" says "7 written" 0 "$feedgen" publish "$dist" "$url"
check "  it is the same" bash -c "mkdir '$work/got' && cp -r '$web/.' '$work/got' && mv '$work/got/icons/a%20b.png' '$work/got/icons/a b.png' && diff -r '$dist' '$work/got'"
check "  the index is not cached, media types are told" bash -c "
  grep -qx 'PUT feed.xml application/xml no-cache' '$work/requests' && grep -qx 'PUT packages/A-1.2.zip application/octet-stream -' '$work/requests'"
check "  payload first, feed and records last" test "$(puts)" = \
  "icons/a%20b.png installers/B-1.0.msi packages/A-1.2.zip build.json index.html feed.xml SHA256SUMS"
check "again: nothing is sent" says "0 written, 7 unchanged" 0 "$feedgen" publish "$dist" "$url"
check "  not one PUT" test -z "$(puts)"
echo more >>"$dist/installers/B-1.0.msi"
echo more >>"$dist/feed.xml"
record
cp -r "$web" "$work/before"
echo installers/B-1.0.msi >"$web.cut"
check "a connection that ends" says "installers/B-1.0.msi" 3 "$feedgen" publish --attempts 2 "$dist" "$url"
check "  leaves the old feed with all its files" diff -r "$work/before" "$web"
rm "$web.cut"
echo installers/B-1.0.msi >"$web.fail-once"
: >"$work/requests"
check "a server that is busy once" says "3 written" 0 "$feedgen" publish "$dist" "$url"
check "  is asked again" test "$(puts)" = "installers/B-1.0.msi installers/B-1.0.msi feed.xml SHA256SUMS"
echo more >>"$dist/feed.xml"
record
echo feed.xml >"$web.meanwhile"
check "somebody else publishes meanwhile" says "feed.xml has changed meanwhile" 4 "$feedgen" publish "$dist" "$url"
check "  and keeps what is his" grep -q "somebody else" "$web/feed.xml"
rm "$web.meanwhile"
check "the next publication replaces it" says "2 written" 0 "$feedgen" publish "$dist" "$url"
mv "$dist/packages/A-1.2.zip" "$dist/packages/A-1.3.zip"
record
check "with --delete" says "1 removed" 0 "$feedgen" publish --delete "$dist" "$url"
check "  the old package is gone" test ! -e "$web/packages/A-1.2.zip"
check "  after the feed" bash -c "tail -n 1 '$work/requests' | grep -q '^DELETE packages/A-1.2.zip'"
touch "$web.login"
check "without the password" says "answered 401" 3 "$feedgen" publish "$dist" "$url"
check "with it" env ZOO_PUBLISH_USER=zoo:secret "$feedgen" publish "$dist" "$url"
check "a password in the URL is not told" bash -c "! '$feedgen' publish '$dist' '${url/127/zoo:wrong@127}' 2>&1 | grep wrong"

# --- a bucket -------------------------------------------------------------------------------------------------------
rm "$web.login"
rm -rf "$web" && mkdir "$web"
echo "AKIDEXAMPLE wJalrXUtnFEMI/K7MDENG eu-central-1" >"$web.sigv4"
check "a bucket without a key" says "AWS_ACCESS_KEY_ID" 2 "$feedgen" publish "$dist" s3://zoo-bucket/feeds/zoo
export AWS_ACCESS_KEY_ID=AKIDEXAMPLE AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG AWS_REGION=eu-central-1
export AWS_ENDPOINT_URL=${url%/}
check "a key is not used for other servers" says "AccessDenied" 3 "$feedgen" publish "$dist" "$url"
bucket=s3://zoo-bucket/feeds/zoo
check "to a bucket" says "7 written" 0 "$feedgen" publish "$dist" "$bucket"
check "  it is the same" diff -r "$dist" "$web/zoo-bucket/feeds/zoo"
check "again: nothing is sent" says "0 written, 7 unchanged" 0 "$feedgen" publish "$dist" "$bucket/"
mv "$dist/packages/A-1.3.zip" "$dist/packages/A-1.4.zip"
record
check "with --delete" says "1 removed" 0 "$feedgen" publish --delete "$dist" "$bucket"
check "  it is the same" diff -r "$dist" "$web/zoo-bucket/feeds/zoo"
check "a wrong secret" says "(SignatureDoesNotMatch)" 3 env AWS_SECRET_ACCESS_KEY=wrong "$feedgen" publish "$dist" "$bucket"
check "  is not told" bash -c "! AWS_SECRET_ACCESS_KEY=hush '$feedgen' -v publish '$dist' '$bucket' 2>&1 | grep hush"
check "another region" says "(AuthorizationHeaderMalformed)" 3 env AWS_REGION=us-west-2 "$feedgen" publish "$dist" "$bucket"
check "a region that is none" says "is no region" 2 env AWS_REGION='a b' "$feedgen" publish "$dist" "$bucket"
check "an endpoint that is none" says "AWS_ENDPOINT_URL" 2 env AWS_ENDPOINT_URL=ftp://x "$feedgen" publish "$dist" "$bucket"
echo "AKIDEXAMPLE wJalrXUtnFEMI/K7MDENG eu-central-1 session+token/=" >"$web.sigv4"
check "the key of a session without its token" says "(InvalidToken)" 3 "$feedgen" publish "$dist" "$bucket"
check "  and with it" env "AWS_SESSION_TOKEN=session+token/=" "$feedgen" publish "$dist" "$bucket"
echo more >>"$dist/feed.xml"
record
echo zoo-bucket/feeds/zoo/feed.xml >"$web.meanwhile"
check "somebody else publishes meanwhile" says "feed.xml has changed meanwhile" 4 \
  env "AWS_SESSION_TOKEN=session+token/=" "$feedgen" publish "$dist" "$bucket"
kill "$server"
wait "$server" 2>/dev/null || true
server=
check "nobody there" says "feed.xml" 3 "$feedgen" publish --attempts 1 "$dist" "$url"

sum
