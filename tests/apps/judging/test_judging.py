"""What workers find is stored once, with its reason, and scored."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from apps.core import gateway
from apps.jobs.models import Job, JobState, Shard
from apps.judging import queries, services
from apps.judging.models import Call, Run, RunItem, Score, Verdict
from domain import errors, strategies
from engines.protocol import Failure, FailureKind
from engines.scripted import Ask, by_text
from tests import factories
from tests.apps.judging.conftest import Clinic, work

pytestmark = pytest.mark.django_db(transaction=True)


def job_of(run: Run) -> Job:
    return Job.objects.get(run=run)


def start(clinic: Clinic, **more) -> Run:
    chosen = {"versions": [clinic.version], "dataset": clinic.dataset, **more}
    return services.start_run(by=clinic.author, name="A run", judges=[clinic.judge], **chosen)


def test_a_run_stores_verdicts_scores_and_calls(clinic: Clinic) -> None:
    run = start(clinic)
    assert work() == 2
    assert job_of(run).state == JobState.DONE
    items = list(RunItem.objects.filter(run=run).select_related(*queries.RELATED).order_by("index"))
    assert [item.state for item in items] == ["done", "done"]
    good, _ = queries.results(items)
    assert good.reward == pytest.approx(1.0)
    assert [queries.verdict_values(found)["value"] for found in good.criteria] == [1.0, 0.0]
    assert Verdict.objects.count() == 4
    assert Call.objects.count() == 2
    score = Score.objects.get(version=clinic.version, subject=items[0].subject)
    assert score.raw == good.reward
    assert score.verdict_keys == items[0].verdict_keys
    call = Call.objects.get(pk=queries.verdict_values(good.criteria[0])["call"])
    assert clinic.engine.asked[0].shared == call.rendered_shared
    assert call.reply[0]["labels"][" Yes"] == pytest.approx(0.97)


def test_answers_of_a_prompt_are_scored_together_where_steps_compare_them(clinic: Clinic) -> None:
    criteria = [{"id": "c_drug", "text": "Names the drug."}, {"id": "c_why", "text": "Says why."}]
    document = factories.make_document(criteria=criteria, scoring=[{"step": "difficulty"}, {"step": "weighted"}])
    version = factories.make_version(workspace=clinic.author.workspace, document=document, status="approved")
    clinic.engine._script = by_text({"because": " Yes", "Names the drug": " Yes"})
    run = start(clinic, versions=[version])
    items = RunItem.objects.filter(run=run).select_related(*queries.RELATED).order_by("index")
    work()
    assert [item.state for item in items] == ["done", "done"]
    assert not Score.objects.filter(version=version).exists()
    first, second = queries.results(items)
    assert (first.reward, second.reward) == (1.0, 0.0)
    assert queries.result_of(items[0]).reward == 1.0
    assert services.rescore(by=clinic.author, run=run) == 2
    assert set(Score.objects.filter(version=version).values_list("raw", flat=True)) == {0.0, 1.0}
    judges = [clinic.judge, factories.make_judge(workspace=clinic.author.workspace, name="other")]
    jury = services.make_jury(by=clinic.author, judges=judges, rule="mean")
    with pytest.raises(errors.Invalid, match="compares all answers"):
        services.start_run(
            by=clinic.author, name="Both", judges=judges, versions=[version], dataset=clinic.dataset, combination=jury
        )


def test_a_judge_may_read_likelihoods(clinic: Clinic) -> None:
    clinic.judge = factories.make_judge(workspace=clinic.author.workspace, name="listener", strategy="followup")
    clinic.engine._script = lambda ask: (-0.1,) if "Thank" in ask.continuation else (-2.0, -2.0)
    run = start(clinic)
    work()
    assert job_of(run).state == JobState.DONE
    assert set(Verdict.objects.values_list("status", "strategy")) == {("ok", "followup")}
    assert Verdict.objects.filter(detail__nats=0.0, value=0.5).count() == 4
    calls = Call.objects.order_by("pk")
    assert [call.purpose for call in calls] == ["likelihoods", "neutral"] * 2
    assert calls[0].reply[0] == {"logprobs": [-0.1]}
    assert calls[0].rendered_suffixes[0].endswith("Thank you, that is exactly what I asked for.")


def test_a_judge_that_cannot_tell_likelihoods_gives_reasons(clinic: Clinic) -> None:
    clinic.judge = factories.make_judge(workspace=clinic.author.workspace, name="listener", strategy="followup")
    clinic.engine._script = lambda ask: Failure(FailureKind.REFUSED, "This server does not tell it.")
    run = start(clinic)
    work()
    assert job_of(run).state == JobState.DONE
    reasons = Verdict.objects.values_list("status", "reason", "value")
    assert set(reasons) == {("refused_input", "This server does not tell it.", None)}


def obliging(ask: Ask) -> str | dict[str, float]:
    """Answers in every form that a strategy asks for, and always in favour."""
    if ask.labels:
        return {ask.labels[-1] if ask.labels[0].isdigit() else ask.labels[0]: 0.9, ask.labels[1]: 0.1}
    if "JSON object" in ask.suffix:
        return json.dumps({"verdicts": [{"criterion": n, "reason": "It is so.", "verdict": "Yes"} for n in (1, 2)]})
    if "Statements:" in ask.suffix:
        return "1: support\n2: support"
    return "Reason: It is so.\n[RESULT] 5\nAnswer: Yes"


@pytest.mark.parametrize(
    "about",
    [
        pytest.param(each.about, id=each.about.name)
        for each in strategies.every()
        if each.about.subject == "response" and not each.about.needs_likelihoods and not each.about.needs_reference
    ],
)
def test_every_way_to_judge_an_answer_is_stored(clinic: Clinic, about: strategies.About) -> None:
    protocol = about.protocols[-1]
    workspace = clinic.author.workspace
    clinic.judge = factories.make_judge(workspace=workspace, name="other", strategy=about.name, protocol=protocol)
    clinic.engine._script = obliging
    run = start(clinic)
    work()
    assert job_of(run).state == JobState.DONE
    rows = list(Verdict.objects.all())
    assert [(row.status, row.strategy) for row in rows] == [("ok", about.name)] * 4
    assert all(row.value is not None and row.value > 0.8 for row in rows)
    calls = {call.pk: call for call in Call.objects.all()}
    assert all(row.call_id and row.call_index < len(calls[row.call_id].reply) for row in rows)
    assert {call.prompt_name for call in calls.values()} <= set(about.prompts)


def test_a_vote_keeps_the_seed_it_was_drawn_with(clinic: Clinic) -> None:
    clinic.judge = factories.make_judge(
        workspace=clinic.author.workspace, name="votes", strategy="votes", settings={"votes": 3, "seed": 2}
    )
    clinic.engine._script = obliging
    start(clinic)
    work()
    assert set(Call.objects.values_list("seed", flat=True)) == {30, 31}
    assert set(Verdict.objects.values_list("detail__agreement", "detail__cast")) == {(1.0, 2)}


def test_stored_verdicts_are_never_asked_again(clinic: Clinic) -> None:
    start(clinic)
    work()
    asked = len(clinic.engine.asked)
    again = start(clinic)
    work()
    assert len(clinic.engine.asked) == asked
    assert sum(RunItem.objects.filter(run=again).values_list("reused", flat=True)) == 4
    assert Verdict.objects.count() == 4
    assert Call.objects.filter(run=again).count() == 0


def test_criteria_of_one_answer_go_in_one_call_with_the_answer_first(clinic: Clinic) -> None:
    start(clinic)
    work()
    shared = {ask.shared for ask in clinic.engine.asked[:2]}
    assert len(shared) == 1
    assert "bisoprolol" in shared.pop()
    assert "Names the drug" in clinic.engine.asked[0].suffix


def test_the_judge_sees_no_weight_polarity_or_tier(clinic: Clinic) -> None:
    document = factories.make_document(
        criteria=[{"id": "c_z", "text": "Is kind.", "weight": 47.125, "tier": "essential", "polarity": "negative"}]
    )
    version = factories.make_version(workspace=clinic.author.workspace, document=document, status="approved")
    start(clinic, versions=[version])
    work()
    seen = "".join(ask.shared + ask.suffix for ask in clinic.engine.asked)
    for word in ("47.125", "essential", "negative", "weight", "pitfall"):
        assert word not in seen


@pytest.mark.parametrize(
    ("failure", "status"),
    [
        (Failure(FailureKind.TIMEOUT, "No answer in 5 s."), "judge_error"),
        (Failure(FailureKind.TOO_LONG, "9000 tokens."), "refused_input"),
        (Failure(FailureKind.BAD_REPLY, "Not JSON."), "unparseable"),
        (Failure(FailureKind.REFUSED, "No."), "refused_input"),
    ],
)
def test_a_failed_question_is_unscored_with_its_reason_and_no_reward(clinic, play, failure, status) -> None:
    play(by_text({"Names the drug": failure, "Blames": " No"}))
    run = start(clinic)
    work()
    item = RunItem.objects.filter(run=run).select_related(*queries.RELATED).order_by("index")[0]
    assert (item.state, item.reason, item.scored, item.unscored) == ("failed", failure.detail, 1, 1)
    result = queries.results([item])[0]
    assert (result.status, result.reward) == (status, None)
    verdict = Verdict.objects.get(key=item.verdict_keys[0])
    assert (verdict.status, verdict.value, verdict.reason) == (status, None, failure.detail)
    assert Score.objects.get(subject=item.subject).raw is None
    assert queries.run_progress(run).by_status() == {status: 2}


def test_little_label_mass_is_unparseable(clinic: Clinic, play) -> None:
    play(lambda ask: {" Yes": 0.05, " No": 0.01})
    run = start(clinic)
    work()
    assert {row.status for row in Verdict.objects.all()} == {"unparseable"}
    assert queries.run_progress(run).scored == 0


def test_unscored_verdicts_are_asked_again_by_a_retry(clinic: Clinic, play) -> None:
    play(lambda ask: Failure(FailureKind.TIMEOUT, "No answer."))
    run = start(clinic)
    work()
    play(by_text({"Names the drug": " Yes", "Blames": " No"}))
    run.refresh_from_db()
    services.retry_run(by=clinic.author, run=run)
    work()
    assert set(Verdict.objects.values_list("status", flat=True)) == {"ok"}
    assert set(RunItem.objects.filter(run=run).values_list("state", flat=True)) == {"done"}
    assert Score.objects.filter(raw=None).count() == 0
    with pytest.raises(errors.Conflict, match="nothing to retry"):
        services.retry_run(by=clinic.author, run=Run.objects.get(pk=run.pk))


def test_an_engine_that_is_away_makes_the_run_wait_and_resume(clinic: Clinic, play) -> None:
    asked = []

    def away_after_the_first(ask: Ask) -> str:
        asked.append(ask)
        if "should have known" in ask.shared:
            raise errors.Unavailable("http://judge cannot be reached.")
        return " Yes"

    play(away_after_the_first)
    run = start(clinic)
    assert Shard.objects.filter(job=run.job).count() == 2
    work()
    assert job_of(run).state == JobState.RUNNING
    assert "cannot be reached" in job_of(run).note
    assert Verdict.objects.count() == 2
    waiting = RunItem.objects.get(run=run, state="waiting")
    assert queries.result_of(waiting).status == queries.PENDING
    play(by_text({"Names": " No", "Blames": " Yes"}))
    Shard.objects.filter(job=run.job).update(not_before=None)
    work()
    assert job_of(run).state == JobState.DONE
    assert Verdict.objects.filter(status="ok").count() == 4


def test_what_was_answered_before_part_of_a_batch_went_away_stays(clinic: Clinic, play) -> None:
    play(by_text({"Names the drug": " Yes", "Blames": Failure(FailureKind.UNAVAILABLE, "gone")}))
    start(clinic)
    work()
    assert set(Verdict.objects.values_list("criterion", "status")) == {("c_drug", "ok")}
    engine = play(by_text({"Blames": " No"}))
    Shard.objects.update(not_before=None)
    work()
    assert {ask.suffix.count("Blames") for ask in engine.asked} == {1}
    assert Verdict.objects.count() == 4


def test_a_passed_deadline_expires_what_was_not_asked(clinic: Clinic) -> None:
    run = start(clinic, deadline=timezone.now() - timedelta(seconds=1))
    work()
    assert set(Verdict.objects.values_list("status", flat=True)) == {"expired"}
    assert clinic.engine.asked == []
    item = RunItem.objects.filter(run=run)[0]
    assert queries.result_of(item).status == "expired"


def test_degenerate_answers_are_scored_by_rule_and_shown_to_no_judge(clinic: Clinic) -> None:
    prompt = factories.make_prompt(dataset=clinic.dataset)
    subject = factories.make_subject(responses=[factories.make_response(prompt=prompt, text=" ... ")])
    run = start(clinic, subjects=[subject])
    work()
    item = RunItem.objects.get(run=run)
    assert item.content_reason == "The answer has no words."
    result = queries.result_of(item)
    assert (result.status, result.reward) == ("ok", 0.0)
    assert clinic.engine.asked == []
    assert Score.objects.get().raw == 0.0


def test_checks_are_computed_without_a_model(clinic: Clinic) -> None:
    criteria: list[dict[str, Any]] = [
        {"id": "c_words", "text": "At most 5 words.", "kind": "check", "check": {"kind": "words", "max": 5}},
        {"id": "c_drug", "text": "Names the drug."},
    ]
    version = factories.make_version(
        workspace=clinic.author.workspace, document=factories.make_document(criteria=criteria), status="approved"
    )
    start(clinic, versions=[version])
    work()
    computed = Verdict.objects.filter(criterion="c_words")
    assert {(row.value, row.call_id) for row in computed} == {(0.0, None)}
    assert all("At most" not in ask.suffix for ask in clinic.engine.asked)


@pytest.mark.parametrize(("said", "status", "value"), [(" No", "ok", 1.0), (" X", "not_applicable", None)])
def test_a_judge_reads_a_condition_in_words_before_the_check(clinic: Clinic, play, said, status, value) -> None:
    engine = play(by_text({"Is short": said}))
    criteria: list[dict[str, Any]] = [
        {"id": "c_short", "text": "Is short.", "check": {"kind": "words", "max": 500}, "applies_when": "For a child."},
        {"id": "c_alone", "text": "At most 500 words.", "kind": "check", "check": {"kind": "words", "max": 500},
         "applies_when": "For a child."},
    ]  # fmt: skip
    version = factories.make_version(
        workspace=clinic.author.workspace, document=factories.make_document(criteria=criteria), status="approved"
    )
    start(clinic, versions=[version])
    work()
    found = Verdict.objects.filter(criterion="c_short")
    assert {(row.status, row.value, row.call_id is None) for row in found} == {(status, value, False)}
    alone = Verdict.objects.filter(criterion="c_alone")
    assert {(row.status, row.value, row.call_id) for row in alone} == {("cannot_assess", None, None)}
    assert alone[0].reason.startswith("A check decides this criterion, so no judge reads the words")
    assert all("At most 500" not in ask.suffix for ask in engine.asked)


def test_an_answer_is_compared_and_a_judge_asked_where_that_cannot_tell(clinic: Clinic, play) -> None:
    engine = play(by_text({"Reaches the result": " Yes"}))
    criteria = [{"id": "c_same", "text": "Reaches the result.", "kind": "answer", "needs": ["reference"]}]
    version = factories.make_version(
        workspace=clinic.author.workspace, document=factories.make_document(criteria=criteria), status="approved"
    )
    half = [{"type": "text", "text": r"\frac{1}{2}"}]
    prompt = factories.make_prompt(dataset=clinic.dataset, reference=half)
    texts = (r"So it is \boxed{0.5}.", r"So it is \boxed{0.6}.", "So it is one half of it.")
    subjects = [factories.make_subject(responses=[factories.make_response(prompt=prompt, text=text)]) for text in texts]
    start(clinic, versions=[version], subjects=subjects)
    work()
    found = {row.subject_id: row for row in Verdict.objects.filter(criterion="c_same")}
    right, wrong, asked = (found[subject.id] for subject in subjects)
    assert (right.value, right.call_id, "numeric" in right.rationale) == (1.0, None, True)
    assert (wrong.value, wrong.call_id) == (0.0, None)
    assert asked.value is not None
    assert asked.call_id is not None
    assert len(engine.asked) == 1


def test_what_is_not_text_is_refused(clinic: Clinic) -> None:
    prompt = factories.make_prompt(dataset=clinic.dataset)
    parts = [{"type": "text", "text": "See the picture."}, {"type": "image", "url": "x"}]
    subject = factories.make_subject(responses=[factories.make_response(prompt=prompt, parts=parts)])
    start(clinic, subjects=[subject])
    work()
    assert set(Verdict.objects.values_list("status", flat=True)) == {"refused_input"}


def test_a_missing_reference_is_said(clinic: Clinic) -> None:
    criteria = [{"id": "c_same", "text": "Reaches the reference result.", "kind": "answer"}]
    version = factories.make_version(
        workspace=clinic.author.workspace, document=factories.make_document(criteria=criteria), status="approved"
    )
    start(clinic, versions=[version])
    work()
    assert "needs a reference" in Verdict.objects.all()[0].reason


def test_reasoned_verdicts_carry_evidence(clinic: Clinic, play) -> None:
    clinic.judge = factories.make_judge(workspace=clinic.author.workspace, protocol="reasoned")

    def script(ask: Ask):
        if ask.labels:
            return " Yes"
        return 'Quote: "5 mg of bisoprolol"\nReason: The dose is there.'

    engine = play(script)
    run = start(clinic)
    work()
    verdict = Verdict.objects.get(criterion="c_drug", subject=clinic.subjects[0])
    assert verdict.evidence == [{"start": 5, "end": 23, "text": "5 mg of bisoprolol"}]
    assert verdict.rationale == "The dose is there."
    assert any("The dose is there." in ask.lead for ask in engine.asked)
    assert set(Call.objects.filter(run=run).values_list("purpose", flat=True)) == {"reasoning", "labels"}


@pytest.mark.parametrize("said", ['Quote: "aspirin and nothing else at all"\nReason: so.', "", "No quote at all."])
def test_required_evidence_that_is_not_in_the_answer_is_unscored(clinic: Clinic, play, said: str) -> None:
    criteria = [{"id": "c_drug", "text": "Names the drug.", "evidence": "required", "tier": "essential"}]
    clinic.judge = factories.make_judge(workspace=clinic.author.workspace, protocol="reasoned")
    version = factories.make_version(
        workspace=clinic.author.workspace, document=factories.make_document(criteria=criteria), status="approved"
    )
    play(lambda ask: " Yes" if ask.labels else said)
    start(clinic, versions=[version])
    work()
    assert set(Verdict.objects.values_list("status", flat=True)) == {"evidence_invalid"}


def test_two_versions_with_the_same_criterion_share_its_verdict(clinic: Clinic) -> None:
    heavier = [{"id": "c_drug", "text": "Names the drug and its dose.", "weight": 9.0}]
    second = factories.make_version(
        rubric=clinic.version.rubric, document=factories.make_document(criteria=heavier), status="in_review"
    )
    start(clinic, versions=[clinic.version, second])
    work()
    assert Verdict.objects.filter(criterion="c_drug").count() == 2
    assert sum("Names the drug" in ask.suffix for ask in clinic.engine.asked) == 2


def test_criteria_of_equal_text_are_asked_once_and_both_get_the_verdict(clinic: Clinic) -> None:
    twice = [{"id": "c_1", "text": "Names the drug."}, {"id": "c_2", "text": "Names the drug."}]
    version = factories.make_version(
        workspace=clinic.author.workspace, document=factories.make_document(criteria=twice), status="approved"
    )
    run = start(clinic, versions=[version])
    work()
    assert len(clinic.engine.asked) == 2
    item = RunItem.objects.filter(run=run)[0]
    assert item.scored == 2
    assert queries.result_of(item).reward == 1.0


def test_a_verdict_stored_by_another_worker_wins(clinic: Clinic, play) -> None:
    first: dict[str, bool] = {}

    def script(ask: Ask) -> str:
        if "Names the drug" in ask.suffix and not first:
            first["done"] = True
            start(clinic)
            work()
        return " No"

    play(script)
    run = start(clinic)
    work()
    assert Verdict.objects.count() == 4
    for item in RunItem.objects.filter(run=run):
        score = Score.objects.get(subject=item.subject)
        assert score.raw == queries.result_of(item).reward


def test_a_lost_lease_writes_nothing(clinic: Clinic, play) -> None:
    def script(ask: Ask) -> str:
        Shard.objects.update(fence=99)
        return " Yes"

    play(script)
    start(clinic)
    work()
    assert Verdict.objects.count() == 0
    assert Call.objects.count() == 0


def test_cancelling_closes_what_waits(clinic: Clinic) -> None:
    run = start(clinic)
    services.cancel_run(by=clinic.author, run=run)
    assert work() == 0
    assert set(RunItem.objects.filter(run=run).values_list("state", flat=True)) == {"cancelled"}
    services.retry_run(by=clinic.author, run=Run.objects.get(pk=run.pk))
    work()
    assert set(RunItem.objects.filter(run=run).values_list("state", flat=True)) == {"done"}


def test_pausing_and_resuming(clinic: Clinic) -> None:
    run = start(clinic)
    services.pause_run(by=clinic.author, run=run)
    assert work() == 0
    services.resume_run(by=clinic.author, run=run)
    assert work() == 2


def test_reweighting_costs_no_judge_call(clinic: Clinic) -> None:
    run = start(clinic)
    work()
    asked = len(clinic.engine.asked)
    draft = factories.make_version(
        rubric=clinic.version.rubric,
        document=factories.make_document(
            criteria=[
                {"id": "c_drug", "text": "Names the drug and its dose.", "weight": 1.0},
                {"id": "c_blame", "text": "Blames the patient.", "polarity": "negative", "weight": 9.0},
            ]
        ),
    )
    scores = queries.version_scores(draft)
    assert [answer.raw for answer in scores.answers] == [1.0, 1.0]
    assert scores.missing == ()
    draft.criteria.filter(criterion_id="c_blame").update(text="Blames the nurse.")
    assert queries.version_scores(draft).missing == ("c_blame",)
    assert services.rescore(by=clinic.author, run=run) == 2
    assert len(clinic.engine.asked) == asked


def test_a_profile_has_its_own_score(clinic: Clinic) -> None:
    run = start(clinic)
    work()
    profile = clinic.version.rubric.profiles.create(name="strict", weights={"c_blame": 50.0}, digest="sha256:1")
    assert services.rescore(by=clinic.author, run=run, profile=profile) == 2
    assert Score.objects.filter(profile=profile).count() == 2
    assert Score.objects.count() == 4


def test_trying_streams_verdicts_in_parts(clinic: Clinic) -> None:
    criteria = [{"id": f"c_{n}", "text": f"Names thing {n}."} for n in range(12)]
    version = factories.make_version(
        workspace=clinic.author.workspace, document=factories.make_document(criteria=criteria)
    )
    run = services.try_response(
        by=clinic.author, version=version, judge=clinic.judge, prompt="Say it.", response="I say it."
    )
    work()
    assert Call.objects.filter(run=run).count() == 3
    item = RunItem.objects.get(run=run)
    assert (item.scored, item.reused, item.state) == (12, 0, "done")


def test_stored_values_stand_the_database_rules(clinic: Clinic) -> None:
    start(clinic)
    work()
    with connection.cursor() as cursor, pytest.raises(Exception, match="never changed"):
        cursor.execute("UPDATE judging_verdict SET value = 0.5")


def test_export_has_a_line_for_every_criterion(clinic: Clinic) -> None:
    run = start(clinic)
    work()
    lines = [json.loads(json.dumps(line)) for line in queries.export(run)]
    assert len(lines) == 4
    assert lines[0]["criterion"] == "c_drug"
    assert lines[0]["value"] == 1.0
    assert lines[0]["judge"] == "reader@1"


def test_a_part_that_fails_for_good_says_why(clinic: Clinic, monkeypatch) -> None:
    def broken(source):
        raise errors.Invalid("The stored API key cannot be read.")

    monkeypatch.setattr(gateway, "engine_for", broken)
    run = start(clinic)
    work()
    assert job_of(run).state == JobState.FAILED
    item = RunItem.objects.filter(run=run)[0]
    assert (item.state, item.reason) == ("failed", "The stored API key cannot be read.")
    result = queries.result_of(item)
    assert (result.status, result.reward) == ("judge_error", None)


def test_training_gets_the_raw_score_and_the_screen_a_clamped_one(clinic: Clinic, play) -> None:
    play(by_text({"Names the drug": " No", "Blames": " Yes"}))
    run = start(clinic)
    work()
    score = queries.result_of(RunItem.objects.filter(run=run)[0]).score
    assert score is not None
    assert score.raw == pytest.approx(-1 / 3)
    assert score.display == 0.0


def test_live_scores_show_what_moved_since_the_draft_began(clinic: Clinic) -> None:
    start(clinic)
    work()
    draft = factories.make_version(
        rubric=clinic.version.rubric,
        parent=clinic.version,
        document=factories.make_document(
            criteria=[
                {"id": "c_drug", "text": "Names the drug and its dose.", "weight": 0.0},
                {"id": "c_blame", "text": "Blames the patient.", "polarity": "negative", "weight": 1.0},
            ]
        ),
    )
    calls = Call.objects.count()
    scores = queries.version_scores(draft)
    assert scores.before == clinic.version
    assert len(scores.groups) == 1
    assert [(answer.raw, answer.was) for answer in scores.answers] == [(0.0, 1.0), (0.0, 1.0)]
    assert [answer.change for answer in scores.answers] == [-1.0, -1.0]
    assert [answer.rank for answer in scores.answers] == [1, 1]
    assert Call.objects.count() == calls
