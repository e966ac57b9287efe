"""Huge and twisted bodies over REST: taken, or refused with a problem document, and never half stored."""

import json

import pytest
from django.test import override_settings

from apps.rubrics.models import Rubric
from domain import rubric
from tests.api.conftest import Caller, problem

pytestmark = pytest.mark.django_db
MEGABYTE = 2**20


def document(criteria: list[dict[str, object]], **fields: object) -> dict[str, object]:
    return {"format": rubric.FORMAT, "title": "Big", "slug": "big", "criteria": criteria, **fields}


def test_ten_megabytes_are_taken(bob: Caller) -> None:
    rows: list[dict[str, object]] = [{"id": f"c_{n}", "text": f"Says {n} " + "x" * 19_900} for n in range(530)]
    body = json.dumps(document(rows)).encode()
    assert len(body) > 10 * MEGABYTE
    made = bob.call("post", "/rubrics/import?format=rubricstudio&slug=big", body)
    assert made.status_code == 201, made.content[:300]
    assert len(bob.get("/rubrics/big/versions/1").json()["criteria"]) == 530
    with override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=10 * MEGABYTE):
        problem(bob.call("post", "/rubrics/import?format=rubricstudio&slug=more", body), 413)


def test_twisted_documents_are_refused_with_their_place(bob: Caller) -> None:
    groups = [{"id": f"g{n}", "parent": f"g{n - 1}" if n else None} for n in range(60)]
    for twisted in (
        document([{"id": "c", "text": "One."}], groups=groups),
        document([{"id": "c", "text": "One."}], groups=[{"id": "a", "parent": "b"}, {"id": "b", "parent": "a"}]),
        document([{"id": "c", "text": "One."}, {"id": "c", "text": "Two."}]),
        document([{"id": "c", "text": "One.", "weight": -1}]),
        document([{"id": f"c{n}", "text": "One."} for n in range(5_001)]),
    ):
        said = problem(bob.post("/rubrics", twisted), 422)
        assert said["errors"][0]["pointer"].startswith(("/criteria", "/groups"))
    for weight in ("NaN", "Infinity", "1e999"):
        text = f'{{"format": "{rubric.FORMAT}", "criteria": [{{"id": "c", "text": "One.", "weight": {weight}}}]}}'
        assert bob.call("post", "/rubrics", text.encode()).status_code in {400, 422}
    assert not Rubric.objects.exists()
