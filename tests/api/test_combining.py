"""Juries, cascades and calibrations over REST."""

import pytest

from apps.judging import services
from apps.judging.models import JudgeVersion, RunItem
from tests import factories
from tests.api.conftest import Caller, problem, work

pytestmark = pytest.mark.django_db
ONE = ({"id": "c_drug", "text": "Names the drug and its dose.", "weight": 1.0, "tier": "essential"},)


@pytest.fixture
def judged(bob: Caller):
    """Thirty labelled answers that two judges judged: the first over-sure, the second right but for the last."""
    workspace = bob.actor.workspace
    rubric = factories.make_rubric(workspace=workspace, slug="one")
    version = factories.make_version(rubric=rubric, document=factories.make_document(criteria=ONE), status="approved")
    dataset = factories.make_dataset(workspace=workspace, slug="letters")
    judges = [factories.make_judge(workspace=workspace, name=name) for name in ("fast", "slow")]
    rater = workspace.raters.create(name="Ada")
    for number in range(30):
        prompt = factories.make_prompt(dataset=dataset, text=f"Task {number}.")
        subject = factories.make_subject(responses=[factories.make_response(prompt=prompt, text=f"Answer {number}.")])
        said, truth = 0.9 if number % 2 else 0.1, float(number % 2 if number % 10 > 1 else 1 - number % 2)
        factories.make_verdicts(version, judges[0], subject, {"c_drug": round(said)}, probability=said)
        factories.make_verdicts(version, judges[1], subject, {"c_drug": truth if number < 29 else 1 - truth})
        dataset.labels.create(subject=subject, rater=rater, criterion="c_drug", value=truth)
    return version


def started(bob: Caller, **more) -> dict:
    body = {"rubrics": ["one@1"], "dataset": "letters", "judges": ["fast", "slow"], **more}
    answer = bob.post("/runs", body)
    assert answer.status_code == 201, answer.content
    work()
    return bob.get(f"/runs/{answer.json()['id']}").json()


def test_votes_are_combined_and_told_apart(bob: Caller, judged):
    run = started(bob)
    assert (run["combination"], run["stages"]) == (None, [])
    problem(bob.get(f"/runs/{run['id']}/combined"), 409, "not_combined")
    made = bob.post(f"/runs/{run['id']}/combined", {"rule": "mean"}).json()
    assert (made["kind"], made["payload"]["quorum"]) == ("jury", 2)
    rows = bob.get(f"/runs/{run['id']}/combined").json()
    assert (len(rows["results"]), rows["next"]) == (30, None)
    split = next(row for row in rows["results"] if row["criteria"]["c_drug"]["value"] == 0.5)
    assert {vote["judge"]: vote["value"] for vote in split["criteria"]["c_drug"]["votes"]}.keys() == {
        "fast@1",
        "slow@1",
    }
    assert split["artefacts"] == [made["digest"]] == [bob.get(f"/runs/{run['id']}").json()["combination"]]
    problem(bob.post(f"/runs/{run['id']}/combined", {"rule": "mean", "quorum": 3}), 422)
    problem(bob.post(f"/runs/{run['id']}/combined", {"rule": "loudest"}), 422)


def test_a_run_can_be_a_jury_or_a_cascade_from_the_start(bob: Caller, judged):
    run = started(bob, jury={"rule": "weighted"})
    assert run["combination"]
    run = started(bob, cascade={"rules": {"margin": 0.0}, "target": 0.9, "cost_ratio": 5})
    assert [(stage["judge"], stage["answers"]) for stage in run["stages"]] == [("fast@1", 30), ("slow@1", 30)]
    assert RunItem.objects.filter(run=run["id"], stage=2).count() == 30
    body = {"rubrics": ["one@1"], "dataset": "letters", "judges": ["fast", "slow"]}
    problem(bob.post("/runs", {**body, "jury": {"rule": "mean"}, "cascade": {}}), 422)
    problem(bob.post("/runs", {**body, "cascade": {"rules": {"loudness": 1}}}), 422, "rule_unknown", "/cascade")
    problem(bob.post("/runs", {**body, "judges": ["fast"], "cascade": {}}), 422, "cascade_invalid", "/cascade")


