"""The life of seats as a state machine: in whatever order people act, no seat is doubled and nothing is lost."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from apps.accounts.permissions import Role
from apps.review import services
from apps.review.models import Claim, Review, ReviewItem
from domain import errors
from tests import factories
from tests.apps.review.conftest import make_run

pytestmark = pytest.mark.django_db

PEOPLE = st.integers(0, 2)
CHOICES = st.sampled_from([0.0, 1.0])


def machine_for(queue, people):
    """A machine whose every run begins with the queue untouched."""

    class Seats(RuleBasedStateMachine):
        def __init__(self):
            super().__init__()
            self.savepoint = transaction.atomic()
            self.savepoint.__enter__()
            self.told: dict[int, float] = {}
            self.declined: set[tuple[int, int]] = set()

        def teardown(self):
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)

        def live(self, who, last=False):
            rows = Claim.objects.filter(user=people[who].user, state="leased").order_by("-pk" if last else "pk")
            return rows.first()

        @rule(who=PEOPLE)
        def take(self, who):
            before = self.live(who)
            claim = services.claim(by=people[who], queue=queue)
            if before is not None and before.lease_until > timezone.now():
                assert claim == before
            if claim is not None:
                assert (claim.item_id, who) not in self.declined

        @rule(who=PEOPLE)
        def take_ahead(self, who):
            held = self.live(who)
            if held is not None and held.lease_until > timezone.now():
                ahead = services.claim(by=people[who], queue=queue, beside=held.pk)
                assert ahead is None or ahead.item_id != held.item_id

        @rule(who=PEOPLE, value=CHOICES, late=st.booleans())
        def answer(self, who, value, late):
            rows = Claim.objects.filter(user=people[who].user, state="expired" if late else "leased")
            claim = rows.order_by("pk").first()
            if claim is None:
                return
            try:
                services.answer(by=people[who], claim=claim, given={"value": value})
            except errors.Conflict:
                assert late
                assert not Review.objects.filter(claim=claim).exists()
            else:
                self.told[claim.pk] = value

        @rule(who=PEOPLE, value=CHOICES)
        def revise(self, who, value):
            review = Review.objects.filter(by=people[who].user).order_by("-pk").first()
            if review is not None:
                services.revise(by=people[who], review=review, given={"value": value})
                self.told[review.claim_id] = value

        @rule(who=PEOPLE, how=st.sampled_from(["skip", "decline", "release", "heartbeat"]))
        def give_back(self, who, how):
            claim = self.live(who, last=True)
            if claim is None:
                return
            if how == "decline":
                services.decline(by=people[who], claim=claim, reason="mine")
                self.declined.add((claim.item_id, who))
            else:
                getattr(services, how)(by=people[who], claim=claim)

        @rule(who=PEOPLE)
        def go_away(self, who):
            Claim.objects.filter(user=people[who].user, state="leased").update(
                lease_until=timezone.now() - timedelta(seconds=1)
            )

        @rule(who=PEOPLE)
        def come_back(self, who):
            claim = Claim.objects.filter(user=people[who].user, state="expired").order_by("-pk").first()
            if claim is not None:
                try:
                    services.heartbeat(by=people[who], claim=claim)
                except errors.Conflict:
                    claim.refresh_from_db()
                    assert claim.state == "expired"

        @rule()
        def sweep(self):
            services.release_dead_leases()
            assert not Claim.objects.filter(state="leased", lease_until__lt=timezone.now()).exists()

        @invariant()
        def no_seat_is_doubled(self):
            for item in ReviewItem.objects.filter(queue=queue).prefetch_related("claims"):
                sitting = [one.user_id for one in item.claims.all() if one.state in {"leased", "answered"}]
                assert item.taken == len(sitting) == len(set(sitting)) <= item.seats

        @invariant()
        def nobody_holds_more_than_two(self):
            for actor in people:
                assert Claim.objects.filter(user=actor.user, state="leased").count() <= 2

        @invariant()
        def nothing_told_is_lost(self):
            assert dict(Review.objects.values_list("claim_id", "value")) == self.told

    return Seats


def test_seats_under_anything_people_do():
    author = factories.make_actor()
    queue = services.create_queue(
        by=author, run=make_run(author, 2).run, name="Q", rule={"kind": "random", "size": 4}, overlap=2, seed=1
    )
    people = [factories.make_actor(Role.ANNOTATOR) for _ in range(3)]
    some = settings(
        max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    run_state_machine_as_test(machine_for(queue, people), settings=some)
