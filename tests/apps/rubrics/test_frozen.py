"""A version that left draft cannot be changed by any way that the application's database role has."""

from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from apps.accounts.permissions import Actor
from apps.rubrics import queries, services
from apps.rubrics.models import Criterion, Group, Guideline, Origin, RubricVersion, guards

pytestmark = pytest.mark.django_db
VERSION = "rubrics_rubricversion"
PARTS = {model._meta.db_table: model for model in (Criterion, Group, Guideline, Origin)}
WORDS = {"rubrics_criterion": "text", "rubrics_group": "title", "rubrics_guideline": "text", "rubrics_origin": "way"}
IGNORE = "public._pgtrigger_should_ignore(trigger_name NAME)"
OWNER_ONLY = "must be owner|permission denied|must be superuser|must have admin option|cannot set"
FROZEN = "never changed|never deleted|cannot go from"


@pytest.fixture
def other(author: Actor, draft: RubricVersion) -> RubricVersion:
    """A draft of the same rubric, from which somebody could try to smuggle."""
    return services.new_draft(by=author, rubric=draft.rubric, source=draft)


@pytest.fixture
def frozen(author: Actor, approver: Actor, draft: RubricVersion, other: RubricVersion) -> RubricVersion:
    """An approved version with rows in every table."""
    services.add_group(by=author, version=draft, title="Safety", weight=2.0)
    services.edit_version(by=author, version=draft, changes={"guidelines": [{"id": "g_1", "text": "Be strict."}]})
    services.edit_criterion(by=author, version=other, criterion_id="c_drug", changes={"weight": 9.0})
    services.merge_into(by=author, version=draft, other=other, picks={})
    services.submit(by=author, version=draft)
    services.approve(by=approver, version=draft)
    found = RubricVersion.objects.get(pk=draft.pk)
    assert all(model.objects.filter(version=found).exists() for model in PARTS.values())
    return found


def state(version: RubricVersion) -> list[Any]:
    """Every stored value of a version and its parts."""
    found: list[Any] = list(RubricVersion.objects.filter(pk=version.pk).values())
    for model in PARTS.values():
        found.extend(model.objects.filter(version=version.pk).order_by("pk").values())
    return found


def refused(statement: str, words: str) -> None:
    with pytest.raises(DatabaseError, match=words) as found, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert str(found.value)


def test_rows_of_the_version(frozen: RubricVersion, other: RubricVersion) -> None:
    before = state(frozen)
    one = f"WHERE id = {frozen.pk}"
    values = {"id": "-5", "rubric_id": "rubric_id + 1", "number": "99", "parent_id": str(other.pk), "revision": "9"}
    for column in guards.FROZEN_VERSION_COLUMNS:
        kind = RubricVersion._meta.get_field(column.removesuffix("_id") or column).get_internal_type()
        value = values.get(column) or {
            "JSONField": "'{\"a\": 1}'", "DateTimeField": "now()", "ForeignKey": "-1", "ArrayField": "'{7}'",
        }.get(kind, "'other'")  # fmt: skip
        refused(f"UPDATE {VERSION} SET {column} = {value} {one}", FROZEN)
    for change in ("status = 'draft'", "status = 'in_review'", "approved_at = now()", "approved_at = NULL"):
        refused(f"UPDATE {VERSION} SET {change} {one}", f"{FROZEN}|decided about")
    refused(f"UPDATE {VERSION} SET status = 'draft', title = 'x' {one}", FROZEN)
    refused(f"DELETE FROM {VERSION} {one}", FROZEN)
    refused(f"DELETE FROM rubrics_rubric WHERE id = {frozen.rubric_id}", "violates foreign key")
    refused(f"WITH x AS (UPDATE {VERSION} SET title = 'x' {one} RETURNING id) SELECT * FROM x", FROZEN)
    refused(f"WITH x AS (DELETE FROM {VERSION} {one} RETURNING id) SELECT * FROM x", FROZEN)
    refused(
        f"MERGE INTO {VERSION} t USING (SELECT {frozen.pk} AS id) s ON t.id = s.id"
        " WHEN MATCHED THEN UPDATE SET title = 'x'",
        FROZEN,
    )
    assert state(frozen) == before


