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
# As owner no pool is opened, so that a server that is not there costs no wait.
step "migrations complete" env STUDIO_USE_OWNER=1 $bin/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
step "OpenAPI schema" $bin/python manage.py spectacular --validate --fail-on-warn --file "$work/openapi.yaml"
step "OpenAPI valid" $bin/python -m openapi_spec_validator "$work/openapi.yaml"
step "deployment" env STUDIO_HTTPS=1 STUDIO_SECRET_KEY="$($bin/python -c 'import secrets; print(secrets.token_urlsafe(60))')" \
    STUDIO_ALLOWED_HOSTS=studio.example $bin/python manage.py check --deploy --fail-level WARNING
step "compose file" $bin/python scripts/check_compose.py
step ".env.example" $bin/python scripts/check_environment.py
step "shell scripts" sh -n scripts/setup.sh scripts/check.sh scripts/test.sh scripts/chromium.sh scripts/make_secrets.sh

if [ -n "$failed" ]; then
    printf '\nmake check failed:%s\n' "$failed" >&2
    exit 1
fi
echo "make check: all well"
