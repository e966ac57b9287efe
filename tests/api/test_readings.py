"""Criteria from comments over REST."""

import json
from collections.abc import Callable

import pytest

from apps.accounts.permissions import Role
from engines.scripted import Script, ScriptedEngine
from tests import factories
from tests.api.conftest import Caller, caller_of, problem, work

pytestmark = pytest.mark.django_db
REPLY = json.dumps({"principles": [{"quote": "never the dose", "principle": "Names the dose.", "met": "no"}]})


def test_read_dismiss_and_propose(alice: Caller, charlie: Caller, play: Callable[[Script], ScriptedEngine]):
    rubric = factories.make_rubric(workspace=alice.actor.workspace, slug="letters")
    version = factories.make_version(rubric=rubric, status="approved")
    factories.make_judge(workspace=alice.actor.workspace, name="reader", is_default=True)
    problem(alice.post("/comment-readings", {"rubric": "letters@1"}), 409)
    said = {"text": "It names the drug, never the dose."}
    assert alice.post("/rubrics/letters/threads", said).status_code == 201
    play(lambda _ask: REPLY)
    problem(alice.post("/comment-readings", {"rubric": "letters"}), 422, pointer="/rubric")
    problem(alice.post("/comment-readings", {"rubric": "letters@1", "judge": "no@1"}), 404)
    problem(alice.post("/comment-readings", {"rubric": "letters@1", "queue": 99}), 404)
    problem(alice.post("/comment-readings", {"rubric": "letters@1", "alike": 1}), 422, pointer="/alike")
    made = alice.post("/comment-readings", {"rubric": "letters@1"})
    assert made.status_code == 202, made.content
    place = made["Location"].removeprefix("/api/v1")
    work()
    found = alice.get(place).json()
    assert (found["state"], found["rubric"], found["comments"]["read"]) == ("done", str(version), 1)
    [one] = found["candidates"]
    assert (one["text"], one["standing"], one["evidence"][0]["passage"]) == (
        "Names the dose.",
        "alone",
        "never the dose",
    )
    step = f"{place}/candidates/{one['id']}"
    problem(alice.post(f"{step}/dismiss", {}), 422, pointer="/reason")
    assert alice.post(f"{step}/dismiss", {"reason": "No."}).json()["candidates"][0]["state"] == "dismissed"
    problem(alice.post(f"{place}/propose", {"candidates": [{"id": one["id"]}]}), 409)
    assert alice.post(f"{step}/reopen", {}).json()["candidates"][0]["state"] == "open"
    problem(alice.post(f"{place}/propose", {"candidates": []}), 422)
    problem(alice.post(f"{place}/propose", {"candidates": [{"id": 10**6}]}), 404)
    proposed = alice.post(f"{place}/propose", {"candidates": [{"id": one["id"], "text": "Names each dose."}]})
    assert proposed.status_code == 201, proposed.content
    body = proposed.json()
    assert (body["method"], body["hunks"][0]["after"]["text"]) == ("comments", "Names each dose.")
    assert alice.get(place).json()["candidates"][0]["proposal"] == body["id"]
    problem(charlie.get(place), 404)
    annotator = caller_of(factories.make_actor(Role.ANNOTATOR, workspace=alice.actor.workspace), "data:read")
    problem(annotator.get(place), 403)
    problem(caller_of(alice.actor, "data:read").post(f"{step}/reopen", {}), 403)
