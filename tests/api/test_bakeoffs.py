"""Comparisons of judges over REST."""

from typing import Any

import pytest

from apps.datasets.models import Preference, PreferenceMember, Rater
from tests import factories
from tests.api.conftest import BAD, GOOD, Caller, caller_of, problem, work

pytestmark = pytest.mark.django_db


@pytest.fixture
def body(workspace, engine, judge) -> dict[str, Any]:
    rubric = factories.make_rubric(workspace=workspace, slug="letters")
    factories.make_version(rubric=rubric, status="approved")
    factories.make_judge(workspace=workspace, name="second")
    dataset = factories.make_dataset(workspace=workspace, slug="answers")
    rater = Rater.objects.create(workspace=workspace, name="Bea")
    for number in range(3):
        prompt = factories.make_prompt(dataset=dataset, text=f"Write letter {number}.", external_id=f"p{number}")
        given = Preference.objects.create(dataset=dataset, prompt=prompt, rater=rater, external_id=str(number))
        for rank, text in enumerate((GOOD, BAD), start=1):
            answer = factories.make_response(prompt=prompt, text=f"{text} {number}")
            PreferenceMember.objects.create(preference=given, response=answer, rank=rank)
    return {"rubric": "letters@1", "dataset": "answers", "judges": ["reader", "second"]}


def test_judges_are_compared_and_one_is_recommended(bob: Caller, body):
    made = bob.post("/bakeoffs", body)
    assert made.status_code == 201, made.content
    where = made["Location"].removeprefix("/api/v1")
    before = bob.get(where).json()
    assert (before["run"]["purpose"], before["choice"]) == ("bakeoff", None)
    work()
    found = bob.get(where).json()
    assert [one["judge"] for one in found["judges"]] == ["reader@1", "second@1"]
    assert all(one["verdicts"] == 12 and one["unscored"] == {} for one in found["judges"])
    assert {"wins_split", "wins_strict", "best_lenient"} <= found["judges"][0]["measures"].keys()
    assert found["choice"]["few"] is True
    assert found["choice"]["best"] in {"reader@1", "second@1"}
    assert {one["rule"] for one in found["ensembles"]} == {"mean", "weighted", "min", "cautious", "best_alone"}
    assert [row["id"] for row in bob.get("/bakeoffs").json()["results"]] == [found["run"]["id"]]
    assert bob.get("/runs").json()["results"] == []


@pytest.mark.parametrize(
    ("changes", "status", "pointer"),
    [
        ({"judges": ["reader", "nobody"]}, 404, "/judges/1"),
        ({"judges": ["reader"]}, 422, "/judges"),
        ({"judges": ["reader", "reader"]}, 422, "/judges"),
        ({"dataset": "elsewhere"}, 404, "/dataset"),
        ({"rubric": "none@1"}, 404, "/rubric"),
        ({"prompts": 0}, 422, "/prompts"),
    ],
)
def test_what_cannot_be_compared_is_refused(bob: Caller, body, changes, status: int, pointer: str):
    found = problem(bob.post("/bakeoffs", {**body, **changes}), status)
    assert found["errors"][0]["pointer"] == pointer


def test_strangers_and_narrow_tokens_see_nothing(bob: Caller, charlie: Caller, body):
    where = bob.post("/bakeoffs", body)["Location"].removeprefix("/api/v1")
    problem(charlie.get(where), 404)
    problem(caller_of(bob.actor, "data:read").post("/bakeoffs", body), 403)


def test_a_plain_run_is_no_comparison(bob: Caller, body):
    run = bob.post("/runs", {"rubrics": ["letters@1"], "dataset": "answers", "judges": ["reader"]}).json()
    problem(bob.get(f"/bakeoffs/{run['id']}"), 404)
