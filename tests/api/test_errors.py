"""Bad input: precise problem documents and nothing half-written."""

import pytest
from django.db import OperationalError
from django.test import Client

from apps.rubrics import queries
from apps.rubrics.models import Rubric
from tests.api.conftest import ROOT, Caller, problem

pytestmark = pytest.mark.django_db


def test_an_address_that_leads_nowhere(alice: Caller):
    problem(alice.get("/nothing/here"), 404, "not_found")
    problem(Client().get(f"{ROOT}/rubrics/a/b/c"), 404, "not_found")


@pytest.mark.parametrize("body", [b"{", b"[1]", b'"text"', b'{"title": NaN}', b"\xff\xfe", b'{"a": "\\ud800"}', b"nul"])
def test_a_body_that_is_no_json_object(alice: Caller, body: bytes):
    problem(alice.call("post", "/rubrics", body), 400, "malformed")
    assert not Rubric.objects.exists()


def test_a_null_character_is_refused_and_its_escape_is_not(alice: Caller):
    problem(alice.call("post", "/rubrics", b'{"title": "a\\u0000b"}'), 400, "malformed")
    made = alice.call("post", "/rubrics", b'{"title": "how to write \\\\u0000"}')
    assert made.status_code == 201, made.content
    problem(alice.get("/rubrics?q=%00"), 404)


def test_a_body_of_another_type(alice: Caller):
    problem(alice.call("post", "/rubrics", "a=1", Content_Type="application/x-www-form-urlencoded"), 415)
    problem(alice.call("post", "/rubrics", "<a/>", Content_Type="application/xml"), 415)


def test_an_oversized_body(alice: Caller, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    large = b'{"title": "' + b"x" * 2000 + b'"}'
    problem(alice.call("post", "/rubrics", large), 413, "too_large")
    problem(alice.call("post", "/rubrics/import?format=rubricstudio", large), 413, "too_large")
    assert not Rubric.objects.exists()


def test_unknown_keys_are_named(alice: Caller):
    problem(alice.post("/judges", {"name": "a", "engine": {"kind": "served"}, "colour": 1}), 422, pointer="/colour")


def test_a_database_that_is_away_is_503(alice: Caller, monkeypatch):
    def away(*args, **kwargs):
        raise OperationalError("the server closed the connection unexpectedly")

    monkeypatch.setattr(queries, "library", away)
    answer = alice.get("/rubrics")
    problem(answer, 503, "database_away")
    assert answer["Retry-After"] == "5"
