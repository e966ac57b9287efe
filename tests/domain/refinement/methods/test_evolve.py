"""Edits of rules with a scripted writer and judge: the right one is picked, and the same again by the seed."""

import json
from collections.abc import Callable

from domain.ports import LabelRequest, TextRequest, text_of
from domain.refinement import drafting
from domain.refinement.loop import Answer, Ask, End, Inputs, Op, Pair, Present, Text
from domain.refinement.methods import evolve
from tests.domain.refinement.driving import drive

LONG, TRUE, KIND = "Is long and full.", "States nothing that is false.", "Is friendly in tone."
BETTER = "States nothing that is false or made up."
PARAMS = {"sources": 4, "checks": 12, "rounds": 2}


def inputs(count: int = 40, **more: object) -> Inputs:
    found = tuple(Pair(Text(2 * n, n, "a", f"GOOD {n}."), Text(2 * n + 1, n, "b", f"POOR {n}.")) for n in range(count))
    given = {"criteria": (Present("long", LONG, 1.0), Present("kind", KIND, 1.0)), **more}
    return Inputs(pairs=found, prompts={n: f"Task {n}" for n in range(count)}, secret="s", **given)  # type: ignore[arg-type]


def script(
    edits: Callable[[str], list[tuple[str, str, str]]], right: Callable[[list[str], int], bool]
) -> Callable[[Ask], Answer]:
    """A writer that edits what it reads, and a judge that is right under some rules on some pairs."""

    def reply(ask: Ask) -> Answer:
        assert isinstance(ask.request, TextRequest | LabelRequest)
        shared = text_of(ask.request.shared)
        if isinstance(ask.request, TextRequest):
            said = [{"number": n, "criterion": text, "edit": word} for n, text, word in edits(shared)]
            return Answer(texts=(json.dumps({"criteria": said}),))
        number = int(shared.split("GOOD ")[1].split(".")[0])
        first = shared.index("GOOD") < shared.index("POOR")
        labels = []
        for suffix in ask.request.suffixes:
            known = [one for one in (LONG, TRUE, KIND, BETTER) if f". {one}" in text_of(suffix)]
            good = right(known, number) is first
            labels.append({" P": 0.9 if good else 0.05, " R": 0.05, " T": 0.05 if good else 0.9})
        return Answer(labels=tuple(labels))

    return reply


def right(rules: list[str], number: int) -> bool:
    """A quarter of the pairs is right under any rules, more without length, all with the truth."""
    if BETTER in rules or (TRUE in rules and LONG not in rules):
        return True
    return number % 4 == 0 or (number % 4 < 3 and TRUE in rules)


def edits(shared: str) -> list[tuple[str, str, str]]:
    if TRUE in shared:
        return [("1", LONG, "delete"), ("9", "Is short.", "modify"), ("0", "Ends with a summary.", "add")]
    return [("0", TRUE, "add"), ("2", "Is kind.", "modify"), ("2", KIND, "delete")]


def by(end: End) -> dict[str, tuple[Op, str, str]]:
    return {one.text: (one.op, one.target, one.drop) for one in end.suggestions}


def test_the_right_edits_are_picked_and_again_by_the_seed() -> None:
    end, asked = drive(evolve.METHOD, inputs(), script(edits, right), params=PARAMS, seed=3)
    found = by(end)
    assert found[TRUE] == (Op.ADD, "", "")
    assert found[LONG] == (Op.REMOVE, "long", "")
    assert found["Is kind."] == (Op.CHANGE, "kind", "does not surely raise accuracy")
    assert found["Is short."][2] == "names no rule that there is"
    assert found["Ends with a summary."][2] == "does not surely raise accuracy"
    assert end.figures["after"]["value"] == 1.0
    assert end.figures["before"]["value"] < 0.6
    lineage = {one.text: one for one in end.suggestions}
    assert (lineage[LONG].parents, lineage[LONG].round) == ((lineage[TRUE].key,), 2)
    assert lineage[TRUE].evidence["gain"]["low"] > 0
    assert drive(evolve.METHOD, inputs(), script(edits, right), params=PARAMS, seed=3)[0] == end
    assert len({one.key for one in asked}) == len(asked)


def test_a_rule_that_is_changed_twice_is_one_suggestion() -> None:
    """The last text counts, and its forerunner says so."""

    def twice(shared: str) -> list[tuple[str, str, str]]:
        number = next((line[0] for line in shared.splitlines() if line.endswith(f". {TRUE}")), "")
        return [(number, BETTER, "modify")] if number else [("1", TRUE, "modify")]

    def only(rules: list[str], number: int) -> bool:
        return BETTER in rules or (TRUE in rules and number % 2 == 0) or number % 8 == 0

    end, _ = drive(evolve.METHOD, inputs(), script(twice, only), params=PARAMS)
    assert by(end)[BETTER] == (Op.CHANGE, "long", "")
    assert by(end)[TRUE] == (Op.CHANGE, "long", "was changed again later")


def test_what_does_not_hold_elsewhere_is_not_proposed() -> None:
    """Edits that help only where they were chosen are dropped by the pairs held out."""
    held = {int(one.better) // 2 for one in _split().held_out}

    def lucky(rules: list[str], number: int) -> bool:
        return number not in held if TRUE in rules else number in held

    end, _ = drive(evolve.METHOD, inputs(), script(edits, lucky), params=PARAMS)
    assert by(end)[TRUE][2] == "does not hold on pairs held out"
    assert "None of" in end.stopped


def _split() -> drafting.Split:
    return drafting.split([drafting.plain(one) for one in inputs().pairs], sources=4, checks=12, seed=0)


def test_a_judge_that_fails_accepts_nothing() -> None:
    good = script(edits, right)

    def failing(ask: Ask) -> Answer:
        if isinstance(ask.request, LabelRequest) and ask.key.startswith("a1"):
            return Answer(reason="The judge is away.")
        return good(ask)

    end, _ = drive(evolve.METHOD, inputs(), failing, params=PARAMS)
    assert by(end)[TRUE][2] == "could not be checked"
    assert not [one for one in end.suggestions if not one.drop]
