"""Webhooks over REST: set up, tried, read, rotated, changed and deleted, by admins alone."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.api.conftest import Caller, caller_of, problem, work
from tests.receiver import Receiver, is_signed

pytestmark = pytest.mark.django_db


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.STUDIO_WEBHOOK_HTTP = True
    settings.STUDIO_WEBHOOK_PRIVATE_HOSTS = ["127.0.0.1"]
    with Receiver() as found:
        yield found


def test_the_life_of_a_webhook(alice: Caller, receiver: Receiver) -> None:
    body = {"name": "On call", "url": receiver.url, "events": ["job.failed", "release.published"]}
    made = alice.post("/webhooks", body, Idempotency_Key="k")
    assert (made.status_code, made["Cache-Control"]) == (201, "no-store"), made.content
    at, secret = made["Location"].removeprefix("/api/v1"), made.json()["secret"]
    shown = alice.get(at).json()
    assert "secret" not in shown
    assert (shown["state"], shown["events"], shown["made_by"]) == ("active", body["events"][::-1], "alice")
    assert alice.get("/webhooks").json()["results"] == [shown]
    tried = alice.post(f"{at}/test")
    assert (tried.status_code, tried.json()["state"]) == (202, "waiting")
    work()
    (sent,) = alice.get(f"{at}/deliveries").json()["results"]
    assert (sent["state"], sent["event"], sent["attempts"][0]["status"]) == ("delivered", "test", 204)
    assert receiver.got[0].body.decode() == sent["body"]
    assert is_signed(receiver.got[0], secret)
    again = alice.post(f"{at}/deliveries/{sent['id']}/send")
    assert (again.status_code, again.json()["message"]) == (202, sent["message"])
    problem(alice.post(f"{at}/deliveries/{sent['id']}/send"), 409, "delivery_waiting")
    rotated = alice.post(f"{at}/rotate", {"grace_hours": 0}).json()
    assert rotated["secret"] != secret
    assert rotated["old_secret_until"] is None
    off = alice.put(at, {**body, "events": ["job.done"], "on": False}).json()
    assert (off["state"], off["events"], off["why_off"]) == ("off", ["job.done"], None)
    assert alice.call("delete", at).status_code == 204
    problem(alice.get(at), 404, "webhook_unknown")


def test_only_admins_with_the_scope(alice: Caller, bob: Caller, charlie: Caller) -> None:
    body = {"name": "x", "url": "https://hooks.example.org/", "events": ["job.done"]}
    problem(bob.post("/webhooks", body), 403)
    problem(caller_of(alice.actor, "rubrics:read").get("/webhooks"), 403, "scope_missing")
    at = alice.post("/webhooks", body)["Location"].removeprefix("/api/v1")
    for call in (charlie.get(at), charlie.post(f"{at}/rotate"), charlie.call("delete", at)):
        problem(call, 404)


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"url": "http://hooks.example.org/"}, "/url"),
        ({"url": "https://192.168.0.1/"}, "/url"),
        ({"events": ["job.begun"]}, "/events"),
        ({"events": []}, "/events"),
        ({"name": ""}, "/name"),
        ({"on": True}, "/on"),
    ],
)
def test_what_will_not_do_is_said_at_its_place(alice: Caller, wrong: dict[str, Any], pointer: str) -> None:
    body = {"name": "x", "url": "https://hooks.example.org/", "events": ["job.done"], **wrong}
    problem(alice.post("/webhooks", body), 422, pointer=pointer)
    problem(alice.get("/webhooks/nonsense"), 404)
