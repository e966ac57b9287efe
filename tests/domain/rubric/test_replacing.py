"""Find and replace takes text as it is written and changes only what was chosen."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import rubric
from domain.rubric import replacing

DOCUMENT: dict[str, Any] = rubric.parse(
    {
        "guidelines": [{"id": "g", "text": "Dose (mg) first."}],
        "criteria": [
            {"id": "c_1", "text": "Names the dose, and the dose again.", "notes": "overdose"},
            {"id": "c_2", "text": "Scale.", "kind": "ordinal",
             "levels": [{"label": "no", "value": 0, "anchor": "no dose"}, {"label": "yes", "value": 1}]},
        ],
    }
).model_dump(mode="json")  # fmt: skip


@pytest.mark.parametrize(
    ("search", "count"),
    [
        (replacing.Search("dose"), 5),
        (replacing.Search("dose", word=True), 4),
        (replacing.Search("dose", case=True), 4),
        (replacing.Search("(mg)"), 1),
        (replacing.Search(".*"), 0),
        (replacing.Search(""), 0),
    ],
)
def test_hits(search: replacing.Search, count: int) -> None:
    assert len(replacing.hits(DOCUMENT, search)) == count


def test_only_chosen_hits_are_replaced() -> None:
    search = replacing.Search("dose", r"\\1 amount")
    found = replacing.hits(DOCUMENT, search)
    document = copy.deepcopy(DOCUMENT)
    assert replacing.replaced(document, search, {found[2].key, "criteria/none/text/0"}) == 1
    assert document["criteria"][0]["text"] == f"Names the dose, and the {search.replace} again."
    assert document["guidelines"] == DOCUMENT["guidelines"]


@given(st.text(min_size=1, max_size=4), st.text(max_size=4), st.booleans(), st.booleans())
def test_choosing_nothing_changes_nothing(find: str, replace: str, case: bool, word: bool) -> None:
    document = copy.deepcopy(DOCUMENT)
    assert replacing.replaced(document, replacing.Search(find, replace, case, word), set()) == 0
    assert document == DOCUMENT
