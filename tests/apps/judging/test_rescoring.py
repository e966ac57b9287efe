"""Runs scored again from columns: the same numbers as one by one, no judge call, twice changes nothing."""

import random
from typing import Any

import pytest

from apps.accounts.permissions import Role
from apps.datasets.models import Subject
from apps.jobs.models import JobState
from apps.judging import queries, services
from apps.judging.models import JudgeVersion, Run, RunItem, Score, Verdict
from apps.judging.queries import columns, keys, rescoring
from apps.rubrics.models import FittedArtefact, RubricVersion
from domain import errors
from tests import factories
from tests.apps.judging.conftest import Clinic, work

pytestmark = pytest.mark.django_db
CRITERIA: list[dict[str, Any]] = [
    {"id": "c_a", "text": "Names the drug and its dose.", "weight": 3.0, "tier": "essential"},
    {"id": "c_b", "text": "Blames the patient.", "polarity": "negative", "weight": 2.0},
    {"id": "c_c", "text": "Says when to come back.", "weight": 1.0, "role": "hard_rule",
     "gate": {"when": "below", "value": 0.5, "floor": 0.1, "override": False}},
    {"id": "c_d", "text": "Is kind.", "weight": 0.5},
]  # fmt: skip
UNSCORED = ("judge_error", "unparseable", "cannot_assess", "not_applicable")


def stored_run(clinic: Clinic, version: RubricVersion, subjects: list[Subject], judge: JudgeVersion | None = None,
               chance: random.Random | None = None) -> Run:  # fmt: skip
    """A run whose verdicts are what chance says, some of them without a value."""
    chance = chance or random.Random(3)
    judge = judge or clinic.judge
    run = Run.objects.create(workspace=clinic.author.workspace, name="stored", created_by=clinic.author.user)
    run.versions.add(version)
    run.judges.add(judge)
    digests = keys.criterion_digests(version, judge.protocol)
    for index, subject in enumerate(subjects):
        of_subject = keys.verdict_keys(version, judge, subject)
        for name, key in of_subject.items():
            if Verdict.objects.filter(key=key).exists():
                continue
            status = "ok" if chance.random() < 0.8 else chance.choice(UNSCORED)
            said = round(chance.random(), 6)
            Verdict.objects.create(
                key=key, workspace=clinic.author.workspace, judge_version=judge, subject=subject, criterion=name,
                criterion_digest=digests[name], fingerprint=judge.fingerprint, strategy=judge.strategy,
                protocol=judge.protocol, context_hash=subject.prompt.context_hash, status=status,
                value=said if status == "ok" else None, probability=said if status == "ok" else None,
            )  # fmt: skip
        RunItem.objects.create(
            run=run, index=index, version=version, judge_version=judge, subject=subject, state=RunItem.State.DONE,
            verdict_keys=list(of_subject.values()),
        )  # fmt: skip
    return run


def subjects_of(clinic: Clinic, count: int, *, kind: str = "response") -> list[Subject]:
    found = []
    for number in range(count):
        prompt = factories.make_prompt(dataset=clinic.dataset, text=f"Write letter {number // 4}.")
        texts = [f"Letter {number} of {side}." for side in ("one", "two")[: 2 if kind == "pair" else 1]]
        responses = [factories.make_response(prompt=prompt, text=text) for text in texts]
        found.append(factories.make_subject(kind=kind, responses=responses))
    return found


@pytest.fixture
def version(clinic: Clinic) -> RubricVersion:
    return factories.make_version(
        workspace=clinic.author.workspace, document=factories.make_document(criteria=CRITERIA), status="approved"
    )


def one_by_one(run: Run, **more):
    items = RunItem.objects.filter(run=run).select_related(*queries.RELATED).order_by("index")
    return {result.item.subject_id: result for result in queries.results(items, **more)}


