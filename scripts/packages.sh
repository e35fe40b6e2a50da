# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
# Which Debian 12 packages are needed for what, and how they are installed. Sourced after common.sh.

# The compiler and the libraries of the tools (feedgen).
zoo_packages_build=(
  ca-certificates g++ cmake ninja-build pkg-config
  libcurl4-openssl-dev libssl-dev libpugixml-dev libexpat1-dev
  libfmt-dev nlohmann-json3-dev libexpected-dev libcli11-dev
  libasio-dev libboost-dev
  libarchive-dev libdeflate-dev libpcre2-dev
)

# The module for Windows, cross-compiled, and its installers.
zoo_packages_module=(
  g++-mingw-w64-x86-64-posix g++-mingw-w64-i686-posix
  wixl msitools osslsigncode openssl
)

zoo_packages_test=(
  git
  # unit tests, their web server, the schemas, the checks of the sources, the fuzzers
  catch2 python3 python3-jsonschema python3-yaml nginx-light curl openssl libxml2-utils shellcheck clang clang-format locales
  # the module for Windows: Wine runs it, clang and lld compile in the mode of Microsoft's compiler
  wine64 clang lld
  # Wine in 32 bits, in a Debian of its own (scripts/wine32.sh)
  debootstrap
  # other programs that read and write packages
  zip unzip p7zip-full libarchive-tools
  # the page in a browser
  chromium
  # the interpreters and frameworks that the workers run
  python3-django perl libmojolicious-perl libplack-perl libfcgi-perl libcgi-pm-perl ruby ruby-rack ruby-rails bundler
  # their databases
  mariadb-server-core mariadb-client-core python3-mysqldb python3-pymysql ruby-mysql2 ruby-sqlite3
  libdbd-mariadb-perl libdbd-sqlite3-perl
  # processes, and load on them
  procps util-linux wrk
  # the example of publishing in docs/hosting-guide.md
  rsync
  # the installers under Wine
  wine64 wine patch
)

# Node.js, when the machine has none of its own.
if ! command -v npm >/dev/null; then zoo_packages_test+=(nodejs npm); fi

# ./test.sh --tidy
zoo_packages_tidy=(
  clang-tidy
)

# The peers and the load of tests/bench, which installs them itself.
zoo_packages_bench=(
  python3 wrk zip p7zip-full libarchive-tools
  nginx-light uwsgi-core uwsgi-plugin-python3 gunicorn apache2-bin libapache2-mod-wsgi-py3
  python3-django python3-mysqldb mariadb-server-core mariadb-client-core
)

as_root() {
  if ((EUID == 0)); then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    die "installing packages needs root: run this script as root, or install sudo"
  fi
}

apt_get() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 -y -q "$@"
}

zoo_suite=bookworm

# The address of the mirror that apt uses for the release itself, from its own configuration; nothing when it has none.
apt_mirror() {
  # shellcheck disable=SC2016  # apt expands it
  apt-get indextargets --format '$(ORIGIN) $(CODENAME) $(COMPONENT) $(REPO_URI)' 'Created-By: Packages' |
    sed -n "s/^Debian $zoo_suite main //p" | head -n 1
}

# missing_packages PACKAGE...: those that are not installed, one a line.
missing_packages() {
  comm -23 <(printf '%s\n' "$@" | LC_ALL=C sort -u) \
    <(dpkg-query -W -f='${db:Status-Status} ${Package}\n' "$@" 2>/dev/null |
      sed -n 's/^installed //p' | LC_ALL=C sort -u)
}

# True when the package lists on this machine know all of them.
apt_knows() {
  local package
  for package in "$@"; do
    [[ -n $(apt-cache madison "$package" 2>/dev/null) ]] || return 1
  done
}

# install_packages PURPOSE PACKAGE...: installs what is missing, asks nothing.
install_packages() {
  local purpose=$1 missing
  shift
  command -v dpkg-query >/dev/null || die "this needs Debian 12: there is no dpkg-query here"
  mapfile -t missing < <(missing_packages "$@")
  ((${#missing[@]})) || return 0
  say "installing for $purpose: ${missing[*]}"
  if ! apt_knows "${missing[@]}"; then
    apt_get update
  fi
  # Old package lists name files that the mirror no longer has: get new lists and try once more.
  if ! apt_get install --no-install-recommends "${missing[@]}"; then
    say "the package lists may be old, getting new ones"
    apt_get update
    apt_get install --no-install-recommends "${missing[@]}" ||
      die "could not install the packages for $purpose: ${missing[*]}"
  fi
}
