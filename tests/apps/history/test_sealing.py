"""Entries are chained by hash apart from what wrote them; a change by whoever owns the database is found."""

import json
import threading
import time
from io import StringIO

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections
from hypothesis import given, strategies

from apps.accounts.permissions import Actor
from apps.history import queries, services
from apps.history.models import GENESIS, Entry, Seal, plain
from apps.history.services import sealing


def write(by: Actor, count: int = 3) -> None:
    for number in range(count):
        services.record(by=by, workspace=by.workspace, action="test.done", target=by.user, detail={"n": number})


@pytest.mark.django_db
def test_a_chain_begins_at_nothing_and_holds(alice: Actor) -> None:
    write(alice)
    assert services.seal(chain=alice.workspace.pk) == 3
    seals = list(Seal.objects.order_by("position"))
    assert [seal.position for seal in seals] == [1, 2, 3]
    assert [seal.previous for seal in seals] == [GENESIS, seals[0].digest, seals[1].digest]
    report = queries.verify(alice.workspace)
    assert (report.verified, report.head, report.waiting, report.holds) == (3, seals[2].digest, 0, True)
    assert queries.state(alice.workspace).position == 3


@pytest.mark.django_db
def test_sealing_goes_on_where_it_stopped_and_does_nothing_twice(alice: Actor) -> None:
    write(alice, 5)
    assert [services.seal(chain=alice.workspace.pk, limit=2) for _ in range(4)] == [2, 2, 1, 0]
    write(alice, 1)
    assert queries.verify(alice.workspace).waiting == 1
    assert services.seal_all() == 1
    assert queries.verify(alice.workspace).verified == 6


@pytest.mark.django_db
def test_each_workspace_has_a_chain_and_so_has_what_belongs_to_none(alice: Actor, charlie: Actor) -> None:
    write(alice, 2)
    write(charlie, 1)
    services.record(by=None, workspace=None, action="studio.started")
    assert services.seal_all(thorough=True) == 4
    places = (alice.workspace, charlie.workspace, None)
    assert [queries.verify(place).verified for place in places] == [2, 1, 1]


@pytest.mark.django_db
def test_an_entry_that_appears_late_is_sealed_by_the_thorough_pass(alice: Actor, monkeypatch) -> None:
    monkeypatch.setattr(sealing, "WINDOW", 2)
    write(alice, 6)
    late = Entry.objects.order_by("pk").first()
    assert late is not None
    chain = alice.workspace.pk
    others = Entry.objects.exclude(pk=late.pk).order_by("pk")
    previous = GENESIS
    for position, entry in enumerate(others, start=1):
        digest = entry.digest_at(position=position, previous=previous)
        Seal.objects.create(entry=entry, chain=chain, position=position, previous=previous, digest=digest)
        previous = digest
    assert services.seal(chain=chain, thorough=False) == 0
    assert services.seal(chain=chain, thorough=True) == 1
    assert queries.verify(alice.workspace).verified == 6


def tamper(studio_server, statement: str, *values) -> None:
    with psycopg.connect(studio_server.owner) as owner:
        assert owner.execute(statement.encode(), values).rowcount == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("statement", "position", "reason"),
    [
        ("UPDATE history_entry SET action = 'x' WHERE id = %s", 2, "is not what was sealed"),
        ("UPDATE history_entry SET detail = '{\"n\": 9}' WHERE id = %s", 2, "is not what was sealed"),
        ("UPDATE history_entry SET actor_id = NULL WHERE id = %s", 2, "is not what was sealed"),
        ("DELETE FROM history_seal WHERE entry_id = %s", 2, "is missing"),
        ("UPDATE history_seal SET previous = 'x' WHERE entry_id = %s", 2, "does not continue"),
        ("UPDATE history_seal SET digest = 'x' WHERE entry_id = %s", 2, "is not what was sealed"),
    ],
)
def test_a_change_by_the_owner_of_the_database_is_found(
    alice: Actor, studio_server, statement: str, position: int, reason: str
) -> None:
    write(alice, 4)
    services.seal_all(thorough=True)
    second = Seal.objects.get(position=2)
    tamper(studio_server, statement, second.entry_id)
    report = queries.verify(alice.workspace)
    assert report.broken is not None
    assert (report.verified, report.broken.position) == (position - 1, position)
    assert reason in report.broken.reason
    with pytest.raises(CommandError):
        call_command("verify_history", "--no-seal", stdout=StringIO())


