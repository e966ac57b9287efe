"""Review over REST: a queue is drawn, claimed blind, answered, reported on."""

from typing import Any

import pytest

from apps.accounts.permissions import Role
from apps.judging import services as judging
from tests import factories
from tests.api.conftest import BAD, GOOD, Caller, caller_of, problem, work

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(bob: Caller, judge, engine) -> str:
    version = factories.make_version(workspace=bob.actor.workspace, status="approved")
    prompt = factories.make_prompt(dataset=factories.make_dataset(workspace=bob.actor.workspace))
    subjects = [factories.make_subject(responses=[factories.make_response(prompt=prompt, text=t)]) for t in (GOOD, BAD)]
    started = judging.start_run(by=bob.actor, name="run", pairs=[(version, one) for one in subjects], judges=[judge])
    work()
    return str(started.pk)


@pytest.fixture
def queue(bob: Caller, run: str) -> dict[str, Any]:
    made = bob.post("/queues", {"name": "first look", "run": run, "rule": {"kind": "random", "size": 3}})
    assert made.status_code == 201, made.content
    found: dict[str, Any] = made.json()
    return found


@pytest.fixture
def ann(workspace) -> Caller:
    return caller_of(
        factories.make_actor(Role.AUTHOR, workspace=workspace, username="ann"), "reviews:write", "data:read"
    )


def test_items_are_claimed_blind_and_answered(bob: Caller, ann: Caller, queue):
    assert (queue["items"], queue["state"], queue["blind"]) == (3, "open", True)
    assert [row["id"] for row in ann.get("/queues").json()["results"]] == [queue["id"]]
    claimed = ann.post(f"/queues/{queue['id']}/claim")
    assert claimed.status_code == 200, claimed.content
    body = claimed.json()
    assert body["response"] in {GOOD, BAD}
    assert not {"verdict", "verdicts", "probability", "rationale"} & set(body)
    at = f"/review-items/{body['item']}"
    assert "lease_until" in ann.post(f"{at}/heartbeat").json()
    problem(ann.post(f"{at}/answer", {"value": 0.3}), 422, "value_not_offered")
    problem(ann.post(f"{at}/answer", {}), 422, pointer="/value")
    answered = ann.post(f"{at}/answer", {"value": 1, "note": "It does.", "confidence": 1})
    assert (answered.status_code, answered.json()["value"]) == (200, 1.0), answered.content
    report = bob.get(f"/queues/{queue['id']}/report").json()
    assert (report["decisions"], report["people"]) == (1, 1)


def test_a_queue_runs_dry(ann: Caller, queue):
    for _ in range(3):
        item = ann.post(f"/queues/{queue['id']}/claim").json()["item"]
        ann.post(f"/review-items/{item}/answer", {"value": 0})
    empty = ann.post(f"/queues/{queue['id']}/claim")
    assert (empty.status_code, empty.content) == (204, b"")


def test_an_item_may_be_left(ann: Caller, bob: Caller, queue):
    item = ann.post(f"/queues/{queue['id']}/claim").json()["item"]
    problem(bob.post(f"/review-items/{item}/answer", {"value": 1}), 404, "claim_unknown")
    assert ann.post(f"/review-items/{item}/skip", {"reason": "later"}).json() == {"state": "skipped"}
    problem(ann.post(f"/review-items/{item}/heartbeat"), 409, "claim_lost")
    other = ann.post(f"/queues/{queue['id']}/claim").json()["item"]
    assert other != item
    assert ann.post(f"/review-items/{other}/release").json() == {"state": "released"}


def test_an_item_is_declined_for_good_with_a_reason(ann: Caller, queue):
    item = ann.post(f"/queues/{queue['id']}/claim").json()["item"]
    at = f"/review-items/{item}"
    problem(ann.post(f"{at}/decline", {}), 422, "reason_missing")
    assert ann.post(f"{at}/decline", {"reason": "I wrote it."}).json() == {"state": "declined"}
    problem(ann.post(f"{at}/answer", {"value": 1}), 409, "claim_lost")
    others = set()
    while (claimed := ann.post(f"/queues/{queue['id']}/claim")).status_code == 200:
        others.add(claimed.json()["item"])
        ann.post(f"/review-items/{claimed.json()['item']}/answer", {"value": 0})
    assert (len(others), item in others) == (2, False)


def test_a_decision_is_revised_until_it_is_settled(ann: Caller, bob: Caller, queue):
    item = ann.post(f"/queues/{queue['id']}/claim").json()["item"]
    at = f"/review-items/{item}"
    problem(ann.post(f"{at}/revise", {"value": 1}), 404, "review_unknown")
    first = ann.post(f"{at}/answer", {"value": 1, "note": "It does."}).json()
    revised = ann.post(f"{at}/revise", {"value": 0, "note": "It does not."})
    assert revised.status_code == 200, revised.content
    assert (revised.json()["review"], revised.json()["value"], revised.json()["times"]) == (first["review"], 0.0, 1)
    problem(ann.post(f"{at}/revise", {"value": 0.3}), 422, "value_not_offered")
    problem(ann.post(f"{at}/revise", {}), 422, pointer="/value")
    problem(bob.post(f"{at}/revise", {"value": 1}), 404, "review_unknown")
    bob.post(f"/queues/{queue['id']}/close")
    problem(ann.post(f"{at}/revise", {"value": 1}), 409, "review_fixed")


def test_faults_and_strangers(bob: Caller, alice: Caller, charlie: Caller, run: str, queue):
    problem(bob.post("/queues", {"name": "x", "run": "no-id"}), 422, pointer="/run")
    problem(bob.post("/queues", {"name": "x", "run": run, "rule": {"kind": "magic"}}), 422, pointer="/rule/kind")
    problem(bob.post("/queues", {"name": "x", "run": "00000000-0000-0000-0000-000000000000"}), 404, pointer="/run")
    problem(charlie.post(f"/queues/{queue['id']}/claim"), 404)
    problem(charlie.get(f"/queues/{queue['id']}/report"), 404)
    item = alice.post(f"/queues/{queue['id']}/claim").json()["item"]
    problem(alice.post(f"/review-items/{item}/adjudicate", {"value": 1, "reason": "clear"}), 409, "item_open")
    problem(alice.post(f"/review-items/{item}/adjudicate", {"value": 1}), 422, pointer="/reason")
