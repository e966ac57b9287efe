"""Rewards: asked for, judged, answered with provenance; a failed judgement is never a reward."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone

from apps.datasets.models import Response
from apps.jobs import runners, waiting
from apps.jobs import services as jobs
from apps.jobs.models import Job
from apps.judging.models import JudgeVersion, Run
from apps.rubrics.models import Profile, RubricSet, RubricSetMember, RubricSetVersion, RubricVersion
from apps.training import queries
from apps.training import services as training
from apps.training.models import ReleaseEntry, RewardItem, RewardRequest
from apps.training.services import rewards
from domain import errors
from engines.protocol import Failure, FailureKind
from engines.scripted import by_text
from tests import factories
from tests.api.conftest import BAD, GOOD, Caller, caller_of, problem, work

pytestmark = pytest.mark.django_db
PROMPT = "Write a discharge letter."


@pytest.fixture
def version(workspace) -> RubricVersion:
    rubric = factories.make_rubric(workspace=workspace, slug="letters")
    return factories.make_version(rubric=rubric, status="approved")


@pytest.fixture(autouse=True)
def ready(engine, judge: JudgeVersion) -> None:
    """A judge that answers."""


def item(name: str = "a1", response: Any = GOOD, **more: Any) -> dict[str, Any]:
    return {"id": name, "prompt": PROMPT, "response": response, **more}


def asked(caller: Caller, *items: dict[str, Any], **more: Any) -> Any:
    return caller.post("/rewards", {"rubric": "letters@1", "items": list(items), **more})


def rewarded(caller: Caller, *items: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Ask, let a worker do what is not known, read the answer."""
    first = asked(caller, *items, **more)
    if first.status_code == 200:
        known: dict[str, Any] = first.json()
        return known
    assert first.status_code == 202, first.content
    work()
    answer = caller.get(first["Location"].removeprefix("/api/v1"))
    assert answer.status_code == 200, answer.content
    body: dict[str, Any] = answer.json()
    assert body["status"] == "done"
    return body


def test_the_answer_has_the_shape_of_the_contract(bob: Caller, version: RubricVersion, judge: JudgeVersion):
    first = asked(bob, item())
    assert first.status_code == 202
    pending = first.json()
    assert first["Location"] == f"/api/v1/rewards/{pending['id']}"
    assert first["Retry-After"] == "1"
    assert (pending["status"], pending["results"][0]["reward"]) == ("pending", None)
    assert bob.get(f"/rewards/{pending['id']}").status_code == 202
    work()
    body = bob.get(f"/rewards/{pending['id']}").json()
    assert body["rubric"] == {"slug": "letters", "version": 1, "digest": version.digest}
    assert body["judge"] == {"name": "reader", "version": 1, "fingerprint": judge.fingerprint, "licensed": False}
    (result,) = body["results"]
    assert (result["id"], result["status"], result["coverage"], result["cached"]) == ("a1", "ok", 1.0, False)
    assert result["reward"] == result["display"] == 1.0
    criterion = result["criteria"]["c_drug"]
    assert criterion["status"], criterion["value"] == ("ok", 1.0)
    assert set(criterion) == {"status", "value", "probability", "label_mass", "contribution"}
    assert 0.9 < criterion["probability"] <= 1
    assert [step["step"] for step in result["trace"]][-1] == "weighted"
    assert {"prompt_tokens", "cached_tokens", "completion_tokens", "calls", "verdicts", "seconds"} == set(body["usage"])
    assert (body["usage"]["calls"], body["usage"]["verdicts"]) == (1, 2)


def test_many_items_come_back_in_order_with_their_groups(bob: Caller, version: RubricVersion, play):
    play(by_text({"each morning": " Yes"}))
    items = [item(f"r{n}", GOOD if n % 2 else f"{BAD} {n}", group=f"g{n // 2}", step=n) for n in range(6)]
    body = rewarded(bob, *items)
    assert [result["id"] for result in body["results"]] == [f"r{n}" for n in range(6)]
    assert [result["group"] for result in body["results"]] == ["g0", "g0", "g1", "g1", "g2", "g2"]


