"""Rubric sets over REST: imported in bulk, submitted, approved after a sample, released as one."""

import orjson
import pytest

from tests import factories
from tests.api.conftest import Caller, problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def many(bob: Caller) -> str:
    documents = [
        factories.make_document(
            title=f"For {n}", criteria=[{"text": f"Says {n}."}],
            scope={"kind": "prompt", "dataset": "health", "prompt_id": f"p{n}"},
        )
        for n in range(4)
    ]  # fmt: skip
    file = b"\n".join(orjson.dumps(document) for document in documents)
    done = bob.call("post", "/rubrics/import?format=rubricstudio&slug=many", b"[" + file.replace(b"\n", b",") + b"]")
    assert done.status_code == 201, done.content
    assert len(done.json()["rubrics"]) == 4
    return str(done.json()["rubric_set"])


def test_a_set_goes_its_way_as_one(alice: Caller, bob: Caller, many: str):
    assert bob.get("/rubrics").json()["results"] == []
    (row,) = bob.get("/rubric-sets").json()["results"]
    assert (row["name"], row["versions"]) == (many, [{"version": 1, "status": "draft"}])
    at = f"/rubric-sets/{many}/versions/1"
    problem(bob.post(f"{at}/submit", {"sample_size": 9}), 422, pointer="/sample_size")
    problem(bob.post(f"{at}/submit", {"sample_size": 1}), 422, pointer="/sample_size")
    submitted = bob.post(f"{at}/submit", {"sample_size": 4}).json()
    assert (submitted["status"], submitted["rubrics"], submitted["sample_size"]) == ("in_review", 4, 4)
    problem(bob.post(f"{at}/approve"), 403)
    refused = problem(alice.post(f"{at}/approve"), 409, "gates_open")
    (gate,) = refused["details"]["open_gates"]
    assert (gate["name"], gate["title"]) == ("sample", "The sample is read")
    assert gate["url"].endswith(f"/sets/{many}/1/sample/")
    drawn = bob.get(f"{at}/sample").json()
    assert (drawn["size"], drawn["of"], drawn["read"], drawn["bound"], drawn["limit"]) == (4, 4, 0, None, 0.1)
    problem(bob.post(f"{at}/sample/1", {"ok": True}), 403)
    problem(alice.post(f"{at}/sample/1", {"ok": False}), 422, pointer="/note")
    problem(alice.post(f"{at}/sample/9", {"ok": True}), 404)
    for one in drawn["results"]:
        found = alice.post(f"{at}/sample/{one['place']}", {"ok": True}).json()
        assert (found["ok"], found["by"]) == (True, alice.actor.user.name)
    assert bob.get(f"{at}/sample").json()["bound"] == 0
    assert alice.post(f"{at}/approve").json()["status"] == "approved"
    members = bob.get(at).json()["members"]
    assert sorted(member["prompt_id"] for member in members) == ["p0", "p1", "p2", "p3"]
    release = alice.post("/releases", {"name": "spring", "rubric_set": f"{many}@1"})
    assert (release.status_code, release.json()["count"]) == (201, 4), release.content
    assert alice.post(f"{at}/retire").json()["status"] == "retired"


def test_strangers_and_unknown_sets(charlie: Caller, bob: Caller, many: str):
    problem(charlie.get(f"/rubric-sets/{many}/versions/1"), 404)
    problem(charlie.post(f"/rubric-sets/{many}/versions/1/submit"), 404)
    problem(bob.get(f"/rubric-sets/{many}/versions/2"), 404)
    assert charlie.get("/rubric-sets").json()["results"] == []


def test_a_set_is_sent_back_and_withdrawn(alice: Caller, bob: Caller, many: str):
    at = f"/rubric-sets/{many}/versions"
    bob.post(f"{at}/1/submit")
    again = alice.post(f"{at}/1/request-changes", {"note": "Too vague."}).json()
    assert (again["version"], again["status"], again["rubrics"]) == (2, "draft", 4)
    bob.post(f"{at}/2/submit")
    assert bob.post(f"{at}/2/withdraw").json()["version"] == 3
    problem(alice.post(f"{at}/2/approve"), 409, "wrong_state")
