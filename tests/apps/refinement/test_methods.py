"""Each way of drafting, from what a person gives to a proposal, with a scripted model."""

import html
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.accounts.permissions import Role
from apps.refinement import queries, services
from apps.refinement.models import Draft
from apps.rubrics import services as rubrics
from domain import errors
from domain.refinement import registry
from engines.scripted import Answer, Ask, Script, ScriptedEngine
from tests import factories
from tests.api.conftest import caller_of
from tests.apps.judging.conftest import Clinic, work
from tests.apps.judging.test_fitting import order

pytestmark = pytest.mark.django_db
Play = Callable[[Script], ScriptedEngine]
GOOD = "Names the dose in milligrams."
GUIDE = (
    "Every answer names the dose in milligrams and says when it is taken. The nurse writes it on the chart at noon. "
    "Doctors warn of alcohol, of bleeding and of other medicines, and say whom to call when something goes wrong here."
)


def reply() -> str:
    """A list that every method can read, resting on the guide."""
    quote = "names the dose in milligrams"
    one = dict.fromkeys(("quote", "sentences", "part", "difference", "why", "rests_on"), quote)
    one |= {"from": "1, 2", "kind": "principle", "severity": "critical", "importance": "vital", "points": "5"}
    one |= {"type": "core", "weight": "high", "met": "no", "criterion": GOOD, "principle": GOOD}
    return json.dumps({"principles": [one], "criteria": [one]})


def script(ask: Ask) -> Answer:
    """Writes one criterion, and says yes of all but the policy's answer and the question what sort of task it is."""
    if not ask.labels:
        return "For whom is it?" if "with the word None" in ask.suffix else reply()
    if " P" in ask.labels:
        first = ask.shared.index("ann says") < ask.shared.index("policy says")
        return {each: 0.9 if each == (" P" if first else " T") else 0.05 for each in ask.labels}
    no = "policy says" in ask.shared or "can be worked out" in ask.suffix
    return {each: 0.9 if each == (" No" if no else " Yes") else 0.1 for each in ask.labels}


@pytest.fixture
def given(clinic: Clinic) -> Clinic:
    """Answers by a committee and a policy, pairs, a second rubric, and comments of two people."""
    for number in range(2):
        prompt = factories.make_prompt(dataset=clinic.dataset, text=f"How much of drug {number}?")
        rows = [
            factories.make_response(prompt=prompt, model=name, text=f"{name} says {number}.")
            for name in ("ann", "ben", "cleo", "policy")
        ]
        order(clinic.dataset, [rows[0], rows[3]])
    factories.make_version(workspace=clinic.author.workspace)
    return clinic


INPUTS: dict[str, dict[str, Any]] = {
    "committee": {"policy": ["policy"]},
    "document": {"text": GUIDE},
    "similar": {"task": "Say how much of a medicine to take."},
    "nuggets": {"question": "How much a day?", "passages": [GUIDE]},
    "own_rubric": {},
    "adaptive": {},
}


def drafted(clinic: Clinic, method: str, **inputs: Any) -> Draft:
    given = {"dataset": clinic.dataset.slug} | inputs
    wanted = services.Wanted(method, clinic.version, clinic.judge, inputs=given)
    draft = services.start_draft(by=clinic.author, wanted=wanted)
    work()
    return queries.get_draft(clinic.author, draft.pk)


@pytest.mark.parametrize("method", INPUTS)
def test_each_method_ends_in_a_proposal(given: Clinic, play: Play, method: str) -> None:
    play(script)
    draft = drafted(given, method, **INPUTS[method])
    assert draft.proposal is not None, draft.reason
    hunks = list(draft.proposal.hunks.all())
    assert GOOD in [hunk.after["text"] for hunk in hunks if hunk.after]
    assert all(hunk.evidence["key"] for hunk in hunks)
    assert draft.proposal.provenance["source"] == registry.METHODS[method].source


def test_comments_of_two_people_that_agree_become_a_criterion(given: Clinic, play: Play) -> None:
    """Their names are told to nobody."""
    engine = play(script)
    bob = factories.make_actor(Role.AUTHOR, workspace=given.author.workspace, username="bob")
    thread = rubrics.open_thread(by=given.author, rubric=given.version.rubric, text="It names the dose in milligrams?")
    with pytest.raises(errors.Conflict, match="None of 1"):
        raise errors.Conflict(drafted(given, "comments").reason)
    rubrics.comment(by=bob, thread=thread, text="Nobody names the dose in milligrams.")
    draft = drafted(given, "comments", comments_of="rubric")
    assert draft.proposal is not None, draft.reason
    kept = next(one for one in draft.suggestions if not one["drop"])
    assert (kept["text"], kept["evidence"]["people"]) == (GOOD, 2)
    said = " ".join(one.shared + one.suffix for one in engine.asked)
    assert "bob" not in said
    assert "Nobody names the dose" in said


