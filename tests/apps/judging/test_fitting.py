"""Weights learnt from preferences: from stored verdicts by a worker to a frozen artefact, an edit or a profile."""

import random

import pytest
from django.test import Client

from apps.accounts.permissions import Actor, Role
from apps.datasets.models import Dataset, Preference, PreferenceMember
from apps.history.models import Entry
from apps.judging import queries, services
from apps.judging.models import JudgeVersion, Verdict
from apps.judging.queries.rescoring import Rescoring
from apps.rubrics import services as rubrics
from apps.rubrics.models import RubricVersion
from domain import errors
from tests import factories
from tests.apps.judging.conftest import Clinic, work
from tests.apps.judging.test_weighing import url

pytestmark = pytest.mark.django_db


def prefer(dataset: Dataset, judge: JudgeVersion, version: RubricVersion, count: int = 40) -> None:
    """Pairs in which the answer that names the drug wins, whether or not it blames; a few are ties."""
    chance = random.Random(4)
    for number in range(count):
        prompt = factories.make_prompt(dataset=dataset)
        values = [{"c_drug": 1.0, "c_blame": chance.random()}, {"c_drug": 0.0, "c_blame": chance.random()}]
        if number % 5 == 0:
            values.reverse()
        responses = [factories.make_response(prompt=prompt, text=f"{number} {side}") for side in "ab"]
        for response, said in zip(responses, values, strict=True):
            factories.make_verdicts(version, judge, factories.make_subject(responses=[response]), said)
        order(dataset, responses, tie=number % 8 == 7, strength=2.0 if number % 2 else 1.0)


def order(dataset: Dataset, responses: list, *, tie: bool = False, strength: float | None = None) -> None:
    """Somebody says that the first is better, or that both are alike."""
    made = Preference.objects.create(
        dataset=dataset, prompt=responses[0].prompt, external_id=f"p{responses[0].pk}", strength=strength
    )
    for place, response in enumerate(responses):
        PreferenceMember.objects.create(preference=made, response=response, rank=1 if tie else place + 1)


@pytest.fixture
def preferred(clinic: Clinic) -> Clinic:
    prefer(clinic.dataset, clinic.judge, clinic.version)
    return clinic


def fit(clinic: Clinic, **more) -> queries.FitState:
    """Ask for a fit and let a worker do it."""
    job = services.start_weight_fit(
        by=clinic.author, version=clinic.version, dataset=clinic.dataset, judge=clinic.judge, **more
    )
    work()
    return queries.fit_state(clinic.author, str(job.pk))


def test_pairs_are_differences_of_stored_verdicts(preferred: Clinic) -> None:
    found = queries.labelled_pairs(preferred.version, preferred.dataset, preferred.judge)
    assert len(found.pairs) == 40
    assert found.pairs.criteria == ("c_drug", "c_blame")
    assert found.pairs.ties.sum() == 5
    assert set(found.pairs.differences[:, 0]) == {1.0, -1.0}
    assert found.pairs.strength.mean() == pytest.approx(1)
    assert found.unjudged == 0
    blame = Verdict.objects.filter(criterion="c_blame").order_by("subject_id").values_list("value", flat=True)[:2]
    low, high = sorted(value or 0.0 for value in blame)
    assert abs(found.pairs.differences[0, 1]) == pytest.approx(high - low)


def test_a_pair_without_verdicts_is_counted_and_one_that_does_not_apply_tells_nothing(preferred: Clinic) -> None:
    prompt = factories.make_prompt(dataset=preferred.dataset)
    texts = [factories.make_response(prompt=prompt, text=text) for text in ("one", "two")]
    order(preferred.dataset, texts)
    same = [factories.make_response(prompt=prompt, text="alike") for _ in range(2)]
    order(preferred.dataset, same)
    other = [factories.make_response(prompt=prompt, text=text) for text in ("three", "four")]
    subjects = [factories.make_subject(responses=[one]) for one in other]
    for subject in subjects:
        factories.make_verdicts(preferred.version, preferred.judge, subject, {"c_blame": 0.5})
    factories.make_verdicts(preferred.version, preferred.judge, subjects[0], {"c_drug": 1.0})
    none = {"status": "not_applicable", "value": None}
    factories.make_verdicts(preferred.version, preferred.judge, subjects[1], {"c_drug": 0.0}, **none)
    order(preferred.dataset, other)
    found = queries.labelled_pairs(preferred.version, preferred.dataset, preferred.judge)
    assert (len(found.pairs), found.unjudged, found.same_text) == (41, 1, 1)
    assert (found.pairs.differences[:, 0] == 0).sum() == 1


