"""Juries over a run: votes apart, one score, and nothing made up."""

import random

import pytest
from django.db.models import F

from apps.accounts.permissions import Role
from apps.judging import queries, registry, services
from apps.judging.models import RunItem, Score
from apps.judging.services.artefacts import freeze
from domain import errors
from engines.scripted import by_text
from tests import factories
from tests.apps.judging.conftest import work
from tests.apps.judging.test_rescoring import CRITERIA, stored_run, subjects_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(clinic, play):
    """Three judges of which the third says otherwise on the first answer."""
    judges = [clinic.judge, *(factories.make_judge(workspace=clinic.author.workspace) for _ in range(2))]
    for place, judge in enumerate(judges):
        for subject in clinic.subjects:
            says = {"c_drug": float(place < 2), "c_blame": 0.0}
            factories.make_verdicts(clinic.version, judge, subject, says)
    return judges


def run_of(clinic, judges, **more):
    run = services.start_run(
        by=clinic.author, name="Jury", versions=[clinic.version], judges=judges, subjects=clinic.subjects, **more
    )
    work()
    return run


@pytest.mark.parametrize(("rule", "raw"), [("mean", 2 / 3), ("median", 1.0), ("majority", 1.0)])
def test_a_run_of_several_judges_is_combined_without_a_call(clinic, three, rule, raw):
    run = run_of(clinic, three)
    own = Score.objects.count()
    assert services.combine_run(by=clinic.author, run=run, rule=rule) == 2
    made = Score.objects.filter(judge_version=None)
    assert [score.raw for score in made] == [pytest.approx(raw)] * 2
    assert Score.objects.count() == own + 2
    found = queries.combined(run, queries.leading_items(run))[0]
    drug = found.criteria[0]
    said = [vote.found.verdict for vote in drug.votes]
    assert [one.value for one in said if one] == [1.0, 1.0, 0.0]
    assert [vote.dissents for vote in drug.votes] == [False, False, True]
    assert (found.dissenting, drug.verdict.detail["votes"]) == (1, 3)
    assert services.combine_run(by=clinic.author, run=run, rule=rule) == 2
    assert Score.objects.count() == own + 2


def test_a_jury_named_at_the_start_scores_at_the_end(clinic, three):
    jury = services.make_jury(by=clinic.author, judges=three, rule="majority")
    run = run_of(clinic, three, combination=jury)
    assert Score.objects.filter(judge_version=None, artefacts=[jury.digest]).count() == 2
    assert run.items.count() == 6


def test_without_a_quorum_there_is_no_score(clinic, play):
    judges = [factories.make_judge(workspace=clinic.author.workspace) for _ in range(3)]
    for subject in clinic.subjects:
        factories.make_verdicts(clinic.version, judges[0], subject, {"c_drug": 1.0, "c_blame": 0.0})
    play(by_text({"Names the drug": " Perhaps", "Blames the patient": " Perhaps"}))
    run = run_of(clinic, judges)
    services.combine_run(by=clinic.author, run=run, rule="mean")
    assert {score.raw for score in Score.objects.filter(judge_version=None)} == {None}
    found = queries.combined(run, queries.leading_items(run))[0].criteria[0]
    assert found.verdict.reason == "1 of 3 judges decided; the jury needs 2."


def test_weights_come_from_gold_per_criterion(clinic, three, monkeypatch):
    prompt = clinic.subjects[0].prompt
    for number in range(12):
        subject = factories.make_subject(responses=[factories.make_response(prompt=prompt, text=f"Answer {number}.")])
        for place, judge in enumerate(three):
            right = place < 2 or number % 2 == 0
            says = {"c_drug": float(right), "c_blame": float(not right)}
            factories.make_verdicts(clinic.version, judge, subject, says)
    digests = queries.criterion_digests(clinic.version, "isolated")
    truth = {"c_drug": 1.0, "c_blame": 0.0}
    subjects = [one.pk for one in prompt.subjects.all()]
    gold = {(pk, digests[name]): value for pk in subjects for name, value in truth.items()}
    monkeypatch.setattr(registry, "_PROVIDERS", {"gold": lambda workspace, wanted: gold})
    jury = services.make_jury(by=clinic.author, judges=three, rule="weighted", versions=[clinic.version])
    weights = jury.payload["weights"][digests["c_drug"]]
    # 14 of 14 → 2·15/16 − 1; the third is right on 6 of 14 → nothing.
    assert weights == {
        three[0].fingerprint: pytest.approx(0.875), three[1].fingerprint: pytest.approx(0.875),
        three[2].fingerprint: 0.0,
    }  # fmt: skip
    assert jury.inputs["weights"]["c_drug"][str(three[2])][1:] == [6, 14]
    run = run_of(clinic, three)
    services.combine_run(by=clinic.author, run=run, rule="weighted")
    assert [score.raw for score in Score.objects.filter(judge_version=None)] == [pytest.approx(1.0)] * 2


def test_scarce_gold_is_refused_by_name(clinic, three):
    run = run_of(clinic, three)
    with pytest.raises(services.JuryInvalid, match="cannot be weighed on c_drug. There are 0 known values"):
        services.combine_run(by=clinic.author, run=run, rule="weighted")
    run.refresh_from_db()
    assert run.combination is None


def test_only_members_who_may_steer_combine(clinic, three):
    run = run_of(clinic, three)
    bob = factories.make_actor(Role.VIEWER, username="bob")
    charlie = factories.make_actor(workspace=factories.make_workspace(slug="elsewhere"), username="charlie")
    with pytest.raises(errors.NotAllowed):
        services.combine_run(by=bob, run=run, rule="mean")
    with pytest.raises(errors.NotFound):
        services.combine_run(by=charlie, run=run, rule="mean")
    with pytest.raises(errors.Invalid, match="quorum"):
        services.combine_run(by=clinic.author, run=run, rule="mean", quorum=4)
    with pytest.raises(services.JuryInvalid):
        services.combine_run(by=clinic.author, run=run, rule="loudest")


