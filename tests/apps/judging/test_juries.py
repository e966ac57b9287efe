"""Juries over a run: votes apart, one score, and nothing made up."""

import pytest

from apps.accounts.permissions import Role
from apps.judging import queries, registry, services
from apps.judging.models import Score
from domain import errors
from engines.scripted import by_text
from tests import factories
from tests.apps.judging.conftest import work

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