@pytest.mark.django_db(transaction=True)
def test_a_cut_off_end_is_found_with_a_head_noted_earlier(alice: Actor, studio_server) -> None:
    write(alice, 3)
    out = StringIO()
    call_command("verify_history", "--workspace", alice.workspace.slug, stdout=out)
    anchor = out.getvalue().split("up to ")[1].split(",")[0]
    call_command("verify_history", "--workspace", alice.workspace.slug, "--anchor", anchor, stdout=StringIO())
    last = Seal.objects.get(position=3)
    tamper(studio_server, "DELETE FROM history_seal WHERE entry_id = %s", last.entry_id)
    tamper(studio_server, "DELETE FROM history_entry WHERE id = %s", last.entry_id)
    assert queries.verify(alice.workspace).holds
    assert not queries.verify(alice.workspace, anchor=(3, last.digest)).holds
    assert not queries.verify(alice.workspace, anchor=(2, last.digest)).holds
    with pytest.raises(CommandError):
        call_command("verify_history", "--workspace", "clinic", "--anchor", anchor, stdout=StringIO())


@pytest.mark.django_db
def test_heads_of_all_chains_are_printed_to_be_kept(alice: Actor) -> None:
    write(alice, 3)
    out = StringIO()
    call_command("anchor_history", stdout=out)
    own = [json.loads(line) for line in out.getvalue().splitlines()]
    kept = next(line for line in own if line["workspace"] == alice.workspace.slug)
    assert (kept["position"], kept["chain"]) == (3, alice.workspace.pk)
    assert queries.verify(alice.workspace, anchor=(kept["position"], kept["digest"])).holds


@pytest.mark.django_db
@pytest.mark.parametrize(
    "options", [["--anchor", "3:ab"], ["--workspace", "clinic", "--anchor", "x"], ["--workspace", "nowhere"]]
)
def test_the_command_says_what_it_cannot_use(alice: Actor, options: list[str]) -> None:
    with pytest.raises(CommandError):
        call_command("verify_history", *options, stdout=StringIO())


@pytest.mark.django_db(transaction=True)
def test_two_sealers_at_once_make_one_chain(alice: Actor) -> None:
    write(alice, 300)
    chain = alice.workspace.pk
    counts: list[int] = []
    start = threading.Barrier(2)

    def work() -> None:
        try:
            start.wait()
            counts.extend(services.seal(chain=chain, limit=40) for _ in range(8))
        finally:
            connections["default"].close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counts) == 300
    assert queries.verify(alice.workspace).verified == 300


@pytest.mark.django_db(transaction=True)
def test_a_writer_never_waits_for_a_sealer(alice: Actor, studio_server) -> None:
    write(alice, 1)
    with psycopg.connect(studio_server.app) as other:
        key = f"history.seal {alice.workspace.pk}"
        other.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '200ms'")
        write(alice, 1)
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = 0")
    assert services.seal(chain=alice.workspace.pk) == 2


@pytest.mark.django_db
def test_thousands_of_entries_a_second(alice: Actor) -> None:
    Entry.objects.bulk_create(
        Entry(workspace=alice.workspace, actor=alice.user, action="test.done", detail={"n": n, "share": 0.5})
        for n in range(4000)
    )
    began = time.monotonic()
    assert services.seal(chain=alice.workspace.pk) == 4000
    assert 4000 / (time.monotonic() - began) > 1000


@given(strategies.recursive(strategies.integers() | strategies.text() | strategies.booleans(), strategies.lists))
def test_any_number_can_be_sealed(value) -> None:
    entry = Entry(pk=1, action="x", detail={"value": value})
    if "\ud800" <= max(str(value), default="") <= "\udfff":
        return
    assert len(entry.digest_at(position=1, previous=GENESIS)) == 64
    assert plain({"a": [2**60, True, 1]}) == {"a": [str(2**60), True, 1]}


def test_the_sweeper_seals_and_sums_up() -> None:
    from apps.jobs import registry

    assert {services.seal_all, services.record_pulls} <= set(registry.sweeps().values())
