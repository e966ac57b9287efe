"""Criteria decided by code: in runs and over REST the sandbox answers, and where it is away the work waits."""

from typing import Any

import pytest

from apps.core import gateway
from apps.jobs.models import Job, JobState, Shard
from apps.judging import services
from apps.judging.models import Run, Verdict
from domain import errors
from tests import factories
from tests.apps.judging.conftest import GOOD, Clinic, work

pytestmark = pytest.mark.django_db(transaction=True)

CODE = """def check(response, reference, prompt):
    found = 'mg' in response
    return found, 'a dose' if found else 'none'
"""
SLOW = {"kind": "predicate", "seconds": 0.1, "code": "def check(r):\n    while True: pass"}
CRITERIA: list[dict[str, Any]] = [
    {"id": "c_dose", "text": "Gives a dose.", "kind": "check", "check": {"kind": "predicate", "code": CODE}},
    {"id": "c_slow", "text": "Is slow.", "kind": "check", "check": SLOW},
    {"id": "c_drug", "text": "Names the drug."},
]


def start(clinic: Clinic) -> Run:
    document = factories.make_document(criteria=CRITERIA)
    version = factories.make_version(workspace=clinic.author.workspace, document=document, status="approved")
    return services.start_run(
        by=clinic.author, name="Programs", versions=[version], dataset=clinic.dataset, judges=[clinic.judge]
    )


def test_code_decides_in_a_run_and_what_is_slow_is_unscored(clinic: Clinic) -> None:
    start(clinic)
    work()
    dose = {row.value: row.rationale for row in Verdict.objects.filter(criterion="c_dose")}
    assert dose == {1.0: "a dose", 0.0: "none"}
    slow = Verdict.objects.filter(criterion="c_slow")
    assert {(row.value, row.status) for row in slow} == {(None, "cannot_assess")}
    assert all("time limit" in row.reason for row in slow)
    assert all("dose" not in ask.suffix for ask in clinic.engine.asked)


def test_a_sandbox_that_is_away_makes_the_run_wait(clinic: Clinic, monkeypatch) -> None:
    class Away:
        def run(self, task: str, request: object, /, *, seconds: float):
            raise errors.Unavailable("All 2 processes of the sandbox are busy; try again.")

    monkeypatch.setattr(gateway, "sandbox_here", lambda **_: Away())
    run = start(clinic)
    work()
    job = Job.objects.get(run=run)
    assert job.state == JobState.RUNNING
    assert "busy" in job.note
    assert not Verdict.objects.filter(criterion="c_dose").exists()
    monkeypatch.undo()
    monkeypatch.setattr(gateway, "engine_for", lambda source: clinic.engine)
    Shard.objects.filter(job=run.job).update(not_before=None)
    work()
    assert Job.objects.get(run=run).state == JobState.DONE
    assert Verdict.objects.filter(criterion="c_dose", status="ok").count() == len([GOOD, ""])
