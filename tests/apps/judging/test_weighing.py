"""Pages of weights: the present ones, questions, results, profiles."""

import json

import pytest
from django.test import Client

from apps.accounts.permissions import Actor, Role
from apps.judging import queries, services
from apps.judging.models import Score, Verdict
from apps.rubrics import queries as rubric_queries
from apps.rubrics import services as rubrics
from apps.rubrics.models import Elicitation, Profile, RubricVersion
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
def browser(judged: Clinic) -> Client:
    return factories.signed_in(judged.author)


def url(version: RubricVersion, name: str = "") -> str:
    """The address of a page of weights."""
    return f"/w/{version.rubric.workspace.slug}/rubrics/{version.rubric.slug}/{version.number}/weights/{name}"


def test_the_overview_shows_shares_and_ways(
    browser: Client, draft: RubricVersion, django_assert_max_num_queries
) -> None:
    with django_assert_max_num_queries(35):
        page = browser.get(url(draft)).content.decode()
    assert "75.0 %" in page
    assert "Rank and rate" in page
    assert "New profile by hand" in page


def test_the_overview_says_what_the_steps_make_of_weights(
    browser: Client, draft: RubricVersion, judged: Clinic
) -> None:
    assert "In the score" not in browser.get(url(draft)).content.decode()
    steps = [{"step": "tiers", "untiered": 1.0, "pitfall": 1.0}, {"step": "weighted"}]
    rubrics.edit_version(by=judged.author, version=draft, changes={"scoring": steps})
    page = browser.get(url(draft)).content.decode()
    assert "In the score" in page
    assert page.count("50.0 %") == 2
    steps = [{"step": "guidelines", "criteria": ["c_drug"]}, {"step": "weighted"}]
    rubrics.edit_version(by=judged.author, version=draft, changes={"scoring": steps})
    assert "decides by itself" in browser.get(url(draft)).content.decode()


def test_swings_are_kept_piece_by_piece_and_become_weights(
    browser: Client, draft: RubricVersion, judged: Clinic
) -> None:
    body = {"section": "", "order": [DRUG, BLAME], "move": f"{BLAME}:up"}
    page = browser.post(url(draft, "swing/"), body, headers=HX).content.decode()
    assert "Still without points: 2." in page
    row = Elicitation.objects.get()
    assert row.answers[""]["order"] == [BLAME, DRUG]
    browser.post(url(draft, "swing/"), {"section": "", "order": [BLAME, DRUG], f"points-{DRUG}": "25"}, headers=HX)
    assert browser.get(url(draft)).content.decode().count("you began this") == 1
    done = browser.post(url(draft, "finish/swing/"))
    row.refresh_from_db()
    assert row.result["local"][""] == {DRUG: 0.2, BLAME: 0.8}
    before = Verdict.objects.count()
    page = browser.get(done["Location"]).content.decode()
    assert "80.0 %" in page
    assert "Scores that move" in page
    after = browser.post(url(draft, "apply/"), {"elicitation": row.pk})
    assert after.status_code == 302
    weights = {one.criterion_id: one.weight for one in draft.criteria.all()}
    assert weights["c_blame"] == pytest.approx(4 * weights["c_drug"])
    assert sum(weights.values()) == pytest.approx(4)
    rubrics.undo(by=judged.author, version=draft)
    assert {one.weight for one in draft.criteria.all()} == {1.0, 3.0}
    assert Verdict.objects.count() == before


def test_bad_points_are_refused_where_they_are_typed(browser: Client, draft: RubricVersion) -> None:
    for points in ("101", "much", "nan"):
        body = {"section": "", "order": [DRUG, BLAME], f"points-{BLAME}": points}
        answer = browser.post(url(draft, "swing/"), body, headers=HX)
        assert answer.status_code == 422, points
    assert browser.post(url(draft, "swing/"), {"section": "no", "order": [DRUG]}, headers=HX).status_code == 422
    assert "not answered" not in browser.post(url(draft, "finish/swing/"), follow=True).content.decode()
    assert Elicitation.objects.get().finished_at is None


