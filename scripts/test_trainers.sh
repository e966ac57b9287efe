#!/bin/sh
# Runs the adapters inside the trainers' own packages, in environments of their own in .studio/, against a real
# studio: web server, worker, embedded PostgreSQL. Arguments go to pytest.
set -eu
cd "$(dirname "$0")/.."

say() { echo "$*" >&2; }
die() { say "$*"; exit 1; }

# environment NAME REQUIREMENTS [PACKAGE ...]: made anew where what it holds changed; packages come without their needs.
environment() {
    venv=.studio/$1-venv
    needs=$2
    shift 2
    stamp=$({ cat "$needs" client/pyproject.toml; echo "$*"; } | "${PYTHON:-python3}" -c 'import hashlib,sys; print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())')
    [ "$(cat "$venv/.stamp" 2>/dev/null)" != "$stamp" ] || return 0
    say "Installing $needs into $venv; the first time takes some minutes and up to 2 GB."
    mkdir -p .studio
    rm -rf "$venv"
    .venv/bin/python -m venv "$venv"
    # CPU builds of torch are found by pip's own settings (PIP_EXTRA_INDEX_URL, PIP_FIND_LINKS) where they are set.
    pip="$venv/bin/python -m pip --disable-pip-version-check install --quiet"
    $pip -r "$needs" || die "The trainers' packages could not be installed; the lines above say why."
    [ $# -eq 0 ] || $pip --no-deps --ignore-requires-python "$@" || die "The trainers' packages could not be installed; the lines above say why."
    $pip ./client || die "The client could not be installed."
    echo "$stamp" >"$venv/.stamp"
}

environment trainers requirements-trainers.txt
environment gyms requirements-gyms.txt
environment verl requirements-verl.txt openrlhf==0.11.2
environment nemo requirements-nemo.txt nemo-gym==0.7.0
export STUDIO_TRAINERS_PYTHON="$PWD/.studio/trainers-venv/bin/python"
export STUDIO_GYMS_PYTHON="$PWD/.studio/gyms-venv/bin/python"
export STUDIO_VERL_PYTHON="$PWD/.studio/verl-venv/bin/python"
export STUDIO_NEMO_PYTHON="$PWD/.studio/nemo-venv/bin/python"
exec .venv/bin/python -m pytest tests/trainers -m trainers "$@"
