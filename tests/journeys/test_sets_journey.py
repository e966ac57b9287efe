"""A rubric set on the screen: made from a file, submitted with a sample, read by another person, approved, retired."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import FilePayload, expect

from apps.accounts.permissions import Role
from apps.rubrics.models import RubricSetVersion, RubricVersion
from tests import factories
from tests.journeys.people import Person
from tests.processes import Processes

PASSWORD = "correct-horse-7"
pytestmark = pytest.mark.django_db(transaction=True)
LINES = [
    {
        "prompt_id": f"p{n}",
        "prompt": [{"role": "user", "content": f"What helps against complaint {n}?"}],
        "rubrics": [{"criterion": f"Names remedy {n}.", "points": 5}, {"criterion": "Sends nobody away.", "points": 2}],
    }
    for n in range(4)
]
FILE = FilePayload(
    name="ward.jsonl", mimeType="application/jsonl", buffer="\n".join(json.dumps(line) for line in LINES).encode()
)


def test_a_set_is_made_sampled_and_approved(processes: Processes, enter: Callable[..., Person]) -> None:
    factories.make_member(Role.AUTHOR, user=factories.make_user(username="hanna", password=PASSWORD))
    factories.make_member(Role.APPROVER, user=factories.make_user(username="michael", password=PASSWORD))
    url = processes.start_web().url
    author, other = enter(url), enter(url)
    author.sign_in("hanna", PASSWORD)
    make_and_submit(author)
    other.sign_in("michael", PASSWORD)
    read_and_approve(other)
    retire(other)


def make_and_submit(author: Person) -> None:
    """Import with a preview, and hand in: of so few all are read."""
    page = author.go("/w/clinic/rubrics/-/import/")
    page.locator("input[type=file]").set_input_files(FILE)
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".head")).to_contain_text("4 rubrics")
    expect(page.locator(".head")).to_contain_text("one rubric set")
    assert not RubricVersion.objects.exists()
    page.get_by_role("button", name="Import", exact=True).click()
    page.locator("a[href*='/-/sets/']").first.click()
    page.wait_for_url("**/-/sets/**")
    assert author.serious_findings() == []
    page.get_by_role("button", name="Submit the set").click()
    page.locator("#confirm-dialog [data-confirm-yes]").click()
    expect(page.locator(".head")).to_contain_text("in review")


def read_and_approve(other: Person) -> None:
    """Each rubric from the keyboard; then all are approved with a note."""
    row = RubricSetVersion.objects.get()
    page = other.go(f"/w/clinic/rubrics/-/sets/{row.rubric_set.name}/1/")
    approve = page.get_by_role("button", name="Approve all 4")
    expect(approve).to_be_disabled()
    page.keyboard.press("r")
    for place in (1, 2, 3, 4):
        expect(page.locator(".head")).to_contain_text(f"{place} of 4 in the sample")
        assert other.serious_findings() == []
        page.keyboard.press("y")
    expect(page.locator("#decision")).to_contain_text("4 of 4 read")
    page.get_by_label("Note").first.fill("Read with the ward.")
    approve.click()
    expect(page.locator(".head")).to_contain_text("approved")
    assert set(RubricVersion.objects.values_list("status", flat=True)) == {"approved"}


def retire(other: Person) -> None:
    """Retiring asks why before it asks whether."""
    page = other.page
    button = page.locator("#retire").get_by_role("button", name="Retire")
    button.click()
    expect(page.locator("#confirm-dialog")).to_be_hidden()
    page.get_by_label("Why it is retired").fill("The ward closed.")
    button.click()
    page.locator("#confirm-dialog [data-confirm-yes]").click()
    expect(page.locator(".head")).to_contain_text("retired")
    assert set(RubricVersion.objects.values_list("status", flat=True)) == {"retired"}
