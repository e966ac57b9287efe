"""Edits found between documents and applied to others."""

import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from domain import rubric

TEXTS = ["Is kind.", "Is short.", "Names it."]
NAMES = [f"c{n}" for n in range(7)]


def document(rows: list[tuple[str, str, float]]) -> dict[str, Any]:
    criteria = [{"id": name, "text": text, "weight": weight} for name, text, weight in rows]
    return rubric.parse({"criteria": criteria}).model_dump(mode="json")


rows = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(TEXTS), st.sampled_from([1.0, 2.0])),
    unique_by=lambda row: row[0],
)  # fmt: skip


@given(rows, rows)
def test_edits_lead_from_one_document_to_the_other(old: Any, new: Any) -> None:
    base, wanted = document(old), document(new)
    now = copy.deepcopy(base)
    for edit in rubric.edits_between(base, wanted):
        assert rubric.apply_edit(now, edit) == ()
    assert now == wanted


@given(rows, rows, rows)
def test_a_clash_changes_nothing_and_force_does(old: Any, new: Any, other: Any) -> None:
    base, wanted, now = document(old), document(new), document(other)
    for edit in rubric.edits_between(base, wanted):
        before = copy.deepcopy(now)
        clashes = rubric.apply_edit(now, edit)
        if clashes:
            assert now == before
            assert rubric.apply_edit(now, edit, force=True) == ()
    rubric.parse(now)


def test_other_fields_of_a_criterion_do_not_clash() -> None:
    base = document([("c1", "Is kind.", 1.0)])
    edits = rubric.edits_between(base, document([("c1", "Is kind.", 2.0)]))
    now = document([("c1", "Is very kind.", 1.0)])
    assert rubric.apply_edit(now, edits[0]) == ()
    assert (now["criteria"][0]["text"], now["criteria"][0]["weight"]) == ("Is very kind.", 2.0)
    now["criteria"][0]["weight"] = 5.0
    assert [clash.pointer for clash in rubric.apply_edit(now, edits[0])] == ["criteria/c1/weight"]
