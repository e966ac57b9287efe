"""Runs, rewards and training runs that need no judge, as checks decide every criterion."""

from typing import Any

import pytest

from apps.judging.models import Call, Verdict
from apps.rubrics.models import RubricVersion
from tests import factories
from tests.api.conftest import BAD, GOOD, Caller, problem, work

pytestmark = pytest.mark.django_db
CHECKS: list[dict[str, Any]] = [
    {"id": "c_dose", "text": "Gives a dose.", "kind": "check", "check": {"kind": "regex", "pattern": r"\d+ mg"}},
    {"id": "c_long", "text": "Is long enough.", "kind": "check", "check": {"kind": "words", "min": 5}},
]
FIRST = {"id": "c_first", "text": "Names a dose.", "check": {"kind": "regex", "pattern": r"\d+ mg"}}
ITEMS = [{"id": "a1", "prompt": "Write.", "response": GOOD}, {"id": "a2", "prompt": "Write.", "response": BAD}]


def version_of(workspace: Any, *criteria: dict[str, Any], slug: str = "letters") -> RubricVersion:
    document = factories.make_document(criteria=list(criteria))
    rubric = factories.make_rubric(workspace=workspace, slug=slug)
    return factories.make_version(rubric=rubric, document=document, status="approved")


@pytest.mark.parametrize("named", [{}, {"judge": None}, {"judge": "computed"}, {"judge": "computed@1"}])
def test_rewards_without_a_judge(bob: Caller, workspace, named):
    version_of(workspace, *CHECKS)
    first = bob.post("/rewards", {"rubric": "letters@1", "items": ITEMS, **named})
    assert first.status_code == 202, first.content
    work()
    body = bob.get(first["Location"].removeprefix("/api/v1")).json()
    assert [(one["status"], one["reward"]) for one in body["results"]] == [("ok", 1.0), ("ok", 0.5)]
    assert (body["judge"]["name"], body["judge"]["version"], body["judge"]["licensed"]) == ("computed", 1, True)
    assert body["usage"]["calls"] == 0 and not Call.objects.exists()


def test_a_workspace_that_refuses_unlicensed_judges_serves_checks(bob: Caller, workspace):
    workspace.settings = {"unlicensed_judge": "refuse"}
    workspace.save(update_fields=["settings"])
    version_of(workspace, *CHECKS)
    assert bob.post("/rewards", {"rubric": "letters@1", "items": ITEMS}).status_code == 202


def test_rewards_name_the_criterion_that_needs_a_judge(bob: Caller, workspace):
    version_of(workspace, *CHECKS, FIRST)
    asked = {"rubric": "letters@1", "items": ITEMS}
    said = problem(bob.post("/rewards", asked), 409, code="judge_no_default")
    assert "(c_first) of letters@1" in said["detail"]
    problem(bob.post("/rewards", {**asked, "judge": "computed"}), 422, code="judge_needed", pointer="/judge")
    problem(bob.post("/rewards", {**asked, "judge": "computed@2"}), 404, code="judge_unknown")
    problem(bob.post("/rewards", {**asked, "judge": "none"}), 404, code="judge_unknown")


@pytest.mark.parametrize("named", [{}, {"judges": []}, {"judges": ["computed"]}])
def test_a_run_without_judges(bob: Caller, workspace, named):
    version_of(workspace, *CHECKS)
    dataset = factories.make_dataset(workspace=workspace, slug="answers")
    prompt = factories.make_prompt(dataset=dataset)
    for text in (GOOD, BAD):
        factories.make_subject(responses=[factories.make_response(prompt=prompt, text=text)])
    started = bob.post("/runs", {"rubrics": ["letters@1"], "dataset": "answers", **named})
    assert started.status_code == 201, started.content
    assert started.json()["judges"] == ["computed@1"]
    work()
    found = bob.get(f"/runs/{started.json()['id']}").json()["progress"]
    assert (found["state"], found["judged"], found["scored"], found["calls"]) == ("done", 2, 4, 0)
    assert Verdict.objects.count() == 4


def test_a_run_names_the_criterion_that_needs_a_judge(bob: Caller, workspace):
    version_of(workspace, FIRST)
    factories.make_dataset(workspace=workspace, slug="answers")
    asked = {"rubrics": ["letters@1"], "dataset": "answers"}
    said = problem(bob.post("/runs", asked), 409, code="judge_no_default")
    assert "c_first" in said["detail"]
    problem(bob.post("/runs", {**asked, "judges": ["computed"]}), 422, code="judge_needed", pointer="/judges")


def test_a_training_run_is_pinned_to_checks(bob: Caller, workspace):
    version_of(workspace, *CHECKS)
    made = bob.post("/training-runs", {"name": "grpo", "rubric": "letters@1"})
    assert made.status_code == 201, made.content
    pinned = {"items": ITEMS, "training_run": made.json()["id"]}
    assert bob.post("/rewards", pinned).status_code == 202
    assert bob.post("/rewards", {**pinned, "judge": "computed@1"}).status_code == 202
    version_of(workspace, FIRST, slug="other")
    problem(bob.post("/training-runs", {"name": "grpo", "rubric": "other@1"}), 409, code="judge_no_default")


def test_the_built_in_judge_is_told_from_those_that_can_be_asked(alice: Caller, bob: Caller, workspace):
    version_of(workspace, *CHECKS)
    bob.post("/rewards", {"rubric": "letters@1", "items": ITEMS})
    (listed,) = bob.get("/judges").json()["results"]
    assert (listed["name"], listed["engine"]["kind"], listed["default"]) == ("computed", "computed", False)
    problem(alice.post("/judges/computed/test"), 422, code="judge_computed")
