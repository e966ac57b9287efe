"""The scoring of a rubric in a real browser: a step is added, a promise breaks, approval waits until it is kept."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from apps.accounts.permissions import Role
from apps.judging.models import PinnedAnswer, Run
from apps.rubrics.models import RubricVersion
from tests import factories
from tests.journeys.people import Person
from tests.processes import Processes

PASSWORD = "correct-horse-7"
PAGE = "/w/clinic/rubrics/letters/1/scoring/"
pytestmark = pytest.mark.django_db(transaction=True)


def pin_judged(version: RubricVersion, *values: dict[str, float]) -> None:
    """Pin an answer for each set of values, judged so."""
    assert version.created_by
    judge = factories.make_judge(name="reader", is_default=True)
    prompt = factories.make_prompt()
    for name, one in zip("abcdef", values, strict=False):
        answer = factories.make_response(prompt=prompt, external_id=f"answer-{name}", text=f"Answer {name}.")
        subject = factories.make_subject(responses=[answer])
        factories.make_verdicts(version, judge, subject, one)
        PinnedAnswer.objects.create(rubric=version.rubric, subject=subject, by=version.created_by)


@pytest.fixture
def draft() -> RubricVersion:
    """A draft with two pinned answers that were judged, its author and an approver."""
    author = factories.make_member(Role.AUTHOR, user=factories.make_user(username="hanna", password=PASSWORD))
    factories.make_member(Role.APPROVER, user=factories.make_user(username="piet", password=PASSWORD))
    version = factories.make_version(rubric=factories.make_rubric(slug="letters"), created_by=author.user)
    pin_judged(version, {"c_drug": 1.0, "c_blame": 0.0}, {"c_drug": 0.5, "c_blame": 0.0})
    return version


def test_a_promise_is_kept_before_approval(
    processes: Processes, enter: Callable[..., Person], draft: RubricVersion
) -> None:
    url = processes.start_web().url
    author, approver = enter(url), enter(url)
    author.sign_in("hanna", PASSWORD)
    page = author.go(PAGE)
    expect(page.locator("#steps-effect")).to_contain_text("0 of 2 scores")

    page.locator(".palette > summary").click()
    page.locator('.palette a[href*="add=saturate"]').click()
    page.get_by_role("button", name="Add the step").click()
    expect(page.locator("#steps-effect")).to_contain_text("1 of 2 scores")
    expect(page.locator("#score-trace .trace li")).not_to_have_count(0)
    expect(page.locator("#step-curves [data-plot]")).not_to_have_count(0)

    last = page.locator(".step").last
    expect(page.locator(".step-head > b").first).to_contain_text("1. ")
    assert numbers(page, ".step-head > b") == list(range(1, page.locator(".step").count() + 1))
    assert numbers(page, "#step-curves h3") == sorted(numbers(page, "#step-curves h3"))
    expect(last.locator(".step-head")).to_contain_text("Gates")
    expect(last.locator('form[action*="move"] button').first).to_be_disabled()

    page.locator("#truth-start").select_option("failed")
    page.locator("#truths-form button[name=add]").click()
    expect(page.locator("#truth-state")).to_contain_text("1 row holds")
    expect(page.locator("[id^=truth-outcome-]").first).to_contain_text("holds")
    page.locator("#truths-form input[name$=value]").fill("-1")
    expect(page.locator("#truth-state")).to_contain_text("approval is blocked")
    expect(page.locator("#truths-form [data-save-state]")).to_have_text("saved")
    assert Run.objects.count() == 0
    assert author.serious_findings() == []
    assert author.overflow() == []

    submit(author, 1)
    approver.sign_in("piet", PASSWORD)
    decided = approver.go("/w/clinic/rubrics/letters/1/versions/")
    expect(decided.get_by_text("1 row does not hold")).to_be_visible()
    decided.get_by_label("Note").fill("The promise about a failed letter does not hold.")
    decided.get_by_role("button", name="Request changes").click()
    expect(decided.locator(".head")).to_contain_text("version 2, draft")


@pytest.fixture
def ungated() -> RubricVersion:
    """A draft whose essential criterion has a gate that no step applies, with two judged answers."""
    author = factories.make_member(Role.AUTHOR, user=factories.make_user(username="hanna", password=PASSWORD))
    factories.make_member(Role.APPROVER, user=factories.make_user(username="piet", password=PASSWORD))
    gate = {"when": "below", "value": 0.5, "floor": 0.0}
    document = factories.make_document(
        criteria=(
            {"id": "c_drug", "text": "Names the drug and its dose.", "weight": 1.0, "tier": "essential", "gate": gate},
            {"id": "c_when", "text": "Says when to come back.", "weight": 3.0},
        ),
        scoring=[{"step": "weighted"}],
    )
    version = factories.make_version(
        rubric=factories.make_rubric(slug="letters"), created_by=author.user, document=document
    )
    pin_judged(version, {"c_drug": 1.0, "c_when": 1.0}, {"c_drug": 0.0, "c_when": 1.0})
    return version


def test_a_gate_mends_what_a_promise_holds_up(
    processes: Processes, enter: Callable[..., Person], ungated: RubricVersion
) -> None:
    url = processes.start_web().url
    author, approver = enter(url), enter(url)
    author.sign_in("hanna", PASSWORD)
    page = author.go(PAGE)
    page.locator("#truth-start").select_option("failed")
    page.locator("#truths-form button[name=add]").click()
    expect(page.locator("#truth-state")).to_contain_text("approval is blocked")

    submit(author, 1)
    approver.sign_in("piet", PASSWORD)
    held_up = approver.go("/w/clinic/rubrics/letters/1/versions/")
    expect(held_up.get_by_text("1 row does not hold")).to_be_visible()
    expect(held_up.get_by_role("button", name="Approve", exact=True)).to_be_disabled()
    held_up.get_by_label("Note").fill("A letter without the drug must score 0.")
    held_up.get_by_role("button", name="Request changes").click()
    expect(held_up.locator(".head")).to_contain_text("version 2, draft")

    page = author.go(PAGE.replace("/1/", "/2/"))
    expect(page.locator("#truth-state")).to_contain_text("approval is blocked")
    page.locator(".palette > summary").click()
    page.locator('.palette a[href*="add=gate"]').click()
    page.get_by_role("button", name="Add the step").click()
    expect(page.locator("#truth-state")).to_contain_text("1 row holds")
    expect(page.locator("#steps-effect")).to_contain_text("1 of 2 scores")
    assert Run.objects.count() == 0

    submit(author, 2)
    mended = approver.go("/w/clinic/rubrics/letters/2/versions/")
    expect(mended.get_by_text("1 row does not hold")).to_have_count(0)
    mended.get_by_label("Note").fill("Now it does.")
    mended.get_by_role("button", name="Approve", exact=True).click()
    expect(mended.locator(".head")).to_contain_text("approved")
    assert RubricVersion.objects.get(number=2).status == "approved"


def numbers(page: Page, place: str) -> list[int]:
    """The numbers that some headings begin with."""
    return [int(text.partition(".")[0]) for text in page.locator(place).all_text_contents()]


def submit(author: Person, number: int) -> None:
    """Send a draft to the approver."""
    page = author.go(f"/w/clinic/rubrics/letters/{number}/")
    page.locator("#submit-version").click()
    page.get_by_role("dialog").get_by_role("button", name="Submit").click()
    page.wait_for_url(re.compile("/versions/"))
