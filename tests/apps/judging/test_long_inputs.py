"""Long answers through a run: refused, cut or judged in pieces, and always said in the verdict."""

from typing import Any

import pytest
from django.urls import reverse

from apps.judging import services
from apps.judging.models import Call, JudgeVersion, Run, Verdict
from apps.judging.services import judge_settings
from engines.scripted import ScriptedEngine
from tests import factories
from tests.apps.judging.conftest import Clinic, work

pytestmark = pytest.mark.django_db
LIMIT = 700


@pytest.fixture
def long(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> Clinic:
    """One more answer of 2,000 words with the dose at its very middle, and an engine that reads 700."""
    words = [f"word{number}" for number in range(2000)]
    words[1000] = "bisoprolol"
    prompt = factories.make_prompt(dataset=clinic.dataset)
    factories.make_subject(responses=[factories.make_response(prompt=prompt, text=" ".join(words))])
    engine = ScriptedEngine(
        lambda ask: {" Yes": 0.9, " No": 0.1} if "bisoprolol" in ask.shared else {" Yes": 0.1, " No": 0.9},
        context_length=LIMIT,
    )
    monkeypatch.setattr("apps.core.gateway.engine_for", lambda source: engine)
    return clinic


def judged(clinic: Clinic, **settings: Any) -> tuple[Run, Verdict]:
    judge: JudgeVersion = factories.make_judge(workspace=clinic.author.workspace, settings=settings)
    run = services.start_run(
        by=clinic.author, name="x", versions=[clinic.version], dataset=clinic.dataset, judges=[judge]
    )
    work()
    item = run.items.order_by("-index")[0]
    return run, Verdict.objects.get(judge_version=judge, subject=item.subject, criterion="c_drug")


def test_by_default_the_engine_refuses_and_nothing_is_scored(long: Clinic) -> None:
    _, verdict = judged(long)
    assert (verdict.status, verdict.value, verdict.detail) == ("refused_input", None, {})
    assert "tokens" in verdict.reason


def test_a_budget_of_its_own_refuses_before_anything_is_asked(long: Clinic) -> None:
    run, verdict = judged(long, input_tokens=500)
    assert verdict.status == "refused_input"
    assert "this judge reads at most 500" in verdict.reason
    assert not Call.objects.filter(run=run, subject=verdict.subject).exists()


def test_the_middle_is_left_out_and_the_verdict_says_so(long: Clinic) -> None:
    _, verdict = judged(long, long_input="middle_cut")
    assert verdict.status == "ok"
    assert verdict.value == 0.0, "the dose stood in what was left out"
    assert verdict.detail["long_input"] == "middle_cut"
    assert verdict.detail["tokens_before"] == 2000
    assert 200 < verdict.detail["tokens_after"] < LIMIT
    assert (verdict.detail["pieces"], verdict.detail["counted"]) == (1, "engine")
    call = Call.objects.get(pk=verdict.call_id or 0)
    assert "The middle of this answer was left out." in call.rendered_shared
    assert "word1999" in call.rendered_shared


def test_pieces_are_judged_and_the_highest_counts(long: Clinic) -> None:
    run, verdict = judged(long, long_input="chunk_merge")
    assert verdict.value == 1.0
    assert verdict.detail["pieces"] > 3
    calls = Call.objects.filter(run=run, subject=verdict.subject)
    assert calls.count() == verdict.detail["pieces"]
    assert "bisoprolol" in Call.objects.get(pk=verdict.call_id or 0).rendered_shared


def test_short_answers_are_left_alone(long: Clinic) -> None:
    run, _ = judged(long, long_input="chunk_merge")
    first = run.items.order_by("index")[0]
    assert Verdict.objects.filter(subject=first.subject, judge_version=first.judge_version)[0].detail == {}


def test_an_engine_that_does_not_tokenise_is_estimated_and_said(long: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ScriptedEngine, "count_tokens", lambda self, text: None)
    _, verdict = judged(long, long_input="middle_cut", input_tokens=3000)
    assert verdict.detail["counted"] == "estimate"


def test_a_task_that_leaves_no_room_is_refused(long: Clinic) -> None:
    prompt = factories.make_prompt(dataset=long.dataset, text="task " * 300)
    factories.make_subject(responses=[factories.make_response(prompt=prompt, text="answer " * 300)])
    _, verdict = judged(long, long_input="middle_cut", input_tokens=400)
    assert verdict.status == "refused_input"
    assert "too little room" in verdict.reason


def test_a_cut_answer_is_marked_on_screen(long: Clinic) -> None:
    run, _ = judged(long, long_input="middle_cut")
    address = reverse("judging:answer", args=["clinic", run.pk, run.items.order_by("-index")[0].index])
    page = factories.signed_in(long.author).get(address).content.decode()
    assert "middle left out: " in page
    assert "of 2,000 tokens read" in page


def test_policies_are_part_of_the_fingerprint_only_where_chosen() -> None:
    plain = judge_settings.that_matter({}, "label_distribution")
    assert "long_input" not in plain
    assert judge_settings.that_matter({"long_input": "refuse"}, "label_distribution") == plain
    chosen = judge_settings.that_matter({"long_input": "middle_cut", "input_tokens": 900}, "label_distribution")
    assert chosen == plain | {"long_input": "middle_cut", "input_tokens": 900}


@pytest.mark.parametrize(
    ("settings", "strategy", "said"),
    [
        ({"long_input": "guess"}, "log_odds", "one of: refuse, middle_cut, chunk_merge"),
        ({"input_tokens": 10}, "log_odds", "256 to 10,000,000"),
        ({"long_input": "chunk_merge"}, "pairwise", "only where the judge reads one answer"),
    ],
)
def test_settings_that_cannot_be_are_refused(settings: dict[str, Any], strategy: str, said: str) -> None:
    assert [said in problem.message for problem in judge_settings.problems(settings, strategy)] == [True]
