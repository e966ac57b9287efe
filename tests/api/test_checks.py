"""The catalogue of checks."""

import pytest

from domain import checks
from tests.api.conftest import Caller, caller_of, problem

pytestmark = pytest.mark.django_db


def test_every_kind_is_listed_as_it_is(bob: Caller):
    found = bob.get("/check-kinds").json()
    assert found["next"] is None and found["abstain"] == checks.ABSTAIN
    assert [one["kind"] + (f"/{one['instruction']}" if one["instruction"] else "") for one in found["results"]] == list(
        checks.offers()
    )
    words = found["results"][0]
    assert (words["kind"], words["cost"], words["needs"]) == ("words", "instant", [])
    assert words["fields"][0] == {
        "pointer": "/min", "title": "At least", "help": "Left empty: no lower bound.", "type": "integer",
        "required": False, "default": None, "choices": [], "minimum": 0.0, "maximum": 10_000_000.0,
    }  # fmt: skip
    assert all(one["abstains"] for one in found["results"])


def test_an_instruction_says_where_its_settings_stand(bob: Caller):
    found = bob.get("/check-kinds?kind=ifeval").json()["results"]
    assert len(found) == 25
    named = {one["instruction"]: one for one in found}
    pointers = [one["pointer"] for one in named["length_constraints:number_words"]["fields"]]
    assert pointers == ["/kwargs/num_words", "/kwargs/relation", "/mode"]
    spec = {"kind": "ifeval", "instruction": "length_constraints:number_words",
            "kwargs": {"num_words": 2, "relation": "at least"}}  # fmt: skip
    assert bob.post("/checks/evaluate", {"check": spec, "response": "two words"}).json()["result"] == "pass"


def test_its_examples_hold(bob: Caller):
    for kind in bob.get("/check-kinds").json()["results"]:
        for case in kind["examples"] if kind["cost"] == "instant" else []:
            said = bob.post("/checks/evaluate", {key: case[key] for key in ("check", "response", "reference")}).json()
            assert said["result"] == case["result"], case


def test_unknown_kinds_and_missing_rights(bob: Caller, charlie: Caller):
    problem(bob.get("/check-kinds?kind=magic"), 404, code="check_kind_unknown")
    problem(caller_of(bob.actor, "data:read").get("/check-kinds"), 403, "scope_missing")
    assert charlie.get("/check-kinds").status_code == 200
