"""Seats: never the same person twice at an item, never more people than seats, nothing lost when somebody leaves."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from apps.accounts.permissions import Role
from apps.review import queries, services
from apps.review.models import Claim, ReviewItem
from domain import errors
from tests import factories
from tests.apps.review.conftest import make_run, take

pytestmark = pytest.mark.django_db


def answer_all(actor, queue, value=1.0):
    number = 0
    while claim := services.claim(by=actor, queue=queue):
        services.answer(by=actor, claim=claim, given={"value": value})
        number += 1
    return number


def test_a_live_claim_is_resumed(bob, queue):
    first = take(bob, queue)
    assert take(bob, queue) == first
    assert Claim.objects.count() == 1


def test_everybody_decides_each_item_once(bob, cleo, alice, queue):
    items = queue.items.count()
    assert answer_all(bob, queue) == items
    assert answer_all(bob, queue) == 0
    assert answer_all(cleo, queue) == items
    assert answer_all(alice, queue) == 0
    assert set(queue.items.values_list("taken", flat=True)) == {2}
    assert queries.open_count(bob) == 0


def test_a_skipped_item_comes_back_last(bob, queue):
    first = take(bob, queue)
    services.skip(by=bob, claim=first, reason="later")
    items = []
    while claim := services.claim(by=bob, queue=queue):
        items.append(claim.item_id)
        services.answer(by=bob, claim=claim, given={"value": 1.0})
    assert items[-1] == first.item_id
    assert len(items) == queue.items.count()


def test_a_declined_item_never_comes_back(bob, queue):
    first = take(bob, queue)
    with pytest.raises(errors.Invalid):
        services.decline(by=bob, claim=first, reason=" ")
    services.decline(by=bob, claim=first, reason="I wrote it")
    assert answer_all(bob, queue) == queue.items.count() - 1
    assert ReviewItem.objects.get(pk=first.item_id).taken == 0


def test_a_dead_lease_is_freed_by_the_sweeper(bob, queue):
    claim = take(bob, queue)
    Claim.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert services.release_dead_leases() == 1
    assert services.release_dead_leases() == 0
    claim.refresh_from_db()
    assert claim.state == Claim.State.EXPIRED
    assert ReviewItem.objects.get(pk=claim.item_id).taken == 0


def test_a_late_answer_is_kept_while_the_seat_is_free(bob, cleo, queue):
    claim = take(bob, queue)
    Claim.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    services.release_dead_leases()
    assert services.answer(by=bob, claim=claim, given={"value": 1.0}).value == 1.0
    assert ReviewItem.objects.get(pk=claim.item_id).taken == 1


def test_a_late_answer_without_a_seat_is_refused(alice, bob, cleo, queue):
    claim = take(bob, queue)
    Claim.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    services.release_dead_leases()
    answer_all(cleo, queue)
    answer_all(alice, queue)
    with pytest.raises(errors.Conflict):
        services.answer(by=bob, claim=claim, given={"value": 1.0})


def test_a_heartbeat_keeps_and_a_lost_claim_says_so(bob, queue):
    claim = take(bob, queue)
    Claim.objects.update(lease_until=timezone.now() + timedelta(seconds=1))
    assert services.heartbeat(by=bob, claim=claim).lease_until > timezone.now() + timedelta(minutes=5)
    services.release(by=bob, claim=claim)
    with pytest.raises(errors.Conflict):
        services.heartbeat(by=bob, claim=claim)


def test_a_paused_queue_gives_out_nothing(alice, bob, queue):
    services.set_state(by=alice, queue=queue, state="paused")
    with pytest.raises(errors.Conflict):
        take(bob, queue)
    with pytest.raises(errors.NotAllowed):
        services.set_state(by=bob, queue=queue, state="open")


def test_strangers_and_viewers_claim_nothing(charlie, queue):
    with pytest.raises(errors.NotFound):
        take(charlie, queue)
    with pytest.raises(errors.NotAllowed):
        services.claim(by=factories.make_actor(Role.VIEWER), queue=queue)


def test_nobody_touches_the_claim_of_another(bob, cleo, queue):
    claim = take(bob, queue)
    for act in (services.heartbeat, services.skip, services.release):
        with pytest.raises(errors.NotFound):
            act(by=cleo, claim=claim)
    with pytest.raises(errors.NotFound):
        services.answer(by=cleo, claim=claim, given={"value": 1.0})


@pytest.mark.django_db(transaction=True)
def test_many_people_at_once_never_overbook():
    author = factories.make_actor()
    queue = services.create_queue(
        by=author, run=make_run(author, 5).run, name="Q", rule={"kind": "random", "size": 50}, overlap=2, seed=1
    )
    people = [factories.make_actor(Role.ANNOTATOR) for _ in range(4)]
    failures: list[Exception] = []

    def work(actor):
        try:
            answer_all(actor, queue)
        except Exception as error:  # noqa: BLE001 - told to the main thread
            failures.append(error)
        finally:
            connection.close()

    # Every person works in two tabs at once.
    threads = [threading.Thread(target=work, args=(person,)) for person in people for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert [type(error) for error in failures if not isinstance(error, errors.Conflict)] == []
    left = sum(answer_all(person, queue) for person in people)
    for item in queue.items.all():
        deciders = list(item.reviews.values_list("by_id", flat=True))
        assert item.taken == len(deciders) == len(set(deciders)) == 2
    assert left < queue.items.count() * 2


def test_the_next_item_can_be_held_beside_the_one_at_hand(bob, cleo, queue):
    first = take(bob, queue)
    second = services.claim(by=bob, queue=queue, beside=first.pk)
    assert second is not None
    assert second.item_id != first.item_id
    assert services.claim(by=bob, queue=queue, beside=first.pk) == second
    assert take(bob, queue) == first
    services.answer(by=bob, claim=first, given={"value": 1.0})
    assert take(bob, queue) == second


def test_more_urgent_items_come_first_and_freed_ones_behind_are_found(bob, cleo, queue):
    first = take(bob, queue)
    services.answer(by=bob, claim=first, given={"value": 1.0})
    last = queue.items.order_by("-position").first()
    ReviewItem.objects.filter(pk=last.pk).update(priority=3)
    urgent = take(bob, queue)
    assert urgent.item_id == last.pk
    services.answer(by=bob, claim=urgent, given={"value": 1.0})
    assert take(bob, queue).item.position == 1


def test_an_item_comes_again_only_to_those_who_decided_it(bob, cleo, queue):
    original = queue.items.order_by("position").first()
    again = ReviewItem.objects.create(
        queue=queue, position=900, subject=original.subject, version=original.version, criterion=original.criterion,
        repeat_of=original, seats=2,
    )  # fmt: skip
    for actor in (bob, cleo):
        while (claim := take(actor, queue)).item_id == original.pk:
            services.decline(by=actor, claim=claim, reason="I wrote it")
        services.release(by=actor, claim=claim)
    assert queries.my_progress(bob, queue) == (0, queue.items.count() - 2)
    decided = answer_all(bob, queue)
    assert decided == queue.items.count() - 2
    Claim.objects.filter(user=cleo.user, item=original).delete()
    assert answer_all(cleo, queue) == queue.items.count()
    assert again.claims.get().user == cleo.user


def test_what_waits_says_what_others_hold(bob, cleo, alice, queue):
    ReviewItem.objects.filter(queue=queue).update(seats=1)
    held = take(cleo, queue)
    answer_all(bob, queue)
    assert services.claim(by=bob, queue=queue) is None
    found = queries.waiting(bob, queue)
    assert (found.held, found.until, found.declined) == (1, held.lease_until, 0)
    assert found.done == queue.items.count() - 1
    services.answer(by=cleo, claim=held, given={"value": 1.0})
    assert queries.waiting(bob, queue).held == 0


def test_the_clocks_of_web_servers_may_differ(bob, cleo, queue, monkeypatch):
    held, real = take(bob, queue), timezone.now()
    for astray in (timedelta(hours=2), -timedelta(hours=2)):
        monkeypatch.setattr(timezone, "now", lambda astray=astray: real + astray)
        assert services.release_dead_leases() == 0
        take(cleo, queue)
        kept = services.heartbeat(by=bob, claim=held)
        assert kept.state == "leased"
        assert timedelta(minutes=15) < kept.lease_until - real < timedelta(minutes=25)
    theirs = Claim.objects.get(user=cleo.user)
    assert timedelta(minutes=15) < theirs.lease_until - real < timedelta(minutes=25)


def test_a_role_taken_away_ends_the_heartbeat(bob, queue):
    claim = take(bob, queue)
    lowered = factories.make_actor(Role.VIEWER, username="bob2")
    with pytest.raises(errors.NotAllowed):
        services.heartbeat(by=type(bob)(bob.user, bob.workspace, lowered.role), claim=claim)
