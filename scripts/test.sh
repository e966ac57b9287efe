#!/bin/sh
# Finds or installs a browser, then runs all tests; arguments go to pytest.
set -eu
cd "$(dirname "$0")/.."
STUDIO_CHROMIUM=$(./scripts/chromium.sh) || STUDIO_CHROMIUM=""
[ -n "$STUDIO_CHROMIUM" ] && export STUDIO_CHROMIUM || unset STUDIO_CHROMIUM
HYPOTHESIS_PROFILE=${HYPOTHESIS_PROFILE:-ci} exec .venv/bin/python -m pytest "$@"
