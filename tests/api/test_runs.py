"""Runs over REST: started, steered, watched, exported."""

from typing import Any

import orjson
import pytest

from apps.judging.models import JudgeVersion, Run
from apps.rubrics.models import RubricVersion
from tests import factories
from tests.api.conftest import BAD, GOOD, Caller, caller_of, problem, work

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume asynchronous iterators"),
]


@pytest.fixture
def version(workspace) -> RubricVersion:
    rubric = factories.make_rubric(workspace=workspace, slug="letters")
    return factories.make_version(rubric=rubric, status="approved")


@pytest.fixture
def body(workspace, engine, judge: JudgeVersion, version: RubricVersion) -> dict[str, Any]:
    prompt = factories.make_prompt(dataset=factories.make_dataset(workspace=workspace, slug="answers"))
    for text in (GOOD, BAD):
        factories.make_response(prompt=prompt, text=text)
    return {"rubrics": ["letters@1"], "dataset": "answers", "judges": ["reader"]}


def started(caller: Caller, body: dict[str, Any]) -> dict[str, Any]:
    made = caller.post("/runs", body)
    assert made.status_code == 201, made.content
    found: dict[str, Any] = made.json()
    assert made["Location"] == f"/api/v1/runs/{found['id']}"
    return found


def test_a_run_is_started_and_watched_to_its_end(bob: Caller, body):
    run = started(bob, body)
    assert (run["progress"]["total"], run["progress"]["state"]) == (2, "queued")
    work()
    after = bob.get(f"/runs/{run['id']}").json()["progress"]
    assert (after["state"], after["judged"], after["scored"], after["unscored"]) == ("done", 2, 4, 0)
    assert [row["id"] for row in bob.get("/runs").json()["results"]] == [run["id"]]


def test_verdicts_are_exported_line_by_line(bob: Caller, body):
    run = started(bob, body)
    work()
    answer = bob.get(f"/runs/{run['id']}/verdicts.ndjson")
    lines = [orjson.loads(line) for line in b"".join(answer).splitlines()]
    assert len(lines) == 4
    assert {line["criterion"] for line in lines} == {"c_drug", "c_blame"}
    assert all(line["status"] == "ok" and line["rubric"] == "letters" for line in lines)
    problem(caller_of(bob.actor, "data:read").get(f"/runs/{run['id']}/verdicts.ndjson"), 403)


def test_verdicts_on_a_pair_carry_its_members_and_both_orders(bob: Caller, body, workspace, engine):
    factories.make_judge(workspace=workspace, name="comparer", strategy="pairwise")
    run = started(bob, {**body, "judges": ["comparer"]})
    work()
    lines = [orjson.loads(line) for line in b"".join(bob.get(f"/runs/{run['id']}/verdicts.ndjson")).splitlines()]
    assert len(lines) == 2
    for line in lines:
        assert (line["subject"], len(line["members"]), line["response_id"]) == ("pair", 2, None)
        assert line["status"] != "ok" or {"forward", "backward", "gap", "flipped"} <= line["detail"].keys()


def test_a_run_is_steered(bob: Caller, body):
    at = f"/runs/{started(bob, body)['id']}"
    assert bob.post(f"{at}/pause").json()["progress"]["state"] == "paused"
    problem(bob.post(f"{at}/pause"), 409, "job_state")
    assert work() == 0
    assert bob.post(f"{at}/resume").json()["progress"]["state"] == "queued"
    assert bob.post(f"{at}/cancel").json()["progress"]["state"] == "cancelled"
    assert bob.post(f"{at}/retry").json()["progress"]["state"] == "queued"
    work()
    assert bob.get(at).json()["progress"]["judged"] == 2
    problem(bob.post(f"{at}/retry"), 409)


@pytest.mark.parametrize(
    "change, status, pointer",
    [
        ({"rubrics": ["none@1"]}, 404, "/rubrics/0"),
        ({"rubrics": []}, 422, "/rubrics"),
        ({"rubrics": ["a b"]}, 422, "/rubrics/0"),
        ({"rubric_set": "many"}, 422, "/rubrics"),
        ({"dataset": "none"}, 404, "/dataset"),
        ({"judges": ["none"]}, 404, "/judges"),
        ({"samples": 99}, 422, "/samples"),
        ({"filter": []}, 422, "/filter"),
        ({"deadline": "soon"}, 422, "/deadline"),
        ({"colour": 1}, 422, "/colour"),
    ],
)
def test_faults_are_pointed_at(bob: Caller, body, change, status, pointer):
    problem(bob.post("/runs", {**body, **change}), status, pointer=pointer)
    assert not Run.objects.exists()


def test_strangers_see_nothing(bob: Caller, charlie: Caller, body):
    at = f"/runs/{started(bob, body)['id']}"
    problem(charlie.get(at), 404)
    problem(charlie.post(f"{at}/cancel"), 404)
    problem(charlie.get(f"{at}/verdicts.ndjson"), 404)
    problem(bob.get("/runs/no-such-id"), 404)
    assert charlie.get("/runs").json()["results"] == []
