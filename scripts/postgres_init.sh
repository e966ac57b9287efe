#!/bin/sh
# Run once by the postgres image on an empty volume: the roles, with the passwords of the secret files.
set -eu
psql --username "${POSTGRES_USER:-postgres}" --dbname postgres --no-psqlrc --quiet \
    -v owner_password="$(cat /run/secrets/owner_password)" \
    -v app_password="$(cat /run/secrets/app_password)" \
    -f /roles/create_roles.sql
