"""Splitting and filtering with a scripted writer and judge: the exact end, and when it stops."""

import json
import re

import pytest

from domain.ports import LabelRequest, TextRequest, text_of
from domain.refinement.loop import Answer, Ask, End, Inputs, Op, Present, Refused, Text
from domain.refinement.methods import decompose
from tests.domain.refinement.driving import drive

WORDS = (
    "alpha", "birch", "cedar", "delta", "ember", "fjord", "grove", "heath", "islet", "jetty", "knoll", "larch", "marsh",
    "north", "ocean", "prairie", "quarry", "ridge", "stone", "tundra", "upland", "valley", "willow", "yonder", "zephyr",
)  # fmt: skip


def named(place: int) -> str:
    """A criterion that is like none of the others."""
    return f"Mentions {WORDS[place % 25]} {WORDS[(place * 7 + 3) % 25]} {place} times."


class Script:
    """A writer that proposes what it is told, and a judge that knows which of the answers 0 to 7 meet what."""

    def __init__(
        self, first: list[str], table: dict[str, set[int]], splits: dict[str, list[str]] | None = None
    ) -> None:
        self.first, self.table, self.splits = first, table, splits or {}
        self.halved: list[str] = []

    def __call__(self, ask: Ask) -> Answer:
        shared = text_of(ask.request.shared) if not isinstance(ask.request, tuple) else ""
        if isinstance(ask.request, TextRequest):
            texts = self.first
            if ask.key.startswith("s"):
                parent = next(one for one in self.table if f"\n{one}\n" in shared)
                self.halved.append(parent)
                texts = self.splits.get(parent, [])
            said = [{"difference": "", "part": "", "criterion": one, "kind": "principle"} for one in texts]
            return Answer(texts=(json.dumps({"criteria": said}),))
        assert isinstance(ask.request, LabelRequest)
        found = re.search(r"ANSWER-(\d)", shared)
        assert found is not None
        met = [int(found.group(1)) in self._met(text_of(one)) for one in ask.request.suffixes]
        return Answer(labels=tuple({" Yes": float(one), " No": 1.0 - one} for one in met))

    def _met(self, suffix: str) -> set[int]:
        return next(met for text, met in self.table.items() if f"\n{text}\n" in suffix)


def inputs(**more: object) -> Inputs:
    found = tuple(Text(n, 1, "strong" if n < 4 else "weak", f"This is ANSWER-{n}.") for n in range(8))
    return Inputs(answers=found, prompts={1: "Say it."}, strong=("strong",), weak=("weak",), secret="s", **more)  # type: ignore[arg-type]


def fates(end: End) -> dict[str, str]:
    return {one.text: one.drop for one in end.suggestions}


def test_met_by_two_is_whole_and_met_by_three_is_split() -> None:
    """The exact final set, its lineage, and the same again from the same answers."""
    two, three, left, right = (named(n) for n in range(4))
    script = Script([two, three], {two: {0, 1}, three: {0, 1, 2}, left: {0, 1}, right: {2}}, {three: [left, right]})
    answers: dict[str, Answer] = {}
    end, asked = drive(decompose.METHOD, inputs(), script, answers=answers)
    assert script.halved == [three]
    assert fates(end) == {two: "", three: "split in two", left: "", right: ""}
    by = {one.text: one for one in end.suggestions}
    assert [by[one].parents for one in (left, right)] == [(by[three].key,)] * 2
    assert [by[one].round for one in (three, left, right)] == [0, 1, 1]
    assert (by[left].evidence["coverage"], by[left].evidence["strong"], by[left].evidence["weak"]) == (0.25, 0.5, 0.0)
    assert "no criterion was met by more than 2 of 8" in end.stopped
    again, more = drive(decompose.METHOD, inputs(), script, answers=answers)
    assert (again, more) == (end, [])
    assert len({one.key for one in asked}) == len(asked)


def test_it_stops_at_exactly_fifteen_rejections() -> None:
    """Fourteen halves of seven parents and one more are rejected; the rest is not looked at."""
    first = [named(n) for n in range(5)]
    deep = {one: [named(10 + 2 * n), named(11 + 2 * n)] for n, one in enumerate(first)}
    table = {one: {0, 1, 2} for one in first} | {kid: {0, 1, 2} for pair in deep.values() for kid in pair}
    end, _ = drive(decompose.METHOD, inputs(), Script(first, table, deep), params={"rejections": 7})
    assert end.figures["rejected"] == 7
    rejected = [one for one in end.suggestions if one.drop == "not narrower than what it was split from"]
    assert [one.text for one in rejected] == [kid for one in first[:3] for kid in deep[one]] + [deep[first[3]][0]]
    assert "when 7 proposals had been rejected" in end.stopped
    assert sum(not one.drop for one in end.suggestions) == 5


