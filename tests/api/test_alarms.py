"""Alarms over REST: read, muted, closed, sent to a queue; limits, pins and suspensions."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.judging.models import JudgeVersion
from apps.training import bodies
from apps.training import services as training
from apps.training.models import Alarm, TrainingRun
from tests import factories, synthetic
from tests.api.conftest import Caller, problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(bob: Caller, judge: JudgeVersion) -> TrainingRun:
    rubric = factories.make_rubric(workspace=bob.actor.workspace, slug="letters")
    factories.make_version(rubric=rubric, status="approved")
    made = training.register_training_run(by=bob.actor, body=bodies.TrainingRunBody(name="r", rubric="letters@1"))
    synthetic.play(made, 40, lambda at: {"spread": 0.01 if at >= 15 else 0.15})
    training.watch_run(run=made)
    return made


def test_the_report_holds_figures_limits_and_alarms(bob: Caller, run: TrainingRun):
    report = bob.get(f"/training-runs/{run.pk}/report").json()
    assert len(report["steps"]) == 40
    assert report["steps"][20]["figures"]["spread"] == pytest.approx(0.0079, abs=1e-4)
    assert {one["kind"] for one in report["rules"]} >= {"length", "variance_collapse"}
    assert [(one["kind"], one["step"]) for one in report["alarms"]] == [("variance_collapse", 27)]
    assert bob.get("/training-runs").json()["results"][0]["id"] == str(run.pk)


def test_an_alarm_is_muted_reviewed_and_closed(bob: Caller, run: TrainingRun):
    (found,) = bob.get(f"/alarms?open=true&training_run={run.pk}").json()["results"]
    assert found == bob.get(f"/alarms/{found['id']}").json()
    until = (timezone.now() + timedelta(days=1)).isoformat()
    problem(bob.post(f"/alarms/{found['id']}/mute", {"until": "soon", "reason": "x"}), 422, pointer="/until")
    problem(bob.post(f"/alarms/{found['id']}/mute", {"until": until}), 422, pointer="/reason")
    muted = bob.post(f"/alarms/{found['id']}/mute", {"until": until, "reason": "later"}).json()
    assert muted["state"] == "muted"
    assert bob.get("/alarms?open=true").json()["results"] == []
    assert bob.post(f"/alarms/{found['id']}/unmute").json()["state"] == "open"
    queue = bob.post(f"/alarms/{found['id']}/queue", {"size": 10})
    assert (queue.status_code, queue.json()["items"]) == (201, 10)
    closed = bob.post(f"/alarms/{found['id']}/close", {"reason": "done"}).json()
    assert [one["verb"] for one in closed["events"]] == ["raised", "muted", "unmuted", "queued", "closed"]
    problem(bob.post(f"/alarms/{found['id']}/close", {"reason": "done"}), 409, "alarm_closed")


def test_limits_and_pins(bob: Caller, run: TrainingRun):
    address = f"/training-runs/{run.pk}"
    problem(bob.put(f"{address}/watch", {"watch": {"x": {}}}), 422, pointer="/watch/x")
    changed = bob.put(f"{address}/watch", {"watch": {"variance_collapse": {"on": False}}}).json()
    assert changed["alarms"][0]["state"] == "over"
    problem(bob.post(f"{address}/pin", {"rubric": "letters@1"}), 422, pointer="/reason")
    assert bob.post(f"{address}/pin", {"rubric": "letters@1", "reason": "to see"}).json()["pin"]["number"] == 2
    assert bob.post(f"{address}/close").json()["state"] == "closed"
    problem(bob.post(f"{address}/pin", {"rubric": "letters@1", "reason": "x"}), 409, "training_run_closed")


def test_suspensions(alice: Caller, bob: Caller, run: TrainingRun):
    criterion = alice.get("/rubrics/letters/versions/1").json()["criteria"][0]["id"]
    body = {"rubric": "letters@1", "criterion": criterion, "reason": "gamed", "alarm": Alarm.objects.get().pk}
    problem(bob.post("/suspensions", body), 403)
    made = alice.post("/suspensions", body)
    assert made.status_code == 201, made.content
    problem(alice.post("/suspensions", body), 409, "criterion_suspended")
    problem(alice.post("/suspensions", body | {"criterion": "c_none"}), 422, pointer="/criterion")
    problem(bob.post("/training-runs", {"name": "n", "rubric": "letters@1"}), 409, "criterion_suspended")
    lifted = alice.post(f"/suspensions/{made.json()['id']}/lift", {"reason": "no"}).json()
    assert lifted["lifted_by"]
    assert len(alice.get("/suspensions").json()["results"]) == 1


def test_strangers_find_nothing(charlie: Caller, run: TrainingRun):
    key = Alarm.objects.get().pk
    problem(charlie.get(f"/alarms/{key}"), 404)
    problem(charlie.post(f"/alarms/{key}/queue"), 404)
    problem(charlie.get(f"/alarms?training_run={run.pk}"), 404)
    assert charlie.get("/alarms").json()["results"] == []
