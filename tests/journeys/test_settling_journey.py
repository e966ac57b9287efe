"""An author settles a conflict from the keyboard without knowing who said what, and the judge is calibrated by it."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from apps.accounts.permissions import Role
from apps.judging import queries as judging
from apps.review import queries
from apps.review import services as review
from apps.review.models import Gold, Queue, ReviewItem
from tests.journeys.filled import Filled
from tests.journeys.people import Person


def make_conflicts(filled: Filled, name: str, size: int = 2) -> Queue:
    """A queue in which two people decided every item differently."""
    by = filled.actor(Role.AUTHOR)
    rule = {"kind": "random", "size": size, "exclude_queued": True}
    queue = review.create_queue(by=by, run=filled.run, name=name, rule=rule, overlap=2, seed=11)
    for role, choice in ((Role.ANNOTATOR, 0), (Role.ADMIN, 1)):
        who = filled.actor(role)
        while (claim := review.claim(by=who, queue=queue)) is not None:
            offered = queries.ask_of(claim.item).shown.choices
            review.answer(by=who, claim=claim, given={"value": offered[choice].value}, note="seen so")
    return queue


def settled_by_criterion(page: Page, filled: Filled, item: ReviewItem) -> int:
    """How many values people settled, as the page of the judge's calibration counts them for an item's criterion."""
    page.goto(f"/w/{filled.workspace.slug}/judges/reader/1/calibration/?rubric={item.version}")
    assert item.version is not None
    text = item.version.criteria.get(criterion_id=item.criterion).text
    row = page.locator("#calibration tbody tr").filter(has_text=text)
    return int(row.locator("td").nth(3).inner_text())


def test_a_conflict_is_settled_by_keys_and_calibrates_the_judge(filled: Filled, enter: Callable[..., Person]) -> None:
    queue = make_conflicts(filled, "Differing")
    first, second = queue.items.order_by("position")
    person = enter(filled.url, width=1366, height=768)
    person.sign_in(**filled.users["author"])
    page = person.page
    before = settled_by_criterion(page, filled, first)
    person.go(f"/w/{filled.workspace.slug}/review/{queue.pk}/conflicts")
    page.keyboard.press("j")
    page.wait_for_url(f"**/items/{first.pk}/adjudicate")
    names = [filled.actor(role).user.name for role in (Role.ANNOTATOR, Role.ADMIN)]
    sent = page.request.get(page.url).text()
    for text in (page.locator("main").inner_text(), sent):
        assert "Person A" in text
        assert "seen so" in text
        assert "reader@1" not in text
        assert names[0] not in text
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    assert page.locator("#reason").evaluate("field => field.validity.valueMissing")
    assert not Gold.objects.filter(item=first).exists()
    page.locator("#reason").fill("The letter says it in its second sentence.")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("It holds.")
    expect(page.locator("main")).to_contain_text(names[0])
    expect(page.locator("main")).to_contain_text("reader@1")
    gold = Gold.objects.get(item=first)
    assert (gold.provenance["how"], gold.provenance.get("revealed")) == ("adjudication", None)
    page.keyboard.press("j")
    page.wait_for_url(f"**/items/{second.pk}/adjudicate")
    page.keyboard.press("p")
    page.get_by_label("Note to them").fill("Look at the date.")
    page.get_by_role("button", name="Send back").click()
    page.wait_for_url(f"**/review/{queue.pk}/conflicts")
    expect(page.locator("main")).to_contain_text("Sent back")
    second.refresh_from_db()
    assert (second.state, second.seats) == ("open", 3)
    assert settled_by_criterion(page, filled, first) == before + 1
    version = first.version
    assert version is not None
    known = judging.known_values(version)[first.about.pk, first.criterion]
    assert (known.settled, known.value) == (True, gold.value)
