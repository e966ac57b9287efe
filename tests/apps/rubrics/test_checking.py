"""Choosing, setting up and trying a check on its page."""

from typing import Any

import pytest
from django.urls import reverse

from apps.accounts.permissions import Actor, Role
from apps.rubrics import queries, services
from apps.rubrics.models import RubricVersion
from apps.rubrics.pages.checking import pieces
from domain import checks, errors
from tests import factories

CRITERIA: tuple[dict[str, Any], ...] = (
    {"id": "a", "text": "Names the dose.", "examples": [
        {"text": "Take 5 mg.", "value": 1.0}, {"text": "Take it.", "value": 1.0}, {"text": "Maybe.", "value": None}]},
    {"id": "b", "text": "Long enough.", "kind": "check", "check": {"kind": "words", "min": 3}},
)  # fmt: skip


@pytest.fixture
def draft(author: Actor) -> RubricVersion:
    return services.create_rubric(by=author, document=factories.make_document(criteria=CRITERIA), slug="letters")


def place(author: Actor, draft: RubricVersion, name: str, kind: str = "") -> str:
    key = draft.criteria.get(criterion_id=name).pk
    url = reverse("rubrics:criterion-check", args=[author.workspace.slug, "letters", 1, key])
    return f"{url}?kind={kind}" if kind else url


def part(author: Actor, name: str) -> dict[str, Any]:
    version = queries.get_version(author, "letters", 1)
    found: dict[str, Any] = queries.criterion_part(version.criteria.get(criterion_id=name))
    return found


def test_every_check_has_a_form(author: Actor, draft: RubricVersion):
    browser = factories.signed_in(author)
    for name in ("words", "regex", "lookup", "json_schema", "ifeval/keywords:frequency", "ifbench/format:list"):
        page = browser.get(place(author, draft, "a", name))
        assert page.status_code == 200
        body = page.content.decode()
        assert all(f'name="p_{one.name}"' in body for one in checks.offers()[name].parameters)
        assert checks.offers()[name].limits[:20] in body


def test_a_check_is_tried_and_shows_its_places(author: Actor, draft: RubricVersion):
    body = {"p_pattern": r"\d+ mg", "p_mode": "found", "response": "Take <b> 5 mg.", "do": "try", "role": "first"}
    page = factories.signed_in(author).post(place(author, draft, "a", "regex"), body).content.decode()
    assert "Found 1 times." in page and "<mark>5 mg</mark>" in page and "Take &lt;b&gt; " in page
    assert "Examples as tests" in page and page.count("Found 0 times.") == 2
    assert part(author, "a")["check"] is None


def test_a_check_is_stored_before_the_judge_or_alone(author: Actor, draft: RubricVersion):
    browser = factories.signed_in(author)
    body = {"p_words": "mg\nml", "p_need": "any", "p_times": "1", "do": "save", "role": "first"}
    assert browser.post(place(author, draft, "a", "keywords"), body).status_code == 302
    said = part(author, "a")
    assert (said["kind"], said["check"]) == ("binary", {"kind": "keywords", "words": ["mg", "ml"], "need": "any"})
    assert browser.post(place(author, draft, "a", "keywords"), {**body, "role": "alone"}).status_code == 302
    assert part(author, "a")["kind"] == "check"
    again = browser.get(place(author, draft, "a")).content.decode()
    assert "mg\nml" in again
    family = {"p_num_words": "3", "p_relation": "at least", "p_mode": "loose", "do": "save", "role": "alone"}
    browser.post(place(author, draft, "b", "ifeval/length_constraints:number_words"), family)
    assert part(author, "b")["check"] == {
        "kind": "ifeval", "instruction": "length_constraints:number_words",
        "kwargs": {"num_words": 3, "relation": "at least"}, "mode": "loose",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "body", "said"),
    [
        ("regex", {"p_pattern": "(", "p_mode": "found"}, "The pattern cannot be read"),
        ("words", {}, "needs `min` or `max`"),
        ("lookup", {"p_table": "France"}, "Write a thing, =, and its value"),
        ("json_schema", {"p_schema": "{", "p_place": "anywhere"}, "This is not JSON"),
        ("keywords", {"p_words": "", "p_need": "any", "p_times": "1"}, "This field is required"),
    ],
)
def test_what_makes_no_check_is_refused(
    author: Actor, draft: RubricVersion, kind: str, body: dict[str, str], said: str
):
    page = factories.signed_in(author).post(place(author, draft, "a", kind), {**body, "do": "save"})
    assert page.status_code == 422 and said in page.content.decode()


def test_strangers_and_readers_may_not(author: Actor, draft: RubricVersion):
    url = place(author, draft, "a")
    annotator = factories.make_actor(Role.ANNOTATOR, workspace=author.workspace)
    stranger = factories.make_actor(Role.ADMIN, workspace=factories.make_workspace(slug="elsewhere"))
    assert factories.signed_in(annotator).get(url).status_code == 403
    assert factories.signed_in(stranger).get(url).status_code == 404
    viewer = factories.make_actor(Role.VIEWER, workspace=author.workspace)
    assert factories.signed_in(viewer).get(f"{url}?suggest=1").status_code == 403
    with pytest.raises(errors.NotAllowed):
        services.try_check(by=viewer, spec={"kind": "words", "min": 1}, response="a")


def test_a_check_is_taken_away(author: Actor, draft: RubricVersion):
    browser = factories.signed_in(author)
    assert "Remove the check" not in browser.get(place(author, draft, "a")).content.decode()
    assert "Remove the check" in browser.get(place(author, draft, "b")).content.decode()
    assert browser.post(place(author, draft, "b"), {"do": "drop"}).status_code == 302
    assert (part(author, "b")["kind"], part(author, "b")["check"]) == ("binary", None)