def test_answers_of_a_group_are_compared(bob: Caller, workspace, play):
    criteria = [{"id": "c_easy", "text": "Names the drug."}, {"id": "c_hard", "text": "Says why it changed."}]
    document = factories.make_document(criteria=criteria, scoring=[{"step": "difficulty"}, {"step": "weighted"}])
    factories.make_version(
        rubric=factories.make_rubric(workspace=workspace, slug="letters"), document=document, status="approved"
    )
    play(by_text({"because": " Yes", "Names the drug": " Yes"}))
    texts = ["Take 5 mg, because of dizziness.", "Take 5 mg.", "Take some."]
    body = rewarded(bob, *(item(f"r{n}", text, group="g") for n, text in enumerate(texts)))
    assert [one["reward"] for one in body["results"]] == [1.0, 0.0, 0.0]
    step = body["results"][0]["trace"][0]
    assert (step["step"], step["in"]["group"]["answers"]) == ("difficulty", 3)
    problem(asked(bob, item("alone")), 422, "group_needed", "/items/0/group")


def test_equal_answers_are_judged_once_and_told_twice(bob: Caller, version: RubricVersion):
    body = rewarded(bob, item("a"), item("b"))
    assert [result["reward"] for result in body["results"]] == [1.0, 1.0]
    assert body["usage"]["verdicts"] == 2
    again = rewarded(bob, item("c"))
    assert (again["results"][0]["cached"], again["usage"]["calls"], again["usage"]["verdicts"]) == (True, 0, 0)


@pytest.mark.parametrize(
    "failure, status",
    [
        (FailureKind.BAD_REPLY, "unparseable"),
        (FailureKind.REFUSED, "refused_input"),
        (FailureKind.TIMEOUT, "judge_error"),
    ],
)
def test_a_failed_judgement_has_a_status_and_no_reward(bob, version, play, failure, status):
    play(by_text({"Names the drug": Failure(failure, "no"), "Blames": " No"}))
    (result,) = rewarded(bob, item())["results"]
    assert (result["status"], result["reward"], result["display"]) == (status, None, None)
    assert result["criteria"]["c_drug"] == {
        "status": status, "value": None, "probability": None, "label_mass": None, "contribution": None,
    }  # fmt: skip


def test_a_prompt_longer_than_the_model_is_refused_input(bob: Caller, version: RubricVersion):
    body = rewarded(bob, item("long", "word " * 5000), item("short"))
    assert [result["status"] for result in body["results"]] == ["refused_input", "ok"]
    assert body["results"][0]["reward"] is None


def test_an_optional_criterion_that_failed_makes_it_partial(bob: Caller, workspace, play):
    document = factories.make_document(criteria=[{"id": "a", "text": "Warm."}, {"id": "b", "text": "Short."}])
    rubric = factories.make_rubric(workspace=workspace, slug="tone")
    factories.make_version(rubric=rubric, document=document, status="approved")
    play(by_text({"Warm": " Yes", "Short": Failure(FailureKind.BAD_REPLY, "no")}))
    (result,) = rewarded(bob, item(), rubric="tone@1")["results"]
    assert (result["status"], result["reward"], result["coverage"]) == ("partial", 1.0, 0.5)


def test_an_empty_answer_is_scored_by_the_content_gate(bob: Caller, version: RubricVersion):
    (result,) = rewarded(bob, item(response="  "))["results"]
    assert (result["status"], result["reward"]) == ("ok", 0.0)


def test_an_image_is_refused_input_of_a_judge_that_reads(bob: Caller, version: RubricVersion):
    parts = [{"type": "text", "text": GOOD}, {"type": "image", "data": "aGk="}]
    (result,) = rewarded(bob, item(response=parts))["results"]
    assert (result["status"], result["reward"]) == ("refused_input", None)


def test_messages_and_parts_mean_the_same_as_text(bob: Caller, version: RubricVersion):
    rewarded(bob, item())
    turns = [{"role": "assistant", "content": GOOD}]
    prompt = [{"role": "user", "content": [{"type": "text", "text": PROMPT}]}]
    body = rewarded(bob, {"id": "x", "prompt": prompt, "response": turns}, item("y", [{"type": "text", "text": GOOD}]))
    assert [result["cached"] for result in body["results"]] == [True, True]


def test_a_deadline_that_has_passed_expires_what_is_left(bob: Caller, version: RubricVersion):
    past = (timezone.now() - timedelta(seconds=1)).isoformat()
    (result,) = rewarded(bob, item(), deadline=past)["results"]
    assert (result["status"], result["reward"]) == ("expired", None)
    (again,) = rewarded(bob, item())["results"]
    assert (again["status"], again["reward"]) == ("ok", 1.0)