@pytest.mark.parametrize("table", sorted(PARTS))
def test_rows_of_its_parts(frozen: RubricVersion, other: RubricVersion, table: str) -> None:
    before = state(frozen)
    column, model = WORDS[table], PARTS[table]
    columns = [str(field.column) for field in model._meta.local_fields if field.column != "id"]
    names = ", ".join(columns)
    own = f"WHERE version_id = {frozen.pk}"
    on_conflict = f"ON CONFLICT (id) DO UPDATE SET {column} = 'merged'"
    copied = ", ".join(str(frozen.pk) if name == "version_id" else name for name in columns)
    for statement in (
        f"UPDATE {table} SET {column} = 'merged' {own}",
        f"UPDATE {table} SET version_id = {other.pk} {own}",
        f"DELETE FROM {table} {own}",
        f"INSERT INTO {table} ({names}) SELECT {names} FROM {table} {own} LIMIT 1",
        f"WITH x AS (DELETE FROM {table} {own} RETURNING id) SELECT * FROM x",
        f"WITH x AS (UPDATE {table} SET {column} = 'merged' {own} RETURNING id) SELECT * FROM x",
        f"MERGE INTO {table} t USING (SELECT 1) s ON t.version_id = {frozen.pk} WHEN MATCHED THEN DELETE",
        f"INSERT INTO {table} (id, {names}) SELECT id, {names} FROM {table} {own} LIMIT 1 {on_conflict}",
    ):
        refused(statement, FROZEN)
    if table != "rubrics_origin":
        smuggled = f"UPDATE {table} SET version_id = {frozen.pk} WHERE version_id = {other.pk}"
        if model.objects.filter(version=other).exists():
            refused(smuggled, FROZEN)
            refused(f"INSERT INTO {table} ({names}) SELECT {copied} FROM {table} LIMIT 1", FROZEN)
    with pytest.raises(psycopg.Error, match=FROZEN), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT {names} FROM {table} {own} LIMIT 1")
        row = cursor.fetchone()
        cursor.execute(f"CREATE TEMP TABLE kept AS SELECT {names} FROM {table} {own} LIMIT 1")
        with cursor.copy("COPY kept TO STDOUT") as out:
            data = b"".join(bytes(block) for block in out)
        with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as into:
            into.write(data)
        assert row
    assert state(frozen) == before


@pytest.mark.parametrize("table", [VERSION, *sorted(PARTS)])
def test_the_lock_itself(frozen: RubricVersion, table: str) -> None:
    model: Any = PARTS.get(table, RubricVersion)
    [trigger] = model._meta.triggers
    name = trigger.get_pgid(model)
    for statement in (
        f"TRUNCATE {table} CASCADE",
        f"ALTER TABLE {table} DISABLE TRIGGER ALL",
        f"ALTER TABLE {table} DISABLE TRIGGER USER",
        f"ALTER TABLE {table} DISABLE TRIGGER {name}",
        f"DROP TRIGGER {name} ON {table}",
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        f"DROP FUNCTION {name}() CASCADE",
        f"CREATE RULE slip AS ON UPDATE TO {table} DO INSTEAD NOTHING",
        f"CREATE TRIGGER a BEFORE UPDATE ON {table} EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        f"ALTER TABLE {table} RENAME TO {table}_old",
        f"ALTER TABLE {table} ADD COLUMN slip text",
        f"ALTER TABLE {table} OWNER TO CURRENT_USER",
        f"DROP TABLE {table} CASCADE",
        f"CREATE TABLE slip () INHERITS ({table})",
    ):
        refused(statement, OWNER_ONLY)


def test_other_roles_and_settings(frozen: RubricVersion) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT tableowner FROM pg_tables WHERE tablename = '{VERSION}'")
        owner = cursor.fetchone()[0]
    for statement in (
        f'SET ROLE "{owner}"',
        f'SET SESSION AUTHORIZATION "{owner}"',
        "SET session_replication_role = replica",
        "SET LOCAL session_replication_role = replica",
        "SELECT set_config('session_replication_role', 'replica', true)",
        "ALTER ROLE CURRENT_USER SUPERUSER",
        f'GRANT "{owner}" TO CURRENT_USER',
        f"CREATE OR REPLACE FUNCTION {IGNORE} RETURNS BOOLEAN LANGUAGE sql AS 'SELECT TRUE'",
        "CREATE EVENT TRIGGER slip ON ddl_command_end EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    ):
        refused(statement, OWNER_ONLY)


@pytest.mark.parametrize("table", sorted(PARTS))
def test_no_setting_and_no_shadow_opens_the_lock(frozen: RubricVersion, table: str) -> None:
    before = state(frozen)
    models: list[Any] = [RubricVersion, PARTS[table]]
    change = f"UPDATE {table} SET {WORDS[table]} = 'merged' WHERE version_id = {frozen.pk}"
    names = [t.get_pgid(m) for m in models for t in m._meta.triggers]
    ignore = f"SELECT set_config('pgtrigger.ignore', '{{{','.join(names)}}}', true)"
    refused(f"{ignore}; {change}", FROZEN)
    refused(f"{ignore}; UPDATE {VERSION} SET title = 'x' WHERE id = {frozen.pk}", FROZEN)
    shadow = f"CREATE TEMP TABLE {VERSION} (id bigint, status text); SET LOCAL search_path = pg_temp, public"
    refused(f"{shadow}; {change}", FROZEN)
    assert state(frozen) == before
    assert queries.get_version(_anyone(frozen), frozen.rubric.slug, frozen.number).digest == frozen.digest


def _anyone(version: RubricVersion) -> Actor:
    from apps.accounts.permissions import Role

    assert version.created_by is not None
    return Actor(version.created_by, version.rubric.workspace, Role.VIEWER)
