#!/usr/bin/env bash
# See to what the tests need beside Python: a Chromium on the PATH and fonts for Chinese (the browser tests), and a C
# compiler (the injected faults). Installs what is missing through apt where it may; where it may not, says what to
# install and fails.
set -euo pipefail

has_browser() { command -v chromium || command -v chromium-browser || command -v google-chrome; }
has_fonts() { command -v fc-list && [ -n "$(fc-list :lang=zh family)" ]; }
# A compiler without the headers of the C library is none; as tests/test_faults.py looks for it.
has_compiler() { "$(command -v cc || command -v gcc)" -fsyntax-only -x c - <<<'#include <dlfcn.h>'; }

names=() packages=()
look() {
    local needed=$1 name=$2
    shift 2
    if ! "$needed" >/dev/null 2>&1; then names+=("$name") packages+=("$@"); fi
}
look_for_all() {
    names=() packages=()
    look has_browser "Chromium or Chrome on the PATH" chromium
    look has_fonts "a Chinese font" fontconfig fonts-noto-cjk
    look has_compiler "a C compiler" gcc libc6-dev
}
missing() { printf -v list '%s, ' "${names[@]}"; echo "${list%, }"; }

look_for_all
[ ${#names[@]} = 0 ] && exit 0

as_root=()
if [ "$(id -u)" != 0 ]; then
    if ! sudo -n true 2>/dev/null; then as_root=(none); else as_root=(sudo -n); fi
fi
if ! command -v apt-get >/dev/null || [ "${as_root[*]:-}" = none ]; then
    echo "The tests need $(missing) (on Debian: apt install ${packages[*]})." >&2
    exit 1
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
echo "Installing for the tests: $(missing)"
if ! {
    "${as_root[@]}" apt-get -q update &&
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qy install --no-install-recommends "${packages[@]}"
} >"$log" 2>&1; then
    tail -n 5 "$log" >&2
    echo "apt could not install ${packages[*]}; install them, then run this again." >&2
    exit 1
fi
look_for_all
[ ${#names[@]} = 0 ] || { echo "After installing there is still missing: $(missing); see to it and run this again." >&2; exit 1; }