def test_a_judge_that_is_away_gives_nothing_until_it_is_back(bob: Caller, version: RubricVersion, play):
    def away(ask):
        raise errors.Unavailable("The judge's server is away.")

    play(away)
    first = asked(bob, item())
    work()
    waiting = bob.get(first["Location"].removeprefix("/api/v1"))
    assert (waiting.status_code, waiting.json()["results"][0]["reward"]) == (202, None)


@pytest.mark.parametrize("status", ["draft", "in_review", "retired"])
def test_an_unapproved_version_is_refused(bob: Caller, workspace, status):
    factories.make_version(rubric=factories.make_rubric(workspace=workspace, slug="letters"), status=status)
    problem(asked(bob, item()), 409, "not_approved")
    assert not RewardRequest.objects.exists()
    narrow = caller_of(bob.actor, "rewards:write")
    problem(asked(narrow, item(), allow_draft=True), 409, "not_approved")
    assert rewarded(bob, item(), allow_draft=True)["results"][0]["reward"] == 1.0


def retired(version: RubricVersion, ended: str) -> None:
    RubricVersion.objects.filter(pk=version.pk).update(status="retired", ended=ended)


def test_a_superseded_version_is_served(bob, alice, version):
    training.create_release(by=alice.actor, name="spring", versions=[version])
    retired(version, "superseded")
    for ref in ("letters@1", version.digest, "release:spring"):
        assert rewarded(bob, item(), rubric=ref)["results"][0]["reward"] == 1.0


def test_a_version_retired_by_a_person_is_refused(bob, alice, version):
    training.create_release(by=alice.actor, name="spring", versions=[version])
    retired(version, "retired")
    for ref in ("letters@1", version.digest, "release:spring"):
        problem(asked(bob, item(), rubric=ref), 409, "not_approved")


def test_a_digest_names_a_version_that_was_approved(bob: Caller, version: RubricVersion, workspace):
    rubric = factories.make_rubric(workspace=workspace, slug="copy")
    document = factories.make_document(title=version.rubric.title)
    factories.make_version(rubric=rubric, status="retired", document=document)
    assert RubricVersion.objects.filter(digest=version.digest).count() == 2
    retired(version, "superseded")
    assert rewarded(bob, item(), rubric=version.digest)["rubric"]["slug"] == "letters"


def test_an_approved_version_needs_no_more_than_the_scope(bob: Caller, version: RubricVersion):
    assert rewarded(caller_of(bob.actor, "rewards:write"), item())["results"][0]["reward"] == 1.0


def test_an_unknown_rubric_in_one_item_stores_nothing(bob: Caller, version: RubricVersion):
    problem(asked(bob, item("a"), item("b", rubric="nothing@1")), 404, "version_unknown", "/items/1/rubric")
    problem(asked(bob, item("a"), item("b", rubric="two words")), 422, pointer="/items/1/rubric")
    problem(asked(bob, item("a", profile="gone")), 404, pointer="/items/0/profile")
    problem(bob.post("/rewards", {"items": [item()]}), 422, pointer="/items/0/rubric")
    problem(asked(bob, item(), rubric="nothing@1"), 404, pointer="/rubric")
    problem(asked(bob, item(), judge="nobody"), 404, "judge_unknown", "/judge")
    problem(asked(bob, item(), judge="a b"), 422, pointer="/judge")
    problem(asked(bob, item(), training_run="8"), 404, "training_run_unknown", "/training_run")
    for model in (RewardRequest, Run, Response):
        assert not model.objects.exists()


@pytest.mark.parametrize(
    "body, pointer",
    [
        ({"items": []}, "/items"),
        ({}, "/items"),
        ({"items": [{"id": "a", "prompt": "x"}]}, "/items/0/response"),
        ({"items": [{"id": "a", "prompt": 5, "response": "x"}]}, "/items/0/prompt"),
        ({"items": [{"id": "a", "prompt": [{"role": "user"}], "response": "x"}]}, "/items/0/prompt/0/content"),
        ({"items": [{"id": "a", "prompt": "x", "response": "y", "color": 1}]}, "/items/0/color"),
        ({"items": [item("a"), item("a")]}, ""),
        ({"items": [item()], "wait": 60}, "/wait"),
        ({"items": [item()], "wait": "soon"}, "/wait"),
        ({"items": [item()], "deadline": "2026-01-01T00:00:00"}, "/deadline"),
        ({"items": [item(response="x" * 400_001)]}, "/items/0/response"),
        ({"items": [item(response=[{"type": "n", "n": 2**60}])]}, "/items/0/response"),
        ({"items": [item()], "a/b": 1}, "/a~1b"),
    ],
)
def test_faults_of_a_request_are_pointed_at(bob: Caller, version: RubricVersion, body, pointer):
    problem(bob.post("/rewards", {"rubric": "letters@1", **body}), 422, pointer=pointer)
    assert not RewardRequest.objects.exists()


