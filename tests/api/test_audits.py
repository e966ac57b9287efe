"""Audits and tables of outside scores over REST."""

import json

import pytest

from apps.accounts.permissions import Role
from tests import factories
from tests.api.conftest import Caller, caller_of, problem

pytestmark = pytest.mark.django_db


def lines(**change):
    rows = [
        {"prompt_id": f"p{n}", "response_id": f"r{n}{k}", "scorer": "armo", "score": n + k / 3, "correct": k == 0}
        for n in range(4)
        for k in range(3)
    ]
    return "\n".join(json.dumps(row | change) for row in rows).encode()


@pytest.fixture
def table(bob: Caller) -> int:
    made = bob.post("/score-tables?name=Armo", lines(), Content_Type="application/x-ndjson")
    assert made.status_code == 201, made.content
    return int(made.json()["id"])


def test_scores_are_sent_once_and_audited(bob: Caller, table: int):
    assert bob.post("/score-tables", lines(), Content_Type="application/x-ndjson").status_code == 200
    read = bob.get(f"/score-tables/{table}").json()
    assert (read["rows"], read["scorers"]) == (12, {"armo": 12})
    assert [one["id"] for one in bob.get("/score-tables").json()["results"]] == [table]
    kinds = {one["kind"]: one for one in bob.get("/audits/kinds").json()["results"]}
    assert kinds["length_bias"]["needs"] == ["scores", "lengths"]
    facts = factories.make_dataset(workspace=bob.actor.workspace, slug="facts")
    for n in range(4):
        prompt = factories.make_prompt(dataset=facts, external_id=f"p{n}")
        for k in range(3):
            factories.make_response(prompt=prompt, external_id=f"r{n}{k}", text="word " * (k + 1))
    kind = "length_bias"
    body = {"kind": kind, "inputs": {"scores": [{"table": table}], "dataset": "facts"}, "seed": 5}
    made = bob.post("/audits", body)
    assert made.status_code == 201, made.content
    audit = made.json()
    assert audit["status"] == "done" and audit["band"] == audit["result"]["band"] and audit["seed"] == 5
    assert audit["reading"] and audit["input_digests"][0]["rows"] == 12
    assert bob.get(f"/audits/{audit['id']}").json() == audit
    page = bob.get(f"/audits/{audit['id']}/report?format=html")
    assert page["Content-Type"].startswith("text/html") and audit["digest"].encode() in page.content
    assert bob.get(f"/audits/{audit['id']}/report?format=pdf").content.startswith(b"%PDF-")
    problem(bob.get(f"/audits/{audit['id']}/report?format=docx"), 404, "format_unknown")
    again = bob.post(f"/audits/{audit['id']}/again").json()
    assert again["agreement"] == "same" and again["again_of"] == audit["id"]
    assert [one["id"] for one in bob.get(f"/audits?kind={kind}").json()["results"]] == [again["id"], audit["id"]]


def test_what_does_not_do_is_refused_with_a_pointer(bob: Caller, table: int):
    inputs = {"scores": [{"table": table}]}
    lacking = problem(bob.post("/audits", {"kind": "length_bias", "inputs": inputs}), 422, "audit_inputs_lacking")
    assert "lengths" in lacking["detail"]
    problem(bob.post("/audits", {"kind": "nothing", "inputs": inputs}), 422, "audit_unknown")
    problem(bob.get("/audits?kind=nothing"), 422, "audit_unknown")
    unknown = bob.post("/audits", {"kind": "length_bias", "inputs": inputs, "params": {"x": 1}})
    assert problem(unknown, 422, "audit_params_invalid")["errors"][0]["pointer"] == "/params/x"
    odd = bob.post("/audits", {"kind": "length_bias", "inputs": {"scores": [{"table": table, "scorer": "none"}]}})
    assert problem(odd, 422, "audit_inputs_invalid")["errors"][0]["pointer"] == "/inputs/scores/0/scorer"
    problem(bob.get("/audits/none"), 404, "audit_unknown")
    problem(bob.get("/audits/00000000-0000-0000-0000-000000000000"), 404, "audit_unknown")
    problem(bob.get("/score-tables/99999999999999999999"), 404, "score_table_unknown")
    for change in ({"score": "high"}, {"scorer": ""}, {"correct": 7}):
        problem(bob.post("/score-tables", lines(**change), Content_Type="application/x-ndjson"), 422)
    problem(bob.post("/score-tables", b"", Content_Type="application/x-ndjson"), 422, "file_empty")


def test_audits_are_planned_for_a_rubric(bob: Caller):
    version = factories.make_version(workspace=bob.actor.workspace, status="approved")
    where = f"/rubrics/{version.rubric.slug}/audit-plans"
    problem(bob.post(where, {"kind": "length_bias"}), 403, "role_too_low")
    approver = caller_of(factories.make_actor(Role.APPROVER, workspace=bob.actor.workspace), "audits:write")
    made = approver.post(where, {"kind": "length_bias", "params": {"good": 0.1}})
    assert made.status_code == 201, made.content
    problem(approver.post(where, {"kind": "length_bias"}), 409, "audit_planned")
    assert [one["params"]["good"] for one in bob.get(where).json()["results"]] == [0.1]
    assert approver.post(f"/audit-plans/{made.json()['id']}/end").status_code == 200
    problem(approver.post(f"/audit-plans/{made.json()['id']}/end"), 404, "plan_unknown")
    assert bob.get(where).json()["results"] == []


def test_audits_need_their_scope_and_their_role(bob: Caller, table: int):
    inputs = {"scores": [{"table": table}]}
    reader = caller_of(bob.actor, "data:read")
    problem(reader.post("/audits", {"kind": "length_bias", "inputs": inputs}), 403, "scope_missing")
    viewer = caller_of(factories.make_actor(Role.VIEWER, workspace=bob.actor.workspace), "data:read")
    problem(viewer.get("/audits"), 403, "role_too_low")


def test_probes_are_listed_and_made(bob: Caller):
    source = factories.make_dataset(workspace=bob.actor.workspace, slug="letters")
    for n in range(2):
        prompt = factories.make_prompt(dataset=source, external_id=f"p{n}")
        factories.make_response(prompt=prompt, external_id=f"r{n}", text="The dose is 5 mg, twice a day.")
    there = bob.get("/probes").json()
    assert len(there["attacks"]) > 190 and there["edits"][0]["wants"] == "same"
    body = {"dataset": "letters", "slug": "probed", "edits": ["padding"], "attacks": 1, "prompts": 2}
    made = bob.post("/probes", body)
    assert made.status_code == 201 and made.json()["dataset"] == "probed", made.content
    assert bob.get("/datasets/probed").status_code == 200
    problem(bob.post("/probes", body), 409, "dataset_exists")
    problem(bob.post("/probes", body | {"slug": "other", "edits": ["shout"]}), 422, "edit_unknown")
    problem(bob.post("/probes", body | {"slug": "other", "rubric": "nothing@1"}), 404, "version_unknown")
