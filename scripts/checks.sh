# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154
# The suites of test.sh that are no scripts of their own. Each runs in a shell of its own in the root of the tree and
# prints `N passed, N failed` at its end. Sourced after common.sh and suites.sh.

# sources PATTERN...: files of the tree by glob, new ones included, without what git ignores.
sources() {
  if [[ -e .git ]]; then
    git -c safe.directory="$zoo_root" ls-files --cached --others --exclude-standard -- "$@" | sort -u |
      while IFS= read -r file; do [[ ! -f $file ]] || printf '%s\n' "$file"; done
  else
    local arguments=() pattern
    for pattern in "$@"; do arguments+=(-o -path "./$pattern"); done
    find . \( -path ./build -o -path ./dist -o -name node_modules \) -prune -o -type f \( "${arguments[@]:1}" \) -print |
      sed 's,^\./,,' | LC_ALL=C sort
  fi
}

# each COMMAND...: reads file names and tallies the command's verdict on each; what it prints is shown on failure.
each() {
  local file output
  while IFS= read -r file; do
    if output=$("$@" "$file" 2>&1); then
      printf 'ok %s\n' "$file"
    else
      printf '%s\n' "$output" >&2
      printf 'FAIL %s\n' "$file"
    fi
  done | tally
}

# has_installers FOLDER: both packages and both DLLs are there, nothing else but the packages' bills, and every DLL that a
# package holds is the one that lies there.
has_installers() {
  local folder=$1 unpacked package dll names dlls
  names=$(find "$folder" -type f ! -name '*.json' -printf '%f\n' | sed -E 's/-[0-9.]+-/-V-/' | LC_ALL=C sort | paste -sd ' ')
  [[ $names == "HeliconZoo-V-x64.msi HeliconZoo-V-x86.msi HeliconZoo_x64.dll HeliconZoo_x86.dll" ]] || return
  unpacked=$(mktemp -d)
  for package in "$folder"/*.msi; do
    msiextract -C "$unpacked/${package##*/}" "$package" >/dev/null || return
  done
  mapfile -t dlls < <(find "$unpacked" -name '*.dll')
  ((${#dlls[@]} == 3)) || return # the package for x64 has both
  for dll in "${dlls[@]}"; do
    cmp "$dll" "$folder/${dll##*/}" || return
  done
  rm -r "$unpacked"
}

# What a user's ./build.sh does, twice: the second run finds nothing to do, within the budget of two seconds. A DLL that was
# changed by hand, and a file of an earlier version, are put right by the next.
check_build() {
  ./build.sh
  local begun ended
  begun=$(date +%s%N)
  ./build.sh
  ended=$(date +%s%N)
  printf 'nothing changed: %d ms\n' $(((ended - begun) / 1000000))
  printf 'x' >>dist/installers/HeliconZoo_x64.dll
  printf 'x' >dist/installers/HeliconZoo-0.0.1-x64.msi
  ./build.sh
  {
    if has_installers dist/installers; then echo "ok installers"; else echo "FAIL the installers are not as they should be"; fi
    if (cd dist && sha256sum --quiet -c SHA256SUMS && grep -q ' installers/HeliconZoo_x86.dll$' SHA256SUMS); then
      echo "ok SHA256SUMS"
    else
      echo "FAIL SHA256SUMS"
    fi
    if [[ -s dist/feed.xml && -s dist/index.html ]]; then echo "ok dist is there"; else echo "FAIL dist is incomplete"; fi
    if ((ended - begun <= 2000000000)); then echo "ok no-op build"; else echo "FAIL a no-op build takes over 2 s"; fi
  } | tally
}

# check_unit PRESET [TEST...]: every test that CMake knows, built with the preset, or those programs alone.
check_unit() {
  local preset=$1 result=$zoo_root/build/test/ctest-$1.xml status=0 names
  shift
  configure_preset "$preset"
  build_preset "$preset" "$@"
  mkdir -p "${result%/*}"
  rm -f "$result"
  names=$(printf '|%s' "$@")
  ctest --test-dir "build/$preset" -R "^(${names#|})${1:+\$}" --output-on-failure --no-tests=error --timeout 600 \
    -j "$(nproc)" --test-output-size-passed 1000000 --test-output-size-failed 10000000 --output-junit "$result" || status=$?
  scripts/count_ctest.py "$result" || status=1
  return "$status"
}

check_format() {
  sources '*.cpp' '*.h' | each clang-format --dry-run -Werror
}

check_scripts() {
  sources '*.sh' '.ci/run' | each shellcheck -x -P SCRIPTDIR
}

# The XML files of the tree against their schemas, and those of dist/, which have none.
check_xml() {
  {
    sources 'manifests/*.xml' | grep -v -e '/lock\.xml$' -e '/apps/' | sed 's,^,manifests/manifest.xsd ,'
    printf 'manifests/lock.xsd manifests/lock.xml\n'
    sources 'feeds/*.xml' | sed 's,^,feeds/feed.xsd ,'
    printf -- '- dist/feed.xml\n- dist/index.html\n'
  } | while read -r schema file; do
    local arguments=()
    if [[ $schema != - ]]; then arguments=(--schema "$schema"); fi
    if xmllint --nonet --noout "${arguments[@]}" "$file" 2>&1; then echo "ok $file"; else echo "FAIL $file"; fi
  done | tally
}

# build_elsewhere DIR FOLDER UMASK TZ LOCALE [TREE]: one build of installers, packages, bills of material, feed and page
# into DIR, from the data of TREE, run in FOLDER.
build_elsewhere() {
  local bin=$zoo_root/build/bin tree=${6:-$zoo_root}
  (
    umask "$3"
    cd "$2" || exit
    export TZ=$4 LANG=$5 LC_ALL=$5 LOCPATH=$work
    "$tree/scripts/msi.sh" "$1/installers" "$zoo_root/build/mingw-x64/bin" "$zoo_root/build/mingw-x86/bin"
    "$bin/packager" build --all --manifests "$tree/manifests" --dist "$1"
    "$bin/packager" sbom --manifests "$tree/manifests" --libraries "$zoo_root/build/libraries.json" \
      "$1"/packages/*.zip "$1"/installers/*.msi
    "$bin/feedgen" build "$tree/feeds/zoo.xml" -o "$1"
  )
}

# Two builds of one commit give the same bytes whatever the time zone, the language, the umask, the current folder and
# the place of the tree.
check_determinism() {
  local work
  work=$(mktemp -d)
  # shellcheck disable=SC2064  # expanded now: the variable is local
  trap "rm -rf '$work'" EXIT
  # Real locales, with other letters, decimal commas and orders, without installing them.
  localedef -i tr_TR -f UTF-8 "$work/tr_TR.UTF-8"
  localedef -i de_DE -f ISO-8859-1 "$work/de_DE"
  mkdir -p "$work/copy of the tree"
  cp -r --parents CMakeLists.txt LICENSE feeds manifests scripts module/setup/msi module/workers \
    module/iis/heliconZoo_schema.xml "$work/copy of the tree/"
  build_elsewhere "$work/a" / 022 UTC C
  build_elsewhere "$work/b" "$work" 077 Pacific/Kiritimati tr_TR.UTF-8
  build_elsewhere "$work/c" "$work/copy of the tree" 027 America/St_Johns de_DE .
  local other
  {
    for other in b c; do
      if diff -r "$work/a" "$work/$other" >&2; then echo "ok $other"; else echo "FAIL $other differs"; fi
    done
    # Nothing is compared with nothing.
    for other in feed.xml index.html packages/BlankDjangoProject installers/HeliconZoo-*-x64.msi \
      installers/HeliconZoo-*-x86.msi installers/HeliconZoo_x64.dll installers/HeliconZoo_x86.dll; do
      if compgen -G "$work/a/$other*" >/dev/null; then echo "ok $other is there"; else echo "FAIL $other is missing"; fi
    done
  } | tally
}

# Our own sources, not the tests. What was clean and has not changed since is not read again.
# tidy ARGUMENTS...: scripts/tidy.py, which must have come to its end.
tidy() {
  local log
  log=$(mktemp)
  scripts/tidy.py "$@" >"$log" 2>&1 || grep -q '^FAIL ' "$log" || echo "FAIL scripts/tidy.py $*" >>"$log"
  cat "$log"
  rm "$log"
}

# What is compiled for Windows only, or differently there, with the cross compiler's headers.
check_tidy() {
  local log=$zoo_root/build/test/tidy.log
  configure_preset dev
  configure_preset mingw-x64 -DZOO_TESTS=OFF
  mkdir -p "${log%/*}"
  {
    tidy
    tidy --build build/mingw-x64 module/iis module/win module/setup
  } >"$log"
  grep -a -E '(error|warning|note):' "$log" || true
  tally <"$log"
}
