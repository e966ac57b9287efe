"""Pinned cases: what a version makes of them, the gate, withdrawing, and the ways in."""

import pytest

from apps.accounts.permissions import Role
from apps.datasets.models import Response
from apps.datasets.signals import responses_forgotten
from apps.history.models import Entry
from apps.refinement import queries, services
from apps.refinement.models import RegressionCase
from apps.rubrics import gates
from apps.rubrics import services as rubrics
from apps.rubrics.models import RubricVersion
from domain import errors
from domain.refinement.regression import Outcome
from tests import factories
from tests.api.conftest import caller_of
from tests.apps.judging.conftest import Clinic, work
from tests.apps.refinement.test_measuring import stranger

pytestmark = pytest.mark.django_db


@pytest.fixture
def known(clinic: Clinic) -> Clinic:
    """The good letter names the drug, the bad one does not; both verdicts are stored."""
    for subject, value in zip(clinic.subjects, (0.9, 0.1), strict=True):
        factories.make_verdicts(clinic.version, clinic.judge, subject, {"c_drug": value, "c_blame": 0.0})
    return clinic


def response_of(clinic: Clinic, place: int) -> Response:
    return clinic.subjects[place].members.get().response


def pin(clinic: Clinic, place: int = 0, **more: object) -> RegressionCase:
    given = {"expect": "met", "criterion": "c_drug", **more}
    return services.pin_case(by=clinic.author, version=clinic.version, response=response_of(clinic, place), **given)  # type: ignore[arg-type]


def gate_of(version: RubricVersion) -> gates.GateState:
    return next(one for one in gates.states(version) if one.name == "cases")


def test_a_version_is_held_against_its_cases(known: Clinic) -> None:
    assert "cases" not in {one.name for one in gates.states(known.version)}
    pin(known)
    pin(known, 1, expect="at_most", criterion="", bound=0.5, note="It has no drug.")
    pin(known, 0, expect="better", criterion="", other=response_of(known, 1))
    suite = queries.suite_of(known.version)
    assert suite.counts == {Outcome.PASSED: 3}
    assert gate_of(known.version).met
    pin(known, 1)
    gate = gate_of(known.version)
    assert (gate.met, gate.figures["failed"]) == (False, 1)
    assert "1 fail" in gate.sentence


def test_a_later_version_that_words_it_anew_is_not_known_until_judged(known: Clinic) -> None:
    """And a case on a criterion that is gone has to be dealt with."""
    pin(known)
    draft = rubrics.new_draft(by=known.author, rubric=known.version.rubric)
    assert gate_of(draft).met
    rubrics.edit_criterion(
        by=known.author, version=draft, criterion_id="c_drug", changes={"text": "Names the drug that was given."}
    )
    assert gate_of(draft).figures["unknown"] == 1
    run = services.judge_cases(by=known.author, version=draft)
    assert run.items.count() == 1
    work()
    assert queries.suite_of(draft).counts[Outcome.UNKNOWN] == 0
    with pytest.raises(errors.Conflict):
        services.judge_cases(by=known.author, version=draft)
    rubrics.delete_criterion(by=known.author, version=draft, criterion_id="c_drug")
    found = queries.suite_of(draft)
    assert "not in this version" in found.results[0].found.sentence
    assert found.unjudged == []


def test_what_makes_no_case_is_refused(known: Clinic) -> None:
    pin(known)
    with pytest.raises(errors.Conflict, match="pinned already"):
        pin(known)
    for bad in ({"expect": "nice"}, {"criterion": "c_none"}, {"criterion": ""}, {"bound": 0.5}):
        with pytest.raises(errors.Invalid):
            pin(known, **bad)
    with pytest.raises(errors.Invalid, match="Two different answers"):
        pin(known, expect="better", criterion="", other=response_of(known, 0))
    viewer = factories.make_actor(Role.VIEWER, workspace=known.author.workspace)
    with pytest.raises(errors.NotAllowed):
        services.pin_case(by=viewer, version=known.version, response=response_of(known, 0), expect="met")
    with pytest.raises(errors.NotFound):
        services.pin_case(
            by=stranger(), version=known.version, response=response_of(known, 0), expect="met", criterion="c_drug"
        )


def test_withdrawing_needs_a_reason_and_stays_on_record(known: Clinic) -> None:
    case = pin(known)
    with pytest.raises(errors.Invalid):
        services.withdraw_case(by=known.author, case=case, reason=" ")
    services.withdraw_case(by=known.author, case=case, reason="The drug was renamed.")
    with pytest.raises(errors.Conflict):
        services.withdraw_case(by=known.author, case=case, reason="Again.")
    assert queries.cases_of(known.version.rubric) == []
    assert [one.withdrawn_reason for one in queries.withdrawn_cases(known.version.rubric)] == ["The drug was renamed."]
    assert {"case.pin", "case.withdraw"} <= set(Entry.objects.values_list("action", flat=True))
    again = pin(known)
    assert again.pk != case.pk
    responses_forgotten.send(sender=Response, keys=[response_of(known, 0).pk])
    again.refresh_from_db()
    assert again.withdrawn_reason == "The answer was forgotten."


def test_the_page_pins_shows_and_withdraws(known: Clinic) -> None:
    browser = factories.signed_in(known.author)
    rubric = known.version.rubric.slug
    here = f"/w/{known.author.workspace.slug}/refine/{rubric}/{known.version.number}/cases/"
    key = response_of(known, 0).pk
    assert "What must never break again?" in browser.get(here).content.decode()
    name = response_of(known, 0).external_id
    assert f"response={key}#case-form" in browser.get(here, {"q": name}).content.decode()
    shown = browser.get(here, {"response": str(key), "criterion": "c_drug", "origin": "verdict"}).content.decode()
    assert 'value="verdict"' in shown
    body = {"response": str(key), "expect": "met", "criterion": "c_drug", "origin": "verdict", "note": "Keep."}
    assert browser.post(here, {**body, "criterion": ""}).status_code == 422
    assert browser.post(here, body).status_code == 302
    page = browser.get(here).content.decode()
    assert "passes" in page
    assert "meets the criterion" in page
    case = RegressionCase.objects.get()
    assert case.origin == "verdict"
    assert browser.post(f"{here}{case.pk}/withdraw/", {"reason": ""}).status_code == 422
    assert browser.post(f"{here}{case.pk}/withdraw/", {"reason": "Old."}).status_code == 302
    assert "Old." in browser.get(here).content.decode()
    assert factories.signed_in(stranger()).get(here).status_code == 404
    assert browser.get(here, {"response": "999999"}).status_code == 404


def test_rest_pins_lists_and_withdraws(known: Clinic) -> None:
    api = caller_of(known.author, "rubrics:read", "rubrics:write")
    where = f"/rubrics/{known.version.rubric.slug}/versions/{known.version.number}/cases"
    body = {"response": response_of(known, 1).pk, "expect": "not_met", "criterion": "c_drug"}
    made = api.post(where, body)
    assert made.status_code == 201, made.content
    assert made.json()["outcome"] == "passed"
    assert api.post(where, body).status_code == 409
    assert api.post(where, {**body, "response": 999_999}).status_code in (404, 422)
    listed = api.get(where).json()
    assert (listed["judge"], listed["passed"], len(listed["cases"])) == (str(known.judge), 1, 1)
    gone = api.post(f"/cases/{made.json()['id']}/withdraw", {"reason": "Old."})
    assert gone.status_code == 204
    assert api.get(where).json()["cases"] == []
