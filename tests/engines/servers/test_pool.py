"""Replicas come and go, get no more than they take, and are left alone while they fail."""

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from domain import errors
from engines.protocol import FailureKind
from engines.served import ServedEngine
from engines.servers import pool, replica
from tests.engines import contract
from tests.engines.fake_openai import FakeServer


@pytest.fixture
def two() -> Iterator[tuple[FakeServer, FakeServer]]:
    with FakeServer() as one, FakeServer() as other:
        yield one, other


def ask_many(engine: ServedEngine, count: int, *, start: int = 0, threads: int = 1) -> None:
    def ask(number: int) -> None:
        contract.assert_answered(engine.label_distributions(contract.ask(text=f"Answer {number}.")))

    with ThreadPoolExecutor(threads) as workers:
        list(workers.map(ask, range(start, start + count)))


def asked(server: FakeServer) -> int:
    return server.requests.get("/v1/completions", 0)


def test_a_replica_may_join_and_leave_in_between(two):
    one, other = two
    engine = ServedEngine(one.url)
    ask_many(engine, 10)
    assert asked(other) == 0
    engine.serve_from([one.url, other.url])
    ask_many(engine, 40)
    assert min(asked(one) - 10, asked(other)) >= 8
    before = asked(one)
    engine.serve_from([other.url + "/v1"])
    ask_many(engine, 10)
    assert asked(one) == before
    engine.close()


def test_a_name_stands_for_all_its_servers_of_now(monkeypatch, two):
    one, _ = two
    port = int(one.url.rsplit(":", 1)[1])
    hosts = ["127.0.0.1"]
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port)) for host in hosts]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *given, **more: found)
    monkeypatch.setattr(pool, "RESOLVE_SECONDS", -1.0)
    engine = ServedEngine(f"dns+http://judges.internal:{port}/v1")
    ask_many(engine, 2)
    assert [each.address for each in engine.replicas] == [one.url]
    found.append((socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.2", port)))
    ask_many(engine, 2)
    assert [each.address for each in engine.replicas] == [one.url, f"http://127.0.0.2:{port}"]

    def unknown(*given, **more):
        raise OSError("no such name")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    engine._pool._resolve()
    assert len(engine.replicas) == 2, "a name server that is away takes no server away"
    engine.close()


def test_a_name_that_nobody_has_is_said():
    engine = ServedEngine("dns+http://judges.invalid:8000/v1", rounds=1)
    with pytest.raises(errors.Unavailable, match="no server has this name"):
        engine.label_distributions(contract.ask())
    engine.close()


def test_a_dead_replica_costs_only_its_first_failures(two, monkeypatch):
    monkeypatch.setattr(pool, "FIRST_PAUSE", 0.01)
    one, other = two
    engine = ServedEngine(one.url, replicas=[other.url])
    ask_many(engine, 10)
    other.behave("busy")
    before = asked(other)
    started = time.monotonic()
    ask_many(engine, 60, start=100)
    rests = 3 + time.monotonic() - started  # one try after each rest, of half a second and more
    assert 3 <= asked(other) - before <= 3 + 2 * rests
    other.behave()
    time.sleep(engine.replicas[1].breaker.wait())
    calm = asked(other)
    ask_many(engine, 30, start=200)
    assert asked(other) > calm + 5, "it is used again"
    engine.close()


def test_a_slow_replica_is_given_up_for_the_other(two):
    one, other = two
    engine = ServedEngine(one.url, replicas=[other.url], timeout=0.4)
    ask_many(engine, 6)
    with other.behaving("hang", seconds=2.0):
        ask_many(engine, 12, start=50, threads=4)
    engine.close()


def test_where_all_are_slow_the_question_is_a_timeout(two):
    one, other = two
    engine = ServedEngine(one.url, replicas=[other.url], timeout=0.3)
    ask_many(engine, 6)
    with one.behaving("hang", seconds=1.0), other.behaving("hang", seconds=1.0):
        batch = engine.label_distributions(contract.ask())
    assert {reply.failure.kind for reply in batch.replies if reply.failure} == {FailureKind.TIMEOUT}
    assert len(batch.replies) == 3
    engine.close()


def test_a_server_gets_no_more_than_the_limit_at_once(fake):
    engine = ServedEngine(fake.url)
    engine.info()
    with fake.behaving("delay", seconds=0.05):
        ask_many(engine, 60, threads=30)
    assert 4 <= fake.most_under_way <= 12
    engine.close()


def test_a_queue_at_the_server_lowers_the_limit_for_every_client(monkeypatch):
    monkeypatch.setattr(replica, "METRICS_SECONDS", 0.0)
    monkeypatch.setattr("engines.servers.flow.CALM_SECONDS", 0.0)
    limits = []
    with FakeServer(slots=2) as fake:
        engine = ServedEngine(fake.url)
        engine.info()
        flow = engine.replicas[0].flow
        observe = flow.observe

        def watched(running, waiting):
            observe(running, waiting)
            limits.append(flow.limit)

        monkeypatch.setattr(flow, "observe", watched)
        with fake.behaving("delay", seconds=0.03):
            ask_many(engine, 60, threads=20)
        assert min(limits) < 8, "it may have grown again at the end, when nobody waited"
        engine.close()


def test_what_finds_no_place_before_its_deadline_says_so(fake):
    engine = ServedEngine(fake.url)
    engine.info()
    engine.replicas[0].flow.limit = 1
    engine.replicas[0].flow.enter(0.0)
    batch = engine.label_distributions(contract.ask(), deadline=time.time() + 0.2)
    failure = batch.replies[0].failure
    assert failure is not None
    assert failure.kind is FailureKind.TIMEOUT
    assert "had a place" in failure.detail
    engine.close()


def test_two_replicas_finish_in_little_more_than_half_the_time():
    def seconds(count: int) -> float:
        servers = [FakeServer(slots=2).start() for _ in range(count)]
        engine = ServedEngine(servers[0].url, replicas=[each.url for each in servers[1:]])
        ask_many(engine, 8)
        for each in servers:
            each.behave("delay", seconds=0.1)
        started = time.monotonic()
        ask_many(engine, 40, start=100, threads=16)
        taken = time.monotonic() - started
        engine.close()
        for each in servers:
            each.stop()
        return taken

    assert min(seconds(2), seconds(2)) < 0.75 * seconds(1)
