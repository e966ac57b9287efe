"""Who may suggest but not edit turns any weights into edits that authors decide on."""

import json

import pytest
from django.test import Client

from apps.accounts.permissions import Actor, Role
from apps.judging import queries
from apps.rubrics import queries as rubric_queries
from apps.rubrics import services as rubrics
from apps.rubrics.models import Proposal, RubricVersion
from domain import errors
from tests import factories
from tests.apps.judging.conftest import Clinic, work
from tests.apps.judging.test_pages import HX, start

pytestmark = pytest.mark.django_db
DRUG, BLAME = "criteria/c_drug", "criteria/c_blame"


@pytest.fixture
def judged(clinic: Clinic) -> Clinic:
    start(clinic)
    work()
    return clinic


@pytest.fixture
def draft(judged: Clinic) -> RubricVersion:
    return rubrics.new_draft(by=judged.author, rubric=judged.version.rubric, source=judged.version)


@pytest.fixture
def bob(judged: Clinic) -> Actor:
    return factories.make_actor(Role.ANNOTATOR, username="bob", workspace=judged.author.workspace)


@pytest.fixture
def browser(bob: Actor) -> Client:
    return factories.signed_in(bob)


def url(version: RubricVersion, name: str = "") -> str:
    return f"/w/{version.rubric.workspace.slug}/rubrics/{version.rubric.slug}/{version.number}/weights/{name}"


def weights(version: RubricVersion) -> dict[str, float]:
    return {row.criterion_id: row.weight for row in version.criteria.all()}


def test_sliders_become_a_suggestion_that_an_author_accepts(
    browser: Client, bob: Actor, draft: RubricVersion, judged: Clinic
) -> None:
    before = weights(draft)
    page = browser.get(url(draft, "sliders/")).content.decode()
    assert "Suggest them" in page
    assert "Put into the draft" not in page
    done = browser.post(url(draft, "suggest/"), {"shares": json.dumps({"c_drug": 0.2, "c_blame": 0.8})})
    assert done["Location"].endswith("?suggest=1")
    assert weights(draft) == before
    row = Proposal.objects.get()
    assert (row.created_by, row.hunks.count()) == (bob.user, 2)
    for hunk in row.hunks.all():
        assert hunk.evidence["weights by"] == "the sliders"
        assert hunk.evidence["scores that move"].endswith("answers judged last")
    rubrics.accept_hunks(by=judged.author, proposal=row)
    draft.refresh_from_db()
    found = weights(RubricVersion.objects.get(pk=draft.pk))
    assert found["c_blame"] == pytest.approx(4 * found["c_drug"])


def test_swings_of_an_annotator_are_suggested(browser: Client, draft: RubricVersion) -> None:
    assert "Rank and rate" in browser.get(url(draft)).content.decode()
    browser.post(url(draft, "swing/"), {"section": "", "order": [BLAME, DRUG], f"points-{DRUG}": "25"}, headers=HX)
    done = browser.post(url(draft, "finish/swing/"))
    page = browser.get(done["Location"]).content.decode()
    assert "Suggest them" in page
    assert "Store profile" not in page
    key = done["Location"].split("elicitation=")[1]
    assert browser.post(url(draft, "apply/"), {"elicitation": key}).status_code == 403
    assert browser.post(url(draft, "suggest/"), {"elicitation": key}).status_code == 302
    assert {hunk.evidence["weights by"] for hunk in Proposal.objects.get().hunks.all()} == {"swing weighting"}


def test_suggesting_again_goes_on_with_the_same_suggestion(bob: Actor, draft: RubricVersion) -> None:
    for share in (0.5, 0.9):
        found = queries.from_shares(draft, {"c_drug": share, "c_blame": 1 - share})
        rubrics.suggest_weights(by=bob, version=draft, criteria=found.criteria, title="the sliders")
    row = Proposal.objects.get()
    now = rubric_queries.suggesting(draft, bob)
    wanted = {one["id"]: one["weight"] for one in now.wanted["criteria"]}
    assert wanted["c_drug"] == pytest.approx(9 * wanted["c_blame"])
    rubrics.undo_suggestion(by=bob, version=draft)
    rubrics.undo_suggestion(by=bob, version=draft)
    assert not Proposal.objects.filter(pk=row.pk).exists()


def test_the_same_weights_suggest_nothing(browser: Client, bob: Actor, draft: RubricVersion) -> None:
    with pytest.raises(errors.Invalid, match="already"):
        rubrics.suggest_weights(by=bob, version=draft, criteria=weights(draft), title="hand")
    share = {"c_drug": 0.75, "c_blame": 0.25} if weights(draft)["c_drug"] == 3 else {"c_drug": 0.25, "c_blame": 0.75}
    page = browser.post(url(draft, "suggest/"), {"shares": json.dumps(share)}, follow=True).content.decode()
    assert "has these weights already" in page
    assert not Proposal.objects.exists()


def test_who_may_and_what_is_refused(browser: Client, draft: RubricVersion, judged: Clinic) -> None:
    body = {"shares": json.dumps({"c_drug": 0.2, "c_blame": 0.8})}
    viewer = factories.signed_in(factories.make_actor(Role.VIEWER, username="vera", workspace=judged.author.workspace))
    assert viewer.post(url(draft, "suggest/"), body).status_code == 403
    elsewhere = factories.make_workspace(slug="elsewhere")
    charlie = factories.signed_in(factories.make_actor(Role.ADMIN, username="charlie", workspace=elsewhere))
    assert charlie.post(url(draft, "suggest/"), body).status_code == 404
    assert browser.post(url(draft, "suggest/"), {"shares": "{"}).status_code == 422
    assert browser.post(url(draft, "suggest/"), {"shares": '{"nobody": 1}'}).status_code == 422
    assert browser.post(url(draft, "suggest/"), {"fit": "sha256:none"}).status_code == 404
    assert browser.post(url(draft, "suggest/"), {"whitened": "last"}).status_code == 409
    assert not Proposal.objects.exists()
