"""What the restricted role may do: the real lock on frozen rows.

An app lists its tables that only grow in `AppConfig.append_only` and those never deleted from in `AppConfig.no_delete`.
"""

from django.apps import apps
from django.conf import settings
from django.db import connections
from psycopg import sql

# As installed, this function lets whoever sets `pgtrigger.ignore` pass by the triggers that guard frozen rows.
_NO_TRIGGER_IS_IGNORED = """
CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name NAME) RETURNS BOOLEAN
LANGUAGE sql IMMUTABLE AS $$ SELECT FALSE $$
"""


def tables(attribute: str) -> list[str]:
    """Table names of the models that the apps list under `attribute`."""
    return [
        config.get_model(name)._meta.db_table
        for config in apps.get_app_configs()
        for name in getattr(config, attribute, ())
    ]


def apply(using: str) -> None:
    """Give the app's role its rights; does nothing where one role owns and uses the database."""
    role = settings.STUDIO_APP_ROLE
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, EXISTS (SELECT 1 FROM pg_roles WHERE rolname = %s)", [role])
        owner, known = cursor.fetchone()
        if owner == role or not known:
            return
        for statement in _statements():
            cursor.execute(statement.format(role=sql.Identifier(role)).as_string(cursor.connection))


def _statements() -> list[sql.SQL]:
    lines = [
        "GRANT USAGE ON SCHEMA public TO {role}",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
        "REVOKE TRUNCATE ON ALL TABLES IN SCHEMA public FROM {role}",
        "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
        "REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role}",
        "GRANT USAGE, CREATE ON SCHEMA pgmq TO {role}",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON pgmq.meta, pgmq.notify_insert_throttle, pgmq.topic_bindings TO {role}",
        "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA pgmq TO {role}",
        _NO_TRIGGER_IS_IGNORED,
    ]
    lines += [f"REVOKE UPDATE, DELETE ON {table} FROM {{role}}" for table in tables("append_only")]
    lines += [f"REVOKE DELETE ON {table} FROM {{role}}" for table in tables("no_delete")]
    return [sql.SQL(line) for line in lines]
