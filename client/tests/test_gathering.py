"""Single rollouts travel together; what fails, fails for each of those who wait, and groups know their means."""

import asyncio
import json

import httpx
import pytest

from rubricstudio_client import Item, NotFound, Studio, Unavailable
from rubricstudio_client.gathering import Gathering, GroupMeans

from .conftest import Played, problem

pytestmark = pytest.mark.asyncio


async def test_what_comes_within_a_moment_travels_in_one_request(studio: Studio, played: Played):
    gathering = Gathering(studio, rubric="letters@3", training_run="t-1")
    items = [Item(prompt="Write.", response=f"{'drug ' if n % 2 else ''}{n}", id="same") for n in range(9)]
    rewards = await asyncio.gather(*(gathering.judged(item) for item in items))
    assert [reward.reward for reward in rewards] == [float(n % 2) for n in range(9)]
    assert played.paths == ["POST rewards"]
    body = json.loads(played.asked[0].content)
    assert (body["rubric"], body["training_run"]) == ("letters@3", "t-1")
    assert [item["id"] for item in body["items"]] == [str(n) for n in range(9)]


async def test_many_are_sent_without_waiting_for_more(studio: Studio, played: Played):
    gathering = Gathering(studio, rubric="letters@3", pause=3600, most=2)
    items = [Item(prompt="Write.", response=str(n)) for n in range(4)]
    await asyncio.wait_for(asyncio.gather(*(gathering.judged(item) for item in items)), 30)
    assert [len(json.loads(request.content)["items"]) for request in played.asked] == [2, 2]


async def test_a_refusal_reaches_everybody(studio: Studio, played: Played):
    played.faults = [problem(404, "rubric_unknown")]
    gathering = Gathering(studio, rubric="none@1")
    found = await asyncio.gather(
        *(gathering.judged(Item(prompt="Write.", response=str(n))) for n in range(3)), return_exceptions=True
    )
    assert [type(one) for one in found] == [NotFound] * 3
    played.faults = [httpx.ConnectError("gone")] * 4
    with pytest.raises(Unavailable):
        await gathering.judged(Item(prompt="Write.", response="a"))
    assert (await gathering.judged(Item(prompt="Write.", response="drug"))).reward == 1.0


async def test_one_who_gives_up_harms_nobody(studio: Studio, played: Played):
    gathering = Gathering(studio, rubric="letters@3", pause=0.05)
    first = asyncio.create_task(gathering.judged(Item(prompt="Write.", response="a")))
    second = asyncio.create_task(gathering.judged(Item(prompt="Write.", response="drug")))
    await asyncio.sleep(0)
    first.cancel()
    assert (await second).reward == 1.0
    with pytest.raises(asyncio.CancelledError):
        await first


async def test_groups_know_their_means():
    means = GroupMeans()
    assert means.of("g", "score", 0.25) == 0.25
    means.learn("g", {"score": 1.0})
    means.learn("g", {"score": 0.0, "criterion/a": 1.0})
    assert means.of("g", "score", 0.25) == 0.5
    assert means.of("g", "criterion/a", 0.0) == 1.0
    for n in range(5000):
        means.learn(str(n), {"score": 1.0})
    assert means.of("g", "score", 0.25) == 0.25
