"""The way of a rubric, walked by its people in a real browser: written, judged, reviewed, approved, served."""

import json
import re
from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import Page, expect

from apps.accounts.permissions import Role
from apps.judging import services as judging
from tests import factories
from tests.engines.fake_openai import MODEL, FakeServer
from tests.journeys.people import PATIENCE, Person
from tests.processes import Processes

PASSWORD = "correct-horse-7"
W = "/w/clinic"
CRITERIA = (
    "Names the new drug with its dose.",
    "States when to return to hospital in words the patient can act on.",
    "Blames the patient for the admission.",
)
TASK = "Write the discharge letter for Mr Keller, 71, whose beta blocker was changed."
ANSWERS = {
    "good": "Take bisoprolol 2.5 mg each morning. Come back at once if you faint or your chest hurts.",
    "plain": "Your tablets were changed. See your doctor soon.",
    "rude": "You should have taken your tablets as you were told. Take bisoprolol.",
}
pytestmark = pytest.mark.django_db(transaction=True)


def test_one_rubric_goes_the_whole_way(
    processes: Processes, fake_judge: FakeServer, enter: Callable[..., Person]
) -> None:
    factories.make_member(Role.AUTHOR, user=factories.make_user(username="hanna", password=PASSWORD))
    factories.make_member(Role.ANNOTATOR, user=factories.make_user(username="sara", password=PASSWORD))
    approver = factories.make_actor(Role.APPROVER, user=factories.make_user(username="michael", password=PASSWORD))
    engine = {"kind": "served", "base_url": f"{fake_judge.url}/v1", "model": MODEL}
    judging.create_judge(by=approver, name="reader", engine=engine, protocol="isolated", make_default=True)
    url = processes.start_web().url
    processes.start_worker()

    author = enter(url)
    author.sign_in("hanna", PASSWORD)
    write_rubric(author)
    weigh_and_undo(author)
    import_answers(author)
    run = judge_answers(author)
    read_an_answer(author, run)
    queue = draw_queue(author)

    annotator = enter(url)
    annotator.sign_in("sara", PASSWORD)
    decide_blind(annotator, queue)

    submit(author)
    other = enter(url)
    other.sign_in("michael", PASSWORD)
    approve(other)
    release(other)

    token = make_token(author)
    use_page_pins(author)
    pull_and_reward(url, token)
    see_the_reward(author)


def write_rubric(author: Person) -> None:
    """From the list with the key N to a draft with three criteria, typed and pasted, without the mouse."""
    page = author.go(f"{W}/rubrics/")
    page.keyboard.press("n")
    page.wait_for_url("**/rubrics/-/new/")
    page.get_by_label("Title").fill("Discharge letters")
    page.keyboard.press("Enter")
    page.wait_for_url("**/rubrics/discharge-letters/1/**")
    expect(page.get_by_role("heading", name="No criteria yet")).to_be_visible()
    page.keyboard.press("n")
    page.keyboard.type(CRITERIA[0])
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("link", name=CRITERIA[0])).to_be_visible()
    box = page.get_by_label("Write a criterion")
    expect(box).to_be_focused()
    box.fill(f"- {CRITERIA[1]}\n2. {CRITERIA[2]}")
    page.keyboard.press("Control+Enter")
    for text in CRITERIA:
        expect(page.get_by_role("link", name=text)).to_be_visible()


def weigh_and_undo(author: Person) -> None:
    """Open a criterion, make it a pitfall, weigh another in the table, and take that back and forth."""
    page = author.page
    page.get_by_role("link", name=CRITERIA[2]).click()
    page.locator("[id^=criterion-form-]").get_by_label("Counts", exact=True).select_option("negative")
    page.get_by_role("button", name="Done").click()
    expect(page.locator("tr", has_text=CRITERIA[2]).get_by_text("pitfall").first).to_be_visible()
    weight = page.get_by_label("Weight of criterion 1")
    weight.fill("3")
    weight.press("Enter")
    expect(page.locator("tr", has_text=CRITERIA[0]).locator("small")).to_have_text(re.compile("60"))
    author.settle()
    for key, expected in (("Control+z", "1"), ("Control+y", "3")):
        page.locator("h1").click()
        with page.expect_navigation():
            page.keyboard.press(key)
        expect(page.get_by_label("Weight of criterion 1")).to_have_value(expected)