def test_fifteen_is_the_usual_bound() -> None:
    first = [named(n) for n in range(5)]
    dead = {named(20 + n): set[int]() for n in range(4)}
    deep = {one: [named(10 + 2 * n), named(11 + 2 * n)] for n, one in enumerate(first)}
    table = {one: {0, 1, 2} for one in first} | {kid: {0, 1, 2} for pair in deep.values() for kid in pair} | dead
    end, _ = drive(decompose.METHOD, inputs(), Script(first, table, deep))
    assert (end.figures["rejected"], decompose.METHOD.settled({})["rejections"]) == (10, 15)
    two = Inputs(
        answers=tuple(Text(n, n % 2, "m", f"This is ANSWER-{n}.") for n in range(8)), prompts={0: "a", 1: "b"},
    )  # fmt: skip

    class Two(Script):
        def __call__(self, ask: Ask) -> Answer:
            self.first = first if ask.key == "p0" else [*dead, named(30)]
            return super().__call__(ask)

    table[named(30)] = {0, 1, 2}
    deep[named(30)] = [named(40), named(41)]
    table |= {named(40): {0}, named(41): {0}}
    more, _ = drive(decompose.METHOD, two, Two(first, table, deep), params={"initial": 10})
    assert more.figures["rejected"] == 15
    assert fates(more)[named(40)] == "together the halves miss too much"
    assert named(41) not in fates(more)


def test_a_misaligned_half_is_left_out_and_the_other_kept() -> None:
    parent, good, bad = named(0), named(1), named(2)
    script = Script([parent], {parent: {0, 1, 5, 6}, good: {0, 1}, bad: {5, 6}}, {parent: [good, bad]})
    end, _ = drive(decompose.METHOD, inputs(), script)
    assert fates(end) == {parent: "split in two", good: "", bad: "met more by weaker answers"}
    assert end.figures["rejected"] == 1


def test_what_repeats_or_contradicts_is_left_out() -> None:
    kept = "Names the dose of each drug."
    same, contrary = "Names dose of each drug today.", "Never names the dose of each drug."
    script = Script([kept, same, contrary], {kept: {0}, same: {1}, contrary: {2}})
    end, _ = drive(decompose.METHOD, inputs(), script)
    assert fates(end) == {kept: "", same: "says the same as another", contrary: "contradicts another"}


def test_what_the_rubric_has_is_split_or_stays() -> None:
    """A criterion of the rubric that is split is removed for its halves; one that harms is removed too."""
    broad, good, bad, left, right = (named(n) for n in range(5))
    has = tuple(Present(f"c{n}", one, 2.0) for n, one in enumerate((broad, good, bad)))
    table = {broad: {0, 1, 2, 3}, good: {1}, bad: {6, 7}, left: {0, 1}, right: {2, 3}}
    end, _ = drive(decompose.METHOD, inputs(criteria=has), Script([], table, {broad: [left, right]}))
    found = {one.text: (one.op, one.target, one.drop) for one in end.suggestions}
    assert found[broad] == (Op.REMOVE, "c0", "")
    assert found[bad] == (Op.REMOVE, "c2", "")
    assert found[good] == (Op.REMOVE, "c1", "stands in the rubric and stays")
    assert found[left] == found[right] == (Op.ADD, "", "")
    assert end.figures["rejected"] == 0


def test_whitened_weights_come_with_enough_answers() -> None:
    """Twins share one voice; with eight answers for three criteria weights stay equal, and it says so."""
    first = [named(n) for n in range(3)]
    few, _ = drive(decompose.METHOD, inputs(), Script(first, {one: {n} for n, one in enumerate(first)}))
    assert "are needed" in few.figures["uniform"]
    assert {one.weight for one in few.suggestions} == {None}
    twins = Script(first, {first[0]: {0, 1, 2, 3}, first[1]: {0, 1, 2, 3}, first[2]: {0, 1, 4, 5}})
    many = Inputs(answers=tuple(Text(n, n, "m", f"This is ANSWER-{n % 8} {n}.") for n in range(16)))
    end, _ = drive(decompose.METHOD, many, twins, params={"answers": 16, "prompts": 16, "broad": 12, "initial": 3})
    assert [round(one, 3) for one in end.figures["weights"].values()] == [0.296, 0.296, 0.408]
    assert [one.weight for one in end.suggestions if not one.drop] == [0.89, 0.89, 1.22]


def test_no_answer_is_a_rejection_when_the_judge_fails() -> None:
    """What cannot be checked is not proposed, and does not count towards the end."""
    script = Script([named(0)], {named(0): {0}})

    def failing(ask: Ask) -> Answer:
        if isinstance(ask.request, LabelRequest):
            return Answer(labels=(None,) * len(ask.request.suffixes), reason="The judge is away.")
        return script(ask)

    end, _ = drive(decompose.METHOD, inputs(), failing)
    assert (fates(end), end.figures["rejected"]) == ({named(0): "could not be checked"}, 0)
    spent, _ = drive(decompose.METHOD, inputs(), lambda ask: Answer(reason="The budget of calls is used up."))
    assert "The budget of calls is used up." in spent.stopped


def test_answers_that_teach_nothing_are_refused() -> None:
    same = Inputs(answers=tuple(Text(n, n, "m", "Yes.") for n in range(8)))
    with pytest.raises(Refused, match="same text"):
        drive(decompose.METHOD, same, Script([], {}))
    few = Inputs(answers=tuple(Text(n, 1, "m", f"Yes {n}.") for n in range(3)))
    with pytest.raises(Refused, match="at least 4"):
        drive(decompose.METHOD, few, Script([], {}))