def test_a_conversation_waits_for_a_person_on_the_page_and_over_rest(given: Clinic, play: Play, client: Any) -> None:
    play(script)
    api = caller_of(given.author, "rubrics:read", "proposals:write")
    body = {"rubric": str(given.version), "goal": "Judge letters to patients.", "questions": 2}
    made = api.post("/proposals", {"method": "clarify", "inputs": body})
    assert made.status_code == 202, made.content
    work()
    key = made.json()["id"]
    seen = api.get(f"/drafts/{key}").json()
    assert (seen["state"], seen["questions"][0]["question"]) == ("waiting", "For whom is it?")
    client.force_login(given.author.user)
    page = f"/w/{given.author.workspace.slug}/refine/drafts/{key}/"
    assert "For whom is it?" in client.get(page).content.decode()
    empty = client.post(f"{page}answer/", {"key": "p1", "text": " "})
    assert empty.status_code == 422
    assert client.post(f"{page}answer/", {"key": "p1", "text": "For children."}).status_code == 302
    work()
    seen = api.get(f"/drafts/{key}").json()
    assert (seen["state"], seen["reason"]) == ("proposed", "Nothing more needed asking.")
    assert seen["figures"]["turns"][0]["answer"] == "For children."
    told = client.get(page).content.decode()
    assert "What each answer changed" in told
    assert "It changed nothing." in told


def test_a_file_is_read_and_a_poor_one_is_refused_on_the_page(given: Clinic, client: Any) -> None:
    client.force_login(given.author.user)
    at = f"/w/{given.author.workspace.slug}/refine/{given.version.rubric.slug}/{given.version.number}/draft/"
    budget = {"calls": 50, "tokens": 100_000, "minutes": 5}
    settings = {"judge": str(given.judge), "seed": 0, "candidates": 15, "keep": 10, "do": "estimate", **budget}
    for name, data, told in (
        ("guide.html", f"<p>{GUIDE}</p>".encode(), "It begins with 1 call"),
        ("guide.pdf", b"%PDF-1.7", "PDF is not read here"),
        ("long.txt", b"long " * 1_000_000, "at most 2 MB"),
        ("scan.txt", b"\f \f", "fewer than 40 words"),
    ):
        file = SimpleUploadedFile(name, data)
        page = client.post(f"{at}?method=document", {**settings, "file": file})
        assert told in html.unescape(page.content.decode()), name
        assert page.status_code == (200 if name == "guide.html" else 422)


@pytest.mark.parametrize(
    ("method", "inputs", "status", "where"),
    [
        ("committee", {"policy": []}, 422, "policy"),
        ("committee", {"policy": ["nobody"]}, 422, "policy"),
        ("committee", {"policy": ["policy"], "strong": ["ann"]}, 409, ""),
        ("document", {"text": ""}, 422, "text"),
        ("document", {"text": "Too short."}, 409, ""),
        ("nuggets", {"question": "How much?"}, 422, "passages"),
        ("similar", {"task": "?"}, 422, "task"),
        ("comments", {"comments_of": "99999"}, 404, "comments_of"),
        ("comments", {"comments_of": "all"}, 422, "comments_of"),
        ("comments", {}, 409, ""),
        ("clarify", {"goal": " "}, 422, "goal"),
        ("clarify", {"goal": "Judge.", "questions": 99}, 422, "questions"),
    ],
)
def test_bad_inputs_are_told_at_their_place(
    given: Clinic, method: str, inputs: dict[str, Any], status: int, where: str
) -> None:
    api = caller_of(given.author, "rubrics:read", "proposals:write")
    data = {"dataset": given.dataset.slug} if method == "committee" else {}
    body = {"method": method, "inputs": {"rubric": str(given.version), **data, **inputs}}
    answer = api.post("/proposals", body)
    assert answer.status_code == status, answer.content
    if where and status == 422:
        assert any(where in one["pointer"] for one in answer.json()["errors"]), answer.content
    assert not Draft.objects.exists()