def test_a_fit_is_frozen_with_its_figures_and_asks_no_judge(preferred: Clinic) -> None:
    before = Verdict.objects.count()
    state = fit(preferred)
    assert state.job.state == "done", state.reason
    assert state.artefact is not None
    assert state.artefact.payload["shares"]["c_drug"] > 0.6
    told = state.artefact.inputs
    assert told["accuracy"]["fitted"]["value"] > 0.6
    assert told["ties"] == 5
    assert Verdict.objects.count() == before
    assert Entry.objects.filter(action="weights.fitted").count() == 1
    again = fit(preferred)
    assert again.artefact == state.artefact
    assert queries.fits_of(preferred.version) == [state.artefact]


def test_too_few_pairs_are_refused_with_a_sentence(clinic: Clinic) -> None:
    prefer(clinic.dataset, clinic.judge, clinic.version, count=10)
    state = fit(clinic)
    assert state.artefact is None
    assert "pairs are too few" in state.reason
    assert state.job.state == "failed"


def test_what_cannot_be_asked_for_is_refused(clinic: Clinic) -> None:
    with pytest.raises(errors.Invalid, match="Nobody said"):
        fit(clinic)
    prefer(clinic.dataset, clinic.judge, clinic.version, count=1)
    for bad in ({"loss": "odd"}, {"penalty": 0.0}, {"penalty": float("nan")}):
        with pytest.raises(errors.Invalid):
            fit(clinic, **bad)
    viewer = factories.make_actor(Role.VIEWER, workspace=clinic.author.workspace, username="dora")
    stranger: Actor = factories.make_actor(workspace=factories.make_workspace(slug="elsewhere"))
    for who, error in ((viewer, errors.NotAllowed), (stranger, errors.NotFound)):
        with pytest.raises(error):
            services.start_weight_fit(by=who, version=clinic.version, dataset=clinic.dataset, judge=clinic.judge)


def test_a_draft_that_changed_meanwhile_is_not_fitted(preferred: Clinic) -> None:
    draft = rubrics.new_draft(by=preferred.author, rubric=preferred.version.rubric, source=preferred.version)
    job = services.start_weight_fit(
        by=preferred.author, version=draft, dataset=preferred.dataset, judge=preferred.judge
    )
    rubrics.edit_criterion(by=preferred.author, version=draft, criterion_id="c_drug", changes={"weight": 7.0})
    work()
    assert "was changed" in queries.fit_state(preferred.author, str(job.pk)).reason


def test_a_fit_becomes_an_edit_or_a_profile_that_scores_name(preferred: Clinic) -> None:
    made = fit(preferred).artefact
    assert made is not None
    draft = rubrics.new_draft(by=preferred.author, rubric=preferred.version.rubric, source=preferred.version)
    found = queries.from_fit(preferred.author, draft, made.digest)
    assert found.shares == pytest.approx(made.payload["shares"])
    rubrics.apply_weights(
        by=preferred.author, version=draft, criteria=found.criteria, what="set weights by preferences"
    )
    total = sum(row.weight for row in draft.criteria.all())
    assert total == pytest.approx(sum(row.weight for row in preferred.version.criteria.all()))
    profile = rubrics.save_profile(
        by=preferred.author, version=draft, name="revealed", weights=found.criteria, source=found.source
    )
    asked = Rescoring(profile=profile)
    assert asked.digests == [made.digest]


def test_the_page_asks_follows_and_shows(preferred: Clinic) -> None:
    browser: Client = factories.signed_in(preferred.author)
    page = browser.get(url(preferred.version, "fit/")).content.decode()
    assert "a run of this rubric over it" in page
    start_run(preferred)
    page = browser.get(url(preferred.version, "fit/")).content.decode()
    assert "What do preferences say?" in page
    body = {"dataset": preferred.dataset.slug, "judge": str(preferred.judge), "loss": "scaled", "signed": "on"}
    assert browser.post(url(preferred.version, "fit/"), body).status_code == 302
    assert "hx-trigger" in browser.get(url(preferred.version, "fit/")).content.decode()
    work()
    page = browser.get(url(preferred.version, "fit/")).content.decode()
    assert "What preferences reveal" in page
    assert "Fitted weights" in page
    assert browser.post(url(preferred.version, "fit/"), body | {"penalty": "-1"}).status_code == 422
    made = queries.fits_of(preferred.version)[0]
    page = browser.get(url(preferred.version, "result/") + f"?fit={made.digest}").content.decode()
    assert "By preferences" in page


def start_run(clinic: Clinic) -> None:
    """A run, so that the judge is known to have judged under the rubric."""
    services.start_run(
        by=clinic.author, name="All", versions=[clinic.version], dataset=clinic.dataset, judges=[clinic.judge]
    )
    work()
