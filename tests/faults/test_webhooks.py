"""A worker that is killed while a receiver has the message in its hands: it comes once more, with the same id."""

from collections.abc import Iterator

import pytest
from django.utils import timezone

from apps.accounts import services
from apps.accounts.models import Delivery
from apps.accounts.permissions import Role
from apps.jobs import leases, runners
from apps.jobs import services as jobs
from apps.jobs.models import Shard
from tests import factories
from tests.processes import Processes, wait_until
from tests.receiver import Receiver, is_signed

pytestmark = pytest.mark.django_db(transaction=True)
ALLOWED = {"STUDIO_WEBHOOK_HTTP": "1", "STUDIO_WEBHOOK_PRIVATE_HOSTS": "127.0.0.1"}


@pytest.fixture
def receiver(settings: object) -> Iterator[Receiver]:
    settings.STUDIO_WEBHOOK_HTTP = True  # type: ignore[attr-defined]
    settings.STUDIO_WEBHOOK_PRIVATE_HOSTS = ["127.0.0.1"]  # type: ignore[attr-defined]
    with Receiver() as found:
        yield found


def test_a_worker_killed_in_mid_delivery_delivers_at_least_once(processes: Processes, receiver: Receiver) -> None:
    alice = factories.make_actor(Role.ADMIN)
    _, secret = services.create_webhook(by=alice, name="On call", url=receiver.url, events=["release.published"])
    receiver.hold = 30
    worker = processes.start_worker(concurrency=1, **ALLOWED)
    (sent,) = services.announce(workspace=alice.workspace, event="release.published", data={"release": "autumn"})
    wait_until(lambda: len(receiver.got) == 1, what="the message to arrive")
    worker.kill()
    receiver.hold = 0
    Shard.objects.update(lease_until=timezone.now())
    jobs.sweep()
    lease = leases.claim()
    assert lease is not None
    runners.run(lease)
    assert Delivery.objects.get().state == "delivered"
    first, second = receiver.got
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == sent.message
    assert first.body == second.body
    assert is_signed(first, secret)
    assert is_signed(second, secret)
    assert [one.status for one in sent.attempts.all()] == [None, 204]
