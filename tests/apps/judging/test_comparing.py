"""What weights and versions do, as pages show it."""

import json

import pytest
from django.test import Client

from apps.accounts.permissions import Role
from apps.judging import queries
from apps.rubrics import services
from engines.scripted import by_text
from tests import factories
from tests.apps.judging.conftest import Clinic, work
from tests.apps.judging.test_pages import start, url
from tests.apps.judging.test_pins import pin

DRUG = {"id": "c_drug", "text": "Names the drug and its dose.", "weight": 3.0, "tier": "essential"}
BLAME = {"id": "c_blame", "text": "Blames the patient.", "polarity": "negative", "weight": 1.0}


@pytest.fixture
def browser(clinic: Clinic) -> Client:
    return factories.signed_in(clinic.author)


@pytest.fixture
def judged(clinic: Clinic, play) -> Clinic:
    """The first answer names the drug, the second blames."""
    play(by_text({"Names the drug": " Yes", "Blames the patient": " No", "Blames anybody": " Yes"}))
    factories.make_verdicts(clinic.version, clinic.judge, clinic.subjects[1], {"c_drug": 0.25, "c_blame": 1.0})
    start(clinic)
    work()
    return clinic


def second_version(clinic: Clinic, *criteria: dict, **more):
    return factories.make_version(
        rubric=clinic.version.rubric, parent=clinic.version,
        document=factories.make_document(criteria=list(criteria), **more),
    )  # fmt: skip


def test_scores_ranks_and_spread_between_two_versions(judged: Clinic) -> None:
    gate = {"when": "below", "value": 1.1, "floor": 0.0, "override": True}
    flat = second_version(
        judged, DRUG | {"gate": gate | {"value": 1.0, "when": "above"}}, BLAME | {"weight": 2.0},
    )  # fmt: skip
    found = queries.effect_of(judged.version, flat)
    assert found is not None
    assert (found.pinned, found.movement.answers, found.movement.moved, found.flips) == (False, 2, 1, ())
    assert found.movement.tau == pytest.approx(1.0)
    assert len(found.movers) == 1
    assert found.movers[0].before == pytest.approx(-1 / 12)
    assert found.movers[0].after == pytest.approx(-5 / 12)


def test_a_gate_that_flattens_a_prompt_is_named(judged: Clinic) -> None:
    gate = {"when": "below", "value": 0.0, "floor": 0.0, "override": True}
    shut = second_version(
        judged,
        DRUG | {"gate": gate | {"when": "above", "value": 0.1}},
        BLAME,
        scoring=[{"step": "gate"}, {"step": "weighted"}],
    )
    found = queries.effect_of(judged.version, shut)
    assert found is not None
    assert found.flattened == (judged.subjects[0].prompt.external_id,)
    assert found.movement.tau is None


def test_a_new_wording_flips_verdicts_or_leaves_answers_without_a_score(judged: Clinic, play, browser: Client) -> None:
    reworded = second_version(judged, DRUG, BLAME | {"text": "Blames anybody."})
    found = queries.effect_of(judged.version, reworded)
    assert found is not None
    assert (found.movement.lost, found.movement.compared) == (2, 0)
    assert [(one.criterion, one.both, one.lacking) for one in found.flips] == [("c_blame", 0, 2)]
    assert [one.after for one in found.movers] == [None, None]
    pin(judged)
    place = (judged.version.rubric.slug, reworded.number)
    browser.post(url("judging:missing", *place))
    work()
    found = queries.effect_of(judged.version, reworded)
    assert found is not None
    assert (found.pinned, found.movement.answers) == (True, 1)
    assert [(one.flipped, one.both, one.mean_before, one.mean_after) for one in found.flips] == [(1, 1, 0.0, 1.0)]
    page = browser.get(url("judging:effect", judged.version.rubric.slug, 1, reworded.number)).content.decode()
    assert "the 1 pinned answer," in page
    assert "1 of 1" in page
    assert "cannot be said" in page


def test_the_compare_page_asks_for_the_effect(judged: Clinic, browser: Client) -> None:
    draft = second_version(judged, DRUG, BLAME | {"weight": 2.0})
    effect = url("judging:effect", draft.rubric.slug, 1, draft.number)
    page = browser.get(url("rubrics:versions", draft.rubric.slug, draft.number) + "?from=1").content.decode()
    assert f'hx-get="{effect}"' in page
    part = browser.get(effect).content.decode()
    assert "1 of 2; mean" in part
    assert part.startswith('<section class="panel" id="version-effect"')


def test_the_page_of_weights_draws_what_moves(judged: Clinic, browser: Client) -> None:
    address = url("judging:weights", judged.version.rubric.slug, 1)
    page = browser.get(address).content.decode()
    assert "Show the numbers as a table" in page
    figure = json.loads(page.split('<script id="tornado" type="application/json">')[1].split("</script>")[0])
    assert len(figure["data"]) == 2
    assert browser.get(address, {"criterion": "c_blame"}).content.decode().count("selected") == 1
    assert browser.get(address, {"criterion": "<script>"}).status_code == 200


def test_the_page_says_how_surely_changes_of_places_are_found(judged: Clinic, browser: Client) -> None:
    def covered(*scoring: dict[str, object]) -> str:
        draft = second_version(judged, DRUG, BLAME)
        services.edit_version(by=judged.author, version=draft, changes={"scoring": list(scoring)})
        page = browser.get(url("judging:weights", draft.rubric.slug, draft.number)).content.decode()
        return page.split('id="crossing-covered">')[1].split("<")[0]

    assert covered({"step": "weighted"}) == "Every change of places over these weights is told."
    assert "0.0469 apart" in covered({"step": "weighted"}, {"step": "shape"})
    assert "moves no score" in covered({"step": "tiers"}, {"step": "weighted"})


def test_without_a_judged_answer_both_say_what_to_do(clinic: Clinic, browser: Client) -> None:
    slug = clinic.version.rubric.slug
    assert "No judged answers yet" in browser.get(url("judging:weights", slug, 1)).content.decode()
    assert "No answer was judged" in browser.get(url("judging:effect", slug, 1, 1)).content.decode()
    pin(clinic)
    assert "No judged answers yet" in browser.get(url("judging:weights", slug, 1)).content.decode()


def test_strangers_see_neither(judged: Clinic) -> None:
    elsewhere = factories.make_workspace(slug="elsewhere")
    charlie = factories.signed_in(factories.make_actor(Role.ADMIN, username="charlie", workspace=elsewhere))
    for page in (
        url("judging:weights", judged.version.rubric.slug, 1),
        url("judging:effect", judged.version.rubric.slug, 1, 1),
    ):
        assert charlie.get(page).status_code == 404
        assert charlie.get(page.replace("/w/clinic/", "/w/elsewhere/")).status_code == 404
