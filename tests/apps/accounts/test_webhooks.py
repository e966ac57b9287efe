"""Webhooks: what is told to whom, signed, tried again, given up, and never their secret."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts import queries, runners, services
from apps.accounts.models import Delivery, DeliveryAttempt, Webhook
from apps.accounts.permissions import Actor
from apps.accounts.services import webhooks as hooks
from apps.history.models import Entry
from apps.jobs import leases, registry
from apps.jobs import queries as job_queries
from apps.jobs import runners as job_runners
from apps.jobs import services as jobs
from apps.jobs.models import Job, JobState, Shard, ShardState
from domain import errors, webhooks
from tests.receiver import Receiver, is_signed

pytestmark = pytest.mark.django_db
ALL = list(webhooks.EVENTS)


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.STUDIO_WEBHOOK_HTTP = True
    settings.STUDIO_WEBHOOK_PRIVATE_HOSTS = ["127.0.0.1"]
    with Receiver() as found:
        yield found


def made(by: Actor, receiver: Receiver, events: list[str] = ALL) -> services.NewSecret:
    return services.create_webhook(by=by, name="On call", url=receiver.url, events=events)


def say(by: Actor, event: str = "release.published") -> list[Delivery]:
    return services.announce(workspace=by.workspace, event=event, data={"release": "autumn"})


def work() -> int:
    """Do what a worker would do now."""
    count = 0
    while (lease := leases.claim()) is not None:
        job_runners.run(lease)
        count += 1
    return count


def later() -> None:
    """The time of the next attempt has come."""
    Shard.objects.filter(state=ShardState.WAITING).update(not_before=None)
    Webhook.objects.update(rest_until=None)


def test_a_message_is_signed_and_delivered(alice: Actor, receiver: Receiver) -> None:
    hook, secret = made(alice, receiver)
    receiver.statuses, receiver.answer = [200], b"<b>thanks</b>"
    (sent,) = say(alice)
    assert work() == 1
    (got,) = receiver.got
    assert is_signed(got, secret)
    assert got.headers["webhook-id"] == sent.message
    assert abs(int(got.headers["webhook-timestamp"]) - timezone.now().timestamp()) < 60
    body = json.loads(got.body)
    assert (body["type"], body["data"]) == ("release.published", {"workspace": "clinic", "release": "autumn"})
    sent.refresh_from_db()
    attempt = sent.attempts.get()
    assert (sent.state, attempt.status, attempt.answer, attempt.address) == (
        "delivered",
        200,
        "<b>thanks</b>",
        "127.0.0.1",
    )
    assert Job.objects.get().state == JobState.DONE
    assert not list(job_queries.recent(alice)), "messages have a log of their own"
    hook.refresh_from_db()
    assert (hook.state, hook.failures) == ("active", 0)
    assert work() == 0
    assert runners.deliver(Shard.objects.get(), leases.Lease(1, None, 1)) == {}, "delivered once"


def test_only_who_wants_to_know_is_told(alice: Actor, charlie: Actor, receiver: Receiver) -> None:
    made(alice, receiver, ["alarm.raised"])
    made(charlie, receiver)
    both = made(alice, receiver, ["alarm.raised", "job.done"]).webhook
    assert [one.webhook_id for one in say(alice, "job.done")] == [both.pk]
    first, second = say(alice, "alarm.raised")
    assert first.event_id == second.event_id
    services.change_webhook(by=alice, webhook=both, name="x", url=both.url, events=both.events, on=False)
    assert say(alice, "job.done") == []


def test_where_nobody_listens_it_costs_one_query(alice: Actor) -> None:
    with CaptureQueriesContext(connection) as seen:
        assert say(alice) == []
    assert len(seen) == 1


def test_failures_are_tried_again_with_the_same_id(alice: Actor, receiver: Receiver) -> None:
    made(alice, receiver)
    receiver.statuses = [500, 503, 200]
    receiver.headers = {"Retry-After": "900"}
    (sent,) = say(alice)
    assert work() == 1
    sent.refresh_from_db()
    assert (sent.state, sent.note, sent.tries) == ("waiting", "The receiver answered 500.", 1)
    assert sent.next_at is not None
    assert timedelta(seconds=880) < sent.next_at - timezone.now() < timedelta(seconds=901)
    assert Shard.objects.get().not_before == sent.next_at
    assert Webhook.objects.get().state == "failing"
    assert work() == 0, "not before its time"
    later()
    assert work() == 1
    later()
    assert work() == 1
    assert {got.headers["webhook-id"] for got in receiver.got} == {sent.message}
    assert [one.status for one in sent.attempts.all()] == [500, 503, 200]
    assert (Webhook.objects.get().state, Job.objects.get().state) == ("active", "done")


def test_after_the_last_attempt_it_is_given_up_and_can_be_sent_again(alice: Actor, receiver: Receiver) -> None:
    made(alice, receiver)
    (sent,) = say(alice)
    receiver.statuses = [500]
    Delivery.objects.update(tries=len(webhooks.PAUSES))
    work()
    sent.refresh_from_db()
    assert (sent.state, sent.next_at, Job.objects.get().state) == ("failed", None, JobState.FAILED)
    receiver.statuses = [200]
    Webhook.objects.update(rest_until=None)
    services.send_again(by=alice, delivery=sent)
    with pytest.raises(errors.Conflict, match="on its way"):
        services.send_again(by=alice, delivery=sent)
    work()
    sent.refresh_from_db()
    assert (sent.state, sent.tries, sent.attempts.count()) == ("delivered", 0, 2)
    assert len({got.headers["webhook-id"] for got in receiver.got}) == 1


def test_a_failing_webhook_rests_for_all_its_messages(alice: Actor, receiver: Receiver) -> None:
    made(alice, receiver)
    receiver.statuses = [500]
    say(alice)
    say(alice)
    assert work() == 2
    assert len(receiver.got) == 1, "the second waited without an attempt"
    waits = Delivery.objects.get(tries=0)
    assert waits.next_at is not None
    Delivery.objects.update(since=timezone.now() - timedelta(seconds=webhooks.LONGEST_SECONDS + 1))
    Shard.objects.update(not_before=None)
    Webhook.objects.update(rest_until=timezone.now() + timedelta(hours=1))
    work()
    assert not Delivery.objects.exclude(state="failed").exists()


def test_many_failures_over_a_day_switch_it_off(alice: Actor, receiver: Receiver) -> None:
    hook = made(alice, receiver).webhook
    receiver.statuses = [500]
    say(alice)
    Webhook.objects.update(failures=runners.MOST_FAILURES, failing_since=timezone.now() - timedelta(hours=23))
    work()
    hook.refresh_from_db()
    assert hook.state == "failing", "not within a day"
    Webhook.objects.update(failing_since=timezone.now() - timedelta(hours=25))
    later()
    work()
    hook.refresh_from_db()
    assert (hook.state, Delivery.objects.get().state) == ("disabled", "failed")
    assert "22 attempts in a row" in hook.off_reason
    assert Entry.objects.filter(action="webhook.disabled", via="system", target_id=str(hook.pk)).exists()
    assert say(alice) == []
    with pytest.raises(errors.Conflict, match="Switch it on first"):
        services.send_again(by=alice, delivery=Delivery.objects.get())
    services.send_test(by=alice, webhook=hook)
    receiver.statuses = [200]
    work()
    assert Delivery.objects.get(event="test").state == "delivered"
    on = services.change_webhook(by=alice, webhook=hook, name="x", url=hook.url, events=ALL, on=True)
    assert (on.state, on.failures) == ("active", 0)


def test_410_switches_it_off_at_once_and_what_waits_is_not_sent(alice: Actor, receiver: Receiver) -> None:
    made(alice, receiver)
    receiver.statuses = [410]
    say(alice)
    say(alice)
    work()
    assert Webhook.objects.get().state == "disabled"
    assert (len(receiver.got), Delivery.objects.filter(state="failed").count()) == (1, 2)


def test_a_test_is_tried_once_and_says_nothing_of_its_health(alice: Actor, receiver: Receiver) -> None:
    hook = made(alice, receiver).webhook
    receiver.statuses = [500]
    sent = services.send_test(by=alice, webhook=hook)
    work()
    sent.refresh_from_db()
    hook.refresh_from_db()
    assert (sent.state, hook.failures, hook.rest_until) == ("failed", 0, None)


def test_a_worker_that_dies_leaves_an_attempt_and_another_sends_the_same(alice: Actor, receiver: Receiver) -> None:
    made(alice, receiver)
    (sent,) = say(alice)
    dead = leases.claim()
    assert dead is not None
    runners._begin(sent, dead)
    Shard.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    jobs.sweep()
    assert work() == 1
    assert [one.ended_at is None for one in sent.attempts.all()] == [True, False]
    assert len(receiver.got) == 1
    with pytest.raises(leases.LeaseLost):
        runners._begin(sent, dead)


def test_a_job_that_ended_otherwise_leaves_no_message_waiting(alice: Actor, receiver: Receiver) -> None:
    made(alice, receiver)
    (sent,) = say(alice)
    jobs.cancel(by=alice, job=Job.objects.get())
    sent.refresh_from_db()
    assert (sent.state, sent.note) == ("failed", "Cancelled.")


def test_rotation_keeps_the_old_secret_signing_for_a_time(alice: Actor, receiver: Receiver) -> None:
    hook, old = made(alice, receiver)
    _, new = services.rotate_webhook(by=alice, webhook=hook)
    say(alice)
    work()
    assert is_signed(receiver.got[0], new)
    assert is_signed(receiver.got[0], old, place=1)
    Webhook.objects.update(old_until=timezone.now())
    say(alice)
    work()
    assert receiver.got[1].headers["webhook-signature"].count("v1,") == 1
    assert is_signed(receiver.got[1], new)
    assert services.rotate_webhook(by=alice, webhook=hook, grace=timedelta(0)).webhook.old_secret_sealed is None
    with pytest.raises(errors.Invalid, match="0 to 720"):
        services.rotate_webhook(by=alice, webhook=hook, grace=timedelta(days=31))


def test_a_changed_secret_key_fails_the_message_and_says_why(alice: Actor, receiver: Receiver, settings: Any) -> None:
    made(alice, receiver)
    (sent,) = say(alice)
    settings.SECRET_KEY = "another"
    work()
    sent.refresh_from_db()
    assert "secret key has changed" in sent.note
    assert not receiver.got


def test_the_secret_is_nowhere_to_be_read(alice: Actor, receiver: Receiver) -> None:
    hook, secret = made(alice, receiver)
    _, second = services.rotate_webhook(by=alice, webhook=hook)
    services.send_test(by=alice, webhook=hook)
    say(alice)
    work()
    tables = (Webhook, Delivery, DeliveryAttempt, Entry, Job, Shard)
    stored = str([list(table.objects.values()) for table in tables])
    for one in (secret, second):
        assert one not in stored
        assert one.removeprefix("whsec_") not in stored
    actions = list(Entry.objects.values_list("action", flat=True))
    assert actions == ["webhook.created", "webhook.secret_rotated", "webhook.tested"]


def test_only_admins_may(alice: Actor, bob: Actor, charlie: Actor, receiver: Receiver) -> None:
    hook = made(alice, receiver).webhook
    barred: list[Callable[[], object]] = [
        lambda: queries.webhooks(bob),
        lambda: made(bob, receiver),
        lambda: services.send_test(by=bob, webhook=hook),
        lambda: services.delete_webhook(by=bob, webhook=hook),
    ]
    for act in barred:
        with pytest.raises(errors.NotAllowed):
            act()
    unseen: list[Callable[[], object]] = [
        lambda: queries.get_webhook(charlie, hook.pk),
        lambda: services.send_test(by=charlie, webhook=hook),
        lambda: services.rotate_webhook(by=charlie, webhook=hook),
    ]
    for act in unseen:
        with pytest.raises(errors.NotFound):
            act()
    with pytest.raises(errors.NotFound):
        queries.get_delivery(alice, hook, "nonsense")
    services.delete_webhook(by=alice, webhook=hook)
    assert not Webhook.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"name": " "}, "/name"),
        ({"name": "a\nb"}, "/name"),
        ({"url": "http://10.0.0.1/"}, "/url"),
        ({"events": []}, "/events"),
    ],
)
def test_what_will_not_do_is_refused_at_its_field(alice: Actor, wrong: dict[str, Any], pointer: str) -> None:
    given = {"name": "x", "url": "https://hooks.example.org/", "events": ["job.done"], **wrong}
    with pytest.raises(errors.Invalid) as refused:
        services.create_webhook(by=alice, **given)
    assert [one.pointer for one in refused.value.problems] == [pointer]


def test_a_workspace_has_no_more_than_fifty(alice: Actor, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hooks, "MOST_HOOKS", 1)
    made(alice, receiver)
    with pytest.raises(errors.Conflict, match="at most 1"):
        made(alice, receiver)


def test_ended_jobs_are_told_unless_programs_ask_for_many(alice: Actor, receiver: Receiver) -> None:
    made(alice, receiver)
    registry.register("count", lambda shard, lease: {"n": 2})
    try:
        for quiet in (False, True):
            jobs.create_job(by=alice, workspace=alice.workspace, kind="count", shards=[{}], title="Count", quiet=quiet)
        gone = jobs.create_job(by=alice, workspace=alice.workspace, kind="count", shards=[{}], title="Not this")
        jobs.cancel(by=alice, job=gone)
        work()
        work()
    finally:
        registry._KINDS.pop("count")
    told = sorted((body["type"], body["data"]["title"], body["data"]["counts"]) for body in map(_body, receiver.got))
    assert told == [("job.cancelled", "Not this", {}), ("job.done", "Count", {"n": 2})]


def _body(got: Any) -> Any:
    return json.loads(got.body)


def test_old_messages_are_forgotten_with_their_jobs(alice: Actor, receiver: Receiver, settings: Any) -> None:
    made(alice, receiver)
    say(alice)
    work()
    say(alice)
    before = timezone.now() - timedelta(days=settings.STUDIO_WEBHOOK_LOG_DAYS, hours=1)
    Delivery.objects.update(since=before)
    Job.objects.filter(state=JobState.DONE).update(finished_at=before)
    assert hooks.forget_deliveries() == 1
    assert (Delivery.objects.get().state, Job.objects.count()) == ("waiting", 1)
