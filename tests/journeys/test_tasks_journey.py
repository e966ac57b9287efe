"""The tasks of queues in a real browser: by key, by drag, by touch, at each width and in both themes."""

import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, expect

from apps.accounts.permissions import Role
from apps.datasets.models import Label, Preference, SubjectKind
from apps.review import queries
from apps.review.models import Queue, Review
from apps.rubrics import queries as rubric_queries
from apps.rubrics import services as rubrics
from apps.rubrics.models import Hunk
from tests import factories
from tests.apps.review.conftest import answers_to_one_prompt, make_queue, together
from tests.journeys.people import Person
from tests.processes import Processes

PASSWORD = "correct-horse-7"
PICTURES = os.environ.get("STUDIO_PICTURES", "")
Task = Queue.Task
LETTER = (
    "Dear Mr Reyes, take one tablet of amoxicillin each morning for seven days. Come back at once if the fever "
    "returns, if you cough blood, or if you find it hard to breathe. Your next visit is in two weeks. "
)
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def queues() -> SimpleNamespace:
    """One queue of each task, and who answers it."""
    author = factories.make_actor(username="alice")
    member = factories.make_member(Role.AUTHOR, user=factories.make_user(username="hanna", password=PASSWORD))
    answers = answers_to_one_prompt(author, [LETTER, LETTER * 2, "Goodbye.", "Take it easy."])
    alone = {"subject": together(SubjectKind.RESPONSE, answers[:1])}
    version = factories.make_version(workspace=author.workspace, created_by=author.user)
    document = rubric_queries.draft_document(version)
    document["criteria"][0]["text"] = "Names the drug and the dose in words that a patient can act on."
    proposal = rubrics.propose(by=author, base=version, document=document, title="Dose", note="Asked for by nurses.")
    edit = {"payload": {"hunk": Hunk.objects.get(proposal=proposal).pk, "proposal": proposal.pk}}
    items = {
        Task.RESPONSE: alone | {"version": version},
        Task.PAIR: {"subject": together(SubjectKind.PAIR, answers[:2])},
        Task.RANKING: {"subject": together(SubjectKind.LIST, answers)},
        Task.RATING: alone | {"criterion": "helpfulness"},
        Task.SPANS: alone,
        Task.CRITIQUE: alone,
        Task.NECESSITY: {"version": version, "criterion": "c_drug"},
        Task.TRIAGE: edit,
    }
    made = {str(task): make_queue(author, task, [item]) for task, item in items.items()}
    made["second"] = make_queue(author, Task.RANKING, [items[Task.RANKING]])
    return SimpleNamespace(user=member.user, version=version, proposal=proposal, **made)


def hanna_at(enter: Callable[..., Person], url: str, **settings) -> Person:
    person = enter(url, **settings)
    person.sign_in("hanna", PASSWORD)
    return person


def letters_by_place(queue: Queue, user) -> list[str]:
    """Under which letter each stored answer is shown to a person."""
    order = queries.ask_of(queue.items.get(), user.pk).order  # type: ignore[attr-defined]
    return ["ABCD"[order.index(place)] for place in range(len(order))]


def test_the_tasks_can_be_read_at_each_width_and_theme(
    processes: Processes, enter: Callable[..., Person], queues: SimpleNamespace
) -> None:
    url = processes.start_web().url
    faults = []
    for width, height, theme in ((1440, 900, "light"), (390, 844, "dark"), (1440, 900, "dark"), (390, 844, "light")):
        person = hanna_at(enter, url, width=width, height=height, theme=theme)
        for task in Task.values[1:]:
            page = person.go(f"/w/clinic/review/{getattr(queues, task).pk}/next")
            expect(page.locator("#question")).to_be_visible()
            keep(page, f"{task}-{width}-{theme}")
            faults += [f"{task} {width} {theme}: {one}" for one in person.serious_findings() + person.overflow()]
    assert not faults, "\n".join(faults)


def test_the_tasks_are_answered_by_key_drag_and_hand(
    processes: Processes, enter: Callable[..., Person], queues: SimpleNamespace
) -> None:
    person = hanna_at(enter, processes.start_web().url)
    a_pair_by_keys(person, queues)
    a_ranking_by_keys(person, queues)
    a_ranking_by_drag_and_by_typing(person, queues)
    errors_marked_listed_and_scored(person, queues)


def a_pair_by_keys(person: Person, queues: SimpleNamespace) -> None:
    page = person.go(f"/w/clinic/review/{queues.pair.pk}/next")
    page.keyboard.press("2")
    expect(page.get_by_label("A is better")).to_be_checked()
    page.keyboard.press("m")
    page.keyboard.type("It says when to come back.")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")

    wait_for(page, lambda: Preference.objects.count() == 1)
    assert Preference.objects.get().strength == 2.0


