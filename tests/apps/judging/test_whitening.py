"""Whitened weights are fitted from stored verdicts, frozen, and taken over only by name."""

import json
import uuid

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
    """A run over two answers, then one over sixteen with verdicts of every pattern on two criteria."""
    start(clinic)
    work()
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
    done = services.fit_whitened(by=judged.author, version=judged.version)
    assert done.found.fitted.uniform == ""
    assert done.artefact is not None
    assert done.found.answers == 16
    assert sum(done.found.shares.values()) == pytest.approx(1)
    assert services.fit_whitened(by=judged.author, version=judged.version).artefact == done.artefact
    assert FittedArtefact.objects.filter(kind="weights").count() == 1
    assert Entry.objects.filter(action="weights.fitted").count() == 1
    taken = queries.from_fit(judged.author, judged.version, done.artefact.digest)
    assert taken.title == "whitening"
    assert dict(taken.shares) == pytest.approx(done.found.shares)
    assert queries.whitened_fits(judged.version) == [done.artefact]
    assert queries.fits_of(judged.version) == []
    assert Call.objects.count() == calls


def test_a_run_is_chosen_by_itself_or_with_a_judge(judged: Clinic):
    whole, source = queries.whitening_sources(judged.version)
    assert queries.whitening_of(judged.version, whole).judged == 16
    found = queries.whitening_of(judged.version, source)
    assert found.judged == 2
    assert found.fitted.uniform == "No criterion tells the answers apart."
    assert queries.whitening_source(judged.version, str(source.run.pk)) == source
    assert queries.whitening_source(judged.version, source.key) == source
    assert queries.whitening_source(judged.version, "") is None
    done = services.fit_whitened(by=judged.author, version=judged.version, run=source.key)
    assert done.artefact is None
    with pytest.raises(errors.Conflict, match="no whitened weights"):
        queries.from_whitening(found, judged.version)
    for name in ("nothing", str(uuid.uuid4()), "'; --"):
        with pytest.raises(errors.NotFound):
            queries.whitening_source(judged.version, name)


def test_the_page_shows_correlations_and_freezes(judged: Clinic):
    browser = factories.signed_in(judged.author)
    address = f"/w/{judged.author.workspace.slug}/rubrics/{judged.version.rubric.slug}/1/weights/"
    page = browser.get(f"{address}whitened/").content.decode()
    assert "16 with a verdict on every criterion, of 16" in page
    figure = json.loads(page.split('<script id="correlation-plot" type="application/json">')[1].split("</script>")[0])
    assert figure["data"][0]["z"][0][0] == 1
    assert figure["data"][0]["z"][0][1] == pytest.approx(figure["data"][0]["z"][1][0])
    assert "Whitened" in page
    assert not FittedArtefact.objects.exists()
    result = browser.post(f"{address}whitened/", {"run": ""})
    digest = FittedArtefact.objects.get().digest
    assert result["Location"].endswith(f"?fit={digest}")
    assert "By whitening" in browser.get(result["Location"]).content.decode()
    assert "1 frozen" in browser.get(address).content.decode()
    _, source = queries.whitening_sources(judged.version)
    few = browser.get(f"{address}whitened/", {"run": source.key}).content.decode()
    assert "Weights stay equal" in few
    assert browser.post(f"{address}whitened/", {"run": source.key})["Location"].endswith("/whitened/")
    assert browser.get(f"{address}whitened/", {"run": "x"}).status_code == 404
    annotator = factories.signed_in(factories.make_actor(Role.ANNOTATOR, workspace=judged.author.workspace))
    assert "?whitened=last" in annotator.get(f"{address}whitened/").content.decode()
    assert "Suggest them" in annotator.get(f"{address}result/", {"whitened": "last"}).content.decode()
    assert annotator.post(f"{address}whitened/", {"run": ""}).status_code == 403


def test_without_verdicts_the_page_says_what_to_do(clinic: Clinic):
    address = f"/w/{clinic.author.workspace.slug}/rubrics/{clinic.version.rubric.slug}/1/weights/whitened/"
    assert "Nothing to whiten yet" in factories.signed_in(clinic.author).get(address).content.decode()


def test_too_few_answers_freeze_nothing(clinic: Clinic):
    with pytest.raises(errors.Conflict, match="No answer was judged"):
        services.fit_whitened(by=clinic.author, version=clinic.version)
    start(clinic)
    work()
    done = services.fit_whitened(by=clinic.author, version=clinic.version)
    assert done.found.fitted.uniform
    assert set(done.found.shares.values()) == {0.5}
    assert not FittedArtefact.objects.exists()


def test_strangers_and_annotators_may_not(clinic: Clinic):
    stranger = factories.make_actor(Role.APPROVER, username="charlie", workspace=factories.make_workspace(slug="far"))
    with pytest.raises(errors.NotFound):
        services.fit_whitened(by=stranger, version=clinic.version)
    annotator = factories.make_actor(Role.ANNOTATOR, username="ann", workspace=clinic.author.workspace)
    with pytest.raises(errors.NotAllowed):
        services.fit_whitened(by=annotator, version=clinic.version)
