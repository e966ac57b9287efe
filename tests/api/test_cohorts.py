"""Single rollouts that wait for each other and are rewarded as one group."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.rubrics.models import RubricVersion
from apps.training.models import Cohort, CohortMember, RewardRequest
from apps.training.services import cohorts
from tests import factories
from tests.api.conftest import BAD, GOOD, Caller, problem, work
from tests.api.test_rewards import item, ready, version

__all__ = ["ready", "version"]
pytestmark = pytest.mark.django_db


def joined(caller: Caller, one: dict[str, Any], *, key: str = "", **more: Any) -> Any:
    size, timeout = more.pop("size", 2), more.pop("timeout", 60)
    body = {"rubric": "letters@1", "cohort": {"key": "p1", "size": size, "timeout": timeout}, "items": [one], **more}
    return caller.post("/rewards/cohorts", body, **({"Idempotency_Key": key} if key else {}))


def read(caller: Caller, answer: Any) -> Any:
    return caller.get(answer["Location"].removeprefix("/api/v1"))


def test_a_full_cohort_is_rewarded_as_one_group(bob: Caller, version: RubricVersion):
    first = joined(bob, item("a", GOOD))
    assert (first.status_code, first.json()["cohort"]["members"]) == (202, 1)
    assert not RewardRequest.objects.exists()
    second = joined(bob, item("a", BAD))
    work()
    for answer, text in ((first, GOOD), (second, BAD)):
        told = read(bob, answer)
        assert told.status_code == 200, told.content
        body = told.json()
        assert [one["id"] for one in body["results"]] == ["a"]
        assert (body["cohort"]["members"], body["groups"][0]["scored"]) == (2, 2), text
    assert RewardRequest.objects.count() == 1
    assert not CohortMember.objects.exclude(item={}).exists()


def test_a_rubric_that_compares_gets_its_group_from_the_cohort(bob: Caller, workspace, play):
    document = factories.make_document(scoring=[{"step": "difficulty"}, {"step": "weighted"}])
    rubric = factories.make_rubric(workspace=workspace, slug="letters")
    factories.make_version(rubric=rubric, document=document, status="approved")
    answers = [joined(bob, item(f"r{n}", text), size=3) for n, text in enumerate((GOOD, BAD, "Other."))]
    work()
    bodies = [read(bob, answer).json() for answer in answers]
    assert all(body["results"][0]["trace"][0]["in"]["group"]["answers"] == 3 for body in bodies)


def test_a_cohort_whose_time_is_over_is_rewarded_with_those_who_came(bob: Caller, version: RubricVersion):
    first = joined(bob, item("a", GOOD), size=8)
    Cohort.objects.update(closes_at=timezone.now() - timedelta(seconds=1))
    late = joined(bob, item("b", BAD), size=8)
    work()
    assert read(bob, first).json()["groups"][0]["ids"] == ["a"]
    assert read(bob, late).json()["cohort"] == {**late.json()["cohort"], "members": 1}
    Cohort.objects.update(closes_at=timezone.now() - timedelta(seconds=1))
    assert cohorts.sweep() == 1
    assert cohorts.sweep() == 0
    work()
    assert read(bob, late).status_code == 200


def test_what_differs_is_another_cohort(bob: Caller, alice: Caller, version: RubricVersion):
    joined(bob, item("a"))
    joined(bob, item("b"), deadline_in=9)
    joined(bob, item("c"), size=3)
    joined(alice, item("d"))
    assert Cohort.objects.filter(closed_at=None).count() == 4


def test_a_member_sent_twice_with_its_key_counts_once(bob: Caller, version: RubricVersion):
    first, again = joined(bob, item("a"), key="k1"), joined(bob, item("a"), key="k1")
    assert first["Location"] == again["Location"]
    assert CohortMember.objects.count() == 1


def test_bad_members_are_refused_before_they_join(bob: Caller, charlie: Caller, version: RubricVersion):
    problem(joined(bob, item("a"), rubric="none@1"), 404)
    body = {"rubric": "letters@1", "cohort": {"key": "k", "size": 2}, "items": [item("a"), item("b")]}
    problem(bob.post("/rewards/cohorts", body), 422)
    first = joined(bob, item("a"))
    assert read(charlie, first).status_code == 404
    assert Cohort.objects.count() == 1