def a_ranking_by_keys(person: Person, queues: SimpleNamespace) -> None:
    page = person.go(f"/w/clinic/review/{queues.ranking.pk}/next")
    page.keyboard.press("4")
    for _ in range(3):
        page.keyboard.press("ArrowUp")
    expect(page.locator("[data-rank-said]")).to_have_text("D > A > B > C")
    page.keyboard.press("3")
    page.keyboard.press("t")
    expect(page.locator("[data-rank-said]")).to_have_text("D > A > B = C")
    page.keyboard.press("t")
    expect(page.locator("[data-rank-said]")).to_have_text("D > A > B > C")
    page.keyboard.press("t")
    page.keyboard.press("Enter")
    wait_for(page, lambda: Preference.objects.count() == 2)
    wanted = {"D": 1, "A": 2, "B": 3, "C": 3}
    letters = letters_by_place(queues.ranking, queues.user)
    assert Review.objects.get(item__queue=queues.ranking).payload["ranks"] == [wanted[letter] for letter in letters]


def a_ranking_by_drag_and_by_typing(person: Person, queues: SimpleNamespace) -> None:
    page = person.go(f"/w/clinic/review/{queues.second.pk}/next")
    rows = page.locator("[data-rank-row]")
    page.keyboard.press("Enter")
    expect(page.locator(".form-errors")).to_contain_text("Put the answers in order")
    drag(page, rows.nth(2).locator("[data-drag]"), rows.nth(0))
    expect(page.locator("[data-rank-said]")).to_have_text("C > A > B > D")
    page.get_by_label("Rank of answer B").fill("1")
    page.get_by_label("Rank of answer B").press("Tab")
    expect(page.locator("[data-rank-said]")).to_have_text("C = B > A > D")
    page.get_by_role("button", name="Store and next").click()
    wait_for(page, lambda: Preference.objects.count() == 3)
    wanted = {"C": 1, "B": 1, "A": 2, "D": 3}
    letters = letters_by_place(queues.second, queues.user)
    assert Review.objects.get(item__queue=queues.second).payload["ranks"] == [wanted[letter] for letter in letters]


def errors_marked_listed_and_scored(person: Person, queues: SimpleNamespace) -> None:
    page = person.go(f"/w/clinic/review/{queues.spans.pk}/next")
    page.keyboard.press("Enter")
    expect(page.locator(".form-errors")).to_contain_text("Mark an error, or say that there is none.")
    select(page, 5, 13)
    expect(page.locator(".mistake q")).to_have_text(["Mr Reyes"])
    page.get_by_label("Kind of error 1").select_option("Fluency/Punctuation")
    expect(page.locator("[data-mistakes-said]")).to_contain_text("1 error, score −0.1")
    page.locator("#question").click()
    page.keyboard.press("1")
    expect(page.locator("[data-mistakes-said]")).to_contain_text("1 error, score −5")
    expect(page.locator("mark.r")).to_have_text("Mr Reyes")
    select(page, 15, 19)
    expect(page.locator(".mistake q")).to_have_text(["Mr Reyes", "take"])
    page.get_by_role("button", name="Take away error 2").click()
    expect(page.locator("mark")).to_have_count(1)
    page.keyboard.press("n")
    page.get_by_label("Kind of error 2").select_option("Accuracy/Omission")
    keep(page, "spans-marked")
    assert person.serious_findings() == []
    page.get_by_role("button", name="Store and next").click()
    wait_for(page, lambda: Label.objects.count() == 1)
    label = Label.objects.get()
    assert (label.criterion, label.value, label.spans[0]["text"]) == ("mqm", -6.0, "Mr Reyes")
    assert [row["category"] for row in label.payload["errors"]] == ["Accuracy/Omission", "Fluency/Punctuation"]


def wait_for(page: Page, done: Callable[[], bool]) -> None:
    for _ in range(300):
        if done():
            return
        page.wait_for_timeout(200)
    raise AssertionError("Waited in vain for what should be stored.")


def drag(page: Page, start, goal) -> None:
    """Take hold, move in steps, let go: as a hand does it."""
    first, last = start.bounding_box(), goal.bounding_box()
    page.mouse.move(first["x"] + first["width"] / 2, first["y"] + first["height"] / 2)
    page.mouse.down()
    page.mouse.move(last["x"] + 20, last["y"] + last["height"] / 2, steps=12)
    # A row that still glides to its place takes no part, so a hand that is faster than it would let go too early.
    page.wait_for_timeout(400)
    page.mouse.move(last["x"] + 20, last["y"] + 4, steps=12)
    page.wait_for_timeout(400)
    page.mouse.move(last["x"] + 20, last["y"] - 4, steps=4)
    page.mouse.up()


def select(page: Page, start: int, end: int) -> None:
    """Select characters of the answer, as with a mouse."""
    page.evaluate(
        """([start, end]) => {
          const root = document.querySelector("[data-evidence]");
          const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
          const range = document.createRange();
          for (let begin = 0, node = walker.nextNode(); node; node = walker.nextNode()) {
            if (start >= begin && start <= begin + node.data.length) range.setStart(node, start - begin);
            if (end >= begin && end <= begin + node.data.length) { range.setEnd(node, end - begin); break; }
            begin += node.data.length;
          }
          getSelection().removeAllRanges();
          getSelection().addRange(range);
          root.dispatchEvent(new MouseEvent("mouseup", { bubbles: true }));
        }""",
        [start, end],
    )


def keep(page: Page, name: str) -> None:
    """A picture to look at, where a folder for them is named."""
    if PICTURES:
        page.screenshot(path=str(Path(PICTURES) / f"{name}.png"), full_page=True)