def test_trade_offs_ask_until_linked_and_go_on(browser: Client, draft: RubricVersion) -> None:
    page = browser.get(url(draft, "tradeoffs/")).content.decode()
    assert "extremely more important" in page
    body = {"section": "", "first": DRUG, "second": BLAME, "ratio": "3"}
    page = browser.post(url(draft, "tradeoffs/"), body, headers=HX).content.decode()
    assert "75.0 %" in page
    assert "All 1 pairs are compared" in page
    again = browser.post(url(draft, "tradeoffs/"), body | {"ratio": "0.5"})
    assert again.status_code == 302
    assert len(Elicitation.objects.get().answers[""]["said"]) == 1
    page = browser.get(url(draft, "tradeoffs/") + f"?pair={DRUG}|{BLAME}").content.decode()
    assert "2 times as important" in page
    assert browser.post(url(draft, "tradeoffs/"), body | {"ratio": "", "forget": "1"}, headers=HX).status_code == 200
    assert Elicitation.objects.get().answers[""]["said"] == []
    for bad in ({"ratio": "0"}, {"ratio": "x"}, {"ratio": ""}, {"second": DRUG}, {"section": "no"}):
        assert browser.post(url(draft, "tradeoffs/"), body | bad, headers=HX).status_code == 422, bad


def test_answers_belong_to_who_gave_them(draft: RubricVersion, judged: Clinic) -> None:
    row = rubrics.start_elicitation(by=judged.author, version=draft, kind="swing")
    other = factories.make_actor(Role.AUTHOR, workspace=judged.author.workspace, username="bob")
    with pytest.raises(errors.NotAllowed):
        rubrics.rate_swings(by=other, elicitation=row, section="", order=[DRUG, BLAME], ratings={})
    mine = rubrics.start_elicitation(by=other, version=draft, kind="swing")
    assert mine.pk != row.pk
    viewer = factories.make_actor(Role.VIEWER, workspace=judged.author.workspace, username="dora")
    with pytest.raises(errors.NotAllowed):
        rubrics.start_elicitation(by=viewer, version=draft, kind="swing")
    stranger = factories.make_actor(workspace=factories.make_workspace(slug="elsewhere"))
    with pytest.raises(errors.NotFound):
        rubrics.start_elicitation(by=stranger, version=draft, kind="swing")
    with pytest.raises(errors.NotFound):
        rubric_queries.get_elicitation(stranger, row.pk)


def test_answers_about_criteria_that_are_gone_say_so(draft: RubricVersion, judged: Clinic) -> None:
    row = rubrics.start_elicitation(by=judged.author, version=draft, kind="swing")
    rubrics.rate_swings(
        by=judged.author, elicitation=row, section="", order=[DRUG, BLAME], ratings={DRUG: 100, BLAME: 50}
    )  # fmt: skip
    rubrics.add_criterion(by=judged.author, version=draft, values={"text": "Is short."})
    with pytest.raises(errors.Invalid):
        rubrics.finish_elicitation(by=judged.author, elicitation=row)


def save(clinic: Clinic, name: str = "gentle", /, **weights: float) -> Profile:
    """A profile of the clinic's rubric."""
    return rubrics.save_profile(by=clinic.author, version=clinic.version, name=name, weights=weights)


def test_profiles_are_scaled_complete_and_numbered(judged: Clinic) -> None:
    first = save(judged, c_drug=3, c_blame=1)
    assert (str(first), first.weights) == ("gentle@1", {"c_drug": 0.75, "c_blame": 0.25})
    assert save(judged, c_drug=6, c_blame=2) == first
    second = save(judged, c_drug=1)
    assert (second.number, second.weights) == (2, {"c_drug": 1.0, "c_blame": 0.0})
    for bad in ({"c_drug": -1.0}, {"c_nope": 1.0}, {"c_drug": 0.0}, {"c_drug": float("nan")}):
        with pytest.raises(errors.Invalid):
            rubrics.save_profile(by=judged.author, version=judged.version, name="gentle", weights=bad)
    with pytest.raises(errors.Invalid):
        save(judged, "Not a name", c_drug=1)


