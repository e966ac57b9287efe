"""Releases and training runs as services: who may, what is refused, what stays on record."""

import pytest

from apps.accounts.models import Workspace
from apps.accounts.permissions import Actor
from apps.history.models import Entry
from apps.training import bodies, queries, services
from apps.training.models import ReleaseEntry
from domain import errors
from tests import factories

pytestmark = pytest.mark.django_db


def test_a_release_is_recorded_and_never_changes(alice: Actor, workspace: Workspace):
    version = factories.make_version(workspace=workspace, status="approved")
    release = services.create_release(by=alice, name="spring", versions=[version])
    assert Entry.objects.filter(action="release.created").count() == 1
    assert ReleaseEntry.objects.get(release=release).digest == version.digest
    with pytest.raises(services.releases.NameTaken):
        services.create_release(by=alice, name="spring", versions=[version])


def test_annotators_release_nothing(bob: Actor, workspace: Workspace):
    version = factories.make_version(workspace=workspace, status="approved")
    with pytest.raises(errors.NotAllowed):
        services.create_release(by=bob, name="spring", versions=[version])


def test_strangers_find_no_release(alice: Actor, charlie: Actor, workspace: Workspace):
    services.create_release(
        by=alice, name="spring", versions=[factories.make_version(workspace=workspace, status="approved")]
    )
    with pytest.raises(errors.NotFound):
        queries.get_release(charlie, "spring")


def test_deprecating_needs_a_reason_and_happens_once(alice: Actor, workspace: Workspace):
    release = services.create_release(
        by=alice, name="spring", versions=[factories.make_version(workspace=workspace, status="approved")]
    )
    with pytest.raises(errors.Invalid):
        services.deprecate(by=alice, release=release, reason=" ")
    services.deprecate(by=alice, release=release, reason="It rewards length.")
    with pytest.raises(errors.Conflict):
        services.deprecate(by=alice, release=release, reason="Again.")


def test_a_run_may_be_pinned_anew_and_the_past_stays(alice: Actor, workspace: Workspace):
    factories.make_judge(workspace=workspace, name="reader", is_default=True)
    first = factories.make_version(workspace=workspace, status="approved")
    second = factories.make_version(
        rubric=factories.make_rubric(workspace=workspace, slug="mail", title="Mail"), status="approved"
    )
    body = bodies.TrainingRunBody(name="run", rubric=first.digest)
    run = services.register_training_run(by=alice, body=body)
    services.repin(by=alice, run=run, release=None, rubric="mail@1", judge=None, reason="the first was gamed")
    assert queries.current_pin(run).version == second
    assert [pin.number for pin in run.pins.order_by("number")] == [1, 2]
    services.close_training_run(by=alice, run=run)
    with pytest.raises(errors.Conflict):
        services.close_training_run(by=alice, run=run)
