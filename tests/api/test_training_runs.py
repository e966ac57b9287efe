"""Training runs over REST: pinned, told about, reported on."""

import pytest

from apps.judging.models import JudgeVersion
from apps.training import services as training
from apps.training.models import TrainingRun
from tests import factories
from tests.api.conftest import Caller, problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(bob: Caller, alice: Caller, judge: JudgeVersion) -> str:
    rubric = factories.make_rubric(workspace=bob.actor.workspace, slug="letters")
    version = factories.make_version(rubric=rubric, status="approved")
    training.create_release(by=alice.actor, name="spring", versions=[version])
    made = bob.post(
        "/training-runs", {"name": "run 7", "release": "spring", "policy_model": "tiny", "config": {"lr": 1}}
    )
    assert made.status_code == 201, made.content
    return str(made.json()["id"])


def test_a_run_is_pinned(bob: Caller, run: str, judge: JudgeVersion):
    report = bob.get(f"/training-runs/{run}/report").json()
    assert (report["name"], report["state"], report["policy_model"], report["requests"]) == ("run 7", "open", "tiny", 0)
    assert (report["pin"]["release"], report["pin"]["rubric"], report["pin"]["number"]) == ("spring", None, 1)
    assert report["pin"]["judge"] == {"name": "reader", "version": 1, "fingerprint": judge.fingerprint}


def test_a_new_pin_keeps_the_parts_unless_it_names_others(bob: Caller, run: str):
    def pinned(**more: str) -> tuple[str, list[str]]:
        made = bob.post(f"/training-runs/{run}/pin", {"release": "spring", "reason": "To see.", **more})
        assert made.status_code == 201, made.content
        parts = made.json()["settings"]["parts"]
        return parts["axis"], parts["names"]

    assert pinned()[0] == "criterion"
    assert pinned(parts="tier") == ("tier", ["essential", "none"])
    assert pinned() == ("tier", ["essential", "none"])
    assert pinned(parts="criterion")[0] == "criterion"
    wrong = bob.post(f"/training-runs/{run}/pin", {"release": "spring", "reason": "To see.", "parts": "colour"})
    problem(wrong, 422, pointer="/parts")


def test_telemetry_is_kept_by_step(bob: Caller, run: str):
    points = [{"step": 1, "values": {"reward": 0.1, "kl": 0.01}}, {"step": 2, "values": {"reward": 0.2}}]
    sent = bob.post(f"/training-runs/{run}/telemetry", {"points": points})
    assert (sent.status_code, sent.json()) == (201, {"stored": 3})
    bob.post(f"/training-runs/{run}/telemetry", {"points": [{"step": 2, "values": {"reward": 0.3}}]})
    curves = bob.get(f"/training-runs/{run}/report").json()["telemetry"]
    assert curves["reward"] == [{"step": 1, "value": 0.1}, {"step": 2, "value": 0.3}]


@pytest.mark.parametrize(
    "points, pointer",
    [
        ([], "/points"),
        ([{"step": -1, "values": {"a": 1}}], "/points/0/step"),
        ([{"step": 1, "values": {}}], "/points/0/values"),
        ([{"step": 1, "values": {"a": "x"}}], "/points/0/values/a"),
    ],
)
def test_broken_telemetry_is_pointed_at(bob: Caller, run: str, points, pointer):
    problem(bob.post(f"/training-runs/{run}/telemetry", {"points": points}), 422, pointer=pointer)


def test_what_cannot_be_pinned(bob: Caller, run: str):
    factories.make_version(rubric=factories.make_rubric(workspace=bob.actor.workspace, slug="draft"))
    problem(bob.post("/training-runs", {"name": "x"}), 422, pointer="/release")
    problem(bob.post("/training-runs", {"name": "x", "release": "spring", "rubric": "letters@1"}), 422)
    problem(bob.post("/training-runs", {"name": "x", "rubric": "draft@1"}), 409, "not_approved")
    problem(bob.post("/training-runs", {"name": "x", "release": "autumn"}), 404, pointer="/release")
    problem(bob.post("/training-runs", {"name": "x", "release": "spring", "judge": "none"}), 404, pointer="/judge")
    assert TrainingRun.objects.count() == 1


def test_a_closed_run_gives_no_rewards(bob: Caller, run: str):
    training.close_training_run(by=bob.actor, run=TrainingRun.objects.get(pk=run))
    item = {"id": "a", "prompt": "x", "response": "y"}
    problem(bob.post("/rewards", {"training_run": run, "items": [item]}), 409, "training_run_closed")


def test_strangers_see_nothing(charlie: Caller, run: str):
    problem(charlie.get(f"/training-runs/{run}/report"), 404)
    problem(charlie.post(f"/training-runs/{run}/telemetry", {"points": [{"step": 1, "values": {"a": 1}}]}), 404)
