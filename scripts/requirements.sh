#!/bin/sh
# Writes requirements.txt and requirements-dev.txt: versions and hashes, no addresses.
set -eu
cd "$(dirname "$0")/.."
for name in requirements requirements-dev; do
    .venv/bin/uv pip compile "$name.in" -o "$name.txt" --generate-hashes --universal --python-version 3.11 --quiet "$@"
    if grep -nE '(https?|file)://' "$name.txt"; then
        echo "$name.txt names an address (above): it must hold pins and hashes only." >&2
        exit 1
    fi
done
echo "Pinned. Run make test before committing."
