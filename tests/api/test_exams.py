"""Exams over REST."""

import pytest

from apps.accounts.permissions import Role
from tests import factories
from tests.api.conftest import Caller, caller_of, problem
from tests.apps.audit.conftest import make_answers

pytestmark = pytest.mark.django_db


def test_an_exam_is_built_sat_and_read(bob: Caller):
    make_answers(bob.actor)
    version = factories.make_version(workspace=bob.actor.workspace, status="approved")
    factories.make_judge(workspace=bob.actor.workspace, name="reader")
    body = {"dataset": "letters", "rubric": str(version), "size": 8, "seed": 1, "bar": {"false_accepts": 0.2}}
    made = bob.post("/exams", body)
    assert made.status_code == 201, made.content
    exam = made.json()
    assert exam["bar"]["false_accepts"] == 0.2 and exam["bar"]["balanced_accuracy"] == 0.8
    problem(bob.post("/exams", body), 409, "exam_known")
    problem(bob.post("/exams", body | {"size": 40}), 422, "exam_too_few")
    problem(bob.post("/exams", body | {"dataset": "none"}), 404, "dataset_unknown")
    assert [one["id"] for one in bob.get("/exams").json()["results"]] == [exam["id"]]
    problem(bob.post(f"/exams/{exam['id']}/sittings", {"judge": "reader"}), 403)
    approver = caller_of(factories.make_actor(Role.APPROVER, workspace=bob.actor.workspace), "judges:write")
    sat = approver.post(f"/exams/{exam['id']}/sittings", {"judge": "reader"})
    assert sat.status_code == 202, sat.content
    assert sat.json()["passed"] is None and sat.json()["judge"] == "reader@1"
    read = bob.get(f"/exams/{exam['id']}").json()
    assert read["sat"] == 1 and read["sittings"][0] == bob.get(f"/exam-sittings/{sat.json()['id']}").json()
    assert "correct" not in str(read)
    problem(bob.get("/exams/999"), 404, "exam_unknown")
