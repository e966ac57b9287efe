"""Bulk reads are counted in one row a day and reach the history as one entry for each closed day."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.accounts.permissions import Actor, Role
from apps.history import services
from apps.history.models import Entry, PullCount
from tests import factories

pytestmark = pytest.mark.django_db


def test_a_day_of_pulls_is_one_row(alice: Actor) -> None:
    for _ in range(3):
        services.count_pull(by=alice, kind="rubric", ref="letters@1", items=2)
    services.count_pull(by=alice, kind="rubric", ref="letters@2", items=1)
    rows = PullCount.objects.order_by("ref").values_list("ref", "count", "items", "token_id")
    assert list(rows) == [("letters@1", 3, 6, None), ("letters@2", 1, 1, None)]


def test_tokens_are_counted_apart(alice: Actor) -> None:
    program = factories.make_actor(Role.AUTHOR, scopes=["rubrics:read"])
    services.count_pull(by=alice, kind="release", ref="spring", items=1)
    services.count_pull(by=program, kind="release", ref="spring", items=1)
    assert program.token is not None
    assert set(PullCount.objects.values_list("token_id", flat=True)) == {None, program.token.pk}


def test_only_closed_days_reach_the_history_and_only_once(alice: Actor, charlie: Actor) -> None:
    for by, ref in ((alice, "a"), (alice, "b"), (charlie, "c")):
        services.count_pull(by=by, kind="rubric", ref=ref, items=5)
    assert services.record_pulls() == 0
    PullCount.objects.update(day=(timezone.now() - timedelta(days=2)).date())
    services.count_pull(by=alice, kind="rubric", ref="a", items=1)
    assert services.record_pulls() == 2
    assert services.record_pulls() == 0
    entry = Entry.objects.get(workspace=alice.workspace, action="pulls.counted")
    assert (entry.detail["pulls"], entry.detail["items"], entry.detail["rows"]) == (2, 10, 2)
    assert [row["ref"] for row in entry.detail["listed"]] == ["a", "b"]
    assert (entry.via, entry.actor_id) == ("system", None)


def test_counting_costs_one_query(alice: Actor, django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        services.count_pull(by=alice, kind="rubric", ref="a", items=5)
