"""A judge is asked how criteria are written: what it doubts stands among the remarks as its opinion."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.accounts.permissions import Actor, Role
from apps.history.models import Entry
from apps.judging import queries, services
from apps.judging.models import Call, JudgeVersion, Run, Verdict
from apps.rubrics import queries as rubric_queries
from apps.rubrics import services as rubrics
from apps.rubrics.models import RubricVersion
from domain import errors
from engines.scripted import Ask, Script, ScriptedEngine
from tests import factories
from tests.apps.judging.conftest import work

pytestmark = pytest.mark.django_db
WRITTEN: list[dict[str, Any]] = [
    {"id": "a", "text": "Names the drug and dose.", "weight": 731.0},
    {"id": "b", "text": "Names <b>the</b> ward."},
    {"id": "n", "text": "Has few words.", "kind": "check", "check": {"kind": "words", "max": 200}},
]


def doubting(ask: Ask) -> str:
    """Doubts that the first criterion asks for one thing, and that the ward can be told apart."""
    if "asks for one thing" in ask.suffix:
        return " No" if "drug and dose" in ask.shared else " Yes"
    if "draw the line" in ask.suffix:
        return " No" if "ward" in ask.shared else " Yes"
    return " Yes"


@pytest.fixture
def author() -> Actor:
    return factories.make_actor(Role.AUTHOR, username="ada")


@pytest.fixture
def judge(author: Actor) -> JudgeVersion:
    return factories.make_judge(workspace=author.workspace, name="reader", is_default=True)


@pytest.fixture
def engine(play: Callable[[Script], ScriptedEngine]) -> ScriptedEngine:
    return play(doubting)


@pytest.fixture
def version(author: Actor) -> RubricVersion:
    document = factories.make_document(criteria=WRITTEN)
    return rubrics.create_rubric(by=author, document=document, slug="letters", title="Letters")


def opinions(version: RubricVersion) -> list[tuple[str | None, str]]:
    fresh = RubricVersion.objects.select_related("rubric__workspace").get(pk=version.pk)
    return [
        (remark.finding.criterion, remark.finding.rule.name)
        for remark in rubric_queries.lint_findings(fresh)
        if remark.opinion and remark.dismissal is None
    ]


def url(name: str = "judging:writing") -> str:
    return reverse(name, args=["clinic", "letters", 1])


def test_doubts_become_opinions_of_a_named_judge(author: Actor, judge, engine, version: RubricVersion) -> None:
    services.ask_about_writing(by=author, version=version)
    work()
    assert opinions(version) == [("a", "opinion:one_thing"), ("b", "opinion:one_reading")]
    (remark, _) = [remark for remark in rubric_queries.lint_findings(version) if remark.opinion]
    assert remark.opinion is not None
    assert (remark.opinion.judge, remark.opinion.url != "") == ("reader@1", True)
    assert "731" not in "".join(call.rendered_shared + str(call.rendered_suffixes) for call in Call.objects.all())
    page = factories.signed_in(author).get(url("rubrics:quality")).content.decode()
    assert "More than one thing" in page
    assert "reader@1" in page
    assert "<b>the</b>" not in page
    narrowed = factories.signed_in(author).get(url("rubrics:quality"), {"severity": "opinion"}).content.decode()
    assert "Open to more than one reading." in narrowed
    assert "More than one thing" in factories.signed_in(author).get(url("rubrics:edit")).content.decode()
    assert Entry.objects.filter(action="rubric.judge_asked").count() == 1


def test_an_opinion_ends_with_its_text_and_asking_again_costs_only_that(
    author: Actor, judge, engine, version: RubricVersion
) -> None:
    services.ask_about_writing(by=author, version=version)
    work()
    before = Call.objects.count()
    rubrics.edit_criterion(by=author, version=version, criterion_id="a", changes={"text": "Names the drug."})
    assert opinions(version) == [("b", "opinion:one_reading")]
    state = queries.advice_state(RubricVersion.objects.get(pk=version.pk))
    assert state is not None
    assert (state.current, state.stale, state.live) == (1, 1, False)
    again = services.ask_about_writing(by=author, version=RubricVersion.objects.get(pk=version.pk))
    work()
    assert Call.objects.count() == before + 1
    assert again.run.items.get(index=1).reused > 0
    rubrics.edit_criterion(by=author, version=version, criterion_id="b", changes={"weight": 9.0})
    assert opinions(version) == [("b", "opinion:one_reading")]


def test_it_is_set_aside_as_any_remark_and_blocks_only_where_the_policy_says_so(
    author: Actor, judge, engine, version: RubricVersion
) -> None:
    services.ask_about_writing(by=author, version=version)
    work()
    assert "opinions" not in {gate.name for gate in rubric_queries.gate_states(version)}
    admin = factories.make_actor(Role.ADMIN, workspace=author.workspace)
    rubrics.change_approval_policy(by=admin, no_opinions=True)

    def met() -> bool:
        fresh = RubricVersion.objects.select_related("rubric__workspace").get(pk=version.pk)
        return next(gate.met for gate in rubric_queries.gate_states(fresh) if gate.name == "opinions")

    assert not met()
    for remark in rubric_queries.open_opinions(version):
        rubrics.dismiss_finding(
            by=author, version=version, fingerprint=remark.finding.fingerprint, reason="Meant together."
        )
    assert met()
    assert opinions(version) == []
    assert rubric_queries.open_lint_errors(version) == []


def test_the_questions_are_a_rubric_that_is_edited_and_approved_as_any(
    author: Actor, judge, engine, version: RubricVersion
) -> None:
    first = services.ask_about_writing(by=author, version=version)
    work()
    row = rubric_queries.criteria_rubric(author.workspace)
    assert row is not None
    (seeded,) = row.versions.all()
    assert (seeded.status, seeded.created_by, row.slug) == ("approved", None, "good-criteria")
    assert first.run.items.first().version == seeded  # type: ignore[union-attr]
    draft = rubrics.new_draft(by=author, rubric=row)
    rubrics.delete_criterion(by=author, version=draft, criterion_id="one_thing")
    draft.refresh_from_db()
    draft = rubrics.submit(by=author, version=draft)
    rubrics.approve(by=factories.make_actor(Role.APPROVER, workspace=author.workspace), version=draft)
    second = services.ask_about_writing(by=author, version=version)
    work()
    assert second.run.items.first().version == draft  # type: ignore[union-attr]
    assert opinions(version) == [("b", "opinion:one_reading")]
    rubrics.retire(by=factories.make_actor(Role.APPROVER, workspace=author.workspace), version=draft)
    with pytest.raises(errors.Conflict, match="good-criteria"):
        services.ask_about_writing(by=author, version=version)


def test_unscored_makes_no_remark_and_says_why(
    author: Actor, judge, play: Callable[[Script], ScriptedEngine], version: RubricVersion
) -> None:
    play(lambda ask: {" Yes": 0.001, " No": 0.001})
    services.ask_about_writing(by=author, version=version)
    work()
    assert opinions(version) == []
    state = queries.advice_state(version)
    assert state is not None
    assert sum(count for _, count in state.unscored) == Verdict.objects.exclude(status="not_applicable").count() > 0
    page = factories.signed_in(author).get(url()).content.decode()
    assert "Some questions have no answer." in page
    assert "neither met nor failed" in page


def test_the_panel_goes_from_never_over_reading_to_asked(author: Actor, judge, engine, version: RubricVersion) -> None:
    browser = factories.signed_in(author)
    assert "Ask reader@1" in browser.get(url()).content.decode()
    asked = browser.post(url(), headers={"HX-Request": "true"})
    assert "0 of 2 criteria" in asked.content.decode()
    assert "HX-Trigger" not in asked
    assert browser.post(url()).status_code == 302
    assert Run.objects.filter(purpose="advice").count() == 1
    work()
    done = browser.get(url(), {"watching": "1"})
    assert done["HX-Trigger"] == "opinions-changed"
    assert "Ask reader@1 again" in done.content.decode()
    assert "HX-Trigger" not in browser.get(url())
    assert queries.list_runs(author).count() == 0


def test_who_may_ask(author: Actor, engine, version: RubricVersion) -> None:
    viewer = factories.signed_in(factories.make_actor(Role.VIEWER, workspace=author.workspace))
    assert "no default judge" in factories.signed_in(author).get(url()).content.decode()
    with pytest.raises(errors.Conflict):
        services.ask_about_writing(by=author, version=version)
    judge = factories.make_judge(workspace=author.workspace, name="reader", is_default=True)
    assert "Authors ask the judge" in viewer.get(url()).content.decode()
    assert viewer.post(url()).status_code == 403
    stranger = factories.make_actor(Role.ADMIN, workspace=factories.make_workspace(slug="elsewhere"))
    assert factories.signed_in(stranger).get(url()).status_code == 404
    with pytest.raises(errors.NotFound):
        services.ask_about_writing(by=stranger, version=version, judge=judge)
    empty = rubrics.create_rubric(by=author, slug="empty", title="Empty")
    with pytest.raises(errors.Invalid):
        services.ask_about_writing(by=author, version=empty)
    assert not Run.objects.exists()


def test_equal_texts_are_read_once_and_remarked_each(author: Actor, judge, engine) -> None:
    twice = [{"id": "x", "text": "Names drug and dose."}, {"id": "y", "text": "Names drug and dose."}]
    document = factories.make_document(criteria=twice)
    made = rubrics.create_rubric(by=author, document=document, slug="twins", title="Twins")
    services.ask_about_writing(by=author, version=made)
    work()
    assert opinions(made) == [("x", "opinion:one_thing"), ("y", "opinion:one_thing")]


def test_reading_opinions_costs_the_same_for_many_criteria(
    author: Actor, judge, engine, version: RubricVersion
) -> None:
    def cost() -> int:
        services.ask_about_writing(by=author, version=RubricVersion.objects.get(pk=version.pk))
        work()
        fresh = RubricVersion.objects.select_related("rubric__workspace").get(pk=version.pk)
        said = rubric_queries.domain_rubric(fresh)
        with CaptureQueriesContext(connection) as captured:
            assert queries.opinions(fresh, said)
        return len(captured)

    before = cost()
    rubrics.add_criteria(by=author, version=version, criteria=[{"text": f"Names ward {n}."} for n in range(20)])
    assert cost() == before
