"""Retention: texts are forgotten when every request that sent them allows it, and what was served stays."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from apps.datasets.models import Label, Prompt, Rater, Response
from apps.datasets.services import ERASED
from apps.history.models import Entry
from apps.judging.models import Call, JudgeVersion, Verdict
from apps.rubrics.models import RubricVersion
from apps.training import services
from apps.training.models import RewardRequest
from engines.scripted import by_text
from tests import factories
from tests.api.conftest import GOOD, Caller, work

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(workspace) -> RubricVersion:
    rubric = factories.make_rubric(workspace=workspace, slug="letters")
    return factories.make_version(rubric=rubric, status="approved")


def rewarded(caller: Caller, **more: Any) -> dict[str, Any]:
    items = [{"id": "a1", "prompt": "Write a letter.", "response": GOOD, "context": "Ward notes."}]
    first = caller.post("/rewards", {"rubric": "letters@1", "items": items, **more})
    assert first.status_code in {200, 202}, first.content
    work()
    body: dict[str, Any] = caller.get(f"/rewards/{first.json()['id']}").json()
    return body


def make_old() -> None:
    RewardRequest.objects.update(created_at=timezone.now() - timedelta(days=31))


def set_period(workspace: Any, days: int | None) -> None:
    workspace.settings = {"retention_days": days}
    workspace.save(update_fields=["settings"])


@pytest.mark.usefixtures("engine", "judge", "version")
def test_texts_are_forgotten_after_the_period_and_the_reward_stays(bob: Caller, workspace: Any) -> None:
    before = rewarded(bob)
    make_old()
    assert services.forget_rollouts() == 0, "nobody set a period"
    set_period(workspace, 30)
    assert services.forget_rollouts() == 1
    assert Response.objects.get().parts == ERASED
    prompt = Prompt.objects.get()
    assert (prompt.messages, prompt.context, prompt.reference) == ([{"role": "user", "parts": ERASED}], ERASED, None)
    assert set(Call.objects.values_list("rendered_shared", flat=True)) == {""}
    after = bob.get(f"/rewards/{before['id']}").json()
    assert after["results"][0]["reward"] == before["results"][0]["reward"] is not None
    assert Entry.objects.get(action="rollouts.forgotten").detail == {"responses": 1}
    assert services.forget_rollouts() == 0


@pytest.mark.usefixtures("engine", "judge", "version")
def test_a_text_that_a_later_request_keeps_is_kept(bob: Caller, workspace: Any) -> None:
    rewarded(bob)
    make_old()
    set_period(workspace, 30)
    rewarded(bob)
    assert services.forget_rollouts() == 0


@pytest.mark.usefixtures("engine", "version")
def test_a_run_that_keeps_nothing_is_forgotten_at_once(bob: Caller, judge: JudgeVersion) -> None:
    run = bob.post("/training-runs", {"name": "r", "rubric": "letters@1", "keep_rollouts": False}).json()["id"]
    rewarded(bob, training_run=run)
    assert services.forget_rollouts() == 1


@pytest.mark.usefixtures("engine", "judge", "version")
def test_what_is_sent_again_is_stored_again(bob: Caller, workspace: Any) -> None:
    first = rewarded(bob)
    make_old()
    set_period(workspace, 30)
    services.forget_rollouts()
    again = rewarded(bob)
    assert again["results"][0]["reward"] == first["results"][0]["reward"]
    assert Response.objects.get().parts == [{"type": "text", "text": GOOD}]
    assert Prompt.objects.get().messages[0]["parts"][0]["text"] == "Write a letter."


@pytest.mark.usefixtures("engine", "judge", "version")
def test_no_quote_of_a_forgotten_answer_stays(bob: Caller, workspace: Any) -> None:
    rewarded(bob)
    known = Verdict.objects.filter(status="ok").first()
    assert known is not None
    quoting = Verdict.objects.get(pk=known.pk)
    quoting.key, quoting.criterion, quoting.rationale = uuid.uuid4(), "c_quoted", "It says so."
    quoting.evidence = [{"start": 0, "end": 4, "text": GOOD[:4]}]
    quoting.save(force_insert=True)
    response = Response.objects.get()
    dataset = known.subject.prompt.dataset
    rater = Rater.objects.create(workspace=workspace, name="ann")
    label = Label.objects.create(
        dataset=dataset, subject=known.subject, rater=rater, criterion="c_quoted", value=1, spans=quoting.evidence
    )
    chosen = Verdict.objects.filter(pk=quoting.pk)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        chosen.update(evidence=[], rationale="")
    make_old()
    set_period(workspace, 30)
    assert services.forget_rollouts() == 1
    kept = chosen.get()
    assert (kept.evidence, kept.rationale, kept.value) == ([], "", quoting.value)
    label.refresh_from_db()
    response.refresh_from_db()
    assert (label.spans, response.parts) == ([], ERASED)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        chosen.update(evidence=[], rationale="", value=0.25)


@pytest.mark.usefixtures("version")
def test_references_that_answers_were_compared_with_are_forgotten_too(bob: Caller, workspace: Any, play: Any) -> None:
    factories.make_judge(workspace=workspace, name="pairs", strategy="pairwise")
    play(by_text({}, default=" R"))
    items = [
        {"id": name, "prompt": "Write.", "response": text, "reference": "The reference.", "group": "g"}
        for name, text in (("a", "One."), ("b", "Two."))
    ]
    body = {"rubric": "letters@1", "judge": "pairs", "compare": {"against": "reference"}, "items": items}
    before = bob.post("/rewards/groups", body).json()
    work()
    set_period(workspace, 30)
    assert services.forget_rollouts() == 0
    make_old()
    assert services.forget_rollouts() == 3
    assert all(one.parts == ERASED for one in Response.objects.all())
    assert Prompt.objects.get().reference == ERASED
    after = bob.get(f"/rewards/{before['id']}").json()
    assert [one["status"] for one in after["results"]] == ["ok", "ok"]
    assert services.forget_rollouts() == 0