def assert_same(run: Run, scores, **more) -> None:
    told = one_by_one(run, **more)
    assert scores.count() == len(told)
    for score in scores:
        expected = told[score.subject_id].score
        assert score.status == expected.status
        assert score.raw == (None if expected.raw is None else pytest.approx(expected.raw, abs=1e-12))
        assert score.display == (None if expected.display is None else pytest.approx(expected.display, abs=1e-12))
        assert score.coverage == pytest.approx(expected.coverage)


def test_columns_give_what_one_answer_after_the_other_gives(clinic, version):
    run = stored_run(clinic, version, subjects_of(clinic, 40))
    assert services.rescore(by=clinic.author, run=run) == 40
    statuses = set(Score.objects.values_list("status", flat=True))
    assert {"ok", "partial"} < statuses
    assert statuses & set(UNSCORED)
    assert_same(run, Score.objects.all())
    assert clinic.engine.asked == []


def test_twice_changes_nothing_and_a_mended_verdict_changes_its_score(clinic, version):
    run = stored_run(clinic, version, subjects_of(clinic, 12))
    job = services.start_rescore(by=clinic.author, run=run)
    assert services.start_rescore(by=clinic.author, run=run) == job
    work()
    job.refresh_from_db()
    assert (job.state, job.counts["answers"], job.counts["changed"]) == (JobState.DONE, 12, 12)
    rows = list(Score.objects.order_by("key").values())
    again = services.start_rescore(by=clinic.author, run=run)
    work()
    again.refresh_from_db()
    assert (again.counts["changed"], list(Score.objects.order_by("key").values())) == (0, rows)
    lost = Verdict.objects.filter(status__in=["judge_error", "unparseable"]).order_by("key")[0]
    Verdict.objects.filter(pk=lost.pk).update(status="ok", value=1.0, probability=1.0)
    third = services.start_rescore(by=clinic.author, run=run)
    work()
    third.refresh_from_db()
    assert third.counts["changed"] == 1
    assert_same(run, Score.objects.all())


def test_a_profile_and_a_later_version_have_scores_of_their_own(clinic, version):
    run = stored_run(clinic, version, subjects_of(clinic, 12))
    profile = version.rubric.profiles.create(name="strict", weights={"c_b": 50.0}, digest="sha256:1")
    assert services.rescore(by=clinic.author, run=run, profile=profile) == 12
    assert_same(run, Score.objects.filter(profile=profile), profile=profile)
    later = factories.make_version(
        rubric=version.rubric, document=factories.make_document(criteria=[CRITERIA[0], {**CRITERIA[3], "weight": 7.0}])
    )
    assert services.rescore(by=clinic.author, run=run, version=later) == 12
    mine = Score.objects.filter(version=later)
    RunItem.objects.filter(run=run).update(version=later)
    assert_same(run, mine)
    assert clinic.engine.asked == []


def test_calibrations_count_where_they_are_named(clinic, version):
    run = stored_run(clinic, version, subjects_of(clinic, 20))
    digests = keys.criterion_digests(version, "isolated")
    curve = {"method": "isotonic", "xs": [0.0, 0.4, 1.0], "ys": [0.0, 0.9, 1.0]}
    made = FittedArtefact.objects.create(
        workspace=clinic.author.workspace, kind="calibration", digest="sha256:c",
        payload={"judge": clinic.judge.fingerprint, "curves": {digests["c_a"]: curve}},
    )  # fmt: skip
    services.rescore(by=clinic.author, run=run, artefacts=[made])
    named = Score.objects.filter(artefacts=[made.digest])
    assert_same(run, named, curves=queries.curves_of([made]))
    assert one_by_one(run)[named[0].subject_id].digest == named[0].digest


def test_a_version_that_asks_more_is_refused_and_says_what(clinic, version):
    run = stored_run(clinic, version, subjects_of(clinic, 2))
    document = factories.make_document(criteria=[*CRITERIA, {"id": "c_new", "text": "Names the doctor."}])
    more = factories.make_version(rubric=version.rubric, document=document)
    with pytest.raises(services.NotJudged, match="c_new") as refused:
        services.start_rescore(by=clinic.author, run=run, version=more)
    assert refused.value.details["criteria"] == ["c_new"]
    with pytest.raises(services.NotJudged, match="judged nothing"):
        services.rescore(by=clinic.author, run=run, version=clinic.version)
    foreign = clinic.version.rubric.profiles.create(name="p", weights={}, digest="sha256:2")
    with pytest.raises(errors.Invalid, match="another rubric"):
        services.rescore(by=clinic.author, run=run, version=version, profile=foreign)


