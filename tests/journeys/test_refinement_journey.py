"""Criteria are drafted from pairs and refined in a real browser: accepted and rejected one by one, approved, traced."""

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from apps.accounts.permissions import Role
from engines.scripted import Answer, Ask, Script, ScriptedEngine
from tests import factories
from tests.apps.judging.conftest import play, work
from tests.apps.judging.test_fitting import order
from tests.journeys.people import Person
from tests.processes import Processes

__all__ = ["play"]
PASSWORD = "correct-horse-7"
DOSE, WHO, WHEN = "States the amount in grams.", "Is written by a nurse.", "Says when to take each tablet."
pytestmark = pytest.mark.django_db(transaction=True)


def script(ask: Ask) -> Answer:
    """Writes two criteria from pairs and one on its own; prefers the answer that says grams, and says yes."""
    if not ask.labels:
        named = (DOSE, WHO) if "They found Answer" in ask.suffix else (WHEN,)
        one = {"kind": "hard rule", "difference": "One says it.", "from": "1, 2", "type": "core", "weight": "high",
               "severity": "critical", "importance": "vital", "points": "5"}  # fmt: skip
        one |= dict.fromkeys(("quote", "part", "why", "rests_on"), "says it")
        return json.dumps({"criteria": [{**one, "criterion": text} for text in named]})
    if " P" in ask.labels:
        first = ask.shared.index("GRAMS") < ask.shared.index("NOTHING")
        return {each: 0.9 if each == (" P" if first else " T") else 0.05 for each in ask.labels}
    no = "can be worked out" in ask.suffix
    return {each: 0.9 if each == (" No" if no else " Yes") else 0.1 for each in ask.labels}


def test_criteria_are_drafted_refined_and_approved(
    processes: Processes, enter: Callable[..., Person], play: Callable[[Script], ScriptedEngine]
) -> None:
    author = factories.make_actor(Role.AUTHOR, user=factories.make_user(username="hanna", password=PASSWORD))
    factories.make_member(Role.APPROVER, user=factories.make_user(username="michael", password=PASSWORD))
    version = factories.make_version(workspace=author.workspace)
    factories.make_judge(workspace=author.workspace, name="reader", is_default=True)
    dataset = factories.make_dataset(workspace=author.workspace)
    for number in range(7):
        prompt = factories.make_prompt(dataset=dataset, text=f"How much, {number}?")
        texts = (f"Take 5 GRAMS, {number}.", f"Say NOTHING, {number}.")
        order(dataset, [factories.make_response(prompt=prompt, text=text) for text in texts])
    play(script)
    home = f"/w/{author.workspace.slug}"
    edit = f"{home}/rubrics/{version.rubric.slug}/{version.number}/"
    person = enter(processes.start_web().url)
    page = person.sign_in("hanna", PASSWORD)

    person.go(edit)
    page.get_by_role("link", name="Draft with a model").click()
    begin(person, "From pairs that people compared")
    page.get_by_role("link", name="From pairs that people compared").first.click()
    decide(page, DOSE, "Accept")
    page.get_by_label("Reason, where you reject it").fill("Nobody can see that.")
    decide(page, WHO, "Reject")
    assert version.criteria.filter(text=DOSE).exists()
    assert not version.criteria.filter(text=WHO).exists()

    person.go(f"{edit.replace('/rubrics/', '/refine/')}draft/")
    begin(person, "own rubric")
    lineage = page.locator("#lineage")
    expect(lineage).to_contain_text(WHEN)
    expect(lineage.locator("li li").first).to_contain_text("round")
    assert person.serious_findings() == []
    page.locator("#draft .notice a").first.click()
    decide(page, WHEN, "Accept")

    person.go(edit)
    page.get_by_role("button", name="Submit for approval").click()
    page.locator("#confirm-dialog [data-confirm-yes]").click()
    expect(page.locator(".head")).to_contain_text("in review")
    other = enter(person.url)
    other.sign_in("michael", PASSWORD)
    other.go(f"{edit}versions/")
    other.page.get_by_role("button", name="Approve", exact=True).click()
    expect(other.page.locator(".head")).to_contain_text("approved")


def begin(person: Person, method: str) -> None:
    """Choose a method, start it as it stands, and come back when a worker has been through."""
    page = person.page
    page.locator(".method-card", has_text=method).click()
    page.get_by_role("button", name="Start").click()
    page.wait_for_url(re.compile(r"/refine/drafts/\d+/"))
    work()
    page.reload()
    expect(page.locator("#draft .notice.g")).to_contain_text("waits")


def decide(page: Page, text: str, what: str) -> None:
    """Accept or reject the edit that says this."""
    own = page.locator("section[id^='hunk-']", has=page.locator(f"textarea:text-is({json.dumps(text)})"))
    own.get_by_role("button", name=what, exact=True).click()
    expect(page.locator("section[id^='hunk-']", has_text=text)).to_contain_text(f"{what.lower()}ed by")
