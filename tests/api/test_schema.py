"""The schema is valid OpenAPI 3.1, covers every address, and can be read as a page."""

import re

import pytest
from django.test import Client
from openapi_spec_validator import validate

from apps.api import docs, urls
from tests.api.conftest import ROOT


def test_the_schema_is_valid_openapi():
    schema = docs.schema()
    validate(schema)
    assert schema["openapi"].startswith("3.1")
    ids = [operation["operationId"] for methods in schema["paths"].values() for operation in methods.values()]
    assert len(set(ids)) == len(ids)


def test_every_address_is_in_the_schema():
    routes = {
        re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(one.pattern))
        for one in urls.urlpatterns
        if "^" not in str(one.pattern)
    }
    assert {f"{ROOT}/{route}" for route in routes - {"schema", "docs"}} == set(docs.schema()["paths"])


def test_rewards_are_described_field_by_field():
    shapes = docs.schema()["components"]["schemas"]
    assert set(shapes["RewardItemBody"]["properties"]) == {
        "id", "prompt", "response", "reference", "context", "rubric", "prompt_id", "group", "step", "profile",
        "off_policy",
    }  # fmt: skip
    assert {"reward", "display", "coverage", "criteria", "trace"} <= set(shapes["RewardResult"]["properties"])
    assert "Criterion" in shapes


@pytest.mark.django_db
def test_schema_and_docs_are_open_doors():
    schema = Client().get(f"{ROOT}/schema")
    assert schema.status_code == 200
    assert schema["Content-Type"] == "application/vnd.oai.openapi+json"
    page = Client().get(f"{ROOT}/docs")
    assert page.status_code == 200
    text = page.content.decode()
    assert "/api/v1/rewards" in text
    assert "curl" in text
    assert "rewards:write" in text
    assert not re.findall(r'(?:src|href)="https?://', text)


@pytest.mark.parametrize("path", ["/api/v1/docs", "/api/v1/schema"])
def test_what_is_only_read_says_so(path: str) -> None:
    answer = Client(enforce_csrf_checks=True).post(path)
    assert (answer.status_code, answer["Content-Type"]) == (405, "application/problem+json")
    assert answer["Allow"] == "GET, HEAD"


def test_a_bug_is_a_problem_document_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("apps.api.docs._schema_bytes", broken)
    answer = Client(raise_request_exception=False).get("/api/v1/schema")
    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")
    assert answer.json()["code"] == "bug"
    assert answer.json()["request_id"]


def test_ids_in_addresses_are_never_negative():
    found = [
        one["schema"]
        for methods in docs.schema()["paths"].values()
        for call in methods.values()
        for one in call.get("parameters", [])
        if one["in"] == "path" and one["schema"].get("type") == "integer"
    ]
    assert len(found) > 40
    assert all(one["minimum"] >= 0 for one in found)
