"""Rankings and smoothed scores over REST."""

import pytest

from domain import scoring
from tests import factories
from tests.api.conftest import Caller, caller_of, problem, work

pytestmark = pytest.mark.django_db


@pytest.fixture
def answers(bob: Caller):
    """Three answers to each of two prompts of a data set, and an approved rubric."""
    workspace = bob.actor.workspace
    rubric = factories.make_rubric(workspace=workspace, slug="letters")
    version = factories.make_version(rubric=rubric, status="approved")
    dataset = factories.make_dataset(workspace=workspace, slug="answers")
    found = []
    for number in range(2):
        prompt = factories.make_prompt(dataset=dataset, text=f"Task {number}.", external_id=f"p{number}")
        found.append([
            factories.make_response(prompt=prompt, text=f"Answer {place} says so.", external_id=f"r{place}")
            for place in range(3)
        ])  # fmt: skip
    return version, found


def judged(bob: Caller, answers, kind: str) -> str:
    version, prompts = answers
    strategy = "pairwise" if kind == "pair" else "label_distribution"
    judge = factories.make_judge(workspace=bob.actor.workspace, name=kind, strategy=strategy)
    for responses in prompts:
        if kind == "pair":
            for one, other in ((0, 1), (0, 2), (1, 2)):
                subject = factories.make_subject(responses=[responses[one], responses[other]], kind="pair")
                factories.make_verdicts(version, judge, subject, {"c_drug": 1, "c_blame": 0})
        else:
            for place, response in enumerate(responses):
                subject = factories.make_subject(responses=[response])
                factories.make_verdicts(version, judge, subject, {"c_drug": place / 2, "c_blame": 0})
    answer = bob.post("/runs", {"rubrics": ["letters@1"], "dataset": "answers", "judges": [kind]})
    work()
    return str(answer.json()["id"])


def test_pairs_are_ranked_prompt_by_prompt(bob: Caller, charlie: Caller, answers):
    run = judged(bob, answers, "pair")
    said = bob.get(f"/runs/{run}/rankings?method=win_rate").json()
    assert (said["method"], said["ties"], said["next"]) == ("win_rate", "half", None)
    first = said["results"][0]
    assert (first["prompt_id"], first["judge"], first["connected"], first["comparisons"]) == ("p0", "pair@1", True, 3)
    assert [(one["response_id"], one["rank"], one["score"]) for one in first["answers"]] == [
        ("r0", 1, 1.0), ("r1", 2, 0.5), ("r2", 3, 0.0),
    ]  # fmt: skip
    assert {one["smoothed"] for one in first["answers"]} == {1.0, 0.5, 0.0}
    problem(bob.get(f"/runs/{run}/smoothed"), 409, "nothing_single")
    problem(charlie.get(f"/runs/{run}/rankings"), 404)
    problem(caller_of(bob.actor, "runs:write").get(f"/runs/{run}/rankings"), 403, "scope_missing")
    wide = bob.get(f"/runs/{run}/rankings?method=borda&ties=left_out&room=0.5&neighbours=2&alike=0.2")
    assert wide.status_code == 200


@pytest.mark.parametrize("query", ["method=loudest", "ties=zero", "room=1", "room=-1", "room=nan", "neighbours=0",
                                   "neighbours=x", "alike=0", "alike=2", "after=x"])  # fmt: skip
def test_faults_are_pointed_at(bob: Caller, answers, query: str):
    run = judged(bob, answers, "pair")
    problem(bob.get(f"/runs/{run}/rankings?{query}"), 422, pointer=f"/{query.partition('=')[0]}")


def test_scores_are_smoothed_with_a_trace(bob: Caller, answers):
    run = judged(bob, answers, "single")
    problem(bob.get(f"/runs/{run}/rankings"), 409, "nothing_compared")
    said = bob.get(f"/runs/{run}/smoothed?alike=0.2&neighbours=2").json()
    assert len(said["results"]) == 6
    middle = said["results"][1]
    assert (middle["response_id"], middle["score"]) == ("r1", 0.5)
    assert {near["response_id"] for near in middle["neighbours"]} == {"r0", "r2"}
    for one in said["results"]:
        assert scoring.recompute(one["trace"]) == one["smoothed"]
