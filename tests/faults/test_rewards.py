"""Rewards survive what happens: the same batch at once, callers, servers and workers killed, a judge that dies."""

import contextlib
import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from apps.accounts.permissions import Role
from apps.accounts.services import issue_token
from apps.judging import services as judging
from apps.judging.models import Call, RunItem, Verdict
from apps.training.models import RewardRequest
from tests import factories
from tests.engines.fake_openai import FakeServer
from tests.processes import Processes, Started, wait_until

pytestmark = pytest.mark.django_db(transaction=True)
CRITERIA = 4
HASTE = {"STUDIO_LEASE_SECONDS": "3", "STUDIO_SWEEP_SECONDS": "1", "STUDIO_ENGINE_TIMEOUT": "5"}
SAME = ("reward", "display", "trace", "criteria", "digest", "judged_in")


@pytest.fixture
def fake() -> Iterator[FakeServer]:
    with FakeServer() as server:
        yield server


@pytest.fixture
def secret(fake: FakeServer) -> str:
    admin = factories.make_actor(Role.ADMIN)
    criteria = [{"id": f"c_{n}", "text": f"States fact number {n}."} for n in range(CRITERIA)]
    rubric = factories.make_rubric(workspace=admin.workspace, slug="letters")
    factories.make_version(rubric=rubric, status="approved", document=factories.make_document(criteria=criteria))
    engine = {"kind": "served", "base_url": fake.url, "model": "fake-judge"}
    judging.create_judge(by=admin, name="fake", engine=engine, make_default=True)
    return issue_token(by=admin, name="t", scopes=["rewards:write"], expires_at=None).secret


def items(count: int, name: str = "r", about: str = "") -> list[dict[str, Any]]:
    return [
        {"id": f"{name}{n}", "prompt": f"Question {n}{about}?", "response": f"Answer {n} with words."}
        for n in range(count)
    ]


def posted(
    web: Started, secret: str, given: list[dict[str, Any]], key: str | None = None, **more: Any
) -> dict[str, Any]:
    body = {"rubric": "letters@1", "items": given, **more}
    headers = {"Authorization": f"Bearer {secret}"} | ({"Idempotency-Key": key} if key else {})
    told = httpx.post(f"{web.url}/api/v1/rewards", json=body, headers=headers, timeout=120, trust_env=False)
    assert told.status_code in {200, 202}, told.text
    found: dict[str, Any] = told.json()
    return found


def posted_by_one_who_dies(web: Started, secret: str, given: list[dict[str, Any]], key: str) -> None:
    """The whole request is sent, and nobody is there to read the answer."""
    host, port = web.url.removeprefix("http://").split(":")
    body = json.dumps({"rubric": "letters@1", "items": given, "wait": 30}).encode()
    head = (
        f"POST /api/v1/rewards HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {secret}\r\n"
        f"Idempotency-Key: {key}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection((host, int(port))) as line:
        line.sendall(head.encode() + body)
        wait_until(RewardRequest.objects.filter(idempotency_key=key).exists, what="the request to be stored")


def answered(web: Started, secret: str, request_id: str, patience: float = 120) -> dict[str, Any]:
    """Ask until it is done, whatever happens to the server meanwhile."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        with contextlib.suppress(httpx.TransportError):
            told = httpx.get(
                f"{web.url}/api/v1/rewards/{request_id}?wait=2", headers={"Authorization": f"Bearer {secret}"},
                timeout=60, trust_env=False,
            )  # fmt: skip
            if told.status_code == 200:
                found: dict[str, Any] = told.json()
                return found
        time.sleep(0.1)
    raise AssertionError(f"Waited in vain for {request_id}.")


def asked() -> int:
    """How many verdicts the judge was asked for."""
    return sum(len(reply) for reply in Call.objects.values_list("reply", flat=True))


def test_rewards_under_fire(processes: Processes, fake: FakeServer, secret: str) -> None:
    processes.start_sweeper(**HASTE)
    worker = processes.start_worker(**HASTE)
    first, second = processes.start_web(), processes.start_web()

    fake.behave("delay", seconds=0.1)
    with ThreadPoolExecutor(5) as pool:
        told = list(pool.map(lambda n: posted((first, second)[n % 2], secret, items(8, f"c{n}-"), wait=20), range(5)))
    batches = [answered(first, secret, one["id"])["results"] for one in told]
    assert len({tuple(result["reward"] for result in results) for results in batches}) == 1
    assert None not in {result["reward"] for result in batches[0]}
    assert RunItem.objects.count() == 8
    assert asked() == Verdict.objects.filter(status="ok").count() == 8 * CRITERIA

    fake.behave("delay", seconds=0.3)
    posted_by_one_who_dies(first, secret, items(16, about=" again"), "mine")
    wait_until(lambda: Verdict.objects.count() > 8 * CRITERIA, what="the first verdicts")
    first.kill()
    worker.kill()
    processes.start_worker(**HASTE)
    third = processes.start_web()
    again = posted(third, secret, items(16, about=" again"), "mine")
    body = answered(second, secret, again["id"])
    assert RewardRequest.objects.filter(idempotency_key="mine").count() == 1
    assert [result["status"] for result in body["results"]] == ["ok"] * 16
    assert RunItem.objects.count() == 24
    assert Verdict.objects.count() == 24 * CRITERIA

    before = asked()
    known = [posted(web, secret, items(1, name))["results"][0] for web, name in ((second, "x"), (third, "y"))]
    assert {name: known[0][name] for name in SAME} == {name: known[1][name] for name in SAME}
    assert {name: known[0][name] for name in SAME} == {name: batches[0][0][name] for name in SAME}
    assert asked() == before

    a_judge_that_dies(fake, second, secret)


def a_judge_that_dies(fake: FakeServer, web: Started, secret: str) -> None:
    """There are rewards for what was judged, and a reason for the rest."""
    request = posted(web, secret, items(40, about=" at last"), deadline_in=6)["id"]
    done = RunItem.objects.filter(run__reward_request=request, state="done")
    wait_until(lambda: done.count() > 2, what="the first answers")
    fake.stop()
    results = answered(web, secret, request)["results"]
    statuses = {result["status"] for result in results}
    assert "ok" in statuses
    assert statuses - {"ok"}
    assert all((result["reward"] is None) == (result["status"] != "ok") for result in results)
    assert all(result["display"] is None for result in results if result["status"] != "ok")
