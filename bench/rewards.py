"""Rewards over HTTP from a real web server, a real worker and an embedded PostgreSQL, with an engine that plays."""

import asyncio
import os
import random
import statistics
import time
from collections.abc import Iterator
from typing import Any

import httpx

from bench import _studio
from bench.figures import Figure
from tests.engines.fake_openai import FakeServer

SMALL, LARGE, FRESH = 64, 4_096, 512
CALLS, LARGE_CALLS = 60, 5
SLOTS, DELAY = 8, 0.2
SECONDS, CONNECTIONS = 10.0, 16
CLIENTS, MINUTES, BATCH = 20, 5.0, 16
WORDS = ("patient", "letter", "drug", "dose", "ward", "reason", "visit", "tablet", "test", "night", "diet", "weight")
MEGABYTE = 2**20
PARTS = ("known", "overhead", "release", "unchanged", "soak")
PART_SECONDS = 120.0
Item = dict[str, Any]


def run() -> Iterator[Figure]:
    """Known rewards, then new ones by a slow engine, a large release, what does not change, and a soak.

    BENCH_PARTS names some of PARTS, with commas; BENCH_MINUTES is how long the soak takes. Every other part ends within
    PART_SECONDS or fails.
    """
    wanted = _wanted()
    with FakeServer(slots=SLOTS) as fake, _studio.fresh() as studio:
        scene = studio.told("bench._rewards_load", "fill", fake.url, *wanted)
        headers = {"Authorization": f"Bearer {scene['token']}"}
        if wanted & {"known", "overhead", "release"}:
            with studio.worker(), studio.web(workers=1) as url, _client(url, headers) as client:
                if "known" in wanted:
                    yield from _known(client)
                if "overhead" in wanted:
                    yield from _overhead(client, fake)
                if "release" in wanted:
                    yield from _release(client, studio)
        if wanted & {"unchanged", "soak"}:
            with studio.web(workers=2) as url:
                if "unchanged" in wanted:
                    yield from asyncio.run(_unchanged(url, scene["token"]))
                if "soak" in wanted:
                    with studio.worker():
                        fake.behave("ok")
                        yield _soak(studio, url, headers)


def _wanted() -> set[str]:
    """The parts asked for, or all."""
    wanted = {name for name in os.environ.get("BENCH_PARTS", "").split(",") if name} or set(PARTS)
    if unknown := wanted - set(PARTS):
        raise RuntimeError(f"There is no part {', '.join(sorted(unknown))}. There are: {', '.join(PARTS)}.")
    return wanted


def _client(url: str, headers: dict[str, str]) -> httpx.Client:
    return httpx.Client(base_url=f"{url}/api/v1", headers=headers, timeout=PART_SECONDS, trust_env=False)


def _check_time(begun: float) -> None:
    """A part that takes too long is a failure, not a wait."""
    if time.perf_counter() - begun > PART_SECONDS:
        raise RuntimeError(f"This part did not end within {PART_SECONDS:.0f} s; {_studio.load()}.")


def _items(count: int, seed: int, name: str = "r") -> list[Item]:
    chance = random.Random(seed)
    return [
        {
            "id": f"{name}{n}",
            "prompt": f"Write letter {seed}-{n // 8}.",
            "response": " ".join(chance.choice(WORDS) for _ in range(60)),
        }
        for n in range(count)
    ]


def _rewards(client: httpx.Client, items: list[Item]) -> list[Any]:
    begun = time.perf_counter()
    answer = client.post("/rewards", json={"rubric": "letters@1", "wait": 55, "items": items})
    while answer.status_code == 202:
        _check_time(begun)
        answer = client.get(answer.headers["Location"].removeprefix("/api/v1"), params={"wait": 55})
    answer.raise_for_status()
    return [result["reward"] for result in answer.json()["results"]]


def _known(client: httpx.Client) -> Iterator[Figure]:
    """The same rollouts under new ids: every reward was served before."""
    for count, calls, name, unit, goal in (
        (SMALL, CALLS, "rewards.cached_64x10_p95_ms", "ms", 50.0),
        (LARGE, LARGE_CALLS, "rewards.cached_4096x10_s", "s", 2.0),
    ):
        first = _rewards(client, _items(count, count))
        times = []
        begun_all = time.perf_counter()
        for call in range(calls):
            _check_time(begun_all)
            items = _items(count, count, f"c{call}-")
            begun = time.perf_counter()
            again = _rewards(client, items)
            times.append(time.perf_counter() - begun)
            if again != first:
                raise RuntimeError("A known reward was not served as before.")
        value = statistics.quantiles(times, n=20)[-1] * 1000 if unit == "ms" else statistics.median(times)
        note = f"median {statistics.median(times) * 1000:.0f} ms, {_studio.load()}"
        yield Figure(name, round(value, 3), unit, calls, goal, note=note)


def _overhead(client: httpx.Client, fake: FakeServer) -> Iterator[Figure]:
    """Seconds beyond those in which the engine, never idle, could have answered."""
    fake.behave("delay", seconds=DELAY)
    _rewards(client, _items(SLOTS * 4, 7))
    before, begun = _calls(fake), time.perf_counter()
    _rewards(client, _items(FRESH, 8))
    seconds, calls = time.perf_counter() - begun, _calls(fake) - before
    own = calls * DELAY / SLOTS
    shared = f"{calls} calls of {DELAY:g} s, {SLOTS} at a time"
    note = f"{seconds:.2f} s, of which the engine {own:.2f} s: {shared}; {_studio.load()}"
    yield Figure("rewards.overhead_ratio", round(seconds / own - 1, 3), "ratio", FRESH, 0.05, note=note)