def test_what_was_never_judged_is_counted_and_has_no_score(clinic, version):
    subjects = subjects_of(clinic, 3)
    run = stored_run(clinic, version, subjects)
    keys_of_last = RunItem.objects.get(run=run, index=2).verdict_keys
    RunItem.objects.filter(run=run, index=2).update(verdict_keys=keys_of_last[:2])
    services.start_rescore(by=clinic.author, run=run)
    work()
    job = run.workspace.jobs.get(kind="rescore")
    assert (job.counts["lacking"], job.counts["scored"] + job.counts["unscored"]) == (1, 2)
    assert not Score.objects.filter(subject=subjects[2]).exists()


def test_pairs_and_the_content_gate_keep_their_rules(clinic, version):
    pairs = stored_run(clinic, version, subjects_of(clinic, 12, kind="pair"))
    services.rescore(by=clinic.author, run=pairs)
    assert_same(pairs, Score.objects.all())
    empty = stored_run(clinic, version, subjects_of(clinic, 2))
    RunItem.objects.filter(run=empty, index=0).update(content_reason="The answer is empty.", verdict_keys=[])
    services.rescore(by=clinic.author, run=empty)
    first = Score.objects.get(subject=RunItem.objects.get(run=empty, index=0).subject)
    assert (first.raw, first.status, first.coverage) == (0.0, "ok", 1.0)


def test_another_number_of_words_is_counted_anew(clinic, version):
    subjects = subjects_of(clinic, 2)
    run = stored_run(clinic, version, subjects)
    gate = {"min_words": 5, "floor": -1.0}
    wordy = factories.make_version(
        rubric=version.rubric, document=factories.make_document(criteria=CRITERIA, content_gate=gate)
    )
    services.rescore(by=clinic.author, run=run, version=wordy)
    assert set(Score.objects.filter(version=wordy).values_list("raw", flat=True)) == {-1.0}
    compared = stored_run(clinic, version, subjects_of(clinic, 1, kind="pair"))
    with pytest.raises(services.NotJudged, match="number of words"):
        services.rescore(by=clinic.author, run=compared, version=wordy)


def test_verdicts_shared_with_equal_answers_elsewhere_are_found(clinic, version):
    first = subjects_of(clinic, 3)
    stored_run(clinic, version, first)
    other = factories.make_dataset(workspace=clinic.author.workspace, slug="copy")
    twins = []
    for number in range(3):
        prompt = factories.make_prompt(dataset=other, text=f"Write letter {number // 4}.")
        response = factories.make_response(prompt=prompt, text=f"Letter {number} of one.")
        twins.append(factories.make_subject(responses=[response]))
    assert [one.hash for one in twins] == [one.hash for one in first]
    run = stored_run(clinic, version, twins)
    assert Verdict.objects.count() == 12
    digests = list(keys.criterion_digests(version, clinic.judge.protocol).values())
    found = columns.cells([item.pk for item in run.items.all()], digests)
    assert found.given.all()
    assert services.rescore(by=clinic.author, run=run) == 3


def test_a_run_goes_in_parts_that_keep_prompts_together(clinic, version):
    prompt = factories.make_prompt(dataset=clinic.dataset, text="Write three.")
    together = [
        factories.make_subject(responses=[factories.make_response(prompt=prompt, text=f"Text {n}.")]) for n in range(3)
    ]
    run = stored_run(clinic, version, [*subjects_of(clinic, 4), *together])
    RunItem.objects.filter(run=run).update(scored=4)
    found = rescoring.spans_of(run, rescoring.Rescoring(), 10)
    counts = [len(rescoring.lines_of(run, rescoring.Rescoring(), span)) for span in found]
    assert sum(counts) == 7
    assert 3 in counts
    assert rescoring.spans_of(run, rescoring.Rescoring(version=clinic.version), 10) == []