def test_a_workspace_may_refuse_judges_without_a_passed_exam(bob: Caller, version: RubricVersion, workspace):
    workspace.settings = {"unlicensed_judge": "refuse"}
    workspace.save()
    problem(asked(bob, item()), 409, "judge_unlicensed")


def test_without_a_judge_the_answer_says_so(bob: Caller, version: RubricVersion, judge: JudgeVersion):
    judge.judge.is_default = False
    judge.judge.save()
    problem(asked(bob, item()), 409, "judge_no_default")


def test_a_digest_a_release_and_a_set_name_rubrics(bob: Caller, alice: Caller, version: RubricVersion, workspace):
    assert rewarded(bob, item(), rubric=version.digest)["rubric"]["version"] == 1
    training.create_release(by=alice.actor, name="spring", versions=[version])
    assert rewarded(bob, item(), rubric="release:spring")["rubric"]["slug"] == "letters"
    problem(asked(bob, item(), rubric="release:autumn"), 404, "release_unknown", "/rubric")
    bound = RubricSetVersion.objects.create(
        rubric_set=RubricSet.objects.create(workspace=workspace, name="many"), number=1, status="approved"
    )
    RubricSetMember.objects.create(set_version=bound, version=version, prompt_id_text="p7")
    (result,) = rewarded(bob, item(prompt_id="p7"), rubric="set:many@1")["results"]
    assert (result["reward"], result["prompt_id"], result["rubric"]) == (1.0, "p7", "letters@1")
    problem(asked(bob, item(prompt_id="p8"), rubric="set:many@1"), 404, pointer="/items/0/prompt_id")
    problem(asked(bob, item(), rubric="set:many@1"), 422, pointer="/items/0/prompt_id")


def test_a_prompt_that_no_rubric_is_bound_to_does_not_fall_to_the_general_one(bob, alice, version, workspace):
    general = factories.make_version(rubric=factories.make_rubric(workspace=workspace, slug="mail"), status="approved")
    release = training.create_release(by=alice.actor, name="mixed", versions=[general])
    ReleaseEntry.objects.create(
        release=release, position=1, version=version, prompt_id_text="p7", digest=version.digest
    )
    body = rewarded(bob, item("a", prompt_id="p7"), item("b"), rubric="release:mixed")
    assert [result["rubric"] for result in body["results"]] == ["letters@1", "mail@1"]
    problem(asked(bob, item(prompt_id="p8"), rubric="release:mixed"), 404, pointer="/items/0/prompt_id")


def test_a_served_answer_stays_as_it_was(bob: Caller, version: RubricVersion, play):
    play(by_text({"Names the drug": Failure(FailureKind.TIMEOUT, "slow"), "Blames": " No"}))
    first = rewarded(bob, item("a"), item("b", BAD))
    play(by_text({"Names the drug": " Yes", "Blames": " No"}))
    request = RewardRequest.objects.select_related("run__job").get(pk=first["id"])
    assert request.done_at is not None
    assert request.run is not None
    assert request.run.job is not None
    jobs.rerun(by=bob.actor, job=request.run.job, indexes=range(9))
    assert bob.get(f"/rewards/{first['id']}").json()["results"] == first["results"]
    work()
    again = bob.get(f"/rewards/{first['id']}")
    assert (again.status_code, again.json()["results"]) == (200, first["results"])
    assert again.json()["results"][0]["reward"] is None


def test_of_two_first_readers_one_writes(bob: Caller, version: RubricVersion, monkeypatch):
    where = asked(bob, item())["Location"].removeprefix("/api/v1")
    work()
    compute = queries.results

    def late(request: RewardRequest, items: Any, *, done: bool) -> Any:
        RewardItem.objects.filter(request=request).update(result={"id": "a1", "reward": 0.25})
        RewardRequest.objects.filter(pk=request.pk).update(done_at=timezone.now())
        return compute(request, items, done=done)

    monkeypatch.setattr(queries, "results", late)
    assert bob.get(where).json()["results"] == [{"id": "a1", "reward": 0.25}]


