#!/usr/bin/env bash
# See to what the browser tests need: a Chromium on the PATH and fonts for Chinese. Installs them through apt where it
# may; where it may not, says what to install and fails.
set -euo pipefail

has_browser() { command -v chromium || command -v chromium-browser || command -v google-chrome; }
has_fonts() { command -v fc-list >/dev/null && [ -n "$(fc-list :lang=zh family)" ]; }

has_browser >/dev/null && has_fonts && exit 0

as_root=()
if [ "$(id -u)" != 0 ]; then
    if ! sudo -n true 2>/dev/null; then as_root=(none); else as_root=(sudo -n); fi
fi
if ! command -v apt-get >/dev/null || [ "${as_root[*]:-}" = none ]; then
    echo "The browser tests need Chromium or Chrome on the PATH and a Chinese font (on Debian: apt install chromium fonts-noto-cjk)." >&2
    exit 1
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
echo "Installing Chromium and Chinese fonts for the browser tests"
if ! {
    "${as_root[@]}" apt-get -q update &&
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qy install --no-install-recommends \
            chromium fontconfig fonts-noto-cjk
} >"$log" 2>&1; then
    tail -n 5 "$log" >&2
    echo "apt could not install Chromium and Chinese fonts; install chromium and fonts-noto-cjk, then run this again." >&2
    exit 1
fi
has_browser >/dev/null || { echo "Chromium was installed but is not on the PATH; put it there and run this again." >&2; exit 1; }
