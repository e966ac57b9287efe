#!/bin/sh
# Makes secrets/ and .env for docker-compose.yml: random passwords, and the addresses that hold them. Keeps what is there.
#   ./scripts/make_secrets.sh studio.example.org
set -eu
cd "$(dirname "$0")/.."
host=${1:-}
[ -n "$host" ] || { echo "Say the name under which people will reach the studio: ./scripts/make_secrets.sh studio.example.org" >&2; exit 2; }
[ -e secrets ] && { echo "secrets/ is there already and is kept. Move it away to make new ones." >&2; exit 1; }

password() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }
mkdir secrets
# The folder is private; the files in it are read by the containers' own accounts.
chmod 700 secrets
owner=$(password) app=$(password) rabbit=$(password)
put() { printf '%s' "$2" >"secrets/$1"; chmod 644 "secrets/$1"; }
put postgres_password "$(password)"
put owner_password "$owner"
put app_password "$app"
put database_url "postgresql://studio_app:$app@postgres:5432/studio"
put migration_database_url "postgresql://studio_owner:$owner@postgres:5432/studio"
put broker_url "amqp://studio:$rabbit@rabbitmq:5672//"
put secret_key "$(password)$(password)"
put rabbitmq.conf "default_user = studio
default_pass = $rabbit
"
if [ ! -e .env ]; then
    cat >.env <<END
COMPOSE_PROJECT_NAME=rubric-studio
STUDIO_ALLOWED_HOSTS=$host,localhost
STUDIO_TRUSTED_ORIGINS=https://$host
STUDIO_PUBLIC_URL=https://$host
END
    chmod 600 .env
fi
echo "Made secrets/ and .env. Keep a copy of secrets/ where your backups are."