def condition(author: Actor, draft: RubricVersion, kind: str = "", mode: str = "") -> str:
    return place(author, draft, "a") + "?part=condition" + mode + (f"&kind={kind}" if kind else "")


def test_a_condition_is_set_up_tried_and_removed(author: Actor, draft: RubricVersion):
    browser = factories.signed_in(author)
    row = reverse("rubrics:criterion-edit", args=["clinic", "letters", 1, draft.criteria.get(criterion_id="a").pk])
    assert "Let a check decide when it applies" in browser.get(row).content.decode()
    page = browser.get(condition(author, draft, "regex")).content.decode()
    assert "applies only where this check passes" in page and "Examples as tests" not in page
    assert 'name="role"' not in page and "Remove the condition" not in page
    body = {"p_pattern": r"\d+ mg", "p_mode": "found", "response": "5 mg"}
    tried = browser.post(condition(author, draft, "regex"), {**body, "do": "try"}).content.decode()
    assert "Found 1 times." in tried and part(author, "a")["applies_when"] is None
    stored = browser.post(condition(author, draft, "regex"), {**body, "do": "save"})
    assert stored.status_code == 302
    assert part(author, "a")["applies_when"] == {"check": {"kind": "regex", "pattern": r"\d+ mg"}}
    assert part(author, "a")["check"] is None
    opened = browser.get(row).content.decode()
    assert r"Regular expression: pattern \d+ mg" in opened and "Change or remove the condition" in opened
    assert browser.post(condition(author, draft), {"do": "drop"}).status_code == 302
    assert part(author, "a")["applies_when"] is None


def test_a_condition_in_words_is_shown_before_it_is_replaced(author: Actor, draft: RubricVersion):
    services.edit_criterion(by=author, version=draft, criterion_id="a", changes={"applies_when": "It is a <letter>."})
    page = factories.signed_in(author).get(condition(author, draft)).content.decode()
    assert "It is a &lt;letter&gt;." in page
    alone = factories.signed_in(author).get(place(author, draft, "a")).content.decode()
    assert "It applies only when “It is a &lt;letter&gt;.”, which only a judge can tell." in alone


def suggested(author: Actor, actor: Actor) -> dict[str, Any]:
    found: dict[str, Any] = queries.suggesting(queries.get_version(author, "letters", 1), actor).part("a")
    return found


def test_an_annotator_suggests_a_check_and_a_condition(author: Actor, draft: RubricVersion):
    annotator = factories.make_actor(Role.ANNOTATOR, workspace=author.workspace)
    browser = factories.signed_in(annotator)
    row = reverse("rubrics:suggest-row", args=["clinic", "letters", 1, draft.criteria.get(criterion_id="a").pk])
    opened = browser.get(row).content.decode()
    assert "check/?suggest=1" in opened and "check/?part=condition&amp;suggest=1" in opened
    url = place(author, draft, "a") + "?suggest=1&kind=words"
    page = browser.get(url).content.decode()
    assert "Suggest this check" in page and "suggesting" in page
    tried = browser.post(url, {"p_min": "2", "response": "one", "role": "first", "do": "try"}).content.decode()
    assert "1 words." in tried
    kept = browser.post(url, {"p_min": "2", "role": "first", "do": "save"})
    assert kept.status_code == 302 and "suggest=1#criterion-row-" in kept["Location"]
    assert part(author, "a")["check"] is None
    assert suggested(author, annotator)["check"] == {"kind": "words", "min": 2}
    browser.post(condition(author, draft, "words", "&suggest=1"), {"p_min": "1", "do": "save"})
    assert suggested(author, annotator)["applies_when"] == {"check": {"kind": "words", "min": 1}}
    assert part(author, "a")["applies_when"] is None
    (waiting,) = queries.open_hunks(queries.get_version(author, "letters", 1), annotator)
    proposal = browser.get(reverse("rubrics:proposal", args=["clinic", waiting.proposal_id]))
    assert "Number of words: at least 2" in proposal.content.decode()
    browser.post(place(author, draft, "a") + "?suggest=1", {"do": "drop"})
    assert suggested(author, annotator)["check"] is None


def test_a_row_that_is_not_there(author: Actor, draft: RubricVersion):
    browser = factories.signed_in(author)
    for row in ("0", "new-abc", "9" * 30):
        url = reverse("rubrics:criterion-check", args=["clinic", "letters", 1, row])
        assert browser.get(url).status_code == 404
        assert browser.get(f"{url}?suggest=1").status_code == 404


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ({"kind": "words", "min": 2, "max": 9}, "Number of words: at least 2; at most 9"),
        ({"kind": "calendar"}, "Calendar claims"),
        ({"kind": "keywords", "words": ["a", "b"], "parts": True}, "Words of a list: words a, b; "),
        ({"kind": "lookup", "table": {"a": "b"}}, "with 1 entry"),
        ({"kind": "regex", "pattern": "x" * 99}, "x" * 59 + "…"),
        ({"kind": "magic"}, "A check of an unknown kind, magic"),
        ({}, "A check of an unknown kind, none"),
    ],
)
def test_a_check_is_said_in_a_line(spec: dict[str, Any], said: str):
    assert said in checks.summary(spec)


def test_pieces_are_the_whole_text():
    text = "abcdef"
    found = pieces(text, [(4, 9), (1, 2), (1, 3)])
    assert "".join(piece.text for piece in found) == text
    assert [piece.text for piece in found if piece.is_marked] == ["b", "ef"]
