"""What left draft, and what only grows, cannot be changed by the app's role."""

import pytest
from django.db import DatabaseError, connection, transaction

from apps.accounts.models import User, Workspace
from apps.history import services as history
from apps.rubrics.models import Criterion, Rubric, RubricVersion

pytestmark = pytest.mark.django_db


def make_version() -> RubricVersion:
    workspace = Workspace.objects.create(slug="clinic", name="Clinic")
    rubric = Rubric.objects.create(workspace=workspace, slug="letters", title="Letters")
    version = RubricVersion.objects.create(rubric=rubric, number=1, title="Letters")
    Criterion.objects.create(version=version, criterion_id="c_1", text="Names the drug.")
    return version


def test_the_tests_run_as_the_restricted_role() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, has_table_privilege(current_user, 'history_entry', 'DELETE')")
        assert cursor.fetchone() == ("studio_app", False)


def test_a_version_that_left_draft_refuses_every_change() -> None:
    version = make_version()
    version.criteria.update(text="Names every drug.")
    RubricVersion.objects.filter(pk=version.pk).update(status="in_review", digest="sha256:x", submitted_by=None)
    changes = [
        lambda: RubricVersion.objects.filter(pk=version.pk).update(title="Other"),
        lambda: RubricVersion.objects.filter(pk=version.pk).update(status="draft"),
        lambda: version.criteria.update(weight=3),
        lambda: version.criteria.all().delete(),
        lambda: Criterion.objects.create(version=version, criterion_id="c_2", text="New."),
        lambda: connection.cursor().execute("DELETE FROM rubrics_rubricversion"),
        lambda: connection.cursor().execute("ALTER TABLE rubrics_rubricversion DISABLE TRIGGER ALL"),
    ]
    for change in changes:
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    version.refresh_from_db()
    assert version.title == "Letters"


def test_history_refuses_update_and_delete() -> None:
    entry = history.record(by=None, workspace=None, action="test.happened")
    for statement in ("UPDATE history_entry SET action = 'x'", "DELETE FROM history_entry"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    entry.refresh_from_db()
    assert entry.action == "test.happened"


def test_users_are_people_of_ours() -> None:
    assert User(username="ada", display_name="Ada L.").name == "Ada L."
