#!/bin/sh
# What must hold before tests are worth running: all of it is run, and the end names what failed.
set -u
cd "$(dirname "$0")/.."
bin=.venv/bin
failed=""

step() {
    name=$1
    shift
    printf '== %s\n' "$name"
    "$@" || failed="$failed
  $name"
}

# Nothing here touches the data of a demo, nor needs a server.
work=$(mktemp -d "${TMPDIR:-/tmp}/studio-check.XXXXXX")
trap 'rm -rf "$work"' EXIT
export STUDIO_DATA_DIR="$work"

step "format" $bin/ruff format --check --quiet .
step "lint" $bin/ruff check --quiet .
step "types" $bin/mypy --no-error-summary
step "import contracts" $bin/lint-imports --no-logo
step "migrations complete" $bin/python scripts/check_migrations.py
step "OpenAPI" $bin/python scripts/check_openapi.py
step "deployment" env STUDIO_HTTPS=1 STUDIO_SECRET_KEY="$($bin/python -c 'import secrets; print(secrets.token_urlsafe(60))')" \
    STUDIO_ALLOWED_HOSTS=studio.example $bin/python manage.py check --deploy --fail-level WARNING
step "compose file" $bin/python scripts/check_compose.py
step ".env.example" $bin/python scripts/check_environment.py

if [ -n "$failed" ]; then
    printf '\nmake check failed:%s\n' "$failed" >&2
    exit 1
fi
echo "make check: all well"
