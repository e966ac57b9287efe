"""Calibrations: fitted on gold, frozen, and used only where they are named."""

import pytest

from apps.accounts.permissions import Role
from apps.judging import queries, services
from apps.judging.models import Score
from apps.judging.queries import artefacts
from domain import calibration, errors
from domain.calibration import Method
from tests import factories
from tests.apps.judging.conftest import work

pytestmark = pytest.mark.django_db
ONE = ({"id": "c_drug", "text": "Names the drug and its dose.", "weight": 1.0, "tier": "essential"},)


@pytest.fixture
def known(clinic):
    """Forty labelled answers on which the judge says 0.95 or 0.05 and is right four times in five."""
    rubric = factories.make_rubric(workspace=clinic.author.workspace, slug="one")
    document = factories.make_document(criteria=ONE)
    clinic.version = factories.make_version(rubric=rubric, document=document, status="approved")
    rater = clinic.dataset.workspace.raters.create(name="Ada")
    clinic.subjects = []
    for number in range(40):
        prompt = factories.make_prompt(dataset=clinic.dataset, text=f"Task {number}.")
        subject = factories.make_subject(responses=[factories.make_response(prompt=prompt, text=f"Answer {number}.")])
        said = 0.95 if number % 2 else 0.05
        truth = float((said > 0.5) == (number % 10 > 1))
        factories.make_verdicts(clinic.version, clinic.judge, subject, {"c_drug": round(said)}, probability=said)
        clinic.dataset.labels.create(subject=subject, rater=rater, criterion="c_drug", value=truth)
        clinic.subjects.append(subject)
    return clinic


def test_the_report_says_how_well_the_judge_fits_before_and_after(known):
    found = queries.calibration_report(known.judge, known.version, Method.PLATT)
    (one,) = found.criteria
    assert (len(one.known), one.settled, one.lacking) == (40, 0, "")
    assert one.before is not None
    assert one.after is not None
    assert one.before.ece == pytest.approx(0.15)
    # Forty values are few: on folds that it was not fitted on a curve does worse than on its own values.
    curve = calibration.fit(one.known, Method.PLATT)
    own = calibration.measure([curve(each.said) for each in one.known], [each.truth for each in one.known])
    assert own.ece < one.before.ece
    assert own.ece < one.after.ece
    assert found.after == one.after
    assert queries.calibration_report(known.judge, known.version, Method.ISOTONIC).criteria[0].lacking.startswith("40")


def test_a_calibration_changes_a_score_only_where_it_is_named(known):
    made = services.calibrate(by=known.author, judge=known.judge, version=known.version, method="platt")
    again = services.calibrate(by=known.author, judge=known.judge, version=known.version, method="platt")
    assert made == again
    assert made.inputs["criteria"]["c_drug"]["known"] == 40
    assert queries.calibrations_of(known.judge) == [made]
    run = services.start_run(
        by=known.author, name="R", versions=[known.version], judges=[known.judge], subjects=known.subjects[:2]
    )
    work()
    items = run.items.select_related(*queries.RELATED).order_by("index")
    assert [one.reward for one in queries.results(items)] == [0.0, 1.0]
    curves = queries.curves_of([made])
    calibrated = [one.reward for one in queries.results(items, curves=curves)]
    assert calibrated == [pytest.approx(0.2, abs=0.06), pytest.approx(0.8, abs=0.06)]
    assert {score.artefacts == [] for score in Score.objects.all()} == {True}
    count = services.rescore(by=known.author, run=run, artefacts=[made])
    named = Score.objects.filter(artefacts=[made.digest])
    assert (count, [score.raw for score in named.order_by("raw")]) == (2, calibrated)


def test_too_little_is_refused_and_says_what_is_missing(clinic):
    with pytest.raises(services.CalibrationInvalid, match="criterion 1: 0 known values; platt needs 20"):
        services.calibrate(by=clinic.author, judge=clinic.judge, version=clinic.version, method="platt")
    with pytest.raises(services.CalibrationInvalid, match="no method"):
        services.calibrate(by=clinic.author, judge=clinic.judge, version=clinic.version, method="magic")


def test_people_who_may_not_are_told_so(known):
    bob = factories.make_actor(Role.VIEWER, username="bob")
    charlie = factories.make_actor(workspace=factories.make_workspace(slug="elsewhere"), username="charlie")
    with pytest.raises(errors.NotAllowed):
        services.calibrate(by=bob, judge=known.judge, version=known.version, method="platt")
    with pytest.raises(errors.NotFound):
        services.calibrate(by=charlie, judge=known.judge, version=known.version, method="platt")
    made = services.calibrate(by=known.author, judge=known.judge, version=known.version, method="platt")
    with pytest.raises(errors.NotFound):
        services.named_calibrations(by=charlie, digests=[made.digest])
    with pytest.raises(errors.NotFound):
        artefacts.get_artefact(known.author, made.digest, kind="jury")


def test_a_target_is_reached_at_least_cost(known):
    better = factories.make_judge(workspace=known.author.workspace, name="better")
    for number, subject in enumerate(known.subjects):
        truth = float((number % 2 == 1) == (number % 10 > 1))
        factories.make_verdicts(known.version, better, subject, {"c_drug": truth})
    found = queries.cascade_report(known.version, known.judge, better, target=0.8, cost_ratio=5)
    assert found.pooled.choice is not None
    assert found.pooled.choice.point.threshold == 0
    found = queries.cascade_report(known.version, known.judge, better, target=1.0, cost_ratio=5)
    assert found.pooled.choice is not None
    assert (found.pooled.choice.point.escalated, found.pooled.choice.point.cost) == (1.0, 6.0)
    people = queries.cascade_report(known.version, known.judge, None, target=0.9)
    assert people.cost_ratio == 100
    cascade = services.make_cascade(
        by=known.author, judges=[known.judge, better], versions=[known.version], target=0.8, cost_ratio=5
    )
    assert cascade.payload["thresholds"] == found.thresholds() | dict.fromkeys(found.thresholds(), 0.0)
    assert cascade.inputs["choices"][str(known.version)]["c_drug"]["agreement"] == pytest.approx(0.8)
