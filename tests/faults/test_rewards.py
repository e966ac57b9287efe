"""Rewards survive what happens: the same batch at once, servers and workers killed, a judge that dies in mid-batch."""

import contextlib
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
HASTE = {"STUDIO_LEASE_SECONDS": "3", "STUDIO_SWEEP_SECONDS": "1", "STUDIO_ENGINE_TIMEOUT": "10"}


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


def items(count: int, name: str = "r") -> list[dict[str, Any]]:
    return [
        {"id": f"{name}{n}", "prompt": f"Question {n}?", "response": f"Answer {n} with words."} for n in range(count)
    ]


def posted(web: Started, secret: str, given: list[dict[str, Any]], **more: Any) -> httpx.Response:
    body = {"rubric": "letters@1", "items": given, **more}
    headers = {"Authorization": f"Bearer {secret}"}
    return httpx.post(f"{web.url}/api/v1/rewards", json=body, headers=headers, timeout=120, trust_env=False)


def answered(web: Started, secret: str, request_id: str, patience: float = 120) -> dict[str, Any]:
    """Ask until it is done, whatever happens to the server meanwhile."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        with contextlib.suppress(httpx.TransportError):
            told = httpx.get(
                f"{web.url}/api/v1/rewards/{request_id}", headers={"Authorization": f"Bearer {secret}"}, timeout=60,
                trust_env=False,
            )  # fmt: skip
            if told.status_code == 200:
                found: dict[str, Any] = told.json()
                return found
        time.sleep(0.3)
    raise AssertionError(f"Waited in vain for {request_id}.")


def judged_once(count: int) -> None:
    assert Verdict.objects.filter(status="ok").count() == Verdict.objects.count() == count * CRITERIA
    assert sum(len(reply) for reply in Call.objects.values_list("reply", flat=True)) == count * CRITERIA


def test_the_same_batch_five_times_at_once_is_judged_once(processes: Processes, fake: FakeServer, secret: str) -> None:
    fake.behave("delay", seconds=0.1)
    processes.start_sweeper(**HASTE)
    processes.start_worker(**HASTE)
    web = processes.start_web()
    with ThreadPoolExecutor(5) as pool:
        told = list(pool.map(lambda n: posted(web, secret, items(12, f"c{n % 2}-"), wait=20), range(5)))
    bodies = [answered(web, secret, one.json()["id"]) for one in told]
    assert len({tuple(result["reward"] for result in body["results"]) for body in bodies}) == 1
    assert RunItem.objects.count() == 12
    judged_once(12)


def test_two_servers_a_restart_between_one_reward_one_call(processes: Processes, fake: FakeServer, secret: str) -> None:
    processes.start_sweeper(**HASTE)
    worker = processes.start_worker(**HASTE)
    first, second = processes.start_web(), processes.start_web()
    one = answered(first, secret, posted(first, secret, items(1)).json()["id"])
    first.kill()
    worker.kill()
    again = posted(second, secret, items(1, "again"), wait=20).json()
    assert again["status"] == "done"
    for name in ("reward", "trace", "criteria", "digest", "judged_in"):
        assert one["results"][0][name] == again["results"][0][name]
    judged_once(1)


def test_a_server_and_a_worker_killed_in_mid_job_lose_nothing(
    processes: Processes, fake: FakeServer, secret: str
) -> None:
    fake.behave("delay", seconds=0.2)
    processes.start_sweeper(**HASTE)
    worker, web = processes.start_worker(**HASTE), processes.start_web()
    request = posted(web, secret, items(24)).json()["id"]
    wait_until(lambda: 0 < Verdict.objects.count() < 24 * CRITERIA, what="the first verdicts")
    web.kill()
    worker.kill()
    processes.start_worker(**HASTE)
    body = answered(processes.start_web(), secret, request)
    assert [result["status"] for result in body["results"]] == ["ok"] * 24
    assert Verdict.objects.count() == 24 * CRITERIA


def test_a_judge_that_dies_in_mid_batch_gives_rewards_for_what_it_judged(
    processes: Processes, fake: FakeServer, secret: str
) -> None:
    fake.behave("delay", seconds=0.3)
    processes.start_sweeper(**HASTE)
    processes.start_worker(**HASTE)
    web = processes.start_web()
    request = posted(web, secret, items(40), deadline_in=12).json()["id"]
    wait_until(lambda: RunItem.objects.filter(state="done").count() > 2, what="the first answers")
    fake.stop()
    body = answered(web, secret, request)
    statuses = {result["status"] for result in body["results"]}
    assert "ok" in statuses
    assert statuses - {"ok"}
    assert all((result["reward"] is None) == (result["status"] != "ok") for result in body["results"])
    assert RewardRequest.objects.count() == 1