def test_what_is_ready_is_written_down_while_the_rest_is_judged(bob: Caller, version: RubricVersion, play, monkeypatch):
    monkeypatch.setattr(rewards, "WORTH_GATHERING", 2)
    answers = by_text({"Names the drug": " Yes", "Blames": " No"})
    play(lambda ask: Failure(FailureKind.TIMEOUT, "slow") if "your own" in ask.shared else answers(ask))
    request = asked(bob, item("a"), item("b", BAD), item("c", f"{GOOD} Or two."), item("d", "Take care."), wait=0)
    key = request.json()["id"]
    assert training.gather(key) == 0
    assert runners.work(0.0001)
    assert training.gather(key) == 0, "one answer of the first part failed, and one is few"
    work()
    stored = RewardItem.objects.filter(request=key).order_by("index")
    Job.objects.update(state="running")
    assert training.gather(key) == 3
    assert training.gather(key) == 0
    assert [row.result and row.result["status"] for row in stored.all()] == ["ok", None, "ok", "ok"]
    early = bob.get(f"/rewards/{key}")
    assert (early.status_code, early.json()["results"][2]["reward"]) == (202, 1.0)
    Job.objects.update(state="done")
    body = bob.get(f"/rewards/{key}").json()
    assert [result["reward"] for result in body["results"]] == [1.0, None, 1.0, 1.0]
    assert [result["status"] for result in body["results"]][1] == "judge_error"
    assert training.gather(key) == 0


def test_a_caller_who_waits_is_not_told_how_far_it_is(bob: Caller, version: RubricVersion, monkeypatch):
    async def at_once(job_id: Any, seconds: float) -> bool:
        return True

    monkeypatch.setattr(waiting, "wait_for", at_once)
    monkeypatch.setattr("apps.api.rewards._again", lambda view, first, key: first)
    said = asked(bob, item(), wait=9).json()["results"][0]
    assert (said["status"], said["criteria"], said["components"]) == (
        "pending",
        {},
        dict.fromkeys(("c_drug", "c_blame", "baseline")),
    )


@pytest.mark.parametrize("step", ["_jobs_of", "_again"])
def test_a_database_that_goes_away_during_the_wait_leaves_the_first_answer(bob, version, monkeypatch, step):
    async def at_once(job_id: Any, seconds: float) -> bool:
        return False

    def gone(*given: Any) -> Any:
        raise OperationalError("the server closed the connection")

    monkeypatch.setattr(waiting, "wait_for", at_once)
    monkeypatch.setattr(f"apps.api.rewards.{step}", gone)
    answer = asked(bob, item(), wait=1)
    assert (answer.status_code, answer.json()["status"]) == (202, "pending")


def test_items_may_name_their_own_rubric(bob: Caller, version: RubricVersion, workspace):
    other = factories.make_version(rubric=factories.make_rubric(workspace=workspace, slug="mail"), status="approved")
    body = rewarded(bob, item("a"), item("b", rubric=other.digest))
    assert body["rubric"] == {"ref": "letters@1", "slug": None, "version": None, "digest": None}
    assert [result["rubric"] for result in body["results"]] == ["letters@1", "mail@1"]


def test_a_profile_weighs_otherwise_without_new_judging(bob: Caller, version: RubricVersion, play):
    document = {"c_drug": 1.0, "c_blame": 1.0}
    Profile.objects.create(rubric=version.rubric, name="gentle", number=1, weights=document)
    play(by_text({"Names the drug": " Yes", "Blames": " Yes"}))
    body = rewarded(bob, item("plain"), item("gentle", profile="gentle"), item("first", profile="gentle@1"))
    assert [round(result["reward"], 3) for result in body["results"]] == [0.667, 0.0, 0.0]
    assert body["usage"]["verdicts"] == 2
    for ref in ("gentle@one", "gentle@", "gentle@²", "gentle@" + "9" * 80):
        problem(asked(bob, item(profile=ref)), 422, "profile_ref", "/items/0/profile")