def _calls(fake: FakeServer) -> int:
    return sum(count for path, count in fake.requests.items() if "completions" in path)


def _release(client: httpx.Client, studio: _studio.Studio) -> Iterator[Figure]:
    """All documents of a large release, and how much more memory the server then has."""
    times, sizes = [], []
    for _ in range(3):
        begun, read = time.perf_counter(), 0
        with client.stream("GET", "/releases/many/rubrics.ndjson", headers={"Accept-Encoding": "gzip"}) as answer:
            answer.raise_for_status()
            for block in answer.iter_raw():
                read += len(block)
        times.append(time.perf_counter() - begun)
        sizes.append((read, studio.web_memory()))
    grown = (sizes[-1][1] - sizes[0][1]) / MEGABYTE
    sent = sizes[0][0] / MEGABYTE
    note = f"{sent:.1f} MB sent; memory of the server grew by {grown:.1f} MB from first to third; {_studio.load()}"
    yield Figure("rewards.release_10k_s", round(statistics.median(times), 2), "s", len(times), 3.0, note=note)


async def _unchanged(url: str, token: str) -> list[Figure]:
    """A rubric that has not changed, asked for over kept connections as fast as answers come."""
    host, port = url.removeprefix("http://").split(":")
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {token}"}, trust_env=False) as client:
        etag = (await client.get(f"{url}/api/v1/rubrics/letters")).headers["ETag"]
    ask = (
        f"GET /api/v1/rubrics/letters HTTP/1.1\r\nHost: {host}:{port}\r\nAuthorization: Bearer {token}\r\n"
        f"If-None-Match: {etag}\r\n\r\n"
    ).encode()
    times: list[float] = []
    end = time.perf_counter() + SECONDS
    await asyncio.gather(*(_asking(host, int(port), ask, end, times) for _ in range(CONNECTIONS)))
    median = f"median {statistics.median(times):.1f} ms"
    note = f"{CONNECTIONS} connections for {SECONDS:g} s, 2 processes; {median}; {_studio.load()}"

    return [
        Figure(
            "rewards.etag_per_s",
            round(len(times) / SECONDS, 1),
            "requests/s",
            len(times),
            800,
            at_least=True,
            note=note,
        ),
        Figure(
            "rewards.etag_p99_ms", round(statistics.quantiles(times, n=100)[-1], 2), "ms", len(times), 20, note=note
        ),
    ]


async def _asking(host: str, port: int, ask: bytes, end: float, times: list[float]) -> None:
    reader, writer = await asyncio.open_connection(host, port)
    while time.perf_counter() < end:
        begun = time.perf_counter()
        writer.write(ask)
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 304"):
            raise RuntimeError(head.decode())
        times.append((time.perf_counter() - begun) * 1000)
    writer.close()


def _soak(studio: _studio.Studio, url: str, headers: dict[str, str]) -> Figure:
    """Many clients for minutes, each asking for something new, something known and something sent twice."""
    before = studio.told("bench._rewards_load", "check")
    minutes = float(os.environ.get("BENCH_MINUTES", MINUTES))
    failures, sent = asyncio.run(_clients(url, headers, time.monotonic() + minutes * 60))
    after = studio.told("bench._rewards_load", "check")
    lost = after["unserved"] - before["unserved"] + after["unscored"] - before["unscored"]
    doubled = (after["asked"] - before["asked"]) - (after["verdicts"] - before["verdicts"])
    note = (
        f"{CLIENTS} clients for {minutes:g} minutes, {sent:,} batches of {BATCH}: {len(failures)} failed, {lost} lost, "
        f"{doubled} judged twice; {_studio.load()}" + (f"; first: {failures[0]}" if failures else "")
    )
    return Figure("rewards.soak_errors", len(failures) + lost + max(0, doubled), "errors", sent, 0, note=note)


async def _clients(url: str, headers: dict[str, str], end: float) -> tuple[list[str], int]:
    failures: list[str] = []
    counts = await asyncio.gather(*(_one_client(url, headers, number, end, failures) for number in range(CLIENTS)))
    return failures, sum(counts)


async def _one_client(url: str, headers: dict[str, str], number: int, end: float, failures: list[str]) -> int:
    chance, sent = random.Random(number), 0
    paid: dict[int, list[Any]] = {}
    async with httpx.AsyncClient(base_url=f"{url}/api/v1", headers=headers, timeout=120, trust_env=False) as client:
        while time.monotonic() < end:
            seed = chance.randrange(400)
            key = f"{number}-{sent}"
            body = {"rubric": "letters@1", "wait": 30, "items": _items(BATCH, 10_000 + seed)}
            answers = [await _asked(client, body, key) for _ in range(1 + (chance.random() < 0.1))]
            sent += 1
            for status, rewards in answers:
                known = paid.setdefault(seed, rewards)
                if status != 200 or rewards != known or None in rewards:
                    failures.append(f"{status} {rewards[:3]} for {known[:3]}")
    return sent


async def _asked(client: httpx.AsyncClient, body: dict[str, Any], key: str) -> tuple[int, list[Any]]:
    answer = await client.post("/rewards", json=body, headers={"Idempotency-Key": key})
    while answer.status_code == 202:
        answer = await client.get(answer.headers["Location"].removeprefix("/api/v1"), params={"wait": 30})
    rewards = [result["reward"] for result in answer.json().get("results", [])] if answer.is_success else []
    return answer.status_code, rewards
