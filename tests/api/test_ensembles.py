"""Ensembles of a run's judges over REST."""

import pytest

from apps.judging.models import Score
from domain import scoring
from tests import factories
from tests.api.conftest import Caller, caller_of, problem, work

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(bob: Caller) -> str:
    """Two judges of four answers to each of two prompts: the second is stricter and less sure."""
    workspace = bob.actor.workspace
    version = factories.make_version(
        rubric=factories.make_rubric(workspace=workspace, slug="letters"), status="approved"
    )
    dataset = factories.make_dataset(workspace=workspace, slug="answers")
    judges = [factories.make_judge(workspace=workspace, name=name) for name in ("fast", "slow")]
    for number in range(2):
        prompt = factories.make_prompt(dataset=dataset, text=f"Task {number}.")
        for place in range(4):
            subject = factories.make_subject(responses=[factories.make_response(prompt=prompt, text=f"No. {place}.")])
            for judge, value in zip(judges, (place / 4, place / 8), strict=True):
                factories.make_verdicts(version, judge, subject, {"c_drug": value, "c_blame": 0})
    answer = bob.post("/runs", {"rubrics": ["letters@1"], "dataset": "answers", "judges": ["fast", "slow"]})
    work()
    return str(answer.json()["id"])


def test_an_ensemble_is_made_listed_and_read_with_its_trace(bob: Caller, run: str):
    assert bob.get(f"/runs/{run}/ensembles").json() == {"results": []}
    made = bob.post(f"/runs/{run}/ensembles", {"rule": "weighted", "weights": {"fast@1": 3}}).json()
    assert (made["counts"], made["silent"]) == ({"answers": 8, "scored": 8, "unscored": 0}, [])
    again = bob.post(f"/runs/{run}/ensembles", {"rule": "weighted", "weights": {"fast@1": 3, "slow@1": 1}}).json()
    assert again == made
    assert bob.get(f"/runs/{run}/ensembles").json()["results"] == [made["artefact"]]
    shown = bob.get(f"/runs/{run}/ensembles/{made['artefact']['digest']}").json()
    assert (len(shown["results"]), shown["next"]) == (8, None)
    first = shown["results"][0]
    assert {one["judge"]: (one["score"], one["weight"]) for one in first["judges"]} == {
        "fast@1": (0.0, 3.0), "slow@1": (0.0, 1.0),
    }  # fmt: skip
    apart = {one["judge"]: one["standardised"] for one in first["judges"]}
    assert apart["fast@1"] == pytest.approx(apart["slow@1"])  # the stricter judge has no less to say
    for row in shown["results"]:
        assert scoring.recompute(row["trace"]) == row["raw"]
    later = bob.get(f"/runs/{run}/ensembles/{made['artefact']['digest']}?after=5").json()
    assert [one["index"] for one in later["results"]] == [one["index"] for one in shown["results"] if one["index"] > 5]


@pytest.mark.parametrize(
    "body, pointer",
    [
        ({"rule": "loudest"}, "/rule"),
        ({"lacking": "zero"}, "/lacking"),
        ({"caution": -1}, "/caution"),
        ({"caution": "nan"}, "/caution"),
        ({"weights": {"fast@1": -1}}, "/weights/fast@1"),
        ({"weights": {"nobody@1": 1}}, "/weights/nobody@1"),
        ({"rule": "weighted", "weights": {"fast@1": 0, "slow@1": 0}}, "/weights"),
        ({"weights": [1]}, "/weights"),
        ({"k": 1}, "/k"),
    ],
)
def test_faults_are_pointed_at(bob: Caller, run: str, body: dict, pointer: str):
    problem(bob.post(f"/runs/{run}/ensembles", body), 422, pointer=pointer)
    assert not Score.objects.filter(judge_version=None).exists()


def test_who_may(bob: Caller, charlie: Caller, run: str):
    made = bob.post(f"/runs/{run}/ensembles", {}).json()["artefact"]["digest"]
    problem(caller_of(bob.actor, "data:read").post(f"/runs/{run}/ensembles", {}), 403, "scope_missing")
    problem(caller_of(bob.actor, "runs:write").get(f"/runs/{run}/ensembles"), 403, "scope_missing")
    problem(charlie.get(f"/runs/{run}/ensembles"), 404)
    problem(charlie.post(f"/runs/{run}/ensembles", {}), 404)
    problem(bob.get(f"/runs/{run}/ensembles/sha256:0"), 404, "ensemble_unknown")
    problem(bob.get(f"/runs/{run}/ensembles/{made}?after=x"), 422, pointer="/after")
