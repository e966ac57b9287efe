#!/bin/sh
# Runs the adapters inside the trainers' own packages, in an environment of their own in .studio/, against a real
# studio: web server, worker, embedded PostgreSQL. Arguments go to pytest.
set -eu
cd "$(dirname "$0")/.."
venv=.studio/trainers-venv
py=$venv/bin/python

say() { echo "$*" >&2; }
die() { say "$*"; exit 1; }

stamp=$(cat requirements-trainers.txt client/pyproject.toml | "${PYTHON:-python3}" -c 'import hashlib,sys; print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())')
if [ "$(cat $venv/.stamp 2>/dev/null)" != "$stamp" ]; then
    say "Installing TRL into $venv; the first time takes some minutes and about 2 GB."
    mkdir -p .studio
    rm -rf $venv
    .venv/bin/python -m venv $venv
    # CPU builds of torch are found by pip's own settings (PIP_EXTRA_INDEX_URL, PIP_FIND_LINKS) where they are set.
    $py -m pip --disable-pip-version-check install --quiet -r requirements-trainers.txt ||
        die "The trainers' packages could not be installed; the lines above say why."
    $py -m pip --disable-pip-version-check install --quiet ./client || die "The client could not be installed."
    echo "$stamp" >$venv/.stamp
fi
STUDIO_TRAINERS_PYTHON="$PWD/$py" exec .venv/bin/python -m pytest tests/trainers -m trainers "$@"
