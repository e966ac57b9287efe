"""Groups, steps, cohorts, cached answers and dry runs: what is sent, what is kept whole, and what is waited for."""

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from rubricstudio_client import CohortRefused, Item, Studio, Unavailable, asking
from rubricstudio_client.steps import Retry

from .conftest import Played, problem

GROUP = {
    "group": "g", "ids": ["0", "1"], "rewards": [1.0, None], "scored": 1, "unscored": 1, "mean": 1.0, "deviation": 0.0,
    "flat": True, "criteria": ["c_drug"], "matrix": [[1.0], [None]], "best": "0", "needs_guidance": True,
    "guidance": [{"criterion": "c_blame", "text": "Blames.", "polarity": "negative", "aspect": None, "weight": 1.0,
                  "value": 0.0, "rationale": "It does.", "evidence": ["you"], "new": 1}],
    "refine": "Write it again.", "told_by_a_newer_studio": True,
}  # fmt: skip
TRAJECTORY = {
    "group": "t", "outcome": 1.0, "total": 1.5, "aggregate": 0.5, "aggregates": {"min": 0.5},
    "padding": {"step": 1, "times": [1, 2], "totals": [1.5, 2.5], "grows": True},
    "steps": [{"id": "0", "step": 0, "score": 0.5, "level": 0.5, "reward": 0.5}],
}  # fmt: skip


def bodies(played: Played) -> list[dict[str, Any]]:
    return [json.loads(request.content) for request in played.asked if request.content]


def test_groups_are_typed_and_their_guidance_is_read(studio: Studio, played: Played):
    played.more = {"groups": [GROUP], "provenance": {"release": "spring"}}
    done = studio.reward_groups(
        [Item("p", "a drug", group="g"), Item("p", "x", group="g", off_policy=True)],
        rubric="x", compare={"against": "all"}, guidance_below=0.4, step=3,
    )  # fmt: skip
    (group,) = done.groups
    assert (group.best, group.flat, group.guidance[0].rationale) == ("0", True, "It does.")
    assert done.provenance == ({"release": "spring"},)
    (body,) = bodies(played)
    assert (body["compare"], body["guidance_below"], body["step"]) == ({"against": "all"}, 0.4, 3)
    assert [item.get("off_policy") for item in body["items"]] == [None, True]
    assert played.paths == ["POST rewards/groups"]


def test_a_group_is_never_parted_and_the_order_stays(studio: Studio, played: Played, monkeypatch):
    monkeypatch.setattr(asking, "MOST_ITEMS", 2)
    groups = ["a", "b", "a", None, "b", "a"]
    done = studio.rewards([Item("p", f"r{n}", group=group) for n, group in enumerate(groups)], rubric="x")
    assert [reward.id for reward in done] == ["0", "1", "2", "3", "4", "5"]
    assert [[item["id"] for item in body["items"]] for body in bodies(played)] == [["0", "2", "5"], ["1", "4"], ["3"]]


def test_steps_go_with_their_own_outcomes(studio: Studio, played: Played, monkeypatch):
    monkeypatch.setattr(asking, "MOST_ITEMS", 1)
    played.more = {"trajectories": [TRAJECTORY]}
    items = [Item("p", "r", group="t", step=0), Item("p", "r", group="u", step=0)]
    done = studio.reward_steps(items, rubric="x", stepwise={"shaping": "clip", "outcomes": {"t": 1.0, "u": 0.0}})
    assert [body["stepwise"]["outcomes"] for body in bodies(played)] == [{"t": 1.0}, {"u": 0.0}]
    first = done.trajectories[0]
    assert (first.total, first.steps[0].reward) == (1.5, 0.5)
    assert first.padding is not None
    assert first.padding.grows


def test_a_cached_answer_comes_at_once_and_is_filled_later(studio: Studio, played: Played):
    played.pending = 3
    first = studio.rewards([Item("p", "a drug"), Item("p", "x")], rubric="x", mode="cached")
    assert (played.paths, bodies(played)[0]["mode"], bodies(played)[0]["wait"]) == (["POST rewards"], "cached", 0.0)
    assert ([one.status for one in first], first.values, first.pending) == (["pending"] * 2, [None, None], 2)
    assert studio.backfill(first).pending == 2
    later = studio.backfill(first, wait=5)
    assert (later.values, later.pending, first.pending) == ([1.0, 0.0], 0, 2)
    asked = len(played.asked)
    assert studio.backfill(later, wait=5) is later
    assert len(played.asked) == asked