def import_answers(author: Person) -> None:
    """Paste three answers of one task and keep the columns as they were guessed."""
    page = author.go(f"{W}/data/import")
    lines = [
        {"prompt_id": "keller", "prompt": TASK, "response_id": key, "response": text} for key, text in ANSWERS.items()
    ]
    page.get_by_label("Title").fill("Letters of May")
    page.get_by_label("Format").select_option("generic")
    page.get_by_label("Or paste it").fill("\n".join(json.dumps(line) for line in lines))
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Which column is what?")).to_be_visible()
    page.get_by_role("button", name="Import", exact=True).click()
    page.wait_for_url("**/data/letters-of-may/**")
    expect(page.get_by_role("heading", name="Letters of May")).to_be_visible()


def judge_answers(author: Person) -> str:
    """Start a run and watch it get done; the page follows by itself."""
    page = author.go(f"{W}/runs/new/?rubric=discharge-letters@1")
    page.get_by_label("Rubric", exact=True).select_option("discharge-letters@1")
    page.get_by_label("Data set", exact=True).select_option("letters-of-may")
    page.locator("input[name=judges]").first.check()
    expect(page.locator("#run-estimate")).to_contain_text("9", timeout=PATIENCE)
    page.get_by_role("button", name="Start the run").click()
    page.wait_for_url(re.compile(r"/runs/[0-9a-f-]{36}/"))
    expect(page.locator("#run-progress")).to_contain_text("3 of 3 answers", timeout=PATIENCE)
    expect(page.locator("#run-progress .chip.g").first).to_have_text("done", timeout=PATIENCE)
    expect(page.locator("#run-progress")).to_contain_text(re.compile(r"every verdict .*has a value"))
    return page.url


def read_an_answer(author: Person, run: str) -> None:
    """One answer beside its verdicts, and what was asked and replied for one of them."""
    page = author.page
    page.get_by_role("link", name="keller / good").click()
    page.wait_for_url(f"{run}answers/**")
    expect(page.locator(".verdict")).to_have_count(3)
    expect(page.locator(".doc")).to_contain_text(ANSWERS["good"])
    page.get_by_role("link", name="prompt and reply").first.click()
    expect(page.locator("main")).to_contain_text(ANSWERS["good"])
    expect(page.locator("main")).to_contain_text(CRITERIA[0])


def draw_queue(author: Person) -> str:
    """A blind queue of some of the run's verdicts."""
    page = author.go(f"{W}/review/new")
    page.get_by_label("Name", exact=True).fill("Letters, second look")
    page.get_by_label("Items", exact=True).fill("4")
    page.get_by_label("People an item").fill("1")
    page.get_by_role("button", name="Open the queue").click()
    page.wait_for_url(re.compile(r"/review/\d+/"))
    expect(page.get_by_role("heading", name="Letters, second look")).to_be_visible()
    return page.url


def decide_blind(annotator: Person, queue: str) -> None:
    """Three decisions from the keyboard; what the judge said is in no byte before each of them."""
    page = annotator.go(queue)
    page.keyboard.press("Enter")
    for _ in range(3):
        page.wait_for_url("**/review/claims/*")
        expect(page.locator("#question")).to_be_visible()
        assert_blind(page)
        page.keyboard.press("1")
        page.keyboard.press("Enter")
        page.wait_for_url("**/review/reviews/*")
        expect(page.locator("main")).to_contain_text(re.compile("you and the judge (agree|differ)"))
        expect(page.locator("main")).to_contain_text("reader@1")
        page.locator("h1").click()
        page.keyboard.press("Enter")
    page.wait_for_url("**/review/claims/*")
    expect(page.locator(".foot")).to_contain_text("3 decisions stored")


