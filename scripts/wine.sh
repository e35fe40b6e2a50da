# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154
# Wine for the tests of the module, in 64 and in 32 bits. To be sourced after common.sh.

# use_wine ARCH: sets `wine` and `wineserver` (commands with their arguments) for x64 or x86 and exports WINEPREFIX,
# a folder below build/test that is made when there is none. $wineserver -k ends all that runs in it.
use_wine() {
  export WINEDEBUG=-all WINEDLLOVERRIDES="mscoree,mshtml="
  export WINEPREFIX=${ZOO_WINEPREFIX:-$zoo_root/build/test/wine-$1}
  if [[ $1 == x64 ]]; then
    wine=(/usr/lib/wine/wine64) wineserver=(/usr/lib/wine/wineserver64)
  else
    wine=("$zoo_root/scripts/wine32.sh" wine) wineserver=("$zoo_root/scripts/wine32.sh" wineserver32)
  fi
  [[ -e $WINEPREFIX/zoo-ready ]] && return 0
  # Half a prefix of a run that was ended is of no use.
  rm -rf "$WINEPREFIX"
  mkdir -p "$(dirname "$WINEPREFIX")"
  "${wine[@]}" wineboot -i >"$WINEPREFIX.log" 2>&1 || die "Wine cannot make $WINEPREFIX: $(tail -n 5 "$WINEPREFIX.log")"
  "${wineserver[@]}" -w
  touch "$WINEPREFIX/zoo-ready"
}
