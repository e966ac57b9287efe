"""Live scores in a real browser: a typed weight moves a score before anything is stored, and weights have plots."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from apps.accounts.permissions import Role
from apps.judging.models import PinnedAnswer, Run, Verdict
from apps.rubrics.models import RubricVersion
from tests import factories
from tests.journeys.people import Person
from tests.processes import Processes

PASSWORD = "correct-horse-7"
VALUES = ((1.0, 0.5), (0.5, 0.0))
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def draft() -> RubricVersion:
    """Two pinned answers of one prompt with stored verdicts: 5/6 against 1/2."""
    member = factories.make_member(Role.AUTHOR, user=factories.make_user(username="hanna", password=PASSWORD))
    version = factories.make_version(rubric=factories.make_rubric(slug="letters"), created_by=member.user)
    judge = factories.make_judge(name="reader", is_default=True)
    prompt = factories.make_prompt()
    for name, (drug, blame) in zip("ab", VALUES, strict=True):
        answer = factories.make_response(prompt=prompt, external_id=f"answer-{name}", text=f"Answer {name}.")
        subject = factories.make_subject(responses=[answer])
        factories.make_verdicts(version, judge, subject, {"c_drug": drug, "c_blame": blame})
        PinnedAnswer.objects.create(rubric=version.rubric, subject=subject, by=member.user)
    return version


def test_a_typed_weight_moves_scores_before_it_is_stored(
    processes: Processes, enter: Callable[..., Person], draft: RubricVersion
) -> None:
    author = enter(processes.start_web().url)
    author.sign_in("hanna", PASSWORD)
    page = author.go("/w/clinic/rubrics/letters/1/")
    expect(shown(page)).to_have_text([in_row("answer-a", "0.83"), in_row("answer-b", "0.50")])
    type_without_storing(page)
    weigh_among_all_fields(page)
    choose_without_storing(page)
    set_steps_without_storing(author)
    page = author.go("/w/clinic/rubrics/letters/1/")
    unpin(page)
    read_the_plots(author)
    assert (Run.objects.count(), Verdict.objects.count()) == (0, 4)


def in_row(name: str, score: str) -> re.Pattern[str]:
    """An answer with its score."""
    return re.compile(f"{name}.*{re.escape(score)}", re.DOTALL)


def shown(page: Page) -> Locator:
    """The answers beside the table."""
    return page.locator("#version-scores .resp")


def type_without_storing(page: Page) -> None:
    """While no write gets through, a larger weight of the pitfall turns the two answers round."""
    held: list[Route] = []
    page.route("**/*", lambda route: held.append(route) if route.request.method == "POST" else route.continue_())
    page.locator('#criteria [data-sort-id] input[name="weight"]').nth(1).fill("6")
    expect(shown(page)).to_have_text([in_row("answer-b", "0.50"), in_row("answer-a", "0.00")])
    expect(page.locator("#version-scores .state")).to_contain_text("1 change is not stored yet.")
    for route in held:
        route.continue_()
    page.unroute_all()
    expect(page.locator("#draft-state")).to_have_text("all saved")
    expect(page.locator("#version-scores .state")).to_contain_text("as stored")


def choose_without_storing(page: Page) -> None:
    """A gate chosen and typed in a row: scores follow while no write gets through."""
    row = page.locator("#criteria [data-sort-id]").nth(1)
    page.route("**/*", lambda route: None if route.request.method == "POST" else route.continue_())
    row.focus()
    page.keyboard.press("g")
    page.locator('select[name="gate_when"]').select_option("above")
    page.locator('input[name="gate_value"]').fill("0.2")
    expect(page.locator("#version-scores .state")).to_contain_text("1 change is not stored yet.")
    expect(shown(page)).to_have_text([in_row("answer-b", "0.50"), in_row("answer-a", "0.00")])
    page.locator('input[name="gate_floor"]').fill("-1")
    expect(shown(page)).to_have_text([in_row("answer-b", "0.50"), in_row("answer-a", "−1.00")])
    page.unroute_all()
    page.evaluate("localStorage.clear()")
    page.reload()
    expect(page.locator("#draft-state")).to_contain_text("saved")


def weigh_among_all_fields(page: Page) -> None:
    """The form of all fields is tried as well as the row."""
    page.route("**/*", lambda route: None if route.request.method == "POST" else route.continue_())
    page.locator("#criteria [data-sort-id]").nth(1).focus()
    page.keyboard.press("e")
    page.locator('form[data-criterion] input[name$="-weight"]').fill("0")
    expect(page.locator("#version-scores .state")).to_contain_text("1 change is not stored yet.")
    expect(shown(page)).to_have_text([in_row("answer-a", "1.00"), in_row("answer-b", "0.50")])
    page.unroute_all()
    page.evaluate("localStorage.clear()")
    page.reload()
    expect(page.locator("#criteria [data-sort-id]")).to_have_count(2)


def set_steps_without_storing(author: Person) -> None:
    """On the page of settings the same scores follow the steps."""
    page = author.go("/w/clinic/rubrics/letters/1/settings/")
    expect(shown(page)).to_have_count(2)
    page.route("**/*", lambda route: None if route.request.method == "POST" else route.continue_())
    page.get_by_label("leave the plain sum of points").check()
    expect(page.locator("#version-scores .state")).to_contain_text("1 change is not stored yet.")
    expect(shown(page).filter(has_text="answer-b")).to_contain_text("1.50")
    page.unroute_all()
    page.evaluate("localStorage.clear()")


def unpin(page: Page) -> None:
    """Take the second answer out of view, in place."""
    page.get_by_role("button", name="Unpin answer-a").press("Enter")
    expect(shown(page)).to_have_count(1)
    expect(page.get_by_role("button", name="Unpin answer-b")).to_be_focused()


def read_the_plots(author: Person) -> None:
    """Two plots, each with its numbers as a table."""
    page = author.go("/w/clinic/runs/weights/letters/1/")
    for place in range(2):
        box = page.locator("figure.plot-box").nth(place)
        box.scroll_into_view_if_needed()
        expect(box.locator(".js-plotly-plot svg.main-svg").first).to_be_visible()
        box.locator("summary").click()
        expect(box.locator("tbody tr").first).to_be_visible()
