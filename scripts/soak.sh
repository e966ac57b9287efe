#!/bin/sh
# Long runs: hostile and broken input for parsers, checks, scores and the sandbox, many random cases for the domain and
# the REST schema, and the fault stories over and over. STUDIO_FUZZ_MINUTES (10) says how long the first takes,
# STUDIO_SOAK_ROUNDS (3) how often the faults are told; STUDIO_SOAK_ONLY=fuzz stops after the first. Arguments go to
# pytest. What fuzzing finds is printed with the input; keep it in tests/fuzz/test_found.py.
set -eu
cd "$(dirname "$0")/.."
py=.venv/bin/python
export STUDIO_FUZZ_SECONDS=3600 STUDIO_FUZZ_STORIES="${STUDIO_FUZZ_STORIES:-300}" STUDIO_SOAK_EXAMPLES="${STUDIO_SOAK_EXAMPLES:-3000}" STUDIO_FUZZ_EXAMPLES="${STUDIO_FUZZ_EXAMPLES:-60}"

end=$(($(date +%s) + 60 * ${STUDIO_FUZZ_MINUTES:-10}))
seed=$(date +%s)
while [ "$(date +%s)" -lt "$end" ]; do
    echo "== fuzzing, seed $seed, $((end - $(date +%s))) s to go" >&2
    STUDIO_FUZZ_ROUND="${STUDIO_FUZZ_ROUND:-150}" $py -m pytest tests/fuzz -q -n 0 --timeout 3600 \
        --hypothesis-seed="$seed" "$@"
    seed=$((seed + 1))
done
[ "${STUDIO_SOAK_ONLY:-}" != fuzz ] || exit 0

echo "== properties of the domain, $STUDIO_SOAK_EXAMPLES cases each" >&2
$py -m pytest tests/domain -q --timeout 3600 "$@"
echo "== REST schema, $STUDIO_FUZZ_EXAMPLES cases a call, $STUDIO_FUZZ_STORIES stories" >&2
$py -m pytest tests/api/test_fuzz.py -q --timeout 3600 "$@"
round=1
while [ "$round" -le "${STUDIO_SOAK_ROUNDS:-3}" ]; do
    echo "== faults, round $round" >&2
    $py -m pytest tests/faults -q "$@"
    round=$((round + 1))
done
