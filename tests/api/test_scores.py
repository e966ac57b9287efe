"""Scores and checks computed on the spot: the same as the domain says, and nothing is stored."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from apps.core import gateway
from apps.judging.models import Score
from apps.rubrics import queries
from apps.rubrics.models import FittedArtefact, Profile, RubricVersion
from domain import scoring
from engines.sandbox import Sandbox
from tests import factories
from tests.api.conftest import Caller, caller_of, problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(workspace) -> RubricVersion:
    rubric = factories.make_rubric(workspace=workspace, slug="letters")
    return factories.make_version(rubric=rubric, status="approved")


@pytest.mark.parametrize(
    "values",
    [{"c_drug": 1, "c_blame": 0}, {"c_drug": 1, "c_blame": 1}, {"c_drug": None, "c_blame": 0}, {"c_drug": 0.5}, {}],
)
def test_a_score_is_what_the_domain_computes(bob: Caller, version: RubricVersion, values):
    said = bob.post("/score", {"rubric": "letters@1", "verdicts": values}).json()
    rubric = queries.domain_rubric(version)
    expected = scoring.score(rubric, scoring.from_values(rubric, values))
    assert said == {
        "raw": expected.raw, "display": expected.display, "status": expected.status, "coverage": expected.coverage,
        "contributions": dict(expected.contributions), "trace": [dict(step) for step in expected.trace],
        "baseline": expected.baseline, "explained": "sum", "standard_error": None,
    }  # fmt: skip
    assert scoring.recompute(said["trace"]) == said["raw"]
    assert not Score.objects.exists()


def test_a_group_is_scored_member_by_member(bob: Caller, version: RubricVersion):
    group = [{"c_drug": 1, "c_blame": 0}, {"c_drug": 0, "c_blame": 1}]
    results = bob.post("/score", {"rubric": "letters", "group": group}).json()["results"]
    assert [round(result["raw"], 3) for result in results] == [1.0, -0.333]


def test_steps_that_compare_answers_need_the_group(bob: Caller, workspace):
    criteria = [{"id": f"c{n}", "text": f"Names drug {n}."} for n in range(4)]
    document = factories.make_document(criteria=criteria, scoring=[{"step": "difficulty"}, {"step": "weighted"}])
    rubric = factories.make_rubric(workspace=workspace, slug="hard")
    factories.make_version(rubric=rubric, document=document, status="approved")
    group = [{f"c{n}": int(mark) for n, mark in enumerate(row)} for row in ("1111", "1100", "1110", "1000")]
    results = bob.post("/score", {"rubric": "hard@1", "group": group}).json()["results"]
    assert [round(result["raw"], 4) for result in results] == [1.0, 0.1667, 0.5, 0.0]
    assert [scoring.recompute(result["trace"]) for result in results] == [result["raw"] for result in results]
    problem(bob.post("/score", {"rubric": "hard@1", "verdicts": group[0]}), 422, "group_needed", "/verdicts")


def test_a_profile_weighs_otherwise(bob: Caller, version: RubricVersion):
    Profile.objects.create(rubric=version.rubric, name="strict", number=2, weights={"c_drug": 1, "c_blame": 3})
    body = {"rubric": "letters@1", "verdicts": {"c_drug": 1, "c_blame": 1}, "profile": "strict@2"}
    assert bob.post("/score", body).json()["raw"] == -2.0
    problem(bob.post("/score", {**body, "profile": "lenient"}), 404, "profile_unknown", "/profile")


def _fit(workspace, **shares: float) -> FittedArtefact:
    digest = f"sha256:{len(shares):064x}"
    payload = {"method": "whitened", "shares": shares}
    return FittedArtefact.objects.create(workspace=workspace, digest=digest, kind="weights", payload=payload, inputs={})


def test_fitted_weights_are_used_where_they_are_named(bob: Caller, charlie: Caller, workspace, version: RubricVersion):
    fitted = _fit(workspace, c_drug=0.25, c_blame=0.75)
    body = {"rubric": "letters@1", "verdicts": {"c_drug": 1, "c_blame": 1}, "fit": fitted.digest}
    said = bob.post("/score", body).json()
    assert said["raw"] == pytest.approx((0.25 - 0.75) / 0.25)
    assert scoring.recompute(said["trace"]) == said["raw"]
    group = {"rubric": "letters@1", "group": [body["verdicts"]], "fit": fitted.digest}
    assert bob.post("/score", group).json()["results"] == [said]
    problem(bob.post("/score", {**body, "fit": "sha256:0"}), 404, "weights_unknown", "/fit")
    problem(bob.post("/score", {**body, "profile": "strict"}), 422, pointer="/fit")
    _fit(charlie.actor.workspace, c_drug=1.0)
    problem(bob.post("/score", {**body, "fit": f"sha256:{1:064x}"}), 404, "weights_unknown", "/fit")


@pytest.fixture
def brief(workspace) -> RubricVersion:
    steps = [{"step": "weighted"}, {"step": "length_band", "low": 10, "high": 20, "scale": 10}]
    document = factories.make_document(scoring=steps)
    rubric = factories.make_rubric(workspace=workspace, slug="brief")
    return factories.make_version(rubric=rubric, document=document, status="approved")


def test_lengths_are_looked_at_where_the_scoring_asks(bob: Caller, brief: RubricVersion):
    verdicts = {"c_drug": 1, "c_blame": 0}
    body = {"rubric": "brief@1", "verdicts": verdicts}
    near, far = (bob.post("/score", {**body, "lengths": {"words": size}}).json() for size in (15, 25))
    assert (near["raw"], far["raw"]) == (1.0, 0.95)
    assert scoring.recompute(far["trace"]) == far["raw"]
    both = {"rubric": "brief@1", "group": [verdicts] * 2, "group_lengths": [{"words": 15}, {"words": 25}]}
    assert [one["raw"] for one in bob.post("/score", both).json()["results"]] == [1.0, 0.95]
    problem(bob.post("/score", body), 422, "length_needed", "/lengths")
    problem(bob.post("/score", {"rubric": "brief@1", "group": [verdicts]}), 422, "length_needed", "/group_lengths")


@pytest.mark.parametrize(
    "body, pointer",
    [
        ({"verdicts": {}, "lengths": {"words": -1}}, "/lengths/words"),
        ({"verdicts": {}, "lengths": {"words": "nan"}}, "/lengths/words"),
        ({"verdicts": {}, "lengths": {"words": 1e300}}, "/lengths/words"),
        ({"verdicts": {}, "lengths": {"words": None}}, "/lengths/words"),
        ({"verdicts": {}, "lengths": {"pages": 3}}, "/lengths/pages"),
        ({"verdicts": {}, "lengths": [3]}, "/lengths"),
        ({"verdicts": {}, "group_lengths": [{"words": 1}]}, "/group_lengths"),
        ({"group": [{}], "lengths": {"words": 1}}, "/lengths"),
        ({"group": [{}], "group_lengths": []}, "/group_lengths"),
        ({"group": [{}], "group_lengths": [{"pages": 1}]}, "/group_lengths/0/pages"),
        ({"group": [{}], "group_lengths": [{"words": -1}]}, "/group_lengths/0/words"),
    ],
)
def test_lengths_that_count_nothing_are_pointed_at(bob: Caller, brief: RubricVersion, body, pointer):
    problem(bob.post("/score", {"rubric": "brief@1", **body}), 422, pointer=pointer)


def test_drafts_are_scored_for_those_who_may_write(bob: Caller, workspace):
    factories.make_version(rubric=factories.make_rubric(workspace=workspace, slug="draft"))
    body = {"rubric": "draft@1", "verdicts": {"c_drug": 1, "c_blame": 0}}
    assert bob.post("/score", body).json()["raw"] == 1.0
    problem(caller_of(bob.actor, "rubrics:read").post("/score", body), 403, "scope_missing")


@pytest.mark.parametrize(
    "body, pointer",
    [
        ({"verdicts": {"c_none": 1}}, "/verdicts/c_none"),
        ({"verdicts": {"c_drug": 2}}, "/verdicts/c_drug"),
        ({"verdicts": {"c_drug": "x"}}, "/verdicts/c_drug"),
        ({"verdicts": []}, "/verdicts"),
        ({"group": [{"c_none": 1}]}, "/group/0/c_none"),
        ({"group": "x"}, "/group"),
        ({"verdicts": {}, "group": []}, "/verdicts"),
        ({}, "/verdicts"),
        ({"rubric": "a b", "verdicts": {}}, "/rubric"),
    ],
)
def test_faults_are_pointed_at(bob: Caller, version: RubricVersion, body, pointer):
    problem(bob.post("/score", {"rubric": "letters@1", **body}), 422, pointer=pointer)


def test_unknown_rubrics(bob: Caller, charlie: Caller, version: RubricVersion):
    problem(bob.post("/score", {"rubric": "none@1", "verdicts": {}}), 404, pointer="/rubric")
    problem(charlie.post("/score", {"rubric": "letters@1", "verdicts": {}}), 404)


def test_a_check_is_computed(bob: Caller):
    body = {"check": {"kind": "words", "min": 2}, "response": "two words"}
    passed = bob.post("/checks/evaluate", body).json()
    assert passed["result"] == "pass"
    assert passed["ms"] >= 0
    assert bob.post("/checks/evaluate", {**body, "response": "one"}).json()["result"] == "fail"
    problem(bob.post("/checks/evaluate", {**body, "check": {"kind": "magic"}}), 422)
    problem(bob.post("/checks/evaluate", {"check": {"kind": "words"}}), 422, pointer="/response")
    problem(bob.post("/checks/evaluate", {**body, "check": "words"}), 422, pointer="/check")


def test_code_is_run_in_the_sandbox(bob: Caller):
    # On a fresh machine whole Python is compiled first, which takes longer than a request waits.
    ask = {"setup": "", "code": "", "tests": [], "seconds": 1.0, "total": 1.0, "memory": 10**8}
    gateway.sandbox_here(patience=60).run("cpython_tests", ask, seconds=5)
    code = "def check(response):\n    return len(response) > 3, f'{len(response)} characters'"
    body = {"check": {"kind": "predicate", "code": code}, "response": "two words"}
    found = bob.post("/checks/evaluate", body).json()
    assert (found["result"], found["evidence"]) == ("pass", "9 characters")
    tests = {"kind": "code_tests", "tests": ["f(1) == 2", "f(2) == 3"]}
    found = bob.post("/checks/evaluate", {"check": tests, "response": "```python\ndef f(x): return 2\n```"}).json()
    assert (found["result"], found["evidence"]) == ("fail", "1 of 2 tests passed.")
    assert found["details"][:2] == ["Passed: f(1) == 2", "Failed: f(2) == 3 · gave 2"]
    refused = {"check": {"kind": "predicate", "code": "def check(response:"}, "response": "x"}
    assert "Line 1" in problem(bob.post("/checks/evaluate", refused), 422)["detail"]


def test_a_busy_sandbox_is_unavailable(bob: Caller, monkeypatch):
    opened = Sandbox(size=1, patience=0.1)
    monkeypatch.setattr(gateway, "sandbox_here", lambda **_: opened)
    endless = {
        "code": "def check(r):\n    while True: pass",
        "takes": 1,
        "response": "",
        "seconds": 60,
        "memory": 10**8,
    }
    opened.run("python_predicate", {**endless, "seconds": 0.1}, seconds=5)
    with ThreadPoolExecutor(1) as other:
        busy = other.submit(opened.run, "python_predicate", endless, seconds=2)
        time.sleep(0.3)
        body = {"check": {"kind": "predicate", "code": "def check(r):\n    return True"}, "response": "x"}
        answer = bob.post("/checks/evaluate", body)
        problem(answer, 503, code="sandbox_busy")
        assert answer["Retry-After"]
        assert busy.result().fault == "time"
    opened.close()


def test_an_answer_is_compared_with_a_reference(bob: Caller):
    body = {"check": {"kind": "equivalent"}, "response": r"So it takes \boxed{180 \text{ min}}.", "reference": "3 h"}
    found = bob.post("/checks/evaluate", body).json()
    assert found["result"] == "pass"
    assert "180 minute = 3 hour" in found["evidence"]
    assert bob.post("/checks/evaluate", {**body, "reference": "4 h"}).json()["result"] == "fail"
    assert bob.post("/checks/evaluate", {**body, "reference": "soon"}).json()["result"] == "abstain"
    wrong = {**body, "check": {"kind": "equivalent", "constants": ["zz"]}}
    problem(bob.post("/checks/evaluate", wrong), 422, code="check_invalid")


def test_formulas_are_compared_by_algebra_in_the_sandbox(bob: Caller):
    gateway.sandbox_here(patience=60).run("algebra_ready", {}, seconds=10)
    body = {"check": {"kind": "equivalent", "expected": "1/2"}, "response": r"\boxed{\int_0^1 x\,dx}"}
    found = bob.post("/checks/evaluate", body).json()
    assert (found["result"], "symbolic" in found["evidence"]) == ("pass", True)


PITFALLS = [{"id": name, "text": f"Does {name}.", "polarity": "negative", "weight": 2.0} for name in ("a", "b")]
WEIGHTLESS = [{"id": name, "text": f"Does {name}.", "weight": 0.0} for name in ("a", "b")]
CANCELLING = [{"id": "a", "text": "Does a.", "weight": 2.0}, {"id": "b", "text": "Does b.", "weight": 2.0,
                                                             "polarity": "negative"}]  # fmt: skip


@pytest.mark.parametrize(("criteria", "values", "raw", "status"), [
    (PITFALLS, {"a": 1, "b": 1}, -1.0, "ok"),
    (PITFALLS, {"a": 0, "b": 0}, 0.0, "ok"),
    (PITFALLS, {"a": None, "b": None}, None, "cannot_assess"),
    (WEIGHTLESS, {"a": 1, "b": 1}, None, "cannot_assess"),
    (WEIGHTLESS, {"a": None, "b": None}, None, "cannot_assess"),
    (CANCELLING, {"a": 1, "b": 1}, 0.0, "ok"),
    (CANCELLING, {"a": 0, "b": 0}, 0.0, "ok"),
    (CANCELLING, {}, None, "cannot_assess"),
])  # fmt: skip
@pytest.mark.parametrize("step", ["weighted", "tree"])
def test_rubrics_at_the_edge_have_a_defined_score(bob: Caller, workspace, criteria, values, raw, status, step):
    rubric = factories.make_rubric(workspace=workspace, slug="edge")
    document = factories.make_document(criteria=criteria, scoring=[{"step": step}])
    factories.make_version(rubric=rubric, document=document, status="approved")
    alone = bob.post("/score", {"rubric": "edge@1", "verdicts": values}).json()
    (among,) = bob.post("/score", {"rubric": "edge@1", "group": [values]}).json()["results"]
    assert alone == among
    assert (alone["status"], alone["raw"] is None) == (status, raw is None)
    if step == "weighted":
        assert alone["raw"] == raw
    assert bob.post("/score", {"rubric": "edge@1", "group": []}).json() == {"results": []}


@pytest.mark.parametrize(("criteria", "said"), [
    (PITFALLS, "No criterion adds to the score: with pitfalls alone the best score is 0."),
    (WEIGHTLESS, "No criterion weighs anything in the score, so no answer gets one."),
])  # fmt: skip
def test_what_can_never_score_is_explained_on_screen(bob: Caller, workspace, criteria, said):
    rubric = factories.make_rubric(workspace=workspace, slug="edge")
    factories.make_version(rubric=rubric, document=factories.make_document(criteria=criteria))
    assert said in factories.signed_in(bob.actor).get("/w/clinic/rubrics/edge/1/quality/").content.decode()
