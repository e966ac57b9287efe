"""A version measured on labelled pairs: by a worker from stored verdicts to a report, badges, gates and REST."""

import random

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.permissions import Actor, Role
from apps.core import gateway
from apps.history.models import Entry
from apps.jobs.models import Job
from apps.judging.models import Call
from apps.refinement import queries, services
from apps.refinement.models import GateReport
from apps.rubrics import gates
from apps.rubrics import queries as rubric_queries
from apps.rubrics import registry as rubric_registry
from apps.rubrics import services as rubrics
from domain import errors
from tests import factories
from tests.api.conftest import caller_of
from tests.apps.judging.conftest import Clinic, work
from tests.apps.judging.test_fitting import order, start_run

pytestmark = pytest.mark.django_db


def label(clinic: Clinic, count: int = 40) -> None:
    """Pairs whose better answer names the drug, and blames the patient where it should not."""
    chance = random.Random(4)
    for number in range(count):
        prompt = factories.make_prompt(dataset=clinic.dataset)
        responses = [factories.make_response(prompt=prompt, text=f"{number} {side}") for side in "ab"]
        blames = (1.0, 0.0) if chance.random() < 0.9 else (0.0, 1.0)
        for response, drug, blame in zip(responses, (1.0, 0.0), blames, strict=True):
            said = {"c_drug": drug, "c_blame": blame}
            factories.make_verdicts(clinic.version, clinic.judge, factories.make_subject(responses=[response]), said)
        order(clinic.dataset, responses, tie=number == 0)


@pytest.fixture
def labelled(clinic: Clinic) -> Clinic:
    label(clinic)
    return clinic


def measure(clinic: Clinic) -> GateReport:
    """Ask for a report and let a worker make it."""
    report = services.start_measuring(
        by=clinic.author, version=clinic.version, dataset=clinic.dataset, judge=clinic.judge
    )
    work()
    return queries.get_report(clinic.author, report.pk)


def test_a_report_tells_good_from_harmful_and_asks_no_judge(labelled: Clinic) -> None:
    report = measure(labelled)
    drug, blame = report.criteria
    assert (drug["standing"], drug["consistency"]["value"], drug["consistency"]["count"]) == ("keep", 1.0, 39)
    assert blame["standing"] == "drop"
    assert blame["faults"][0]["fault"] == "inverted"
    assert report.figures["pairs"] == report.figures["prompts"] == 39
    assert report.figures["ties"] == 1
    assert report.figures["likeness"] == "words"
    assert not Call.objects.exists()
    assert Entry.objects.filter(action="quality.measured").count() == 1


def test_a_missing_verdict_is_a_gap_and_not_a_zero(labelled: Clinic) -> None:
    prompt = factories.make_prompt(dataset=labelled.dataset)
    responses = [factories.make_response(prompt=prompt, text=side) for side in "ab"]
    for response, said in zip(responses, ({"c_blame": 0.0}, {"c_drug": 1.0, "c_blame": 1.0}), strict=True):
        subject = factories.make_subject(responses=[response])
        factories.make_verdicts(labelled.version, labelled.judge, subject, said)
    order(labelled.dataset, responses)
    report = measure(labelled)
    drug, blame = report.criteria
    assert (drug["consistency"]["value"], drug["consistency"]["count"]) == (1.0, 39)
    assert blame["consistency"]["count"] == 40
    assert drug["known"] == pytest.approx(79 / 80)


def test_measuring_twice_gives_the_same(labelled: Clinic) -> None:
    one, two = measure(labelled), measure(labelled)
    assert (one.criteria, one.figures, one.correlations) == (two.criteria, two.figures, two.correlations)


