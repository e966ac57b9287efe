"""What a version does to the order of judged answers, as a gate of its approval."""

import pytest

from apps.accounts.models import Workspace
from apps.accounts.permissions import Role
from apps.judging.queries.gates import keeps_the_order
from apps.rubrics import gates
from apps.rubrics import queries as rubric_queries
from apps.rubrics import services as rubrics
from apps.rubrics.models import Decision, RubricVersion
from tests import factories
from tests.apps.judging.conftest import Clinic
from tests.apps.judging.test_pins import pin


@pytest.fixture
def judged(clinic: Clinic) -> Clinic:
    """The first answer names the drug and blames a little, the second does neither; both are pinned."""
    for subject, drug, blame in zip(clinic.subjects, (1.0, 0.5), (0.5, 0.0), strict=True):
        factories.make_verdicts(clinic.version, clinic.judge, subject, {"c_drug": drug, "c_blame": blame})
    pin(clinic)
    pin(clinic, 1)
    return clinic


def admin_asks(clinic: Clinic, **said: float | None) -> None:
    admin = factories.make_actor(Role.ADMIN, workspace=clinic.author.workspace)
    rubrics.change_approval_policy(by=admin, **said)


def submitted(clinic: Clinic, criterion: str, **changes: object) -> RubricVersion:
    """A new draft of the rubric with one change, in review."""
    workspace = Workspace.objects.get(pk=clinic.author.workspace.pk)
    ada = factories.make_actor(Role.AUTHOR, workspace=workspace)
    draft = rubrics.new_draft(by=ada, rubric=clinic.version.rubric)
    rubrics.edit_criterion(by=ada, version=draft, criterion_id=criterion, changes=changes)
    return rubrics.submit(by=ada, version=rubric_queries.get_version(ada, draft.rubric.slug, draft.number))


def approvers(clinic: Clinic, count: int) -> list:
    return [factories.make_actor(Role.APPROVER, workspace=clinic.author.workspace) for _ in range(count)]


def test_turned_ranks_need_a_second_person(judged: Clinic) -> None:
    admin_asks(judged, second_when_tau_below=0.5)
    turned = submitted(judged, "c_blame", weight=9.0)
    state = keeps_the_order(turned)
    assert state is not None
    assert (state.met, state.approvers, state.figures["tau"], state.figures["compared"]) == (True, 2, -1.0, 2)
    assert "kept to -1.00" in state.sentence
    first, second = approvers(judged, 2)
    assert rubrics.approve(by=first, version=turned).status == "in_review"
    assert rubrics.approve(by=second, version=turned).status == "approved"
    kept = Decision.objects.filter(version=turned, verb="approve").order_by("pk")[0].evidence
    assert (kept["approval"], kept["of"]) == (1, 2)
    assert next(gate for gate in kept["gates"] if gate["name"] == "order")["tau"] == -1.0


def test_kept_ranks_need_one_person(judged: Clinic) -> None:
    admin_asks(judged, second_when_tau_below=0.5)
    alike = submitted(judged, "c_drug", weight=4.0)
    state = keeps_the_order(alike)
    assert state is not None
    assert (state.approvers, state.figures["tau"]) == (1, 1.0)
    assert rubrics.approve(by=approvers(judged, 1)[0], version=alike).status == "approved"


def test_a_wording_that_nobody_judged_blocks_nobody_and_says_so(judged: Clinic) -> None:
    admin_asks(judged, second_when_tau_below=1.0)
    reworded = submitted(judged, "c_drug", text="Names each drug and each dose.")
    state = keeps_the_order(reworded)
    assert state is not None
    assert (state.met, state.approvers, state.figures["tau"]) == (True, 1, None)
    assert "cannot be compared: of 2 pinned answers, 0 have a score under this version" in state.sentence
    assert rubrics.approve(by=approvers(judged, 1)[0], version=reworded).status == "approved"


def test_without_answers_or_an_approved_version_it_says_so(clinic: Clinic) -> None:
    admin_asks(clinic, second_when_tau_below=0.9)
    state = keeps_the_order(submitted(clinic, "c_drug", weight=4.0))
    assert state is not None
    assert state.sentence.startswith("No answer was judged")
    workspace = Workspace.objects.get(pk=clinic.author.workspace.pk)
    alone = keeps_the_order(factories.make_version(rubric=factories.make_rubric(workspace=workspace, slug="alone")))
    assert alone is not None
    assert (alone.approvers, alone.sentence) == (1, "No version is approved yet to compare with.")


def test_it_is_silent_until_an_admin_asks_and_takes_only_orders(judged: Clinic) -> None:
    turned = submitted(judged, "c_blame", weight=9.0)
    assert "order" not in {state.name for state in gates.states(turned)}
    assert rubric_queries.approvals(turned).needed == 1
    with pytest.raises(Exception, match="between -1 and 1"):
        admin_asks(judged, second_when_tau_below=1.5)
    admin_asks(judged, second_when_tau_below=0.5, approvers=3)
    waiting = rubric_queries.get_version(judged.author, turned.rubric.slug, turned.number)
    assert rubric_queries.approvals(waiting).needed == 3
