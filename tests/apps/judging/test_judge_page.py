"""The judge page: strategies to choose from, their settings, what a version is made of and differs in."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.permissions import Role
from apps.judging import forms
from apps.judging.models import JudgeVersion
from apps.judging.pages.strategies import strategy_groups, strategy_row
from domain import strategies
from domain.strategies.protocol import Setting, whole
from tests import factories
from tests.apps.judging.conftest import Clinic

pytestmark = pytest.mark.django_db
HX = {"HX-Request": "true"}
FORM = {"name": "clinic-8b", "kind": "served", "base_url": "http://127.0.0.1:9/v1", "model": "qwen3"}
GRADES = FORM | {"strategy": "ordinal_digits"}


@pytest.fixture
def browser(clinic: Clinic) -> Client:
    return factories.signed_in(clinic.author)


def url(name: str, *args) -> str:
    return reverse(name, args=["clinic", *args])


def latest(name: str) -> JudgeVersion:
    return JudgeVersion.objects.filter(judge__name=name).order_by("-number")[0]


def test_every_strategy_is_offered_with_what_it_costs_and_needs(browser: Client) -> None:
    page = browser.get(url("judges:create")).content.decode()
    for each in strategies.every():
        assert f'value="{each.about.name}"' in page
        assert strategy_row(each.about.name).cost in page
    assert "Needs log-probabilities" in page
    assert page.count(" checked") == 2  # the strategy, and that replies are held to their form


def test_groups_hold_each_strategy_once() -> None:
    offered = [row.name for group in strategy_groups() for row in group.rows]
    assert sorted(offered) == sorted(strategies.NAMES)
    assert strategy_groups()[0].title == "Single answers"


def test_cost_is_said_in_words() -> None:
    row = strategy_row("label_distribution", "isolated")
    assert row.cost == "10 criteria of one answer: 1 request, 10 prompts, 10 tokens written"
    assert "2 requests, 20 prompts, 1,610 tokens" in strategy_row("label_distribution", "reasoned").cost
    assert "40 tokens" not in row.cost
    assert strategy_row("label_distribution", "reasoned", {"max_reasoning_tokens": 50}).cost.endswith(
        "510 tokens written"
    )


def test_settings_follow_the_strategy(browser: Client) -> None:
    part = browser.get(url("judges:create") + "?strategy=ordinal_digits", headers=HX).content.decode()
    assert part.startswith('<div id="judge-settings"')
    assert 'name="own_grades"' in part
    assert 'name="protocol"' not in part
    usual = browser.get(url("judges:create"), headers=HX).content.decode()
    assert 'name="own_grades"' not in usual
    assert 'name="protocol"' in usual


def test_whether_replies_are_held_to_their_form_is_asked_of_judges_that_write(browser: Client) -> None:
    assert 'name="hold_to_form"' not in browser.get(url("judges:create") + "?strategy=pairwise").content.decode()
    asked = {"name": "writer", "kind": "embedded", "strategy": "reflect", "protocol": "isolated"}
    browser.post(url("judges:create"), asked | {"hold_to_form": "on"})
    browser.post(url("judges:create"), asked | {"name": "thinker"})
    found = {version.judge.name: version.settings for version in JudgeVersion.objects.select_related("judge")}
    assert found["writer"] == {"hold_to_form": True}
    assert found["thinker"] == {}
    again = browser.get(url("judges:create") + "?from=thinker@1").content.decode()
    assert 'name="hold_to_form"' in again
    assert not re.search(r'name="hold_to_form"[^>]* checked', again)


def test_without_scripts_the_settings_are_shown_by_a_button(browser: Client) -> None:
    page = browser.post(url("judges:create"), GRADES | {"show": "1", "api_key": "sk-secret"})
    text = page.content.decode()
    assert page.status_code == 200
    assert 'name="own_grades"' in text
    assert 'value="qwen3"' in text
    assert "sk-secret" not in text
    assert not JudgeVersion.objects.filter(judge__name="clinic-8b").exists()


def test_a_strategy_is_set_up_with_its_own_settings(browser: Client) -> None:
    browser.post(url("judges:create"), GRADES | {"own_grades": "1-5", "temperature": "0.5"})
    made = latest("clinic-8b")
    assert (made.strategy, made.protocol) == ("ordinal_digits", "isolated")
    assert made.settings == {"grades": "1-5", "temperature": 0.5}


def test_defaults_are_not_stored_and_make_no_version(browser: Client) -> None:
    browser.post(url("judges:create"), GRADES)
    browser.post(url("judges:create"), GRADES | {"own_grades": "1-9"})
    assert latest("clinic-8b").number == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"own_grades": "1-1000"}, "Select a valid choice"),
        ({"seed": "-4"}, "The seed is a whole number from 0."),
        ({"template_settings": "{"}, "This is not JSON"),
        ({"template_settings": "[1]"}, "Names with values are needed"),
        ({"strategy": "guessing"}, "Select a valid choice"),
        ({"strategy": "label_distribution", "protocol": "sideways"}, "Select a valid choice"),
    ],
)
def test_wrong_settings_are_said_beside_their_field(browser: Client, wrong: dict[str, str], said: str) -> None:
    answer = browser.post(url("judges:create"), GRADES | wrong)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert 'value="qwen3"' in answer.content.decode()


def test_a_service_problem_lands_on_the_strategys_own_field(browser: Client) -> None:
    asked = FORM | {"strategy": "reference_likelihood", "own_form": "mean", "own_floor_nats": "0"}
    answer = browser.post(url("judges:create"), asked).content.decode()
    assert "The floor is 0.1 to 10,000 nats." in answer
    assert 'id="id_own_floor_nats_error"' in answer


def test_a_next_version_starts_with_all_settings_of_the_last(browser: Client) -> None:
    browser.post(
        url("judges:create"), GRADES | {"own_grades": "1-5", "template_settings": '{"enable_thinking": false}'}
    )
    page = browser.get(url("judges:create") + "?from=clinic-8b").content.decode()
    assert '<option value="1-5" selected>' in page
    assert "enable_thinking&quot;: false" in page


def test_detail_shows_what_makes_the_fingerprint_and_what_changed(browser: Client) -> None:
    browser.post(url("judges:create"), GRADES | {"own_grades": "1-5"})
    first = browser.get(url("judges:detail", "clinic-8b")).content.decode()
    assert "Distribution of grades" in first
    assert "<dt>Grades</dt>" in first
    assert 'id="judge-changes"' not in first
    browser.post(url("judges:create"), GRADES | {"own_grades": "1-7", "base_url": "http://127.0.0.1:8/v1"})
    second = browser.get(url("judges:detail", "clinic-8b")).content.decode()
    assert '<th scope="row">Grades</th><td>1-5</td><td>1-7</td><td><span class="chip w">asked anew</span>' in second
    assert 'http://127.0.0.1:8/v1</td><td><span class="chip">stay valid</span>' in second


def test_authors_and_viewers_set_up_no_judges(clinic: Clinic) -> None:
    for role in (Role.AUTHOR, Role.VIEWER):
        person = factories.signed_in(factories.make_actor(role, workspace=clinic.author.workspace))
        assert person.post(url("judges:create"), FORM).status_code == 403
    stranger = factories.signed_in(
        factories.make_actor(username="charlie", workspace=factories.make_workspace(slug="o"))
    )
    assert stranger.get(url("judges:create")).status_code == 404


@pytest.mark.parametrize(
    ("default", "field"),
    [(True, "BooleanField"), (4, "IntegerField"), (0.5, "FloatField"), ("a\nb", "CharField")],
)
def test_a_field_fits_its_setting(default: object, field: str) -> None:
    setting = Setting("x", default, whole(0, 9), "A sentence.", "A label")
    assert type(forms.field_of(setting)).__name__ == field