def test_a_draft_that_changed_meanwhile_is_not_scored(clinic, version):
    run = stored_run(clinic, version, subjects_of(clinic, 2))
    draft = factories.make_version(rubric=version.rubric, document=factories.make_document(criteria=CRITERIA[:1]))
    job = services.start_rescore(by=clinic.author, run=run, version=draft)
    draft.criteria.update(weight=9)
    work()
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert "was changed" in job.shards.get().error
    assert not Score.objects.exists()


def test_who_may(clinic, version):
    run = stored_run(clinic, version, subjects_of(clinic, 1))
    bob = factories.make_actor(Role.ANNOTATOR, username="bob")
    charlie = factories.make_actor(Role.ADMIN, username="charlie", workspace=factories.make_workspace(slug="elsewhere"))
    program = factories.make_actor(Role.AUTHOR, username="robot", scopes={"data:read"})
    for actor, refusal in ((bob, errors.NotAllowed), (charlie, errors.NotFound), (program, errors.NotAllowed)):
        with pytest.raises(refusal):
            services.start_rescore(by=actor, run=run)
    RunItem.objects.all().delete()
    with pytest.raises(errors.Conflict, match="Nothing of this run"):
        services.start_rescore(by=clinic.author, run=run)


def with_step(clinic: Clinic, **step: Any) -> RubricVersion:
    document = factories.make_document(criteria=CRITERIA, scoring=[{"step": "weighted"}, step, {"step": "gate"}])
    return factories.make_version(workspace=clinic.author.workspace, document=document, status="approved")


def test_steps_that_look_at_lengths_see_the_same_in_columns(clinic):
    decaying = with_step(clinic, step="length_decay", reference=2.0, unit="characters")
    run = stored_run(clinic, decaying, subjects_of(clinic, 12))
    services.rescore(by=clinic.author, run=run)
    assert_same(run, Score.objects.all())
    lengths = [step["in"]["lengths"] for one in one_by_one(run).values() if one.score.raw for step in one.score.trace
               if step["step"] == "length_decay"]  # fmt: skip
    assert {size["characters"] for size in lengths} <= {16.0, 17.0}


def test_a_group_is_the_answers_to_a_prompt_and_part_of_the_key(clinic):
    relative = with_step(clinic, step="length_group", strength=0.4, threshold=-9.0, unit="characters")
    prompt = factories.make_prompt(dataset=clinic.dataset, text="Write three.")
    texts = ("One.", "One and two.", "One and two and three.")
    group = [factories.make_subject(responses=[factories.make_response(prompt=prompt, text=text)]) for text in texts]
    plain = factories.make_version(rubric=relative.rubric, document=factories.make_document(criteria=CRITERIA))
    for subject in group:
        factories.make_verdicts(plain, clinic.judge, subject, {"c_a": 0.5, "c_b": 0.0, "c_c": 1.0, "c_d": 0.5})
    run = stored_run(clinic, plain, group)
    services.rescore(by=clinic.author, run=run)
    services.rescore(by=clinic.author, run=run, version=relative)
    before, after = (dict(Score.objects.filter(version=one).values_list("subject", "raw")) for one in (plain, relative))
    moved = [(after[subject.pk] or 0) - (before[subject.pk] or 0) for subject in group]
    assert moved == pytest.approx([0.2, 0.2 - 0.4 * 8 / 18, -0.2])
    assert len(set(Score.objects.filter(version=relative).values_list("group_hash", flat=True)) - {""}) == 1
    assert set(Score.objects.filter(version=plain).values_list("group_hash", flat=True)) == {""}
    RunItem.objects.filter(run=run, index=2).delete()
    services.rescore(by=clinic.author, run=run, version=relative)
    assert Score.objects.filter(version=relative).count() == 5