def test_a_retired_profile_is_found_with_its_number_only(judged: Clinic) -> None:
    first = save(judged, c_drug=1)
    rubrics.retire_profile(by=judged.author, profile=first)
    with pytest.raises(errors.Conflict):
        rubric_queries.profile_of(judged.version, "gentle")
    assert rubric_queries.profile_of(judged.version, "gentle@1") == first
    assert [one.is_retired for one in rubric_queries.profiles_of(judged.version.rubric)] == [True]
    assert save(judged, c_drug=1).number == 2
    assert rubric_queries.profile_of(judged.version, "gentle").number == 2


def test_profiles_by_page(browser: Client, judged: Clinic) -> None:
    body = {"name": "strict", "description": "For letters.", "weight-c_drug": "1", "weight-c_blame": "3"}
    made = browser.post(url(judged.version, "profiles/save/"), body)
    page = browser.get(made["Location"]).content.decode()
    assert "Profile strict@1" in page
    assert "75.0 %" in page
    assert "For letters." in page
    wrong = browser.post(url(judged.version, "profiles/save/"), body | {"weight-c_drug": "-1"}, follow=True)
    assert "at least 0" in wrong.content.decode()
    shares = json.dumps({"c_drug": 0.9, "c_blame": 0.1})
    made = browser.post(url(judged.version, "profiles/save/"), {"name": "slid", "shares": shares})
    assert Profile.objects.get(name="slid").weights == {"c_drug": 0.9, "c_blame": 0.1}
    browser.post(url(judged.version, "profiles/strict/retire/"))
    assert "retired" in browser.get(url(judged.version, "profiles/strict/")).content.decode()
    assert browser.get(url(judged.version, "profiles/none/")).status_code == 404
    for bad in ("", "[]", "{}", '{"a": "x"}', '{"a": NaN}', "{" * 5000, '{"c_drug": 1e300}'):
        answer = browser.post(url(judged.version, "profiles/save/"), {"name": "bad", "shares": bad})
        assert answer.status_code == 302, bad
    assert not Profile.objects.filter(name="bad").exists()


def test_scoring_again_under_a_profile_asks_no_judge_and_names_it(judged: Clinic) -> None:
    profile = save(judged, c_drug=1, c_blame=1)
    before = Verdict.objects.count()
    run = judged.author.workspace.runs.get()
    assert services.rescore(by=judged.author, run=run, profile=profile) == 2
    assert Verdict.objects.count() == before
    assert {row.profile for row in Score.objects.exclude(profile=None)} == {profile}


def test_a_criterion_the_profile_does_not_name_weighs_nothing(judged: Clinic, draft: RubricVersion) -> None:
    profile = save(judged, c_drug=1, c_blame=1)
    rubrics.add_criterion(by=judged.author, version=draft, values={"text": "Is short.", "weight": 100.0})
    said = rubric_queries.domain_rubric(draft)
    new = next(one.id for one in said.criteria if one.text == "Is short.")
    assert rubric_queries.profile_weights(profile, said)[new] == 0
    assert rubric_queries.unnamed(profile, said) == [new]
    found = queries.from_profile(draft, profile)
    assert found.shares[new] == 0


def test_viewers_see_and_do_not_write(judged: Clinic, draft: RubricVersion) -> None:
    viewer = factories.make_actor(Role.VIEWER, workspace=judged.author.workspace, username="dora")
    looking = factories.signed_in(viewer)
    page = looking.get(url(draft)).content.decode()
    assert "Rank and rate" not in page
    assert looking.post(url(draft, "profiles/save/"), {"name": "x", "weight-c_drug": "1"}).status_code == 403
    assert looking.get(url(draft, "swing/")).status_code == 403
    stranger: Actor = factories.make_actor(workspace=factories.make_workspace(slug="elsewhere"))
    assert factories.signed_in(stranger).get(url(draft)).status_code == 404
