"""Idempotency-Key: the same call is done once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.api.models import IdempotentAnswer
from apps.rubrics.models import Rubric
from tests.api.conftest import Caller, problem

pytestmark = pytest.mark.django_db
BODY = {"title": "Mail"}


def test_the_first_answer_is_given_again(bob: Caller):
    first = bob.post("/rubrics", BODY, Idempotency_Key="k1")
    again = bob.post("/rubrics", {"title": "Mail"}, Idempotency_Key="k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again["Idempotent-Replayed"] == "true"
    assert (again["Location"], again["ETag"]) == (first["Location"], first["ETag"])
    assert Rubric.objects.count() == 1


def test_a_key_belongs_to_one_body_one_address_and_one_token(alice: Caller, bob: Caller):
    bob.post("/rubrics", BODY, Idempotency_Key="k1")
    problem(bob.post("/rubrics", {"title": "Other"}, Idempotency_Key="k1"), 422, "idempotency_key_reused")
    problem(bob.post("/rubrics/mail/versions", {}, Idempotency_Key="k1"), 422, "idempotency_key_reused")
    assert alice.post("/rubrics", {"title": "Letters"}, Idempotency_Key="k1").status_code == 201


def test_a_failed_call_may_be_tried_again(bob: Caller):
    problem(bob.post("/rubrics", {"title": "Mail", "slug": "a b"}, Idempotency_Key="k1"), 422)
    assert not IdempotentAnswer.objects.exists()
    assert bob.post("/rubrics", BODY, Idempotency_Key="k1").status_code == 201


def test_a_call_under_way_is_not_done_twice(bob: Caller):
    bob.post("/rubrics", BODY, Idempotency_Key="k1")
    IdempotentAnswer.objects.update(status=None, body=None)
    problem(bob.post("/rubrics", BODY, Idempotency_Key="k1"), 409, "idempotency_in_progress")
    IdempotentAnswer.objects.update(created_at=timezone.now() - timedelta(hours=1))
    assert bob.post("/rubrics", BODY, Idempotency_Key="k1").status_code == 201
    assert Rubric.objects.count() == 2


def test_a_key_has_to_fit(bob: Caller):
    problem(bob.post("/rubrics", BODY, Idempotency_Key="k" * 201), 422, "idempotency_key_invalid")


def test_an_import_is_done_once(bob: Caller):
    file = b'{"format": "rubricstudio/1", "title": "Mail", "criteria": [{"text": "Polite."}]}'
    first = bob.call("post", "/rubrics/import?format=rubricstudio", file, Idempotency_Key="k2")
    again = bob.call("post", "/rubrics/import?format=rubricstudio", file, Idempotency_Key="k2")
    assert again.json() == first.json()
    other = bob.call("post", "/rubrics/import?format=rubricstudio&slug=x", file, Idempotency_Key="k2")
    problem(other, 422, "idempotency_key_reused")
