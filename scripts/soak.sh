#!/bin/sh
# Long runs: many random cases for the domain and the REST schema, and the fault stories over and over.
# STUDIO_SOAK_ROUNDS (3) says how often the faults are told. Arguments go to pytest.
set -eu
cd "$(dirname "$0")/.."
py=.venv/bin/python
export STUDIO_FUZZ_SECONDS=3600 STUDIO_SOAK_EXAMPLES="${STUDIO_SOAK_EXAMPLES:-3000}" STUDIO_FUZZ_EXAMPLES="${STUDIO_FUZZ_EXAMPLES:-60}"

echo "== properties of the domain, $STUDIO_SOAK_EXAMPLES cases each" >&2
$py -m pytest tests/domain -q --timeout 3600 "$@"
echo "== REST schema, $STUDIO_FUZZ_EXAMPLES cases a call" >&2
$py -m pytest tests/api/test_fuzz.py -q --timeout 3600 "$@"
round=1
while [ "$round" -le "${STUDIO_SOAK_ROUNDS:-3}" ]; do
    echo "== faults, round $round" >&2
    $py -m pytest tests/faults -q "$@"
    round=$((round + 1))
done
