"""Data sets over REST: import, items, labels."""

import pytest

from apps.datasets.models import Dataset, Label, Prompt
from tests import factories
from tests.api.conftest import GOOD, Caller, problem

pytestmark = pytest.mark.django_db
FILE = b"""{"prompt_id": "p1", "prompt": "Write a letter.", "response_id": "r1", "response": "Dear Ms Fox"}
{"prompt_id": "p1", "prompt": "Write a letter.", "response_id": "r2", "response": "Hi"}
"""


def imported(caller: Caller, **headers: str):
    return caller.call("post", "/datasets/import?format=generic&slug=letters&title=Letters", FILE, **headers)


def test_an_import_reports_and_adds_nothing_twice(bob: Caller):
    done = imported(bob)
    assert done.status_code == 201, done.content
    assert done.json()["dataset"] == "letters"
    assert (Prompt.objects.count(), done.json()["counts"]["responses_added"]) == (1, 2)
    assert imported(bob).json()["counts"]["responses_added"] == 0
    assert bob.get("/datasets/letters").json()["counts"]["responses"] == 2
    assert [row["slug"] for row in bob.get("/datasets").json()["results"]] == ["letters"]


def test_columns_may_be_mapped(bob: Caller):
    file = b"frage,antwort\nWarum?,Darum.\n"
    done = bob.call("post", "/datasets/import?format=generic&slug=faq&map.prompt=frage&map.response=antwort", file)
    assert done.status_code == 201, done.content
    assert done.json()["counts"]["responses_added"] == 1


@pytest.mark.parametrize(
    "query, file",
    [
        ("format=klingon&slug=x", FILE),
        ("format=generic&slug=x", b""),
        ("format=generic&slug=x", b"\xff\xfe\x00"),
        ("format=generic&slug=", FILE),
        ("format=generic&slug=a%20b", FILE),
        ("format=generic&slug=x&map.prompt=nothing", FILE),
        ("format=healthbench&slug=x", FILE),
    ],
)
def test_a_broken_import_writes_nothing(bob: Caller, query: str, file: bytes):
    problem(bob.call("post", f"/datasets/import?{query}", file), 422)
    assert not Dataset.objects.exists()


def test_items_are_added(bob: Caller):
    imported(bob)
    items = [{"prompt_id": "p2", "prompt": "Explain.", "responses": [{"response_id": "r3", "response": GOOD}]}]
    done = bob.post("/datasets/letters/items", {"items": items})
    assert done.status_code == 201, done.content
    assert bob.get("/datasets/letters").json()["counts"]["responses"] == 3
    problem(bob.post("/datasets/letters/items", {"items": []}), 422)
    problem(bob.post("/datasets/letters/items", {"items": [5]}), 422)
    problem(bob.post("/datasets/letters/items", {}), 422, pointer="/items")
    problem(bob.post("/datasets/nothing/items", {"items": items}), 404)


def test_labels_are_added(bob: Caller):
    imported(bob)
    labels = [{"response_id": "r1", "rater": "ann", "criterion": "c_1", "value": 1}]
    done = bob.post("/datasets/letters/labels", {"labels": labels})
    assert (done.status_code, done.json()["counts"]["labels_added"]) == (201, 1), done.content
    assert bob.post("/datasets/letters/labels", {"labels": labels}).json()["counts"]["labels_known"] == 1
    problem(bob.post("/datasets/letters/labels", {"labels": [{"response_id": "none", "rater": "a", "value": 1}]}), 422)
    problem(bob.post("/datasets/letters/labels", {"labels": [{"response_id": "r1", "rater": "a", "value": 7}]}), 422)
    assert Label.objects.count() == 1


def test_strangers_see_nothing(charlie: Caller, workspace):
    factories.make_dataset(workspace=workspace, slug="letters")
    assert charlie.get("/datasets").json()["results"] == []
    problem(charlie.get("/datasets/letters"), 404)
    problem(charlie.post("/datasets/letters/items", {"items": [{}]}), 404)