def test_a_calibration_is_used_where_it_is_named(bob: Caller, alice: Caller, judged):
    made = alice.post("/judges/fast/calibrations", {"rubric": "one@1"})
    assert made.status_code == 201, made.content
    digest = made.json()["digest"]
    assert bob.get("/judges/fast/calibrations").json()["results"][0]["digest"] == digest
    plain = {"rubric": "one@1", "verdicts": {"c_drug": 0.9}}
    assert bob.post("/score", plain).json()["raw"] == 0.9
    calibrated = bob.post("/score", plain | {"calibrations": [digest]}).json()["raw"]
    assert calibrated == pytest.approx(0.8, abs=0.06)
    unknown = f"sha256:{0:064d}"
    problem(bob.post("/score", plain | {"calibrations": [unknown]}), 404, "calibration_unknown", "/calibrations")
    problem(alice.post("/judges/slow/calibrations", {"rubric": "one@1", "method": "isotonic"}), 422)
    problem(bob.post("/judges/fast/calibrations", {"rubric": "one@1"}), 403, "scope_missing")


def test_rewards_are_calibrated_on_request(bob: Caller, alice: Caller, judged, engine):
    digest = alice.post("/judges/fast/calibrations", {"rubric": "one@1"}).json()["digest"]
    items = [{"id": "a1", "prompt": "Write.", "response": "Take 5 mg of bisoprolol each morning."}]
    body = {"rubric": "one@1", "judge": "fast", "items": items}
    rewards = []
    for named in ([], [digest]):
        asked = bob.post("/rewards", body | {"calibrations": named}).json()
        work()
        rewards.append(bob.get(f"/rewards/{asked['id']}").json()["results"][0]["reward"])
    assert rewards[0] == 1.0
    assert 0.5 < rewards[1] < 1.0
    problem(bob.post("/rewards", body | {"calibrations": ["sha256:x"]}), 404, "calibration_unknown", "/calibrations")


def jury_of(bob: Caller, **more) -> str:
    judges = [JudgeVersion.objects.get(judge__name=name) for name in ("fast", "slow")]
    return services.make_jury(by=bob.actor, judges=judges, rule="mean", **more).digest


def test_votes_are_scored_by_a_jury_and_nothing_is_stored(bob: Caller, judged):
    jury = jury_of(bob, quorum=1)
    body = {"rubric": "one@1", "jury": jury}
    both = bob.post("/score", {**body, "votes": {"fast@1": {"c_drug": 1.0}, "slow": {"c_drug": 0.0}}}).json()
    assert (both["raw"], both["status"]) == (0.5, "ok")
    assert both["verdicts"]["c_drug"] == {
        "status": "ok", "value": 0.5, "reason": "", "judges": 2, "votes": 2, "agreement": 0.5, "spread": 1.0,
    }  # fmt: skip
    one = bob.post("/score", {**body, "votes": {"fast": {"c_drug": 1.0}, "slow": {"c_drug": None}}}).json()
    assert (one["raw"], one["verdicts"]["c_drug"]["votes"]) == (1.0, 1)
    none = bob.post("/score", {**body, "votes": {"fast": {"c_drug": None}}}).json()
    assert (none["raw"], none["status"]) == (None, "cannot_assess")
    assert none["verdicts"]["c_drug"]["reason"] == "0 of 2 judges decided; the jury needs 1."


@pytest.mark.parametrize(("more", "status", "code", "pointer"), [
    ({"votes": {"fast": {"c_drug": 1.0}}, "jury": None}, 422, "", "/jury"),
    ({"verdicts": {"c_drug": 1.0}}, 422, "", "/votes"),
    ({"votes": {"fast": {"c_drug": 1.0}}, "verdicts": {"c_drug": 1.0}}, 422, "", "/verdicts"),
    ({"votes": {"fast": {"c_drug": 1.0}}, "jury": "sha256:0"}, 404, "jury_unknown", "/jury"),
    ({"votes": {"third": {"c_drug": 1.0}}}, 422, "", "/votes/third"),
    ({"votes": {"nobody": {"c_drug": 1.0}}}, 404, "", "/votes/nobody"),
    ({"votes": {"fast": {"c_x": 1.0}}}, 422, "", "/votes/fast/c_x"),
    ({"votes": {"fast": {"c_drug": 1.0}, "fast@1": {"c_drug": 1.0}}}, 422, "", "/votes/fast@1"),
    ({"votes": {"fast": {"c_drug": 2.0}}}, 422, "", None),
    ({"votes": [1]}, 422, "", "/votes"),
])  # fmt: skip
def test_votes_that_make_no_sense_are_refused(bob: Caller, judged, more, status, code, pointer):
    factories.make_judge(workspace=bob.actor.workspace, name="third")
    jury = jury_of(bob)
    problem(bob.post("/score", {"rubric": "one@1", "jury": jury, **more}), status, code, pointer)
