"""Judges over REST: made, versioned, listed without secrets, tested by a worker."""

import pytest

from apps.judging.models import Judge, JudgeVersion
from tests.api.conftest import Caller, problem, work

pytestmark = pytest.mark.django_db
SERVED = {"kind": "served", "base_url": "http://127.0.0.1:9/v1", "model": "small", "api_key": "sk-secret"}


def test_a_judge_is_made_and_versioned(alice: Caller):
    made = alice.post("/judges", {"name": "reader", "engine": SERVED, "settings": {"min_label_mass": 0.5}})
    assert made.status_code == 201, made.content
    body = made.json()
    assert (body["name"], body["version"], body["default"], body["has_api_key"]) == ("reader", 1, True, True)
    assert "sk-secret" not in made.content.decode()
    assert body["fingerprint"].startswith("sha256:")
    second = alice.post("/judges", {"name": "reader", "engine": SERVED, "protocol": "rubric_context"}).json()
    assert (second["version"], second["fingerprint"] == body["fingerprint"]) == (2, False)
    assert alice.get("/judges/reader").json()["version"] == 2
    assert alice.get("/judges/reader@1").json()["fingerprint"] == body["fingerprint"]
    assert [row["name"] for row in alice.get("/judges").json()["results"]] == ["reader"]


@pytest.mark.parametrize(
    "body, pointer",
    [
        ({"engine": SERVED}, "/name"),
        ({"name": "a b", "engine": SERVED}, "/name"),
        ({"name": "a", "engine": {"kind": "magic"}}, "/engine/kind"),
        ({"name": "a", "engine": {"kind": "served", "model": "m"}}, "/engine/base_url"),
        ({"name": "a", "engine": {"kind": "served", "base_url": "ftp://x", "model": "m"}}, "/engine/base_url"),
        ({"name": "a", "engine": SERVED, "protocol": "x"}, "/protocol"),
        ({"name": "a", "engine": SERVED, "settings": 5}, "/settings"),
        ({"name": "a", "engine": 5}, "/engine"),
        ({"name": "a", "engine": {**SERVED, "modle": "m"}}, "/engine/modle"),
    ],
)
def test_faults_are_pointed_at(alice: Caller, body, pointer):
    problem(alice.post("/judges", body), 422, pointer=pointer)
    assert not Judge.objects.exists()


def test_only_approvers_set_up_judges(bob: Caller):
    problem(bob.post("/judges", {"name": "a", "engine": SERVED}), 403)


def test_a_test_is_done_by_a_worker(alice: Caller, judge: JudgeVersion, engine):
    asked = alice.post("/judges/reader/test")
    assert (asked.status_code, asked.json()["ready"]) == (202, None), asked.content
    work()
    test = alice.get("/judges/reader").json()["test"]
    assert test["ready"] is not None
    assert "reachable" in {check["name"] for check in test["checks"]}
    problem(alice.post("/judges/nobody/test"), 404)


def test_strangers_see_nothing(charlie: Caller, judge: JudgeVersion):
    assert charlie.get("/judges").json()["results"] == []
    problem(charlie.get("/judges/reader"), 404)
    problem(charlie.get("/judges/not%20a%20name"), 422)