def scored_together(clinic, run, **more):
    """The scores without a judge that scoring again stores, by answer."""
    known = set(Score.objects.values_list("key", flat=True))
    services.rescore(by=clinic.author, run=run, **more)
    return {score.subject_id: score for score in Score.objects.exclude(key__in=known).filter(judge_version=None)}


@pytest.mark.parametrize("rule", ["mean", "median", "majority"])
def test_scoring_a_jury_again_gives_what_the_jury_gave(clinic, three, rule):
    run = run_of(clinic, three)
    services.combine_run(by=clinic.author, run=run, rule=rule)
    before = list(Score.objects.filter(judge_version=None).order_by("key").values())
    assert services.rescore(by=clinic.author, run=run) == 6
    assert list(Score.objects.filter(judge_version=None).order_by("key").values()) == before
    Score.objects.filter(judge_version=None).update(raw=0.123)
    services.rescore(by=clinic.author, run=run)
    found = Score.objects.filter(judge_version=None).order_by("key")
    assert [row.key for row in found] == [row["key"] for row in before]
    assert [row.raw for row in found] == [pytest.approx(row["raw"]) for row in before]


def test_another_version_and_a_profile_score_the_votes_of_a_jury(clinic, three):
    run = run_of(clinic, three)
    services.combine_run(by=clinic.author, run=run, rule="mean")
    asked = len(clinic.engine.asked)
    halved = factories.make_version(
        rubric=clinic.version.rubric, number=2,
        document={**clinic.version.document, "scoring": [{"step": "weighted"}, {"step": "affine", "scale": 0.5}]},
    )  # fmt: skip
    found = scored_together(clinic, run, version=halved)
    assert [score.raw for score in found.values()] == [pytest.approx(1 / 3)] * 2
    assert {score.version_id for score in found.values()} == {halved.pk}
    assert all(score.artefacts == [run.combination.digest] for score in found.values())
    assert all(len(score.verdict_keys) == 6 for score in found.values())
    assert len(clinic.engine.asked) == asked


def test_the_page_of_a_rescoring_tells_the_jurys_scores(clinic, three):
    run = run_of(clinic, three)
    services.combine_run(by=clinic.author, run=run, rule="mean")
    halved = factories.make_version(
        rubric=clinic.version.rubric, number=2,
        document={**clinic.version.document, "scoring": [{"step": "weighted"}, {"step": "affine", "scale": 0.5}]},
    )  # fmt: skip
    job = services.start_rescore(by=clinic.author, run=run, version=halved)
    services.combine_run(by=clinic.author, run=run, rule="majority")
    work()
    job.refresh_from_db()
    assert (job.counts["scored"], job.counts["together"]) == (6, 2)
    found = queries.rescored(run, job)
    assert (found.answers, found.movement.moved) == (2, 2)
    assert found.before.tolist() == [pytest.approx(2 / 3)] * 2
    assert found.after.tolist() == [pytest.approx(1 / 3)] * 2
    page = factories.signed_in(clinic.author).get(f"/w/clinic/runs/{run.pk}/rescored/{job.pk}/").content.decode()
    assert "the jury’s scores" in page and "mean, at least 2 of 3" in page
    chosen = factories.signed_in(clinic.author).get(f"/w/clinic/runs/{run.pk}/rescore/").content.decode()
    assert "The jury (majority, at least 2 of 3) is reckoned anew" in chosen


@pytest.mark.parametrize("kind", ["response", "pair"])
@pytest.mark.parametrize("rule", ["mean", "median", "majority", "weighted"])
def test_columns_say_of_a_jury_what_is_said_answer_by_answer(clinic, rule, kind):
    version = factories.make_version(
        workspace=clinic.author.workspace, document=factories.make_document(criteria=CRITERIA), status="approved"
    )
    judges = [clinic.judge, *(factories.make_judge(workspace=clinic.author.workspace) for _ in range(2))]
    chance, subjects = random.Random(5), subjects_of(clinic, 30, kind=kind)
    run, *others = (stored_run(clinic, version, subjects, judge, chance) for judge in judges)
    for place, other in enumerate(others, 1):
        run.judges.add(*other.judges.all())
        RunItem.objects.filter(run=other).update(run=run, index=F("index") + 30 * place)
    digests = queries.criterion_digests(version, "isolated")
    weights = {"weights": {one: {j.fingerprint: n / 3 for n, j in enumerate(judges, 1)} for one in digests.values()}}
    payload = {"judges": sorted(judge.fingerprint for judge in judges), "rule": rule, "quorum": 2}
    run.combination = freeze(
        by=clinic.author, kind="jury", payload={**payload, **(weights if rule == "weighted" else {})}, inputs={}
    )
    run.save(update_fields=["combination"])
    services.rescore(by=clinic.author, run=run)
    found = {score.subject_id: score for score in Score.objects.filter(judge_version=None)}
    told = queries.combined(run, queries.leading_items(run))
    assert len(found) == len(told) == 30
    for one in told:
        score, expected = found[one.item.subject_id], one.score
        assert expected is not None
        assert score.status == expected.status
        assert score.coverage == pytest.approx(expected.coverage)
        assert score.raw == (None if expected.raw is None else pytest.approx(expected.raw, abs=1e-12))
    assert {score.raw is None for score in found.values()} == {True, False}
