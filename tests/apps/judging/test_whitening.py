"""Whitened weights are fitted from stored verdicts, frozen, and taken over only by name."""

import pytest

from apps.accounts.permissions import Role
from apps.history.models import Entry
from apps.judging import queries, services
from apps.judging.models import Call
from apps.rubrics.models import FittedArtefact
from domain import errors
from tests import factories
from tests.apps.judging.conftest import Clinic, work
from tests.apps.judging.test_pages import start

pytestmark = pytest.mark.django_db


@pytest.fixture
def judged(clinic: Clinic) -> Clinic:
    """Sixteen answers with verdicts of every pattern on two criteria."""
    prompt = clinic.subjects[0].prompt
    for number in range(14):
        response = factories.make_response(prompt=prompt, text=f"An answer of its own, number {number}.")
        subject = factories.make_subject(responses=[response])
        given = {"c_drug": float(number % 2), "c_blame": float(number // 2 % 2)}
        factories.make_verdicts(clinic.version, clinic.judge, subject, given)
    start(clinic)
    work()
    return clinic


def test_weights_are_frozen_and_named(judged: Clinic):
    calls = Call.objects.count()
    found = services.fit_whitened(by=judged.author, version=judged.version)
    assert found.uniform == ""
    assert found.artefact is not None
    assert found.answers == 16
    assert sum(found.shares.values()) == pytest.approx(1)
    assert services.fit_whitened(by=judged.author, version=judged.version).artefact == found.artefact
    assert FittedArtefact.objects.filter(kind="weights").count() == 1
    assert Entry.objects.filter(action="weights.fitted").count() == 1
    taken = queries.from_fit(judged.author, judged.version, found.artefact.digest)
    assert dict(taken.shares) == pytest.approx(found.shares)
    assert Call.objects.count() == calls


def test_too_few_answers_freeze_nothing(clinic: Clinic):
    with pytest.raises(errors.Conflict, match="No answer was judged"):
        services.fit_whitened(by=clinic.author, version=clinic.version)
    start(clinic)
    work()
    found = services.fit_whitened(by=clinic.author, version=clinic.version)
    assert found.uniform
    assert set(found.shares.values()) == {0.5}
    assert not FittedArtefact.objects.exists()


def test_strangers_and_annotators_may_not(clinic: Clinic):
    stranger = factories.make_actor(Role.APPROVER, username="charlie", workspace=factories.make_workspace(slug="far"))
    with pytest.raises(errors.NotFound):
        services.fit_whitened(by=stranger, version=clinic.version)
    annotator = factories.make_actor(Role.ANNOTATOR, username="ann", workspace=clinic.author.workspace)
    with pytest.raises(errors.NotAllowed):
        services.fit_whitened(by=annotator, version=clinic.version)