def test_a_key_gives_the_first_request_back(bob: Caller, alice: Caller, version: RubricVersion):
    body = {"rubric": "letters@1", "items": [item()]}
    first = bob.post("/rewards", body, Idempotency_Key="step-1")
    again = bob.post("/rewards", {**body, "wait": 0}, Idempotency_Key="step-1")
    assert first.json()["id"] == again.json()["id"]
    assert RewardRequest.objects.count() == Run.objects.count() == 1
    other = {**body, "items": [item("b")]}
    problem(bob.post("/rewards", other, Idempotency_Key="step-1"), 422, "idempotency_key_reused")
    problem(bob.post("/rewards", body, Idempotency_Key="x" * 201), 422, "idempotency_key_invalid")
    assert alice.post("/rewards", body, Idempotency_Key="step-1").json()["id"] != first.json()["id"]
    work()
    assert bob.post("/rewards", body, Idempotency_Key="step-1").status_code == 200


def test_strangers_cannot_read_an_answer(bob: Caller, charlie: Caller, version: RubricVersion):
    where = asked(bob, item())["Location"].removeprefix("/api/v1")
    problem(charlie.get(where), 404, "reward_unknown")
    problem(bob.get("/rewards/not-an-id"), 404, "reward_unknown")
    problem(bob.get(f"{where}?wait=99"), 422, pointer="/wait")


def test_rewards_equal_what_scoring_the_verdicts_gives(bob: Caller, version: RubricVersion):
    (result,) = rewarded(bob, item())["results"]
    values = {name: criterion["value"] for name, criterion in result["criteria"].items()}
    scored = bob.post("/score", {"rubric": "letters@1", "verdicts": values}).json()
    assert (scored["raw"], scored["status"], scored["trace"]) == (result["reward"], "ok", result["trace"])


class TestTrainingRuns:
    """Requests under a pinned handle."""

    def register(self, caller: Caller, **pin: Any) -> str:
        made = caller.post("/training-runs", {"name": "run 7", **pin})
        assert made.status_code == 201, made.content
        return str(made.json()["id"])

    def test_the_pin_decides(self, bob: Caller, version: RubricVersion, workspace):
        run = self.register(bob, rubric="letters@1")
        body = rewarded(bob, item(), rubric=None, training_run=run)
        assert body["rubric"]["digest"] == version.digest
        factories.make_judge(workspace=workspace, name="other")
        factories.make_version(rubric=factories.make_rubric(workspace=workspace, slug="mail"), status="approved")
        problem(asked(bob, item(), training_run=run, judge="other"), 409, "pinned")
        problem(asked(bob, item(), training_run=run, rubric="mail@1"), 409, "pinned")
        assert asked(bob, item(), training_run=run, rubric="letters@1", judge="reader@1").status_code == 200

    def test_an_item_cannot_leave_the_pin(self, bob: Caller, alice: Caller, version: RubricVersion, workspace):
        other = factories.make_version(
            rubric=factories.make_rubric(workspace=workspace, slug="mail"), status="approved",
            document=factories.make_document(title="Mail"),
        )  # fmt: skip
        training.create_release(by=alice.actor, name="spring", versions=[version])
        for pin in ({"rubric": "letters@1"}, {"release": "spring"}):
            run = self.register(bob, **pin)
            for ref in ("letters@1", "letters", version.digest, "release:spring"):
                body = {"rubric": None, "training_run": run}
                assert asked(bob, item("a"), item("b", rubric=ref), **body).status_code in {200, 202}
            for ref in ("mail@1", other.digest):
                answer = asked(bob, item("a"), item("b", rubric=ref), rubric=None, training_run=run)
                problem(answer, 409, "pinned", "/items/1/rubric")

    def test_a_pin_stays_with_its_row_where_another_says_the_same(self, bob: Caller, version, workspace):
        run = self.register(bob, rubric="letters@1")
        rubric = factories.make_rubric(workspace=workspace, slug="copy")
        copy = factories.make_version(
            rubric=rubric, status="approved", document=factories.make_document(title=version.rubric.title)
        )
        assert copy.digest == version.digest
        for given in (item(), item(rubric=version.digest)):
            body = rewarded(bob, given, rubric=None, training_run=run)
            assert body["rubric"]["slug"] == "letters"

    def test_a_run_stays_with_what_it_was_pinned_to(self, bob: Caller, alice: Caller, version: RubricVersion):
        training.create_release(by=alice.actor, name="spring", versions=[version])
        run = self.register(bob, release="spring")
        assert alice.post("/rubrics/letters/versions/1/retire").status_code == 200
        assert rewarded(bob, item(), rubric=None, training_run=run)["results"][0]["reward"] == 1.0
        problem(asked(bob, item()), 409, "not_approved")
