"""The desk in a browser: twenty items from the keyboard, two people never at one seat, a connection lost and found."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from apps.accounts.permissions import Role
from apps.review import queries
from apps.review import services as review
from apps.review.models import Claim, Queue, Review
from tests.journeys.filled import Filled
from tests.journeys.people import Person

ITEMS = 20


def make_queue(filled: Filled, name: str, *, size: int = ITEMS, task: str = Queue.Task.VERDICT) -> Queue:
    rule: dict[str, Any] = {"kind": "random", "size": size}
    by = filled.actor(Role.AUTHOR)
    return review.create_queue(by=by, run=filled.run, name=name, rule=rule, task=task, seed=5)


def open_queue(person: Person, filled: Filled, queue: Queue, role: str) -> Page:
    person.sign_in(**filled.users[role])
    return person.go(f"/w/{filled.workspace.slug}/review/{queue.pk}/next")


def claim_at(page: Page) -> str:
    return page.locator("[data-desk]").get_attribute("data-claim") or ""


def assert_blind(page: Page) -> None:
    """Neither the page as it stands nor as it was sent holds a trace of the verdict."""
    for text in (page.content(), page.request.get(page.url).text()):
        assert_no_verdict(text)


def assert_no_verdict(text: str) -> None:
    for word in ("reader@1", "you and the judge", 'class="verdict', "probability"):
        assert word not in text


def test_twenty_items_from_the_keyboard(filled: Filled, enter: Callable[..., Person]) -> None:
    queue = make_queue(filled, "Twenty")
    person, ahead = enter(filled.url, width=1366, height=768), []

    def overhear(route: Route) -> None:
        answer = route.fetch()
        ahead.append(answer.text())
        route.fulfill(response=answer)

    person.page.route("**/ahead", overhear)
    page = open_queue(person, filled, queue, "annotator")
    page.evaluate("window.same = true")
    for number in range(ITEMS):
        page.locator('[data-desk-form="answer"]').wait_for()
        assert_blind(page)
        expect(page.get_by_role("button", name="Store and next")).to_be_in_viewport(ratio=1)
        page.keyboard.press("j")
        page.keyboard.press("g")
        page.keyboard.press("1" if number % 2 else "2")
        page.keyboard.press("e")
        page.keyboard.press("Enter")
        page.locator('[data-desk-form="onward"]').wait_for()
        expect(page.locator("main")).to_contain_text("reader@1")
        if number < ITEMS - 1:
            page.locator("[data-desk-ready]").wait_for()
        page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("Nothing left for you here")
    page.unroute_all(behavior="wait")
    fetched = [text for text in ahead if "data-desk" in text]
    assert len(fetched) == ITEMS - 1
    for text in fetched:
        assert_no_verdict(text)
    made = Review.objects.filter(item__queue=queue)
    assert (made.count(), made.filter(after="kept", confidence=1.0).count()) == (ITEMS, ITEMS)
    for stored in made.select_related("item__queue", "item__subject__prompt", "item__version__rubric"):
        assert bool(stored.spans) == queries.ask_of(stored.item).shown.marks
    assert not Claim.objects.filter(queue=queue).exclude(state="answered").exists()


def test_two_people_never_get_one_seat(filled: Filled, enter: Callable[..., Person]) -> None:
    queue = make_queue(filled, "Two", size=6)
    pages = [open_queue(enter(filled.url), filled, queue, role) for role in ("annotator", "admin")]
    for _ in range(2):
        assert len({claim_at(page) for page in pages}) == 2
        for page in pages:
            page.keyboard.press("1")
            page.keyboard.press("Enter")
            page.locator('[data-desk-form="onward"]').wait_for()
            page.keyboard.press("Enter")
            page.locator('[data-desk-form="answer"]').wait_for()
    items = list(Claim.objects.filter(queue=queue).values_list("item", flat=True))
    assert len(items) == len(set(items))
    theirs = pages[1].url
    answer = pages[0].request.get(theirs)
    assert answer.status == 404


def test_a_decision_outlives_a_lost_connection(filled: Filled, enter: Callable[..., Person]) -> None:
    queue = make_queue(filled, "Offline", size=4)
    person = enter(filled.url)
    page = open_queue(person, filled, queue, "annotator")
    person.listening = False
    page.keyboard.press("1")
    page.keyboard.press("m")
    page.keyboard.insert_text("written on the train")
    page.keyboard.press("Escape")
    person.context.set_offline(True)
    page.keyboard.press("Enter")
    expect(page.locator("#desk-state")).to_contain_text("1 decision not stored yet, kept in this browser")
    expect(page.locator("[data-desk-note]")).to_contain_text("Not stored yet")
    assert not Review.objects.filter(item__queue=queue).exists()
    person.context.set_offline(False)
    page.locator('[data-desk-form="onward"]').wait_for()
    assert Review.objects.get(item__queue=queue).note == "written on the train"
    expect(page.locator("#desk-state")).to_contain_text("all decisions stored")
    person.listening = True


def test_a_seat_lost_meanwhile_says_so_and_keeps_the_text(filled: Filled, enter: Callable[..., Person]) -> None:
    queue = make_queue(filled, "Lost", size=2)
    page = open_queue(enter(filled.url), filled, queue, "annotator")
    page.keyboard.press("m")
    page.keyboard.insert_text("a long thought")
    page.keyboard.press("Escape")
    page.reload()
    expect(page.locator("#note")).to_have_value("a long thought")
    mine = Claim.objects.get(queue=queue)
    Claim.objects.filter(pk=mine.pk).update(lease_until=timezone.now() - timedelta(minutes=1))
    by = filled.actor(Role.ADMIN)
    for _ in range(2):
        theirs = review.claim(by=by, queue=queue)
        assert theirs is not None
        review.answer(by=by, claim=theirs, given={"value": 1.0})
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.locator("#desk-left")).to_contain_text("somebody else decided this item")
    expect(page.locator("#desk-left")).to_contain_text("a long thought")
    assert not Review.objects.filter(claim=mine).exists()


def test_going_back_before_the_verdict_was_shown(filled: Filled, enter: Callable[..., Person]) -> None:
    queue = make_queue(filled, "Back", size=5)
    page = open_queue(enter(filled.url), filled, queue, "annotator")
    page.get_by_label("straight on, verdict later").check()
    page.keyboard.press("1")
    first = claim_at(page)
    page.keyboard.press("Enter")
    expect(page.locator("[data-desk]")).not_to_have_attribute("data-claim", first)
    page.locator("[data-desk-ready]").wait_for()
    page.keyboard.press("ArrowLeft")
    page.wait_for_url("**/review/reviews/*")
    expect(page.locator("main")).to_contain_text("still blind")
    assert "reader@1" not in page.content()
    page.keyboard.press("c")
    page.keyboard.press("2")
    page.get_by_role("button", name="Store the change and go on").click()
    page.wait_for_url("**/review/claims/*")
    changed = Review.objects.get(claim=int(first))
    assert (changed.mode, len(changed.earlier), changed.revealed_at) == ("blind", 1, None)


def test_all_criteria_of_an_answer_by_keys(filled: Filled, enter: Callable[..., Person]) -> None:
    queue = make_queue(filled, "Whole answers", size=2, task=Queue.Task.RESPONSE)
    page = open_queue(enter(filled.url), filled, queue, "annotator")
    count = page.locator("[data-part]").count()
    for _ in range(count):
        page.keyboard.press("1")
    expect(page.locator("[data-parts-said]")).to_contain_text(f"{count} of {count} decided")
    page.keyboard.press("Enter")
    page.wait_for_url("**/review/reviews/*")
    stored = Review.objects.get(item__queue=queue).payload["criteria"]
    assert len(stored) == count > 1
