"""Rewards: waited for, retried with the same key, in parts, and never a number where there is none."""

import json
import time
from typing import Any

import httpx
import pytest

from rubricstudio_client import (
    Conflict,
    Invalid,
    Item,
    NotAllowed,
    Refused,
    Studio,
    Unauthenticated,
    Unavailable,
    asking,
)
from rubricstudio_client.rewards import read_reward

from .conftest import FAST, Played, problem

GOOD = Item("Write a letter.", "Take this drug.")


def test_rewards_are_typed(studio: Studio, played: Played):
    played.statuses = {"b": "partial", "c": "judge_error", "d": "refused_input"}
    items = [Item("p", "a drug", id=name) for name in "abcd"]
    done = studio.rewards(items, rubric="letters@3", judge="reader")
    assert done.values == [1.0, 1.0, None, None]
    assert [reward.ok for reward in done] == [True, True, False, False]
    assert [reward.status for reward in done] == ["ok", "partial", "judge_error", "refused_input"]
    assert done[0].criteria["c_drug"].value == 1.0
    assert done[0].criteria["c_blame"].value is None
    assert (done.judge["name"], done.usage["calls"], len(done), done.request_ids) == ("reader", 4, 4, ("q0",))
    body = json.loads(played.asked[0].content)
    assert (body["rubric"], body["judge"], "training_run" in body) == ("letters@3", "reader", False)
    assert body["items"][0] == {"id": "a", "prompt": "p", "response": "a drug"}


def test_mappings_are_items_and_ids_are_made(studio: Studio, played: Played):
    done = studio.rewards([{"prompt": "p", "response": "drug"}, {"prompt": "p", "response": "none"}], rubric="x")
    assert [(reward.id, reward.reward) for reward in done] == [("0", 1.0), ("1", 0.0)]
    with pytest.raises(TypeError):
        studio.rewards([{"prompt": "p", "answer": "x"}], rubric="x")


def test_nothing_is_asked_for_nothing(studio: Studio, played: Played):
    assert studio.rewards([], rubric="x").values == []
    assert played.asked == []


def test_pending_rewards_are_waited_for_at_the_server(studio: Studio, played: Played):
    played.pending = 3
    assert studio.rewards([GOOD], rubric="x").values == [1.0]
    assert played.paths == ["POST rewards", "GET rewards/q0", "GET rewards/q0", "GET rewards/q0"]
    assert json.loads(played.asked[0].content)["wait"] == 25.0
    assert float(played.asked[1].url.params["wait"]) > 20


def test_a_missing_reward_says_why_and_which_criteria_took_it(studio: Studio, played: Played):
    missing = [{"id": "c_drug", "status": "refused_input", "policy": "null"}]
    missing += [{"id": "c_blame", "status": "unparseable", "policy": "exclude"}]
    trace = [{"step": "unscored", "in": {"criteria": missing}, "out": "null"}]
    told = {"id": "0", "status": "refused_input", "reward": None, "trace": trace}
    why = read_reward(told).why
    assert why.startswith("refused_input: the judge cannot read this input")
    assert why.endswith("(c_drug).")
    assert read_reward({**told, "status": "new_status", "trace": []}).why == "new_status."
    (reward,) = studio.rewards([GOOD], rubric="x")
    assert (reward.ok, reward.why) == (True, "")


def test_what_is_not_judged_in_time_has_expired(studio: Studio, played: Played):
    played.pending = 10**6
    start = time.monotonic()
    (reward,) = studio.rewards([GOOD], rubric="x", deadline=0.3)
    assert (reward.status, reward.reward, reward.display) == ("expired", None, None)
    assert time.monotonic() - start < 5
    assert json.loads(played.asked[0].content)["deadline_in"] == 0.3


