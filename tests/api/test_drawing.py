"""Queues over REST: all of a queue, its preview, its steps, and faults with their place."""

import pytest

from tests import factories
from tests.api.conftest import Caller, problem
from tests.api.test_queues import run  # noqa: F401

pytestmark = pytest.mark.django_db


def test_all_of_a_queue_is_taken_and_told(bob: Caller, run: str):  # noqa: F811
    body = {
        "name": "Urgent", "run": run, "rule": {"kind": "stratified", "size": 3, "by": "criterion"}, "overlap": 2,
        "gold_share": 0.1, "repeat_share": 0.4, "priority": 5, "deadline": "2999-01-01T00:00:00Z",
        "minimum_role": "author", "skills": ["German"], "assignees": [bob.actor.user.username], "blind": False,
        "instructions": "With care.", "seed": 3, "consensus": {"rule": "majority", "share": 0.6},
    }  # fmt: skip
    told = {name: body[name] for name in ("run", "rule", "overlap", "gold_share", "repeat_share", "seed")}
    seen = bob.post("/queues/preview", told)
    assert seen.status_code == 200, seen.content
    assert (seen.json()["items"], seen.json()["decisions"], seen.json()["candidates"]) == (4, 8, 4)
    made = bob.post("/queues", body)
    assert made.status_code == 201, made.content
    queue = bob.get(made["Location"].removeprefix("/api/v1")).json()
    assert queue == made.json()
    assert (queue["items"], queue["skills"], queue["assignees"]) == (4, ["german"], [bob.actor.user.username])
    same = {name: body[name] for name in ("priority", "minimum_role", "blind", "instructions", "overlap", "seed")}
    assert {name: queue[name] for name in same} == same
    assert queue["consensus"] == {"rule": "majority", "share": 0.6, "limit": 0.25}


def test_a_queue_is_steered(bob: Caller, run: str):  # noqa: F811
    at = f"/queues/{bob.post('/queues', {'name': 'x', 'run': run, 'rule': {'size': 2}}).json()['id']}"
    paused = bob.post(f"{at}/pause", {"reason": "Wait."}).json()
    assert (paused["state"], paused["state_reason"]) == ("paused", "Wait.")
    assert bob.post(f"{at}/reopen").json()["state"] == "open"
    assert bob.post(f"{at}/add", {"rule": {"size": 9}}).json()["items"] == 4
    problem(bob.post(f"{at}/add", {"rule": {"size": 9}}), 409, "queue_empty")
    assert bob.post(f"{at}/close").json()["state"] == "closed"
    problem(bob.post(f"{at}/add", {}), 409, "queue_not_open")


def test_other_sources(bob: Caller):
    version = factories.make_version(workspace=bob.actor.workspace, status="approved")
    made = bob.post("/queues", {"name": "x", "rubric": str(version), "task": "necessity"})
    assert (made.status_code, made.json()["items"]) == (201, 2), made.content
    dataset = factories.make_dataset(workspace=bob.actor.workspace, slug="fresh")
    factories.make_response(prompt=factories.make_prompt(dataset=dataset))
    made = bob.post("/queues", {"name": "x", "dataset": "fresh", "task": "rating"})
    assert (made.json()["dataset"], made.json()["items"]) == ("fresh", 1)


def test_faults_have_their_place(bob: Caller, charlie: Caller, run: str):  # noqa: F811
    body = {"name": "x", "run": run}
    for more, pointer in (
        ({"rule": {"size": 0}}, "/rule/size"),
        ({"rule": {"colour": 1}}, "/rule/colour"),
        ({"rule": {"kind": "picked"}}, "/rule/responses"),
        ({"task": "triage"}, "/task"),
        ({"consensus": {"rule": "chance"}}, "/consensus/rule"),
        ({"consensus": {"rule": "majority", "share": 1}}, "/consensus/share"),
        ({"assignees": ["nobody"]}, "/assignees/0"),
        ({"deadline": "2001-01-01T00:00:00Z"}, "/deadline"),
        ({"gold_share": 0.9}, "/gold_share"),
        ({"dataset": "none"}, "/dataset"),
    ):
        problem(bob.post("/queues", {**body, **more}), 404 if pointer == "/dataset" else 422, pointer=pointer)
    problem(bob.post("/queues", {"name": "x"}), 422, pointer="/run")
    made = bob.post("/queues", {**body, "rule": {"size": 1}}).json()
    problem(charlie.get(f"/queues/{made['id']}"), 404)
    problem(charlie.post(f"/queues/{made['id']}/close"), 404)
