"""What people settled, as gates of an approval."""

import uuid

import pytest

from apps.accounts.models import Workspace
from apps.accounts.permissions import Actor, Role
from apps.judging.models import Verdict
from apps.review.models import Gold
from apps.review.queries import gates
from apps.rubrics import queries, services
from apps.rubrics.models import RubricVersion
from domain import rubric
from tests import factories


@pytest.fixture
def version(workspace: Workspace) -> RubricVersion:
    author = factories.make_actor(Role.AUTHOR, workspace=workspace, username="ada")
    return services.create_rubric(by=author, document=factories.make_document(), slug="letters")


def settled(version: RubricVersion, people: list[float], judged: list[float]) -> None:
    digest = rubric.criterion_digests(queries.domain_rubric(version), "isolated")["c_drug"]
    judge = factories.make_judge(workspace=version.rubric.workspace)
    for person, verdict in zip(people, judged, strict=True):
        subject = factories.make_subject()
        common = {"workspace": version.rubric.workspace, "subject": subject, "criterion": "c_drug"}
        Gold.objects.create(**common, criterion_digest=digest, value=person)
        Verdict.objects.create(
            key=uuid.uuid4(), **common, criterion_digest=digest, judge_version=judge, value=verdict, status="ok",
            fingerprint="f", strategy="s", protocol="isolated",
        )  # fmt: skip


def admin_sets(version: RubricVersion, **said: object) -> None:
    admin: Actor = factories.make_actor(Role.ADMIN, workspace=version.rubric.workspace)
    services.change_approval_policy(by=admin, **said)
    version.rubric.workspace.refresh_from_db()


def test_gates_that_nobody_asked_for_do_not_show(version: RubricVersion) -> None:
    assert gates.enough_settled(version) is None
    assert gates.judge_agrees(version) is None


def test_settled_decisions_count_on_the_wording_of_the_version(version: RubricVersion) -> None:
    admin_sets(version, adjudicated=3)
    settled(version, [1, 0, 1], [1, 0, 1])
    state = gates.enough_settled(version)
    assert state is not None
    assert (state.met, state.figures) == (True, {"settled": 3, "wanted": 3})
    assert version.created_by is not None
    author = Actor(version.created_by, version.rubric.workspace, Role.AUTHOR)
    services.edit_criterion(by=author, version=version, criterion_id="c_drug", changes={"text": "Names all drugs."})
    changed = gates.enough_settled(queries.get_version(author, "letters", 1))
    assert changed is not None
    assert (changed.met, changed.figures["settled"]) == (False, 0)


def test_agreement_needs_value_and_number(version: RubricVersion) -> None:
    admin_sets(version, agreement=0.8, agreement_items=5)
    settled(version, [1, 0, 1, 0], [1, 0, 1, 0])
    few = gates.judge_agrees(version)
    assert few is not None
    assert (few.met, few.figures["items"]) == (False, 4)
    admin_sets(version, agreement_items=4)
    enough = gates.judge_agrees(version)
    assert enough is not None
    assert (enough.met, enough.figures["value"]) == (True, 1.0)


def test_agreement_as_kappa(version: RubricVersion) -> None:
    admin_sets(version, agreement=0.6, agreement_items=4, agreement_metric="kappa")
    settled(version, [1, 0, 1, 0], [1, 0, 1, 1])
    state = gates.judge_agrees(version)
    assert state is not None
    assert state.figures["value"] == pytest.approx(0.5)
    assert not state.met