def test_a_cohort_is_joined_and_waited_for(studio: Studio, played: Played):
    played.pending = 2
    played.more = {"groups": [GROUP], "cohort": {"size": 2, "members": 2}}
    done = studio.reward_in_cohort(Item("p", "a drug"), key="p1", size=2, timeout=5, rubric="x")
    assert (done.values, done.groups[0].ids) == ([1.0], ["0", "1"])
    assert played.paths == ["POST rewards/cohorts", "GET rewards/cohorts/q0", "GET rewards/cohorts/q0"]
    assert bodies(played)[0]["cohort"] == {"key": "p1", "size": 2, "timeout": 5}
    refused = {"id": "m", "status": "done", "results": [], "groups": [], "refused": {"code": "stale", "message": "No."}}
    played.faults = [httpx.Response(200, json=refused)]
    with pytest.raises(CohortRefused, match="No"):
        studio.reward_in_cohort(Item("p", "r"), key="p1", size=2, rubric="x")
    lonely = {"id": "m", "status": "pending", "results": [], "groups": []}
    played.faults = [httpx.Response(202, json=lonely)] * 40
    alone = studio.reward_in_cohort(Item("p", "r"), key="p1", size=2, rubric="x", deadline=0.05)
    assert [(one.status, one.reward) for one in alone] == [("expired", None)]


def test_a_dry_run_sums_what_its_parts_would_cost(studio: Studio, played: Played, monkeypatch):
    monkeypatch.setattr(asking, "MOST_ITEMS", 1)
    found = studio.dry_run([Item("p", "a drug"), Item("p", "x")], rubric="x")
    assert [(one.id, one.served_before) for one in found.items] == [("0", True), ("1", False)]
    assert (found.served_before, found.deadline) == (1, datetime(2027, 1, 1, tzinfo=UTC))
    assert found.estimate is not None
    assert (found.estimate.calls, found.estimate.money, found.estimate.seconds) == (4, None, 3.0)
    assert played.paths == ["POST rewards/dry-run"] * 2
    assert studio.dry_run([], rubric="x").items == ()


def test_a_deadline_is_relative_or_a_time_with_its_zone(studio: Studio, played: Played):
    end = datetime.now(UTC) + timedelta(minutes=5)
    studio.rewards([Item("p", "r")], rubric="x", deadline=end)
    studio.rewards([Item("p", "r")], rubric="x")
    assert bodies(played)[0]["deadline"] == end.isoformat()
    assert (bodies(played)[1]["deadline_in"], "deadline" in bodies(played)[1]) == (900.0, False)
    for wrong in (datetime(2027, 1, 1), end - timedelta(hours=1), 0.0, 1e9):  # noqa: DTZ001
        with pytest.raises(ValueError, match="deadline"):
            studio.rewards([Item("p", "r")], rubric="x", deadline=wrong)
    with pytest.raises(TypeError):
        studio.rewards([Item("p", "r")], rubrik="x")  # type: ignore[call-arg]


def test_back_pressure_is_obeyed_until_the_deadline(studio: Studio, played: Played):
    played.faults = [problem(429, "too_much_waits", **{"Retry-After": "0.02"}) for _ in range(9)]
    start = time.monotonic()
    assert studio.rewards([Item("p", "a drug")], rubric="x").values == [1.0]
    assert len(played.asked) == 10
    assert time.monotonic() - start >= 9 * 0.02
    played.faults = [problem(429, "too_much_waits", **{"Retry-After": "60"})]
    with pytest.raises(Unavailable) as busy:
        studio.rewards([Item("p", "r")], rubric="x", deadline=5)
    assert busy.value.retry_after == 60.0


def test_what_fails_again_and_again_has_a_longest_pause():
    assert Retry(first=1.0, longest=8.0).pause(10_000) <= 8.0


@pytest.mark.asyncio
async def test_all_of_it_without_blocking(studio: Studio, played: Played):
    played.pending = 1
    item = Item("p", "a drug", group="g", step=0)
    async with studio:
        first = await studio.arewards([item], rubric="x", mode="cached")
        assert (await studio.abackfill(first)).values == [1.0]
        assert (await studio.areward_groups([item], rubric="x")).values == [1.0]
        assert (await studio.areward_steps([item], rubric="x")).values == [1.0]
        assert (await studio.areward_in_cohort(item, key="k", size=1, rubric="x")).values == [1.0]
        assert len((await studio.adry_run([item], rubric="x")).items) == 1


def test_a_run_passes_all_on_under_its_pin(studio: Studio, played: Played):
    run = studio.training_run(
        "run 8", release="spring", novelty_beta=0.5, parts="tier", shadow={"judge": "second", "share": 0.1},
        canaries={"dataset": "known"}, keep_rollouts=False,
    )  # fmt: skip
    assert (bodies(played)[0]["shadow"], bodies(played)[0]["keep_rollouts"]) == (
        {"judge": "second", "share": 0.1},
        False,
    )
    item = Item("p", "a drug", group="g", step=0)
    run.reward_groups([item])
    run.reward_steps([item])
    run.reward_in_cohort(item, key="k", size=1)
    run.dry_run([item])
    assert [body["training_run"] for body in bodies(played)[1:5]] == ["t-1"] * 4
    run.repin(rubric="letters@4", reason="A better one.")
    run.close()
    assert played.paths[-2:] == ["POST training-runs/t-1/pin", "POST training-runs/t-1/close"]
    assert (run.pin["number"], bodies(played)[-1]) == (2, {"rubric": "letters@4", "reason": "A better one."})
    with pytest.raises(TypeError, match="novelty"):
        studio.training_run("x", novelty=1)  # type: ignore[call-arg]
