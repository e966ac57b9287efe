"""The bucket of requests fills up evenly."""

import pytest

from apps.accounts.models import Token
from apps.accounts.services import limits


@pytest.fixture(autouse=True)
def empty() -> None:
    limits._buckets.clear()


def test_a_bucket_empties_and_fills_again() -> None:
    token = Token(pk=1, requests_per_minute=3)
    taken = [limits.take(token, now=100.0) for _ in range(4)]
    assert [one.allowed for one in taken] == [True, True, True, False]
    assert [one.remaining for one in taken] == [2, 1, 0, 0]
    assert (taken[3].limit, taken[3].reset_seconds) == (3, 20)
    assert not limits.take(token, now=119.0).allowed
    assert limits.take(token, now=120.5).allowed
    assert limits.take(token, now=1000.0).remaining == 2


def test_tokens_do_not_share() -> None:
    first, second = Token(pk=1, requests_per_minute=1), Token(pk=2, requests_per_minute=1)
    assert limits.take(first, now=0).allowed
    assert limits.take(second, now=0).allowed
    assert not limits.take(first, now=0).allowed


def test_there_is_always_a_limit() -> None:
    assert limits.take(Token(pk=1), now=0).limit == limits.DEFAULT_PER_MINUTE


def test_a_changed_limit_counts_at_once() -> None:
    limits.take(Token(pk=1, requests_per_minute=100), now=0)
    assert limits.take(Token(pk=1, requests_per_minute=2), now=0).remaining == 1


def test_memory_is_bounded(monkeypatch) -> None:
    monkeypatch.setattr(limits, "MOST_BUCKETS", 2)
    for number in range(5):
        limits.take(Token(pk=number + 1, requests_per_minute=1), now=0)
    assert list(limits._buckets) == [4, 5]


def test_without_a_clock_it_uses_its_own() -> None:
    assert limits.take(Token(pk=1, requests_per_minute=1)).allowed