@pytest.mark.parametrize(
    "fault",
    [
        problem(429, "too_many_requests", **{"Retry-After": "0"}),
        problem(503, "unavailable"),
        httpx.Response(502, text="bad gateway"),
        problem(409, "idempotency_in_progress"),
        httpx.ConnectError("refused"),
        httpx.ReadTimeout("slow"),
        httpx.RemoteProtocolError("closed"),
    ],
)
def test_a_passing_fault_is_tried_again_with_the_same_key(studio: Studio, played: Played, fault):
    played.faults = [fault, fault]
    assert studio.rewards([GOOD], rubric="x").values == [1.0]
    assert len(played.asked) == 3
    assert len({request.headers["Idempotency-Key"] for request in played.asked}) == 1


def test_the_server_says_how_long_to_wait(studio: Studio, played: Played):
    played.faults = [problem(503, "unavailable", **{"Retry-After": "0.4"})]
    start = time.monotonic()
    studio.rewards([GOOD], rubric="x")
    assert time.monotonic() - start >= 0.4


def test_a_lasting_fault_ends_after_all_tries(studio: Studio, played: Played):
    played.faults = [httpx.ConnectError("refused")] * 10
    with pytest.raises(Unavailable, match="refused"):
        studio.rewards([GOOD], rubric="x")
    assert len(played.asked) == FAST.tries


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (401, "unauthenticated", Unauthenticated), (403, "scope_missing", NotAllowed), (409, "not_approved", Conflict),
        (422, "invalid", Invalid), (413, "too_large", Invalid), (500, "error", Refused),
    ],
)  # fmt: skip
def test_a_refusal_is_raised_at_once(studio: Studio, played: Played, status, code, kind):
    played.faults = [problem(status, code)]
    with pytest.raises(kind) as error:
        studio.rewards([GOOD], rubric="x")
    assert (error.value.code, len(played.asked)) == (code, 1)
    assert "Because." in str(error.value)


def test_a_large_batch_goes_in_parts_that_are_all_sent_first(studio: Studio, played: Played, monkeypatch):
    monkeypatch.setattr(asking, "MOST_ITEMS", 2)
    played.pending = 3
    done = studio.rewards([Item("p", f"drug {n}") for n in range(5)], rubric="x")
    assert [reward.id for reward in done] == ["0", "1", "2", "3", "4"]
    assert played.paths[:3] == ["POST rewards"] * 3
    assert done.usage["calls"] == 5
    assert len(set(done.request_ids)) == 3


def test_long_texts_make_small_parts(studio: Studio, played: Played, monkeypatch):
    monkeypatch.setattr(asking, "MOST_CHARACTERS", 1000)
    messages = [{"role": "assistant", "content": [{"type": "text", "text": "x" * 600}]}]
    studio.rewards([Item("p", messages), Item("p", "y" * 600), Item("p", "z" * 600)], rubric="x")
    assert played.paths == ["POST rewards"] * 3


@pytest.mark.asyncio
async def test_rewards_without_blocking(studio: Studio, played: Played):
    played.pending = 2
    played.faults = [httpx.ConnectError("refused")]
    async with studio:
        assert (await studio.arewards([GOOD], rubric="x")).values == [1.0]


def test_retry_after_may_be_a_date():
    from rubricstudio_client.steps import retry_after

    assert retry_after(httpx.Response(503, headers={"Retry-After": "Fri, 01 Jan 2100 00:00:00 GMT"})) > 1e6
    assert retry_after(httpx.Response(503, headers={"Retry-After": "soon"})) == 0
    assert retry_after(httpx.Response(503)) == 0


def test_a_training_run_asks_under_its_pin(studio: Studio, played: Played):
    run = studio.training_run("run 7", release="spring", policy_model="tiny")
    assert (run.id, run.name, run.pin["release"]) == ("t-1", "run 7", "spring")
    assert run.rewards([GOOD], step=4).values == [1.0]
    body: dict[str, Any] = json.loads(played.asked[-1].content)
    assert (body["training_run"], body["step"]) == ("t-1", 4)
    assert run.telemetry(4, {"kl": 0.1, "loss": float("nan")}) == 1
    assert run.telemetry(4, {"loss": float("inf")}) == 0
    assert played.asked[0].headers["Idempotency-Key"]
