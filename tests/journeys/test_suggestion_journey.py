"""An annotator suggests a move, a paste, a group and tags in a real browser; the owner decides on each."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from apps.accounts.permissions import Role
from apps.rubrics import services
from apps.rubrics.models import Hunk, RubricVersion
from tests import factories
from tests.journeys.people import Person
from tests.processes import Processes

PASSWORD = "correct-horse-7"
EDIT = "/w/clinic/rubrics/letters/1/"
PASTED = "Criterion\tPoints\tGroup\nNames the ward.\t3\tSafety\nGreets the patient.\t2\tTone\n"
TEXTS = ("Names the drug.", "Gives the dose.", "Says when to return.", "Names the doctor.")
SHOTS = os.environ.get("STUDIO_SHOTS")
pytestmark = pytest.mark.django_db(transaction=True)


def test_an_annotator_suggests_and_the_owner_decides_one_by_one(
    processes: Processes, enter: Callable[..., Person]
) -> None:
    author = factories.make_member(Role.AUTHOR, user=factories.make_user(username="hanna", password=PASSWORD))
    factories.make_member(Role.ANNOTATOR, user=factories.make_user(username="ann", password=PASSWORD))
    version = make_letters(author)
    url = processes.start_web().url
    annotator = enter(url)
    annotator.sign_in("ann", PASSWORD)
    suggest_a_move(annotator)
    suggest_a_paste(annotator)
    suggest_a_group(annotator)
    suggest_tags(annotator)
    take_back_and_bring_again(annotator)
    assert [row.criterion_id for row in version.criteria.all()] == ["c_0", "c_1", "c_2", "c_3"]
    owner = enter(url)
    owner.sign_in("hanna", PASSWORD)
    decide(owner)
    assert [row.text for row in version.criteria.all() if row.group is None][:3] == [TEXTS[1], TEXTS[0], TEXTS[2]]
    assert version.criteria.filter(text="Names the ward.", group__title="Patient safety").exists()
    assert not version.criteria.filter(text="Greets the patient.").exists()
    assert version.criteria.get(criterion_id="c_3").tags == {"dimension": "people"}
    assert version.criteria.get(criterion_id="c_2").tags == {}


def make_letters(author: object) -> RubricVersion:
    """Four criteria and an empty group."""
    criteria = [{"id": f"c_{n}", "text": text} for n, text in enumerate(TEXTS)]
    document = factories.make_document(criteria=criteria, groups=[{"id": "safety", "title": "Safety"}])
    by = factories.make_actor(Role.AUTHOR, workspace=author.workspace)  # type: ignore[attr-defined]
    return services.create_rubric(by=by, document=document, slug="letters", title="Letters")


def rows(page: Page) -> Locator:
    """The criteria of the table."""
    return page.locator("#criteria [data-sort-id]")


def own(page: Page) -> Locator:
    """What the panel of one's own suggestion lists."""
    return page.locator("#own-edits li")


def shoot(person: Person, name: str) -> None:
    """A picture of the page as it is, where somebody wants to look at it."""
    if SHOTS:
        person.page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


def narrow(person: Person, name: str) -> None:
    """On a telephone and in the dark nothing stands out."""
    person.page.set_viewport_size({"width": 390, "height": 844})
    person.page.emulate_media(color_scheme="dark")
    shoot(person, f"{name}-narrow")
    assert person.overflow() == []
    assert person.serious_findings() == []
    person.page.set_viewport_size({"width": 1440, "height": 900})
    person.page.emulate_media(color_scheme="light")


def suggest_a_move(annotator: Person) -> None:
    """By key, after the switch was turned."""
    page = annotator.go(EDIT)
    page.keyboard.press("o")
    expect(page.get_by_text("You are suggesting:")).to_be_visible()
    annotator.until("'studioKeys' in window", what="the keys")
    rows(page).first.focus()
    page.keyboard.press("Alt+ArrowDown")
    expect(rows(page).first.locator(".row-link")).to_have_text(TEXTS[1])
    expect(own(page)).to_have_count(1)
    expect(own(page).first).to_contain_text("moved from")


def suggest_a_paste(annotator: Person) -> None:
    """A range of a spreadsheet, looked at first."""
    page = annotator.page
    page.evaluate(f"navigator.clipboard.writeText({PASTED!r})")
    page.keyboard.press("n")
    page.keyboard.press("Control+v")
    expect(page.get_by_role("heading", name="Understood: 2 criteria")).to_be_visible()
    page.get_by_role("button", name="Suggest them").click()
    expect(rows(page)).to_have_count(6)
    expect(page.get_by_text("suggested, new")).to_have_count(2)
    expect(own(page)).to_have_count(4)


def suggest_a_group(annotator: Person) -> None:
    """The stored group gets another name and weight in its row."""
    page = annotator.page
    title = page.get_by_label("Title of the group Safety")
    title.fill("Patient safety")
    title.press("Enter")
    expect(own(page).filter(has_text="Change group")).to_have_count(1)
    page.reload()
    expect(page.get_by_label("Title of the group Patient safety")).to_be_visible()


def suggest_tags(annotator: Person) -> None:
    """Two rows are selected and tagged together."""
    page = annotator.page
    for name in ("c_2", "c_3"):
        page.locator(f'#criteria [data-sort-id="{name}"] input[name="criteria"]').check()
    page.locator("[data-bulk-fields] summary").click()
    page.get_by_label("Dimension tag").fill("people")
    page.get_by_role("button", name="Change the selected").click()
    expect(own(page).filter(has_text="Change criterion")).to_have_count(2)
    shoot(annotator, "suggesting")
    narrow(annotator, "suggesting")
    assert annotator.serious_findings() == []
    assert annotator.overflow() == []


def take_back_and_bring_again(annotator: Person) -> None:
    """Undo takes the tags back, redo brings them again."""
    page = annotator.page
    expect(own(page)).to_have_count(7)
    for key, count in (("Control+z", 5), ("Control+y", 7)):
        page.wait_for_load_state("load")
        page.keyboard.press(key)
        expect(own(page)).to_have_count(count)


def decide(owner: Person) -> None:
    """The move, the ward and one tag are accepted; the greeting, the new group and the other tag are not."""
    proposal = Hunk.objects.values_list("proposal", flat=True).distinct().get()
    page = owner.go(f"/w/clinic/rubrics/-/proposals/{proposal}/")
    shoot(owner, "deciding")
    narrow(owner, "deciding")
    assert owner.serious_findings() == []
    assert owner.overflow() == []
    for heading, what in (
        ("Move criterion Names the drug.", "Accept"),
        ("Add criterion Names the ward.", "Accept"),
        ("Add group Tone", "Reject"),
        ("Add criterion Greets the patient.", "Reject"),
        ("Change group Safety", "Accept"),
        ("Change criterion Says when to return.", "Reject"),
        ("Change criterion Names the doctor.", "Accept"),
    ):
        panel = page.locator("section.panel").filter(has=page.get_by_role("heading", name=heading))
        panel.get_by_role("button", name=what, exact=True).click()
        expect(panel.locator("h2 .chip")).to_have_text("accepted" if what == "Accept" else "rejected")
    expect(page.locator("section.panel").first.locator(".chip")).to_have_text("decided")
