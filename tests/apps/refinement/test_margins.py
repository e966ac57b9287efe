"""A judge asked with the rubric and without: once each pair, counted, shown, as a gate and over REST."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.permissions import Role
from apps.refinement import queries, services
from apps.refinement.models import MarginReport
from apps.rubrics import gates
from apps.rubrics import queries as rubric_queries
from apps.rubrics import services as rubrics
from domain import errors
from engines.scripted import Ask
from tests import factories
from tests.api.conftest import caller_of, problem
from tests.apps.judging.conftest import Clinic, work
from tests.apps.judging.test_fitting import order

pytestmark = pytest.mark.django_db
PAIRS = 10


@pytest.fixture
def labelled(clinic: Clinic, play) -> Clinic:
    """Pairs of prompts of which the judge is sure without a rubric; with it, it likes the worse answer of the last."""
    for number in range(PAIRS):
        prompt = factories.make_prompt(dataset=clinic.dataset)
        order(
            clinic.dataset,
            [factories.make_response(prompt=prompt, text=f"{number} {side}") for side in ("good", "bad")],
        )
    clinic.engine = play(says)
    return clinic


def says(ask: Ask) -> dict[str, float]:
    """The letter of the better answer at 0.7; with criteria at 0.9, but at 0.2 for the pair 0."""
    good = " A" if ask.shared.index("good") < ask.shared.index("bad") else " B"
    odds = 0.7 if "criteria" not in ask.suffix else 0.2 if "0 good" in ask.shared else 0.9
    return {good: odds, " A" if good == " B" else " B": 1 - odds}


def measure(clinic: Clinic, **more) -> MarginReport:
    report = services.measure_margins(
        by=clinic.author, version=clinic.version, dataset=clinic.dataset, judge=clinic.judge, **more
    )
    work()
    return queries.get_margins(clinic.author, report.pk)


def test_each_pair_is_put_once_and_counted(labelled: Clinic) -> None:
    report = measure(labelled, alone=True)
    whole = report.figures["whole"]
    assert (whole["helpful"], whole["neutral"], whole["misleading"], whole["unknown"]) == (PAIRS - 1, 0, 1, 0)
    assert report.figures["right_without"]["value"] == 1.0
    assert report.figures["right_with"]["value"] == pytest.approx(1 - 1 / PAIRS)
    assert [one["id"] for one in report.criteria] == ["c_drug", "c_blame"]
    assert (report.figures["cost"]["calls"] > 0, len(labelled.engine.asked)) == (True, 4 * PAIRS)
    asked = len(labelled.engine.asked)
    work()
    assert len(labelled.engine.asked) == asked
    cost = services.estimate_margins(
        by=labelled.author,
        version=labelled.version,
        dataset=labelled.dataset,
        judge=labelled.judge,
        pairs=4,
        alone=True,
    )
    assert (cost.pairs, cost.calls) == (4, 16)


def test_a_judge_without_the_letters_cannot_be_assessed(labelled: Clinic, play) -> None:
    play(lambda ask: {" A": 0.0, " B": 0.0})
    report = measure(labelled, pairs=2)
    assert report.done_at is None
    assert "neither letter" in queries.why_not(report)


def test_what_cannot_be_asked_is_refused(labelled: Clinic) -> None:
    given: dict[str, Any] = {"version": labelled.version, "judge": labelled.judge}
    empty = factories.make_dataset(workspace=labelled.author.workspace)
    with pytest.raises(errors.Invalid, match="which answer is better"):
        services.measure_margins(by=labelled.author, dataset=empty, **given)
    with pytest.raises(errors.Invalid, match="pairs"):
        services.measure_margins(by=labelled.author, dataset=labelled.dataset, pairs=0, **given)
    annotator = factories.make_actor(Role.ANNOTATOR, workspace=labelled.author.workspace)
    with pytest.raises(errors.NotAllowed):
        services.measure_margins(by=annotator, dataset=labelled.dataset, **given)


def test_approval_can_ask_for_it(labelled: Clinic) -> None:
    admin = factories.make_actor(Role.ADMIN, workspace=labelled.author.workspace)
    rubrics.change_approval_policy(by=admin, misleading_most=0.05)
    version = rubric_queries.get_version(admin, labelled.version.rubric.slug, labelled.version.number)
    (state,) = [one for one in gates.states(version) if one.name == "misleading"]
    assert (state.met, "Nobody has asked" in state.sentence) == (False, True)
    measure(labelled)
    (state,) = [one for one in gates.states(version) if one.name == "misleading"]
    assert (state.met, state.figures["value"]) == (False, pytest.approx(0.1))
    rubrics.change_approval_policy(by=admin, misleading_most=0.2)
    version = rubric_queries.get_version(admin, labelled.version.rubric.slug, labelled.version.number)
    assert next(one for one in gates.states(version) if one.name == "misleading").met


def test_the_page_and_rest_tell_it(labelled: Clinic) -> None:
    client = Client()
    client.force_login(labelled.author.user)
    version = labelled.version
    place = reverse("refinement:margins", args=[labelled.author.workspace.slug, version.rubric.slug, version.number])
    said = {"dataset": labelled.dataset.slug, "judge": str(labelled.judge), "pairs": 6, "seed": 0, "alone": "on"}
    assert "help the judge, or mislead it" in client.get(place).content.decode()
    assert "before caching" in client.post(place, said).content.decode()
    assert client.post(place, {**said, "pairs": 0}).status_code == 422
    assert client.post(place, {**said, "ask": "1"}).status_code == 302
    work()
    shown = client.get(place).content.decode()
    assert "Each criterion alone" in shown
    assert "margins-plot" in shown
    api = caller_of(labelled.author)
    where = f"/rubrics/{version.rubric.slug}/versions/{version.number}/quality/margins"
    told = api.get(where).json()
    assert (told["state"], told["current"], len(told["pairs"]), len(told["criteria"])) == ("done", True, 6, 2)
    assert {one["label"] for one in told["pairs"]} <= {"helpful", "misleading"}
    body = {"dataset": labelled.dataset.slug, "judge": str(labelled.judge), "pairs": 3}
    assert api.post(where, {**body, "dry_run": True}).json()["calls"] == 6
    assert api.post(where, body).json()["state"] == "working"
    problem(api.post(where, {**body, "pairs": 0}), 422)
    problem(caller_of(labelled.author, "rubrics:read").post(where, body), 403)
    problem(api.get(f"/rubrics/{version.rubric.slug}/versions/99/quality/margins"), 404)
