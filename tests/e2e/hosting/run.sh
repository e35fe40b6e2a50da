#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The continuous integration that docs/hosting-guide.md shows: the YAML is read, its scripts are run in a shell with this
# tree's dist/, with stand-ins for apt-get and build.sh only. Needs $ZOO_BIN and $ZOO_ROOT, and build.sh run before.
set -euo pipefail

root=${ZOO_ROOT:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)}
bin=${ZOO_BIN:-$root/build/bin}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source=../checks.sh
source "$root/tests/e2e/checks.sh"
# Debian's Python, which has yaml, not that of whoever runs this.
export PATH=/usr/bin:/bin

# fails COMMAND...: the command must not succeed, and says why.
fails() {
  local output
  if output=$("$@" 2>&1); then return 1; fi
  [[ $output == *ZF10* ]]
}

# Scripts by job in $work/<github|gitlab>/NAME.sh, and the variables that the YAML sets in env.
check "both examples are YAML of the right shape" python3 "$root/tests/e2e/hosting/read_ci.py" "$root/docs/hosting-guide.md" "$work"
for script in "$work"/git*/*.sh; do
  check "${script#"$work/"} is good shell" shellcheck -s bash "$script"
done

# A checkout: the tree's own files and programs, a dist/ of its own.
tree=$work/tree
mkdir -p "$tree/build" "$work/home" "$work/stand-ins"
for name in feeds manifests scripts docs; do ln -s "$root/$name" "$tree/$name"; done
ln -s "$bin" "$tree/build/bin"
cp -r "$root/dist" "$tree/dist"

# What is installed must exist: here, or in Debian's lists.
cat >"$work/stand-ins/apt-get" <<'END'
#!/usr/bin/env bash
set -euo pipefail
[[ $1 != update ]] || exit 0
[[ $1 == install ]] || exit 1
shift
for package in "$@"; do
  [[ $package != -* ]] || continue
  dpkg-query -W "$package" >/dev/null 2>&1 || [[ -n $(apt-cache madison "$package") ]] || { echo "no $package"; exit 1; }
  printf '%s\n' "$package" >>"$INSTALLED"
done
END
# What build.sh does when programs, packages and installers are there already.
cat >"$tree/build.sh" <<END
#!/usr/bin/env bash
set -euo pipefail
for option in "\$@"; do "$root/build.sh" --help | grep -q -- "^ *\$option "; done
build/bin/feedgen build "\$ZOO_FEED" --base-url "\$ZOO_BASE_URL" -o dist
"$root/scripts/build_record.sh" "$tree/dist"
END
chmod +x "$work/stand-ins/apt-get" "$tree/build.sh"
for name in ZOO_FEED ZOO_BASE_URL; do
  check "build.sh knows $name" bash -c "'$root/build.sh' --help | grep -q '^ *$name '"
done

# job SYSTEM NAME: runs a job's script as the system does.
job() {
  (
    cd "$tree"
    set -a
    # shellcheck source=/dev/null
    source "$work/$1/env"
    set +a
    HOME=$work/home INSTALLED=$work/$1/installed ZOOHOST=$bin/zoohost PATH=$work/stand-ins:/usr/bin:/bin \
      PUBLISH_TO=$work/$1/site PUBLISH_HOST=none PUBLISH_KEY=none bash --noprofile --norc -eo pipefail "$work/$1/$2.sh"
  )
}

for system in github gitlab; do
  mkdir -p "$work/$system/site/packages"
  echo old >"$work/$system/site/packages/Old-0.1.zip"
  for name in $(<"$work/$system/jobs"); do
    # The same commands on the same packages; they take their time.
    if [[ $system == gitlab && $name == try ]]; then continue; fi
    check "$system: $name" job "$system" "$name"
  done
  check "$system: what was published is dist/" diff -r "$tree/dist" "$work/$system/site"
  check "$system: nothing of the key is readable by others" test "$(stat -c %a "$work/home/.ssh/id_ed25519")" = 600
done
check "both try every package" bash -c "
  grep -q 'packager try \"\$package\"' '$work/github/try.sh' && grep -q 'packager try \"\$package\" || exit 1' '$work/gitlab/try.sh'"
printf 'x' >>"$(echo "$tree"/dist/installers/*-x64.msi)"
for system in github gitlab; do
  check "$system: a file that was changed after the build stops at lint" fails job "$system" lint
done

# The programs of an artifact need their libraries on the next machine: those that build.sh does not install there.
libraries() {
  local program
  for program in feedgen packager zoohost; do
    objdump -p "$bin/$program" | sed -n 's/^ *NEEDED *//p'
  done | sort -u | while IFS= read -r name; do
    dpkg-query -S "*-linux-gnu/$name" | sed -E 's/:.*//'
  done | sort -u | grep -vxE 'libc6|libstdc\+\+6|libgcc-s1|zlib1g'
}
check "GitLab's jobs install what the programs are linked with" bash -c "
  comm -23 <(printf '%s\n' $(libraries | paste -sd' ') | sort -u) <(sort -u '$work/gitlab/installed') | (! grep .)"

sum
