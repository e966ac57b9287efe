"""A real run by a real worker with the embedded model, by judges of every kind of subject."""

import pytest

from apps.accounts.permissions import Role
from apps.jobs.models import Job, JobState
from apps.judging import services
from apps.judging.models import Call, Judge, RunItem, Verdict
from apps.rubrics.models import VersionStatus
from domain import strategies
from tests import factories
from tests.processes import Processes, wait_until

pytestmark = pytest.mark.django_db(transaction=True)
NAMES = ("listwise", "solve_first", "yes_against_reference", "trajectory_points")
SUBJECTS = {"listwise": 3, "solve_first": 3, "yes_against_reference": 3, "trajectory_points": 1}
"""How many verdicts each gives on one criterion of three answers, one of which has steps."""

STEPS = [{"text": "The task asks for a daily dose."}, {"text": "75 mg is usual."}]


@pytest.mark.timeout(300)
def test_every_kind_of_subject_is_judged_by_a_worker(processes: Processes) -> None:
    admin = factories.make_actor(Role.ADMIN)
    document = factories.make_document(criteria=[{"id": "dose", "text": "Names a dose.", "evidence": "none"}])
    version = factories.make_version(workspace=admin.workspace, status=VersionStatus.APPROVED, document=document)
    dataset = factories.make_dataset(workspace=admin.workspace)
    prompt = factories.make_prompt(
        dataset=dataset, text="How much aspirin a day?", reference=[{"type": "text", "text": "75 mg of aspirin."}]
    )
    factories.make_response(prompt=prompt, text="Take 75 mg of aspirin a day.", steps=STEPS)
    factories.make_response(prompt=prompt, text="Rest, and ask your doctor.")
    factories.make_response(prompt=prompt, text="Aspirin may help, with water.")
    settings = {"min_label_mass": 0.0}
    judges = [
        services.create_judge(
            by=admin, name=name.replace("_", "-"), engine={"kind": "embedded"}, strategy=name,
            protocol=strategies.get(name).about.protocols[0],
            settings=settings | ({"max_solution_tokens": 24, "route": "solve"} if name == "solve_first" else {}),
        )
        for name in NAMES
    ]  # fmt: skip
    run = services.start_run(by=admin, name="Real", versions=[version], dataset=dataset, judges=judges)
    processes.start_worker()
    wait_until(lambda: Job.objects.get(run=run).state == JobState.DONE, patience=240, what="the run to end")
    for name in NAMES:
        judge = Judge.objects.get(name=name.replace("_", "-")).versions.get()
        found = Verdict.objects.filter(judge_version=judge)
        assert found.count() == SUBJECTS[name], name
        assert {verdict.status for verdict in found} == {"ok"}, [verdict.reason for verdict in found]
        assert all(verdict.value is not None and 0 <= verdict.value <= 1 and verdict.call_id for verdict in found)
        assert RunItem.objects.filter(run=run, judge_version=judge, state="done").exists()
    points = Call.objects.get(purpose="points")
    assert points.request["held"]
    assert points.judge_version.settings[strategies.HELD]
