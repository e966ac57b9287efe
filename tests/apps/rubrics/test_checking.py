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
    with pytest.raises(errors.NotAllowed):
        services.try_check(by=annotator, spec={"kind": "words", "min": 1}, response="a")


def test_pieces_are_the_whole_text():
    text = "abcdef"
    found = pieces(text, [(4, 9), (1, 2), (1, 3)])
    assert "".join(piece.text for piece in found) == text
    assert [piece.text for piece in found if piece.is_marked] == ["b", "ef"]