def test_words_are_compared_by_the_server_of_embeddings_where_there_is_one(
    labelled: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Embedder:
        model = "tiny-embed"

        def embed(self, texts: list[str]) -> list[list[float]]:
            return [[1.0, 0.0] for _ in texts]

        def close(self) -> None:
            pass

    monkeypatch.setattr(gateway, "has_embedder", lambda: True)
    monkeypatch.setattr(gateway, "embedder", Embedder)
    assert measure(labelled).figures["likeness"] == "tiny-embed"


def test_what_cannot_be_measured_is_refused_with_a_sentence(clinic: Clinic) -> None:
    with pytest.raises(errors.Invalid, match="which answer is better"):
        measure(clinic)
    responses = [factories.make_response(prompt=factories.make_prompt(dataset=clinic.dataset), text="x")]
    responses.append(factories.make_response(prompt=responses[0].prompt, text="y"))
    order(clinic.dataset, responses)
    report = measure(clinic)
    state = queries.report_state(clinic.version)
    assert report.done_at is None
    assert state is not None
    assert "none of the pairs" in state.reason
    assert "none of the pairs" in page(clinic)


def test_who_may_measure(labelled: Clinic) -> None:
    workspace = labelled.author.workspace
    for by in (factories.make_actor(Role.VIEWER, workspace=workspace), stranger()):
        with pytest.raises((errors.NotAllowed, errors.NotFound)):
            services.start_measuring(by=by, version=labelled.version, dataset=labelled.dataset, judge=labelled.judge)
    report = measure(labelled)
    with pytest.raises(errors.NotFound):
        queries.get_report(stranger(), report.pk)


def stranger() -> Actor:
    return factories.make_actor(Role.ADMIN, workspace=factories.make_workspace(slug="elsewhere"))


def page(clinic: Clinic, browser: Client | None = None, **query: str) -> str:
    """The gate's page."""
    shown = (browser or factories.signed_in(clinic.author)).get(address(clinic), query)
    return str(shown.content.decode())


def address(clinic: Clinic) -> str:
    return f"/w/{clinic.author.workspace.slug}/refine/{clinic.version.rubric.slug}/{clinic.version.number}/gate/"


def test_the_page_asks_follows_and_shows(labelled: Clinic) -> None:
    browser = factories.signed_in(labelled.author)
    start_run(labelled)
    assert "Do your criteria side with the better answer?" in page(labelled, browser)
    body = {"dataset": labelled.dataset.slug, "judge": str(labelled.judge)}
    assert browser.post(address(labelled), {**body, "judge": "nobody@9"}).status_code == 422
    assert browser.post(address(labelled), body).status_code == 302
    assert "A worker measures" in page(labelled, browser)
    work()
    shown = page(labelled, browser)
    assert "prefers the worse answer" in shown
    assert "Where it is good and bad" in shown
    assert browser.get(address(labelled), {"report": 999}).status_code == 404
    panel = browser.get(f"{address(labelled)}panel/").content.decode()
    assert "1 harms" in panel


def test_a_stranger_sees_nothing(labelled: Clinic) -> None:
    measure(labelled)
    browser = factories.signed_in(stranger())
    assert browser.get(address(labelled)).status_code == 404


def test_badges_hold_for_the_words_that_were_measured(labelled: Clinic) -> None:
    measure(labelled)
    badges = rubric_registry.badges_of(labelled.version)
    assert badges["c_drug"].words == "agrees with 100% of pairs"
    assert badges["c_blame"].tone == "r"
    draft = rubrics.new_draft(by=labelled.author, rubric=labelled.version.rubric)
    rubrics.edit_criterion(
        by=labelled.author, version=draft, criterion_id="c_blame", changes={"text": "Blames nobody."}
    )
    browser = factories.signed_in(labelled.author)
    edit = reverse("rubrics:edit", args=[labelled.author.workspace.slug, draft.rubric.slug, draft.number])
    shown = browser.get(edit).content.decode()
    assert "agrees with 100% of pairs" in shown
    assert "prefers the worse answer" not in shown


def test_approval_can_ask_for_it(labelled: Clinic) -> None:
    names = {"label_consistency", "no_harmful"}
    assert not names & {one.name for one in gates.states(labelled.version)}
    admin = factories.make_actor(Role.ADMIN, workspace=labelled.author.workspace)
    rubrics.change_approval_policy(by=admin, label_consistency=0.4, no_harmful=True)
    version = rubric_queries.get_version(admin, labelled.version.rubric.slug, labelled.version.number)
    assert all("Nobody has measured" in one.sentence for one in gates.states(version) if one.name in names)
    measure(labelled)
    found = {one.name: one for one in gates.states(version) if one.name in names}
    assert found["label_consistency"].figures["pairs"] > 0
    assert not found["no_harmful"].met
    assert "does harm" in found["no_harmful"].sentence
    with pytest.raises(errors.Invalid):
        rubrics.change_approval_policy(by=admin, label_consistency=1.5)


def test_rest_measures_and_tells(labelled: Clinic) -> None:
    api = caller_of(labelled.author, "rubrics:read", "rubrics:write")
    place = f"/rubrics/{labelled.version.rubric.slug}/versions/{labelled.version.number}/quality"
    assert api.get(place).json()["measured"] is None
    asked = api.post(f"{place}/measure", {"dataset": labelled.dataset.slug, "judge": "reader@1"})
    assert asked.status_code == 202, asked.content
    work()
    told = api.get(place).json()["measured"]
    assert (told["report"], told["current"]) == (asked.json()["report"], True)
    assert [one["standing"] for one in told["criteria"]] == ["keep", "drop"]
    for body in ({"dataset": "nowhere", "judge": "reader@1"}, {"dataset": labelled.dataset.slug, "judge": "x@1"}):
        assert api.post(f"{place}/measure", body).status_code == 404
    assert Job.objects.filter(kind="quality-gate").count() == 1
