#!/bin/sh
# Prints the path of a browser for the journeys: the system's Chromium or Chrome, else Debian's by apt, else Playwright's own.
set -u
cd "$(dirname "$0")/.."

find_browser() {
    if [ -n "${STUDIO_CHROMIUM:-}" ] && [ -x "$STUDIO_CHROMIUM" ]; then echo "$STUDIO_CHROMIUM"; return 0; fi
    for name in chromium chromium-browser google-chrome-stable google-chrome chrome; do
        command -v "$name" 2>/dev/null && return 0
    done
    for place in "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" "/Applications/Chromium.app/Contents/MacOS/Chromium"; do
        [ -x "$place" ] && { echo "$place"; return 0; }
    done
    return 1
}

find_browser && exit 0
if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" -eq 0 ]; then
    echo "No Chromium here: installing Debian's." >&2
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core; } >&2 || true
    find_browser && exit 0
fi
echo "No Chromium here: asking Playwright for its own." >&2
.venv/bin/python -m playwright install chromium >&2 || {
    echo "No browser could be installed: the browser tests will be skipped (and fail in CI)." >&2
    exit 1
}
.venv/bin/python -c 'from playwright.sync_api import sync_playwright as s
with s() as p: print(p.chromium.executable_path)'
