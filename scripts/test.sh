#!/bin/sh
# Finds or installs a browser, then runs all tests; arguments go to pytest.
set -eu
cd "$(dirname "$0")/.."
STUDIO_CHROMIUM=$(./scripts/chromium.sh) || STUDIO_CHROMIUM=""
[ -n "$STUDIO_CHROMIUM" ] && export STUDIO_CHROMIUM || unset STUDIO_CHROMIUM
# Each process starts a PostgreSQL of its own; a server that was given is one, and so is the process.
[ -n "${DATABASE_URL:-}" ] || set -- --numprocesses=auto --maxprocesses=4 --dist=loadfile "$@"
HYPOTHESIS_PROFILE=${HYPOTHESIS_PROFILE:-ci} exec .venv/bin/python -m pytest "$@"
