"""Weights in a real browser: compare by key, see what follows, put it into the draft; slide and watch answers move."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from apps.accounts.permissions import Role
from apps.judging import services
from apps.judging.models import Call
from apps.rubrics import services as rubrics
from apps.rubrics.models import Elicitation, Profile
from tests import factories
from tests.journeys.people import Person
from tests.processes import Processes, wait_until

PASSWORD = "correct-horse-7"
VALUES = ({"c_drug": 0.5, "c_blame": 1.0}, {"c_drug": 0.4, "c_blame": 0.0}, {"c_drug": 0.3, "c_blame": 0.1})
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def address() -> str:
    """Three judged answers of one prompt, and a draft to weigh."""
    by = factories.make_actor(Role.AUTHOR, user=factories.make_user(username="hanna", password=PASSWORD))
    version = factories.make_version(
        rubric=factories.make_rubric(slug="letters", title="Letters"), status="approved", created_by=by.user
    )
    judge = factories.make_judge(name="reader", is_default=True)
    dataset = factories.make_dataset(slug="letters")
    prompt = factories.make_prompt(dataset=dataset)
    for place, said in enumerate(VALUES):
        response = factories.make_response(prompt=prompt, text=f"answer {place}", external_id=f"a{place}")
        factories.make_verdicts(version, judge, factories.make_subject(responses=[response]), said)
    services.start_run(by=by, name="All", versions=[version], dataset=dataset, judges=[judge])
    draft = rubrics.new_draft(by=by, rubric=version.rubric, source=version)
    return f"/w/clinic/rubrics/letters/{draft.number}/weights/"


def test_compare_apply_and_slide(processes: Processes, enter: Callable[..., Person], address: str) -> None:
    url = processes.start_web().url
    processes.start_worker()
    author = enter(url)
    author.sign_in("hanna", PASSWORD)
    page = author.go(address)
    page.get_by_role("link", name="Compare").click()
    expect(page.locator("#question")).to_be_visible()
    author.settle()
    page.keyboard.press("6")
    expect(page.locator("#so-far")).to_contain_text("25.0 %")
    assert Elicitation.objects.get().answers[""]["said"][0][2] == pytest.approx(1 / 3)
    page.get_by_role("button", name="See what follows").click()
    expect(page.locator("#other-weights")).to_contain_text("75.0 %")
    page.get_by_role("button", name="Put into the draft").click()
    expect(page.locator("#notices")).to_contain_text("Undo takes them back")
    page = author.go(f"{address}sliders/")
    first = page.locator('input[type="range"]').first
    calls = Call.objects.count()
    first.focus()
    page.keyboard.press("End")
    expect(page.locator("#ranking tbody tr").first).to_contain_text("a0")
    expect(page.locator("#ranking tbody tr").first).to_contain_text(re.compile("▲ 2"))
    expect(page.locator("output").nth(1)).to_have_text("0.0 %")
    assert Call.objects.count() == calls
    page.get_by_label("Name", exact=True).fill("only-drug")
    page.get_by_role("button", name="Store profile").click()
    expect(page.locator("#profile")).to_contain_text("only-drug@1")
    wait_until(lambda: Profile.objects.filter(name="only-drug").exists(), patience=10, what="the profile")
    assert Profile.objects.get(name="only-drug").weights["c_blame"] == 0
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        for path in ("", "swing/", "tradeoffs/", "sliders/"):
            author.go(address + path)
            assert not author.overflow(), (path, width)
