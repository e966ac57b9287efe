"""A person's own figures: counted from their decisions alone."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from apps.review import queries, services
from apps.review.models import Gold, Review
from apps.review.queries import people
from tests import factories
from tests.apps.review.conftest import take

pytestmark = pytest.mark.django_db


def decide(by, queue, values):
    found = []
    for value in values:
        claim = take(by, queue)
        found.append(services.answer(by=by, claim=claim, given={"value": value}, seconds=10))
    return found


def test_own_figures_beside_what_people_settled_on(queue, alice, bob, cleo):
    mine = decide(bob, queue, [1.0, 1.0, 0.0])
    decide(cleo, queue, [1.0, 0.0, 0.0])
    services.adjudicate(by=alice, item=mine[1].item, given={"value": 0.0}, reason="No.")
    found = queries.own_figures(bob)
    assert (found.decisions, found.today, found.streak, found.seconds) == (3, 3, 1, 10)
    assert (found.consensus.right, found.consensus.of) == (2, 3)
    assert queries.own_figures(cleo).consensus.value == 1.0
    assert found.gold.value is None
    assert [day.decisions for day in found.days] == [3]


def test_known_answers_and_repeats(queue, alice, bob):
    first, second = decide(bob, queue, [1.0, 1.0])
    gold = Gold.objects.create(
        workspace=alice.workspace, subject=first.item.subject, criterion=first.item.criterion,
        criterion_digest="sha256:x", value=0.0,
    )  # fmt: skip
    type(first.item).objects.filter(pk=first.item_id).update(is_gold=True, gold_id=gold.pk)
    type(first.item).objects.filter(pk=second.item_id).update(repeat_of=first.item_id)
    found = queries.own_figures(bob)
    assert (found.gold.right, found.gold.of) == (0, 1)
    assert (found.repeats.right, found.repeats.of) == (1, 1)
    assert queries.votes_of(alice.workspace.pk, [bob.user.pk, alice.user.pk]) == {
        bob.user.pk: 1 / 3, alice.user.pk: 0.5,
    }  # fmt: skip


def test_days_in_a_row(queue, bob):
    reviews = decide(bob, queue, [1.0, 1.0, 1.0, 1.0])
    now = timezone.now()
    for review, back in zip(reviews, (1, 2, 5, 6), strict=True):
        Review.objects.filter(pk=review.pk).update(created_at=now - timedelta(days=back))
    found = queries.own_figures(bob)
    assert (found.streak, found.longest_streak, found.today) == (2, 2, 0)
    assert sum(day.decisions for day in found.days) == 4
    assert people._longest({date(2026, 1, 1), date(2026, 1, 2), date(2026, 1, 4)}) == 2


def test_the_page_holds_only_ones_own(queue, alice, bob, cleo, charlie):
    client = factories.signed_in(bob)
    assert "No decisions yet" in client.get("/w/clinic/review/me").content.decode()
    decide(bob, queue, [1.0])
    decide(cleo, queue, [0.0, 0.0])
    page = client.get("/w/clinic/review/me").content.decode()
    assert "<small>Decisions</small><b>1</b>" in page
    assert "cleo" not in page
    assert factories.signed_in(charlie).get("/w/clinic/review/me").status_code == 404
