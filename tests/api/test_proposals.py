"""Proposals over REST."""

import pytest

from apps.accounts.permissions import Role
from apps.rubrics.models import Proposal
from tests import factories
from tests.api.conftest import Caller, caller_of, problem

pytestmark = pytest.mark.django_db


def test_suggest_accept_and_reject(alice: Caller):
    rubric = factories.make_rubric(workspace=alice.actor.workspace, slug="letters")
    factories.make_version(rubric=rubric, status="approved")
    document = alice.get("/rubrics/letters/versions/1").json()
    document["criteria"][0]["text"] = "Names each drug."
    document["criteria"][1]["weight"] = 2
    inputs = {"rubric": "letters@1", "document": document}
    made = alice.post("/proposals", {"method": "suggestion", "inputs": inputs})
    assert made.status_code == 201, made.content
    place = made["Location"].removeprefix("/api/v1")
    assert [hunk["pointer"] for hunk in made.json()["hunks"]] == ["criteria/c_drug", "criteria/c_blame"]
    assert alice.post(f"{place}/accept", {"hunks": [0]}).json()["result"] == "letters@2"
    done = alice.post(f"{place}/reject", {"hunks": [1], "reason": "Too heavy."}).json()
    assert (done["state"], [hunk["decision"] for hunk in done["hunks"]]) == ("closed", ["accepted", "rejected"])
    assert alice.get(place).json() == done
    problem(alice.post(f"{place}/accept", {}), 409)
    assert alice.get("/rubrics/letters/versions/2").json()["criteria"][0]["text"] == "Names each drug."


def test_hunks_and_faults(alice: Caller, charlie: Caller):
    rubric = factories.make_rubric(workspace=alice.actor.workspace, slug="letters")
    factories.make_version(rubric=rubric)
    add = {
        "op": "add",
        "pointer": "criteria/c_new",
        "before": {"after": None},
        "after": {"id": "c_new", "text": "New."},
    }

    def ask(*hunks: object, method: str = "suggestion", name: str = "letters@1"):
        return alice.post("/proposals", {"method": method, "inputs": {"rubric": name, "hunks": list(hunks)}})

    assert ask(add | {"evidence": {"runs": 3}}).json()["hunks"][0]["evidence"] == {"runs": 3}
    problem(ask(add, method="magic"), 422, pointer="/method")
    problem(ask(add, name="letters"), 422, pointer="/inputs/rubric")
    problem(ask(add, name="other@1"), 404)
    problem(ask(add | {"pointer": "nonsense"}), 422, pointer="/inputs/hunks/0")
    problem(ask(), 422)
    row = Proposal.objects.get()
    problem(charlie.get(f"/proposals/{row.pk}"), 404)
    problem(caller_of(alice.actor, "proposals:write").post(f"/proposals/{row.pk}/accept", {}), 403)
    assert caller_of(alice.actor, "proposals:write").post(f"/proposals/{row.pk}/reject", {}).status_code == 200


def test_moves_between_groups_and_their_faults(alice: Caller):
    rubric = factories.make_rubric(workspace=alice.actor.workspace, slug="letters")
    factories.make_version(rubric=rubric)
    group = {"id": "care", "title": "Care"}
    add = {"op": "add", "pointer": "groups/care", "before": {"after": None}, "after": group}
    move = {"op": "move", "pointer": "criteria/c_blame", "after": {"after": None, "group": "care"}}

    def ask(*hunks: object):
        return alice.post(
            "/proposals", {"method": "suggestion", "inputs": {"rubric": "letters@1", "hunks": list(hunks)}}
        )

    made = ask(move, add)
    assert made.status_code == 201, made.content
    assert made.json()["hunks"][0]["before"] == {"after": "c_drug", "group": None}
    place = made["Location"].removeprefix("/api/v1")
    done = alice.post(f"{place}/accept", {"hunks": [0]}).json()
    assert [hunk["decision"] for hunk in done["hunks"]] == ["accepted", "accepted"]
    said = alice.get("/rubrics/letters/versions/1").json()
    assert [(one["id"], one["group"]) for one in said["criteria"]] == [("c_blame", "care"), ("c_drug", None)]
    where = "/inputs/hunks/0"
    problem(ask(move | {"after": {"after": None, "group": "nowhere"}}), 422, pointer=f"{where}/after/group")
    problem(ask(move | {"after": {"after": "c_none"}}), 422, pointer=f"{where}/after/after")
    problem(ask(move | {"after": {"group": "care"}}), 422, pointer=f"{where}/after")
    problem(ask(move | {"after": {"after": None, "parent": "care"}}), 422, pointer=f"{where}/after")
    problem(ask(move | {"after": {"after": ["c_drug"]}}), 422, pointer=f"{where}/after/after")
    problem(ask(move | {"pointer": "criteria/c_none"}), 422, pointer=f"{where}/pointer")
    problem(ask(move, move), 422, pointer="/inputs/hunks/1/pointer")
    inside = {"op": "move", "pointer": "groups/care", "after": {"after": None, "parent": "care"}}
    assert ask(inside).status_code == 422
    part = {"op": "change", "pointer": "criteria/c_drug", "before": {"weight": 3.0}}
    few = ask(part | {"after": {"id": "c_drug", "weight": 5}}).json()["hunks"][0]
    assert (few["before"]["text"], few["after"]["text"]) == ("Names the drug and its dose.",) * 2
    assert (few["before"]["weight"], few["after"]["weight"]) == (3.0, 5)
    assert Proposal.objects.count() == 2


def test_an_annotator_suggests_and_an_author_decides(alice: Caller):
    rubric = factories.make_rubric(workspace=alice.actor.workspace, slug="letters")
    factories.make_version(rubric=rubric)
    ann = caller_of(factories.make_actor(Role.ANNOTATOR, workspace=alice.actor.workspace), "proposals:write")
    edit = {"op": "change", "pointer": "title", "before": "Letters", "after": "Discharge letters"}
    made = ann.post("/proposals", {"method": "suggestion", "inputs": {"rubric": "letters@1", "hunks": [edit]}})
    assert made.status_code == 201, made.content
    place = made["Location"].removeprefix("/api/v1")
    problem(ann.post(f"{place}/reject", {}), 403)
    problem(ann.post(f"{place}/accept", {}), 403)
    assert alice.post(f"{place}/accept", {}).json()["state"] == "closed"
    assert alice.get("/rubrics/letters/versions/1").json()["title"] == "Discharge letters"
