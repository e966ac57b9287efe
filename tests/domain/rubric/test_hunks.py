"""Edits found between documents and applied to others."""

import copy
import itertools
import random
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


PARENTS = {"g1": None, "g2": "g1", "g3": None}


def grouped(seed: int) -> dict[str, Any]:
    """A rubric with some of three groups and seven criteria in them, in some order."""
    rng = random.Random(seed)
    names = [name for name in PARENTS if rng.random() < 0.7]
    rng.shuffle(names)
    groups: list[dict[str, Any]] = []
    for n, name in enumerate(names):
        groups.append({"id": name, "title": name, "parent": rng.choice([None, *names[:n]])})
    rng.shuffle(groups)
    criteria = [
        {"id": name, "text": rng.choice(TEXTS), "weight": 1.0, "group": rng.choice([None, *names])}
        for name in rng.sample(NAMES, rng.randint(1, len(NAMES)))
    ]
    return rubric.parse({"criteria": criteria, "groups": groups}).model_dump(mode="json")


def on_screen(said: dict[str, Any]) -> dict[str, Any]:
    """The document with what stands on screen in one order, whatever that of the lists."""
    return {
        **said,
        "criteria": sorted(said["criteria"], key=lambda item: str(item["group"])),
        "groups": sorted(said["groups"], key=lambda item: str(item["parent"])),
    }


seeds = st.integers(0, 10**6)


@given(seeds, seeds)
def test_edits_lead_through_groups_to_the_very_document(old: int, new: int) -> None:
    base, wanted = grouped(old), grouped(new)
    now = copy.deepcopy(base)
    for edit in rubric.edits_between(base, wanted):
        assert rubric.apply_edit(now, edit) == ()
    assert now == wanted


@given(seeds, seeds, st.randoms())
def test_edits_as_shown_lead_to_what_the_screen_shows_in_any_given_order(old: int, new: int, rng: Any) -> None:
    base, wanted = grouped(old), grouped(new)
    edits = list(rubric.edits_between(base, wanted, shown=True))
    assert len({(edit.op, edit.pointer) for edit in edits}) == len(edits)
    rng.shuffle(edits)
    now = copy.deepcopy(base)
    for edit in rubric.in_order(edits):
        assert rubric.apply_edit(now, edit) == ()
    assert on_screen(now) == on_screen(wanted)


@given(seeds, seeds, st.randoms())
def test_any_part_of_the_edits_leaves_a_valid_rubric(old: int, new: int, rng: Any) -> None:
    base = grouped(old)
    edits = rubric.edits_between(base, grouped(new), shown=True)
    chosen = [edit for edit in edits if rng.random() < 0.5]
    now = copy.deepcopy(base)
    rest = [edit for edit in edits if edit not in chosen]
    for edit in rubric.with_needed(now, chosen, rest):
        rubric.apply_edit(now, edit)
    rubric.settle_groups(now)
    rubric.parse(now)


def test_one_moved_criterion_is_one_edit() -> None:
    base = document([(name, "Is kind.", 1.0) for name in NAMES])
    wanted = copy.deepcopy(base)
    wanted["criteria"].append(wanted["criteria"].pop(0))
    (edit,) = rubric.edits_between(base, wanted, shown=True)
    assert (edit.op, edit.pointer) == ("move", "criteria/c0")
    assert edit.before == {"after": None, "group": None}
    assert edit.after == {"after": "c6", "before": None, "group": None}


def test_what_stood_behind_a_rejected_one_stands_before_the_next() -> None:
    base = document([("c1", "Is kind.", 1.0), ("c2", "Is short.", 1.0)])
    wanted = document([("c1", "Is kind.", 1.0), ("c3", "a", 1.0), ("c4", "b", 1.0), ("c2", "Is short.", 1.0)])
    _, last = rubric.edits_between(base, wanted, shown=True)
    assert rubric.apply_edit(base, last) == ()
    assert [item["id"] for item in base["criteria"]] == ["c1", "c4", "c2"]


def test_a_criterion_brings_the_groups_that_it_lies_in() -> None:
    base = document([("c1", "Is kind.", 1.0)])
    wanted = copy.deepcopy(base)
    wanted["groups"] = [
        {"id": "b", "title": "B", "parent": "a", "weight": 1.0},
        {"id": "a", "title": "A", "parent": None, "weight": 1.0},
    ]
    wanted["criteria"][0]["group"] = "b"
    edits = rubric.edits_between(base, wanted, shown=True)
    move = next(edit for edit in edits if edit.op == "move")
    found = rubric.with_needed(base, [move], [edit for edit in edits if edit != move])
    assert {edit.pointer for edit in found} == {"groups/b", "groups/a", "criteria/c1"}
    for edit in found:
        assert rubric.apply_edit(base, edit) == ()
    assert rubric.parse(base).criteria[0].group == "b"


def test_what_lay_in_a_dissolved_group_lies_above_it() -> None:
    base = grouped(0)
    base["groups"] = [
        {"id": "a", "title": "", "parent": None, "weight": 1.0},
        {"id": "b", "title": "", "parent": "a", "weight": 1.0},
    ]
    base["criteria"][0]["group"] = "b"
    assert rubric.apply_edit(base, rubric.Edit("remove", "groups/b", base["groups"][1], None)) == ()
    assert base["criteria"][0]["group"] == "a"


def test_a_move_out_of_another_group_clashes() -> None:
    base = document([("c1", "Is kind.", 1.0)])
    base["groups"] = [{"id": name, "title": "", "parent": None, "weight": 1.0} for name in ("a", "b")]
    base["criteria"][0]["group"] = "b"
    move = rubric.Edit(
        "move", "criteria/c1", {"after": None, "group": None}, {"after": None, "before": None, "group": "a"}
    )
    assert [clash.pointer for clash in rubric.apply_edit(base, move)] == ["criteria/c1/group"]
    assert rubric.apply_edit(base, move, force=True) == ()
    assert base["criteria"][0]["group"] == "a"


def test_of_two_that_changed_places_the_one_that_was_moved_is_told() -> None:
    base = document([(name, "Is kind.", 1.0) for name in ("c0", "c1", "c2")])
    wanted = document([(name, "Is kind.", 1.0) for name in ("c1", "c0", "c2")])
    for name in ("c0", "c1"):
        (edit,) = rubric.edits_between(base, wanted, shown=True, moved={name, "c2"})
        assert edit.pointer == f"criteria/{name}"


@given(st.permutations(NAMES), st.sets(st.sampled_from(NAMES)))
def test_no_order_needs_more_moves_than_the_fewest(order: list[str], moved: set[str]) -> None:
    base = document([(name, "Is kind.", 1.0) for name in NAMES])
    wanted = document([(name, "Is kind.", 1.0) for name in order])
    fewest = next(
        len(NAMES) - size
        for size in range(len(NAMES), 0, -1)
        if any(list(part) == sorted(part) for part in itertools.combinations(order, size))
    )
    assert len(rubric.edits_between(base, wanted, moved=moved)) == fewest
