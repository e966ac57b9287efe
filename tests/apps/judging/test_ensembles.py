"""The scores of a run's judges as one: what is stored, for whom, and what is refused."""

from typing import Any

import pytest

from apps.accounts.permissions import Role
from apps.history.models import Entry
from apps.judging import queries, services
from apps.judging.models import Call, JudgeVersion, Run, RunItem, Score
from domain import ensembles, errors, scoring
from tests import factories
from tests.apps.judging.conftest import Clinic, work

pytestmark = pytest.mark.django_db(transaction=True)
SAID = {"strict": (0.5, 0.0, 0.25), "lenient": (1.0, 0.75, None)}


@pytest.fixture
def judges(clinic: Clinic) -> list[JudgeVersion]:
    """Two judges of three answers of one prompt, and of one answer of another; the second lacks a verdict."""
    prompt = clinic.subjects[0].prompt
    third = factories.make_subject(responses=[factories.make_response(prompt=prompt, text="Take it with water.")])
    lonely = factories.make_prompt(dataset=clinic.dataset, text="And if I am ill?")
    alone = factories.make_subject(responses=[factories.make_response(prompt=lonely, text="Call us, please.")])
    made = [factories.make_judge(workspace=clinic.author.workspace, name=name) for name in SAID]
    for judge, values in zip(made, SAID.values(), strict=True):
        for subject, value in zip([*clinic.subjects, third], values, strict=True):
            given = {"c_blame": 0} if value is None else {"c_drug": value, "c_blame": 0}
            factories.make_verdicts(clinic.version, judge, subject, given)
        factories.make_verdicts(clinic.version, judge, alone, {"c_drug": 0.5, "c_blame": 0})
    return made


@pytest.fixture
def run(clinic: Clinic, judges: list[JudgeVersion], play) -> Run:
    play(lambda ask: " ?")
    found = services.start_run(
        by=clinic.author, name="Two", versions=[clinic.version], dataset=clinic.dataset, judges=judges
    )
    work()
    return found


def fused(run: Run, made: services.EnsembleMade) -> list[Any]:
    return queries.fused(run, made.artefact, list(queries.ensemble_answers(run)))


def test_scores_become_one_beside_those_of_the_judges(clinic: Clinic, run: Run) -> None:
    before, asked = Score.objects.count(), Call.objects.count()
    made = services.make_ensemble(by=clinic.author, run=run)
    assert made.counts == {"answers": 4, "scored": 2, "unscored": 2}
    assert Call.objects.count() == asked
    rows = fused(run, made)
    first, second, third, alone = rows
    spreads = {one["judge"]: one["spread"] for one in made.artefact.payload["judges"].values()}
    assert spreads["strict@1"] == pytest.approx((2 * 0.25**2 / 3) ** 0.5)
    assert spreads["lenient@1"] == pytest.approx(0.125)
    assert first.raw == pytest.approx((0.25 / spreads["strict@1"] + 1) / 2)
    assert second.raw == -first.raw
    assert [part.score for part in first.parts] == [0.5, 1.0]
    assert (third.raw, third.status, [part.score for part in third.parts]) == (None, "unparseable", [0.25, None])
    assert (alone.raw, alone.status, alone.parts[0].centre) == (None, "cannot_assess", None)
    for row in (first, second):
        assert scoring.recompute(row.trace) == row.raw
        assert 0 <= row.display <= 1
    assert Score.objects.count() == before + 4
    assert (
        list(Score.objects.filter(judge_version=None).values_list("artefacts", flat=True))
        == [[made.artefact.digest]] * 4
    )
    assert Entry.objects.filter(action="run.ensemble").count() == 1


def test_those_that_are_there_decide_where_that_is_asked_for(clinic: Clinic, run: Run) -> None:
    made = services.make_ensemble(by=clinic.author, run=run, lacking="others")
    assert made.counts["scored"] == 3
    third = fused(run, made)[2]
    assert (third.raw, third.status, third.coverage) == (0.0, "partial", 0.5)


def test_twice_changes_nothing_and_another_rule_is_kept_beside(clinic: Clinic, run: Run) -> None:
    first = services.make_ensemble(by=clinic.author, run=run)
    stored = list(Score.objects.order_by("key").values())
    assert services.make_ensemble(by=clinic.author, run=run) == first
    assert list(Score.objects.order_by("key").values()) == stored
    weighed = services.make_ensemble(by=clinic.author, run=run, rule="weighted", weights={"lenient@1": 0})
    assert [one.raw for one in fused(run, weighed)][:2] == pytest.approx(
        [0.25 / weighed.artefact.payload["judges"][run.judges.get(judge__name="strict").fingerprint]["spread"],
         -0.25 / weighed.artefact.payload["judges"][run.judges.get(judge__name="strict").fingerprint]["spread"]]
    )  # fmt: skip
    cautious = services.make_ensemble(by=clinic.author, run=run, rule="cautious", caution=2)
    assert fused(run, cautious)[0].raw < fused(run, first)[0].raw
    assert [one.digest for one in queries.ensembles_of(run)] == [
        cautious.artefact.digest, weighed.artefact.digest, first.artefact.digest,
    ]  # fmt: skip


