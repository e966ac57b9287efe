"""Use of tokens is counted in memory and added to what is known of the day."""

from datetime import timedelta

import pytest
from django.db import OperationalError, transaction
from django.utils import timezone

from apps.accounts import queries
from apps.accounts.models import Token, TokenDay
from apps.accounts.permissions import Actor
from apps.accounts.services import usage
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def token(alice: Actor) -> Token:
    usage._waiting.clear()
    return factories.make_token(workspace=alice.workspace, created_by=alice.user)


def today(token: Token) -> tuple[int, int, int, int]:
    found = queries.token_use(token, days=1)[0]
    return found.calls, found.items, found.errors, found.throttled


def test_counts_are_added_up(token: Token, django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        for status in (200, 201, 422, 429):
            usage.note(token, status=status, items=3)
    assert today(token) == (0, 0, 0, 0)
    usage.flush()
    usage.flush()
    assert today(token) == (4, 6, 2, 1)
    usage.note(token, status=200)
    usage.flush()
    assert today(token) == (5, 6, 2, 1)
    assert TokenDay.objects.count() == 1


def test_days_without_calls_are_zeros_and_older_ones_left_out(token: Token) -> None:
    now = timezone.now().date()
    for back in (1, 40):
        TokenDay.objects.create(token=token, day=now - timedelta(days=back), calls=back)
    assert [one.calls for one in queries.token_use(token, days=3)] == [0, 1, 0]
    assert len(queries.token_use(token, days=30)) == 30


def test_where_the_database_is_away_nothing_is_lost(token: Token, monkeypatch: pytest.MonkeyPatch) -> None:
    usage.note(token, status=200)

    def away() -> None:
        raise OperationalError("gone")

    with monkeypatch.context() as broken:
        broken.setattr(transaction, "atomic", away)
        usage.flush()
    usage.note(token, status=200)
    usage.flush()
    assert today(token)[0] == 2


def test_a_token_that_is_gone_takes_no_other_with_it(token: Token) -> None:
    usage.note(Token(pk=token.pk + 1000), status=200)
    usage.note(token, status=200)
    usage.flush()
    assert today(token)[0] == 1
