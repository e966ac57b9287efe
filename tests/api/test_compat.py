"""OpenRLHF and NeMo-Gym are answered in their own shapes; what could not be judged is flagged, not a silent number.

`recorded/` has what OpenRLHF's executor and NeMo-Gym's simple agent of these versions sent.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import Token
from apps.jobs import waiting
from apps.judging.models import JudgeVersion
from apps.rubrics.models import RubricVersion
from apps.training.models import Cohort, RewardRequest
from engines.protocol import Failure, FailureKind
from engines.scripted import Script, ScriptedEngine
from tests import factories
from tests.api.conftest import BAD, GOOD, ROOT, Caller, caller_of, problem, work

pytestmark = pytest.mark.django_db
PROMPT = "<|im_start|>user\nWrite a discharge letter.<|im_end|>\n<|im_start|>assistant\n"
LABEL = json.dumps({"rubric_ref": "letters@1"})
RECORDED = Path(__file__).with_name("recorded")


@pytest.fixture
def version(workspace) -> RubricVersion:
    rubric = factories.make_rubric(workspace=workspace, slug="letters")
    return factories.make_version(rubric=rubric, status="approved")


@pytest.fixture(autouse=True)
def ready(engine, judge: JudgeVersion, version: RubricVersion, monkeypatch: pytest.MonkeyPatch) -> None:
    """A judge that answers, and a wait in which a worker does its work."""

    async def worked(job: Any, seconds: float) -> bool:
        from asgiref.sync import sync_to_async

        await sync_to_async(work)()
        return True

    monkeypatch.setattr(waiting, "wait_for", worked)


def openrlhf(caller: Caller, *queries: str, label: str = LABEL, **more: Any) -> Any:
    body = {
        "query": [f"{PROMPT}{one}<|im_end|>" for one in queries], "prompts": [PROMPT] * len(queries),
        "labels": [label] * len(queries), **more,
    }  # fmt: skip
    return Client().post(f"{ROOT}/compat/openrlhf/{caller.secret}", json.dumps(body), content_type="application/json")


def rollout(text: str = GOOD, **task: Any) -> dict[str, Any]:
    """A body as an agent of NeMo-Gym posts it, in the shapes of the Responses API."""
    return {
        "responses_create_params": {"input": [{"role": "user", "content": "Write a discharge letter."}], "tools": []},
        "response": {
            "id": "r", "object": "response", "model": "policy", "tool_choice": "auto", "tools": [],
            "output": [
                {"type": "reasoning", "id": "rs", "summary": [], "content": [{"type": "text", "text": "You should"}]},
                {
                    "type": "message", "id": "m", "role": "assistant", "status": "completed",
                    "content": [{"type": "output_text", "text": text, "annotations": []}],
                },
            ],
        },
        "rubric_ref": "letters@1", "agent_ref": {"name": "a"}, "_ng_task_index": 3, **task,
    }  # fmt: skip


def test_openrlhf_gets_lists_of_numbers(bob: Caller):
    answer = openrlhf(bob, GOOD, BAD)
    assert answer.status_code == 200, answer.content
    body = answer.json()
    assert set(body) == {"rewards", "scores", "extra_logs"}
    assert all(len(found) == 2 for found in (body["rewards"], body["scores"], *body["extra_logs"].values()))
    assert body["extra_logs"]["failed"] == [0.0, 0.0]
    assert all(0 <= score <= 1 for score in body["scores"])
    request = RewardRequest.objects.get()
    stored = [item.subject.members.get().response.parts for item in request.items.order_by("index")]
    assert stored == [[{"type": "text", "text": GOOD}], [{"type": "text", "text": BAD}]]


def test_openrlhf_is_told_what_has_no_reward_of_its_own(bob: Caller, play: Callable[[Script], ScriptedEngine]):
    first = openrlhf(bob, GOOD).json()["rewards"][0]
    play(lambda request: Failure(FailureKind.TIMEOUT, "too slow"))
    sibling = openrlhf(bob, "Another letter, which nobody could read in time.").json()
    assert sibling["rewards"] == [first]
    assert sibling["extra_logs"]["failed"] == [1.0]
    alone = openrlhf(bob, "A letter.", prompts=["Another task."]).json()
    assert alone["rewards"] == [0.5]
    assert alone["extra_logs"]["failed"] == [1.0]


def test_openrlhf_is_refused_what_was_set_up_wrong(bob: Caller, charlie: Caller, alice: Caller):
    path = f"{ROOT}/compat/openrlhf/rs_unknown"
    problem(Client().post(path, {"query": ["a"]}, content_type="application/json"), 401)
    narrow = caller_of(bob.actor, "rubrics:read")
    problem(openrlhf(narrow, GOOD), 403)
    factories.make_judge(workspace=charlie.actor.workspace, name="theirs", is_default=True)
    problem(openrlhf(charlie, GOOD), 404)
    problem(openrlhf(bob, GOOD, label="gold answer"), 422, pointer="/labels/0")
    problem(openrlhf(bob, GOOD, label="{}"), 422)
    problem(openrlhf(bob, GOOD, labels=[]), 422, pointer="/labels")
    problem(openrlhf(bob, GOOD, label=json.dumps({"rubric_ref": "none@1"})), 404)
    Token.objects.filter(created_by=bob.actor.user).update(revoked_at="2026-01-01T00:00:00Z")
    problem(openrlhf(bob, GOOD), 401)


def test_nemo_gym_gets_its_body_back_with_reward_and_parts(bob: Caller):
    sent = rollout()
    answer = bob.post("/compat/nemo-gym/verify", sent)
    assert answer.status_code == 200, answer.content
    body = answer.json()
    assert {name: body[name] for name in sent} == sent
    assert "_ng_failure_class" not in body
    assert body["reward"] == pytest.approx(sum(body["reward_components"].values()), abs=1e-9)
    other = bob.post("/compat/nemo-gym/verify", rollout(BAD)).json()
    assert set(other["reward_components"]) == set(body["reward_components"])
    assert other["reward"] < body["reward"] or other["reward"] == body["reward"]


def test_nemo_gym_is_told_that_the_judge_failed(bob: Caller, play: Callable[[Script], ScriptedEngine]):
    play(lambda request: Failure(FailureKind.TIMEOUT, "too slow"))
    body = bob.post("/compat/nemo-gym/verify", rollout(instance_config={"seed": 1})).json()
    assert body["_ng_failure_class"] == body["failure_kind"] == "judge_failed"
    assert body["_ng_failure_judge_error"] == body["failure_reason"] == "judge_error"
    assert body["mask_sample"] is True
    assert body["instance_config"] == {"seed": 1, "mask_sample": True}
    assert body["reward"] == 0.0
    assert sum(body["reward_components"].values()) == 0.0


def test_nemo_gym_wants_a_task_with_text(bob: Caller):
    problem(bob.post("/compat/nemo-gym/verify", {"response": {}}), 422)
    empty = rollout() | {"responses_create_params": {"input": [{"type": "image"}]}}
    problem(bob.post("/compat/nemo-gym/verify", empty), 422, pointer="/responses_create_params/input")
    problem(bob.post("/compat/nemo-gym/verify", rollout(rubric_ref=None)), 422)
    problem(bob.post("/compat/nemo-gym/verify", rollout(rubric_ref="none@1")), 404)


def test_nemo_gyms_other_calls(bob: Caller):
    assert bob.post("/compat/nemo-gym/seed_session", {}).json() == {}
    assert bob.get("/compat/nemo-gym/reverify_mode").json() == "stateless"
    rows = [
        {"_ng_task_index": 0, "reward": 1.0}, {"_ng_task_index": 0, "reward": 0.0},
        {"_ng_task_index": 1, "reward": 0.5}, {"_ng_task_index": 1, "reward": 0.0, "_ng_failure_class": "judge_failed"},
        {"_ng_task_index": 1, "reward": 0.0, "mask_sample": True},
    ]  # fmt: skip
    found = bob.post("/compat/nemo-gym/aggregate_metrics", {"verify_responses": rows}).json()
    assert found["agent_metrics"]["mean/reward"] == 0.5
    assert found["agent_metrics"]["judge_failed"] == 2
    assert found["key_metrics"] == {"mean/reward": 0.5}
    assert [group["mean/reward"] for group in found["group_level_metrics"]] == [0.5, 0.5]
    empty = bob.post("/compat/nemo-gym/aggregate_metrics", {"verify_responses": []}).json()
    assert empty["agent_metrics"] == {"judge_failed": 0}


def test_recorded_requests_of_openrlhf_are_answered(bob: Caller):
    sent = json.loads((RECORDED / "openrlhf-0.11.2.json").read_text())
    for request in sent:
        path = request["path"].replace("{token}", bob.secret)
        answer = Client().post(path, request["body"], content_type="application/json", headers=request["headers"])
        assert answer.status_code == 200, answer.content
        body = answer.json()
        assert [len(found) for found in (body["rewards"], body["scores"], *body["extra_logs"].values())] == [1] * 4
        assert body["extra_logs"]["failed"] == [0.0]
    items = [request.items.get().subject for request in RewardRequest.objects.order_by("created_at")]
    answers = [subject.members.get().response.parts[0]["text"] for subject in items]
    assert answers == ["Take 5 mg of bisoprolol each morning.", "You should have known better."]


def test_recorded_requests_of_nemo_gym_are_answered(bob: Caller):
    seed, verify, aggregate = json.loads((RECORDED / "nemo-gym-0.7.0.json").read_text())
    assert bob.post("/compat/nemo-gym/seed_session", seed["body"]).json() == {}
    answer = bob.post("/compat/nemo-gym/verify", verify["body"])
    assert answer.status_code == 200, answer.content
    body = answer.json()
    assert {name: body[name] for name in verify["body"]} == verify["body"]
    assert body["reward"] == pytest.approx(sum(body["reward_components"].values()), abs=1e-5)
    subject = RewardRequest.objects.get().items.get().subject
    assert subject.members.get().response.parts == [{"type": "text", "text": "Take 5 mg of bisoprolol each morning."}]
    whole = bob.post("/compat/nemo-gym/aggregate_metrics", aggregate["body"]).json()
    assert whole["agent_metrics"]["mean/reward"] == pytest.approx(0.4)
    assert [group["_ng_task_index"] for group in whole["group_level_metrics"]] == [3]


def with_cohort(**more: Any) -> dict[str, Any]:
    return {"cohort": {"key": "p3", "size": 2, "timeout": 60, **more}}


def test_a_rollout_of_nemo_gym_is_rewarded_with_its_cohort(bob: Caller, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("apps.api.compat.PATIENCE", 0.0)
    alone = bob.post("/compat/nemo-gym/verify", rollout(**with_cohort())).json()
    assert (alone["reward"], alone["failure_kind"]) == (0.0, "judge_failed")
    assert not RewardRequest.objects.exists()
    monkeypatch.setattr("apps.api.compat.PATIENCE", 150.0)
    full = bob.post("/compat/nemo-gym/verify", rollout(BAD, **with_cohort())).json()
    assert "failure_kind" not in full
    assert full["reward"] == pytest.approx(sum(full["reward_components"].values()), abs=1e-9)
    assert RewardRequest.objects.get().items.count() == 2


def test_cohorts_that_other_trainers_cannot_wait_for_are_refused(bob: Caller):
    problem(bob.post("/compat/nemo-gym/verify", rollout(**with_cohort(timeout=600))), 422, pointer="/cohort/timeout")
    label = json.dumps({"rubric_ref": "letters@1", **with_cohort()})
    problem(openrlhf(bob, GOOD, BAD, label=label), 422, pointer="/labels/0/cohort")
    problem(openrlhf(bob, GOOD, label=json.dumps({"rubric_ref": "none@1", **with_cohort()})), 404)
    assert not Cohort.objects.exists()