@pytest.mark.parametrize(
    "wrong, code",
    [
        ({"rule": "loudest"}, "ensemble_invalid"),
        ({"lacking": "zero"}, "ensemble_invalid"),
        ({"caution": -1}, "ensemble_invalid"),
        ({"weights": {"nobody@1": 1}}, "ensemble_invalid"),
        ({"rule": "weighted", "weights": {"strict@1": 0, "lenient@1": 0}}, "ensemble_invalid"),
    ],
)
def test_what_cannot_be_is_refused(clinic: Clinic, run: Run, wrong: dict, code: str) -> None:
    with pytest.raises(errors.Invalid) as refused:
        services.make_ensemble(by=clinic.author, run=run, **wrong)
    assert (refused.value.code, bool(refused.value.problems)) == (code, True)
    assert not Score.objects.filter(judge_version=None).exists()


def test_one_judge_and_judges_at_work_have_no_ensemble(clinic: Clinic, judges: list[JudgeVersion]) -> None:
    chosen: dict[str, Any] = {"versions": [clinic.version], "dataset": clinic.dataset}
    one = services.start_run(by=clinic.author, name="One", judges=judges[:1], **chosen)
    with pytest.raises(errors.Conflict, match="two different judges"):
        services.make_ensemble(by=clinic.author, run=one)
    two = services.start_run(by=clinic.author, name="Two", judges=judges, **chosen)
    with pytest.raises(errors.Conflict, match="still at work"):
        services.make_ensemble(by=clinic.author, run=two)


def test_judges_that_tell_nothing_apart_are_left_out_or_refused(clinic: Clinic, judges: list[JudgeVersion]) -> None:
    flat = [factories.make_judge(workspace=clinic.author.workspace, name=name) for name in ("flat", "level")]
    for judge in flat:
        for subject in clinic.subjects[0].prompt.subjects.all():
            factories.make_verdicts(clinic.version, judge, subject, {"c_drug": 1, "c_blame": 0})
    chosen: dict[str, Any] = {"versions": [clinic.version], "dataset": clinic.dataset}
    mixed = services.start_run(by=clinic.author, name="Mixed", judges=[judges[0], flat[0]], **chosen)
    work()
    made = services.make_ensemble(by=clinic.author, run=mixed)
    assert made.silent == ["flat@1"]
    assert fused(mixed, made)[0].raw == pytest.approx(0.25 / (2 * 0.25**2 / 3) ** 0.5)
    level = services.start_run(by=clinic.author, name="Level", judges=flat, **chosen)
    work()
    with pytest.raises(errors.Conflict, match="tells the answers of a prompt apart") as refused:
        services.make_ensemble(by=clinic.author, run=level)
    assert refused.value.code == "nothing_to_combine"


def test_pairs_are_held_against_a_tie(clinic: Clinic, play) -> None:
    made = [
        factories.make_judge(workspace=clinic.author.workspace, name=name, strategy="pairwise")
        for name in ("left", "right")
    ]
    play(lambda ask: " P")
    run = services.start_run(
        by=clinic.author, name="Pairs", versions=[clinic.version], dataset=clinic.dataset, judges=made
    )
    work()
    assert RunItem.objects.filter(run=run, subject__kind="pair").count() == 2
    with pytest.raises(errors.Conflict, match="tells the answers"):
        services.make_ensemble(by=clinic.author, run=run)


def test_strangers_and_viewers_make_none(clinic: Clinic, run: Run) -> None:
    viewer = factories.make_actor(Role.VIEWER, workspace=clinic.author.workspace, username="vera")
    with pytest.raises(errors.NotAllowed):
        services.make_ensemble(by=viewer, run=run)
    stranger = factories.make_actor(Role.ADMIN, workspace=factories.make_workspace(slug="other"), username="charlie")
    with pytest.raises(errors.NotFound):
        services.make_ensemble(by=stranger, run=run)
    made = services.make_ensemble(by=clinic.author, run=run)
    with pytest.raises(errors.NotFound):
        queries.get_ensemble(stranger, run, made.artefact.digest)


def test_the_page_makes_and_shows_it(clinic: Clinic, run: Run) -> None:
    browser = factories.signed_in(clinic.author)
    page = f"/w/clinic/runs/{run.pk}/"
    assert "Make an ensemble" in browser.get(page).text
    refused = browser.post(
        f"{page}ensemble/", {"rule": "cautious", "lacking": "unscored", "caution": "-1"}, follow=True
    )
    assert "greater than or equal to 0" in refused.text
    fields = {"rule": "cautious", "lacking": "others", "caution": "0.5"}
    shown = browser.post(f"{page}ensemble/", fields, follow=True)
    assert "3 of 4 answers have a score of the ensemble" in shown.text
    assert "mean less 0.5 standard deviations" in shown.text
    assert "strict@1" in shown.text
    viewer = factories.signed_in(factories.make_actor(Role.VIEWER, workspace=clinic.author.workspace, username="vera"))
    assert "Make another ensemble" not in viewer.get(page).text
    assert viewer.post(f"{page}ensemble/", fields).status_code == 403
    few = factories.count_queries(browser, page)
    assert few < 60
    assert ensembles.Rule.CAUTIOUS in [one.payload["rule"] for one in queries.ensembles_of(run)]