def assert_blind(page: Page) -> None:
    """Neither the page as it is nor as it was sent holds a trace of the verdict."""
    sent = page.request.get(page.url).text()
    for text in (sent, page.content()):
        assert "reader@1" not in text
        assert "The judge says" not in text
        assert "probability" not in text
        assert 'class="verdict' not in text


def submit(author: Person) -> None:
    """The draft is frozen; its author sees why they cannot approve it."""
    page = author.go(f"{W}/rubrics/discharge-letters/1/")
    page.get_by_role("button", name="Submit for approval").click()
    page.locator("#confirm-dialog [data-confirm-yes]").click()
    expect(page.locator(".head")).to_contain_text("in review")
    page = author.go(f"{W}/rubrics/discharge-letters/1/versions/")
    expect(page.get_by_role("button", name="Approve", exact=True)).to_have_count(0)
    expect(page.locator("#decision")).to_contain_text(re.compile("approve"))


def approve(other: Person) -> None:
    """Another person reads it and approves."""
    page = other.go(f"{W}/rubrics/discharge-letters/1/versions/")
    page.get_by_label("Note").fill("Read with two colleagues.")
    page.get_by_role("button", name="Approve", exact=True).click()
    expect(page.locator(".head")).to_contain_text("approved")
    expect(page.locator("main")).to_contain_text("Read with two colleagues.")


def release(other: Person) -> None:
    """What training jobs pin."""
    page = other.go(f"{W}/training/releases/new")
    page.get_by_label("Name").fill("may-pilot")
    page.locator("input[name=rubrics]").first.check()
    page.get_by_role("button", name="Release").click()
    page.wait_for_url("**/training/releases/may-pilot/")
    expect(page.locator("main")).to_contain_text("discharge-letters@1")


def make_token(author: Person) -> str:
    """A token with what a training job needs; its secret is shown once."""
    page = author.go(f"{W}/admin/tokens/")
    page.locator("form", has=page.locator("input[name=scopes]")).get_by_label("Name").fill("Training node 7")
    page.get_by_role("button", name="Make a token").click()
    secret = page.locator("#new-token .secret").inner_text()
    assert secret.startswith("rs_")
    assert secret not in author.go(f"{W}/admin/tokens/").content()
    return secret


def use_page_pins(author: Person) -> None:
    """The snippets name this version and this studio."""
    page = author.go(f"{W}/rubrics/discharge-letters/1/use/")
    code = page.locator("pre").first
    expect(code).to_contain_text("discharge-letters@1")
    expect(code).to_contain_text(f"{author.url}/api/v1/rewards")
    page.locator("[data-copy]").first.click()
    assert "discharge-letters" in page.evaluate("navigator.clipboard.readText()")


def pull_and_reward(url: str, token: str) -> None:
    """The training job's side: the release with its digest, and a reward for every answer."""
    with httpx.Client(base_url=f"{url}/api/v1", headers={"Authorization": f"Bearer {token}"}, timeout=60) as api:
        pulled = api.get("/releases/may-pilot/rubrics.ndjson")
        assert pulled.status_code == 200
        document, end = (json.loads(line) for line in pulled.text.strip().split("\n"))
        assert [criterion["text"] for criterion in document["criteria"]] == list(CRITERIA)
        assert end["count"] == 1
        items = [
            {"id": key, "prompt": TASK, "response": f"{text} Kind regards.", "group": "keller"}
            for key, text in ANSWERS.items()
        ]
        answer = api.post("/rewards", json={"rubric": "discharge-letters@1", "wait": 30, "items": items})
        assert answer.status_code == 200, answer.text
        found = answer.json()
        assert found["rubric"]["digest"] == document["digest"]
        assert [result["id"] for result in found["results"]] == list(ANSWERS)
        assert all(result["status"] == "ok" for result in found["results"])
        assert all(-1 <= result["reward"] <= 1 for result in found["results"])


def see_the_reward(author: Person) -> None:
    """Back on the Use page the pull is counted."""
    page = author.go(f"{W}/rubrics/discharge-letters/1/use/")
    expect(page.locator("aside")).to_contain_text("Training node 7")
