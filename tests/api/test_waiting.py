"""Waiting for rewards: answered as soon as they are there, and holding neither a thread nor a connection."""

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from asgiref.sync import sync_to_async
from django.core.asgi import get_asgi_application
from django.db import connections

from apps.accounts.permissions import Role
from apps.training.models import CohortMember, RewardRequest
from engines.scripted import ScriptedEngine
from tests import factories
from tests.api.conftest import GOOD, Caller, caller_of, work

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.asyncio,
    pytest.mark.filterwarnings("ignore:Unclosed file <tempfile.Spooled:ResourceWarning"),
]
WAITERS = 30


@pytest.fixture
def bob(transactional_db: None, engine: ScriptedEngine) -> Iterator[Caller]:
    workspace = factories.make_workspace()
    factories.make_judge(workspace=workspace, name="reader", is_default=True)
    rubric = factories.make_rubric(workspace=workspace, slug="letters")
    factories.make_version(rubric=rubric, status="approved")
    made = caller_of(factories.make_actor(Role.AUTHOR, workspace=workspace))
    connections["default"].close()
    yield made
    connections["default"].close()


def client_of(caller: Caller) -> httpx.AsyncClient:
    application: Any = get_asgi_application()
    transport = httpx.ASGITransport(application)
    return httpx.AsyncClient(
        transport=transport, base_url="http://testserver/api/v1", headers=caller.headers, timeout=60
    )


def body(number: int = 0, **more: Any) -> dict[str, Any]:
    return {
        "rubric": "letters@1", "items": [{"id": "a", "prompt": f"Write letter {number}.", "response": GOOD}], **more,
    }  # fmt: skip


async def worked() -> int:
    def all_of_it() -> int:
        try:
            return work()
        finally:
            connections["default"].close()

    return await asyncio.to_thread(all_of_it)


async def test_a_call_that_waits_is_answered_when_the_rewards_are_there(bob: Caller):
    async with client_of(bob) as client:
        waiting = asyncio.create_task(client.post("/rewards", json=body(wait=30)))
        await all_are_stored(1)
        assert not waiting.done()
        start = time.monotonic()
        await worked()
        answer = await waiting
    assert answer.status_code == 200, answer.text
    assert answer.json()["results"][0]["reward"] == 1.0
    assert time.monotonic() - start < 10


@pytest.mark.parametrize("how", ["body", "prefer", "query"])
async def test_a_call_that_waited_in_vain_gets_what_there_is(bob: Caller, how: str):
    async with client_of(bob) as client:
        start = time.monotonic()
        if how == "body":
            answer = await client.post("/rewards", json=body(wait=1))
        elif how == "prefer":
            answer = await client.post("/rewards", json=body(), headers={"Prefer": "respond-async, wait=1"})
        else:
            first = await client.post("/rewards", json=body())
            assert first.status_code == 202
            start = time.monotonic()
            answer = await client.get(first.headers["Location"].removeprefix("/api/v1"), params={"wait": 1})
    assert (answer.status_code, answer.json()["status"]) == (202, "pending")
    assert 0.9 < time.monotonic() - start < 8
    assert answer.headers["Retry-After"] == "1"
    assert "RateLimit-Limit" in answer.headers


async def test_many_waiters_hold_no_thread_and_no_connection(bob: Caller):
    async with client_of(bob) as client:
        before = held()
        waiting = [asyncio.create_task(client.post("/rewards", json=body(n, wait=50))) for n in range(WAITERS)]
        await all_are_stored()
        await all_is_let_go(before)
        assert not any(task.done() for task in waiting)
        assert (await client.get("/rubrics/letters")).status_code == 200
        assert await worked() == WAITERS
        answers = await asyncio.gather(*waiting)
    assert [answer.status_code for answer in answers] == [200] * WAITERS
    assert len({answer.json()["id"] for answer in answers}) == WAITERS


async def test_a_job_that_ended_before_the_wait_began_is_seen(bob: Caller):
    async with client_of(bob) as client:
        first = await client.post("/rewards", json=body())
        slow = asyncio.create_task(client.post("/rewards", json=body(1, wait=40)))
        await all_are_stored(2)
        await worked()
        start = time.monotonic()
        answer = await client.get(first.headers["Location"].removeprefix("/api/v1"), params={"wait": 20})
        assert answer.status_code == 200
        assert time.monotonic() - start < 5
        assert (await slow).status_code == 200


def held() -> tuple[int, set[str]]:
    """Connections that are out of the pool, and threads that serve requests; the queue's pools have their own."""
    pool = connections["default"].pool.get_stats()  # type: ignore[attr-defined]
    named = {thread.name for thread in threading.enumerate() if thread.name.startswith("ThreadPoolExecutor")}
    return pool["pool_size"] - pool["pool_available"], named


async def all_is_let_go(before: tuple[int, set[str]]) -> None:
    """No more is held than before; soon, and then for good."""
    end, calm = time.monotonic() + 30, 0
    while calm < 5:
        now = held()
        calm = calm + 1 if now[0] <= before[0] and now[1] <= before[1] else 0
        assert time.monotonic() < end, f"{before} {now}"
        await asyncio.sleep(0.2)


async def all_are_stored(number: int = WAITERS) -> None:
    from apps.training.models import RewardRequest

    def count() -> int:
        try:
            return RewardRequest.objects.filter(run__isnull=False).count()
        finally:
            connections["default"].close()

    end = time.monotonic() + 40
    while await sync_to_async(count, thread_sensitive=False)() < number:
        assert time.monotonic() < end
        await asyncio.sleep(0.1)


async def test_single_rollouts_of_other_trainers_wait_for_their_cohort(bob: Caller):
    cohort = {"key": "step 7, prompt 3", "size": 2, "timeout": 60}
    label = json.dumps({"rubric_ref": "letters@1", "cohort": cohort, "prompt": "Write a letter."})
    secret = bob.headers["Authorization"].split()[1]
    async with client_of(bob) as client:
        first = asyncio.create_task(
            client.post(f"/compat/openrlhf/{secret}", json={"query": [GOOD], "prompts": [], "labels": [label]})
        )
        await members_are(1)
        assert not first.done()
        second = asyncio.create_task(
            client.post(f"/compat/openrlhf/{secret}", json={"query": ["No."], "prompts": [], "labels": [label]})
        )
        await members_are(2)
        await all_are_stored(1)
        await worked()
        answers = await asyncio.gather(first, second)
    assert [answer.status_code for answer in answers] == [200, 200], answers[0].text
    paid = [answer.json() for answer in answers]
    assert [one["extra_logs"]["failed"] for one in paid] == [[0.0], [0.0]]
    assert paid[0]["rewards"][0] == 1.0
    stored = await sync_to_async(lambda: RewardRequest.objects.get().items.order_by("index").count())()
    assert stored == 2


async def members_are(count: int) -> None:
    end = time.monotonic() + 30
    while await sync_to_async(CohortMember.objects.count)() < count:
        assert time.monotonic() < end, "The rollouts did not join."
        await asyncio.sleep(0.05)
