"""A comparison in a real browser: start it, see who wins and why, beside both answers, at each width and theme."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from apps.accounts.permissions import Role
from apps.core import gateway
from apps.datasets.models import Dataset
from apps.judging.models import Run
from engines.scripted import Ask, ScriptedEngine
from tests import factories
from tests.apps.judging.conftest import BAD, GOOD, work
from tests.journeys.people import Person
from tests.processes import Processes

PASSWORD = "correct-horse-7"
PICTURES = os.environ.get("STUDIO_PICTURES", "")
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def comparison(monkeypatch: pytest.MonkeyPatch) -> Iterator[Dataset]:
    """Two answers of one prompt, a rubric, and two judges that find the good one better."""
    member = factories.make_member(Role.AUTHOR, user=factories.make_user(username="hanna", password=PASSWORD))
    factories.make_version(rubric=factories.make_rubric(slug="letters"), created_by=member.user, status="approved")
    dataset = factories.make_dataset(workspace=member.workspace, slug="letters", title="Letters to patients")
    prompt = factories.make_prompt(dataset=dataset)
    for name, text in (("kind", f"{GOOD} {GOOD.lower()} " * 3), ("harsh", BAD)):
        factories.make_response(prompt=prompt, external_id=name, text=text)
    factories.make_judge(name="comparer", strategy="pairwise", is_default=True)
    factories.make_judge(name="ranker", strategy="listwise")
    engine = ScriptedEngine(prefers_good, context_length=4000)
    monkeypatch.setattr(gateway, "engine_for", lambda source: engine)
    yield dataset
    gateway.close_all()


def prefers_good(ask: Ask) -> str | dict[str, float]:
    """The kind answer names the drug; who blames depends on who is shown first."""
    if " Yes" in ask.labels:
        return {" Yes": 0.7, " No": 0.3}
    first = ask.shared.index(GOOD) < ask.shared.index(BAD)
    return (" P" if first else " S") if "Names" in ask.suffix else " Q"


def test_a_comparison_from_its_start_to_the_winner(
    processes: Processes, enter: Callable[..., Person], comparison: Dataset
) -> None:
    author = enter(processes.start_web().url)
    author.sign_in("hanna", PASSWORD)
    page = author.go("/w/clinic/runs/new/")
    page.get_by_label("ranker@1").check()
    expect(page.locator("#run-estimate")).to_contain_text("of them 1 pair to compare")
    keep(author, "start")
    page.get_by_role("button", name="Start the run").click()
    expect(page.locator("#answers")).to_contain_text("kind and harsh")
    work()
    run = Run.objects.get()
    page = author.go(f"/w/clinic/runs/{run.pk}/")
    expect(page.locator("#answer-row-0")).to_contain_text("A better")
    keep(author, "run")
    page.get_by_role("link", name="kind and harsh").click()
    expect(page.locator("#answer-A")).to_contain_text("better")
    expect(page.locator("#verdict-1")).to_contain_text("B shown first: more A")
    expect(page.locator("#verdict-2")).to_contain_text("the orders contradict each other")
    side, other = (page.locator(f"#answer-{letter}").bounding_box() for letter in "AB")
    assert side is not None
    assert other is not None
    assert side["y"] == other["y"]
    assert author.serious_findings() == []
    keep(author, "pair")
    page.get_by_role("link", name="Next").click()
    expect(page.locator("#verdict-1")).to_contain_text("rank 1, tied")
    keep(author, "list")
    on_a_phone(enter, author.url, run)


def on_a_phone(enter: Callable[..., Person], url: str, run: Run) -> None:
    """At 390 pixels, in the dark, one answer stands under the other and nothing is cut off."""
    reader = enter(url, width=390, height=844, theme="dark")
    reader.sign_in("hanna", PASSWORD)
    page = reader.go(f"/w/clinic/runs/{run.pk}/answers/0/")
    side, other = (page.locator(f"#answer-{letter}").bounding_box() for letter in "AB")
    assert side is not None
    assert other is not None
    assert side["x"] == other["x"]
    assert reader.overflow() == []
    assert reader.serious_findings() == []
    keep(reader, "pair-phone")
    reader.go(f"/w/clinic/runs/{run.pk}/")
    assert reader.overflow() == []
    keep(reader, "run-phone")


def keep(person: Person, name: str) -> None:
    """A picture for whoever wants to look."""
    if PICTURES:
        person.page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)
