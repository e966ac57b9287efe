#!/bin/sh
# Finds or installs a browser, then runs all tests; arguments go to pytest.
# Where a few failed beside other processes, they run once more alone, and what passes then is named as unsteady.
set -eu
cd "$(dirname "$0")/.."
STUDIO_CHROMIUM=$(./scripts/chromium.sh) || STUDIO_CHROMIUM=""
[ -n "$STUDIO_CHROMIUM" ] && export STUDIO_CHROMIUM || unset STUDIO_CHROMIUM
HYPOTHESIS_PROFILE=${HYPOTHESIS_PROFILE:-ci}
export HYPOTHESIS_PROFILE
# Each process starts a PostgreSQL of its own; a server that was given is one, and so is the process.
if [ -n "${DATABASE_URL:-}" ]; then
    exec .venv/bin/python -m pytest "$@"
fi
status=0
.venv/bin/python -m pytest --numprocesses=auto --maxprocesses=4 --dist=loadfile "$@" || status=$?
[ "$status" -eq 1 ] && [ -n "${CI:-}" ] || exit "$status"
exec .venv/bin/python -m scripts.unsteady
