"""Criteria from differences: OpenRS' aggregate, both orders, and a label that nobody is told."""

import pytest

from domain.refinement.loop import Inputs, Pair, Refused, Role, Text
from domain.refinement.methods import adaptive
from tests.domain.refinement.scripted import Played, reply

GIVEN = Inputs(
    prompts={1: "How much aspirin?"},
    pairs=(Pair(Text(1, 1, "a", "Take 75 mg."), Text(2, 1, "b", "Take some, friend.")),),
    meta="Facts come first.",
)
TYPES = {"Names the dose.": "core", "Is warm.": "important", "Is short.": "highlight", "Has no tables.": "critical"}


def write(key: str, asked: str) -> str:
    return reply(*({"difference": "one names it", "criterion": text, "type": kind} for text, kind in TYPES.items()))


def judge(key: str, shared: str, suffix: str) -> float:
    """True of the answer with the dose, whichever stands first; warmth of the other; length of the first."""
    first = shared.index("75 mg") < shared.index("friend")
    if "dose" in suffix:
        return 0.9 if first else -0.9
    if "warm" in suffix:
        return -0.3 if first else 0.3
    return 0.8 if "short" in suffix else 0.0


@pytest.mark.parametrize(
    ("types", "scores", "wanted"),
    [
        (("core", "important", "highlight"), (1, -2, 0), 1 / 7),
        (("critical", "core"), (-1, 2), -1),
        (("critical", "core"), (0, 2), 2),
        (("core", "highlight"), (0, 0), 0),
        ((), (), 0),
    ],
)
def test_the_aggregate_is_that_of_openrs(types: tuple[str, ...], scores: tuple[float, ...], wanted: float) -> None:
    assert adaptive.aggregated(types, scores) == pytest.approx(wanted)


@pytest.mark.parametrize(
    ("both", "score"), [((0.9, 0.8), 2), ((0.3, 0.2), 1), ((-0.9, -0.9), -2), ((0.9, -0.9), 0), ((0.9, None), None)]
)
def test_scores_go_from_minus_two_to_two(both: tuple[float | None, float | None], score: int | None) -> None:
    assert adaptive.strength(*both) == score


def test_kept_is_what_tells_the_answers_apart_as_people_did() -> None:
    played = Played(adaptive.METHOD, GIVEN, write=write, judge=judge)
    assert played.kept == ["Names the dose."]
    assert played.dropped == {
        "Is warm.": "sides with the answer that people found worse", "Is short.": "tells no answers apart",
        "Has no tables.": "tells no answers apart",
    }  # fmt: skip
    kept = next(one for one in played.end.suggestions if not one.drop)
    assert (kept.weight, kept.evidence["score"], kept.evidence["answers"]) == (5.0, 2, [1, 2])
    assert (played.end.figures["agreed"], played.end.figures["compared"]) == (1, 1)


def test_the_label_is_told_to_nobody_and_the_meta_rubric_to_the_writer_only() -> None:
    played = Played(adaptive.METHOD, GIVEN, write=write, judge=judge)
    assert "Facts come first." in played.shown(Role.WRITER)
    assert "Facts come first." not in played.shown(Role.JUDGE)
    turned = Inputs(prompts=GIVEN.prompts, meta=GIVEN.meta, pairs=(Pair(GIVEN.pairs[0].worse, GIVEN.pairs[0].better),))
    for word in ("better", "preferred", "chosen", "worse"):
        assert word not in played.shown(Role.WRITER)
        assert word not in played.shown(Role.JUDGE)
    assert Played(adaptive.METHOD, turned, write=write, judge=judge).kept == ["Is warm."]


def test_a_judge_that_fails_leaves_nothing() -> None:
    played = Played(adaptive.METHOD, GIVEN, write=write, judge=lambda *_: None)
    assert set(played.dropped.values()) == {"could not be checked"}


def test_equal_answers_are_refused() -> None:
    same = Pair(Text(1, 1, "a", "Same."), Text(2, 1, "b", "Same. "))
    with pytest.raises(Refused, match="apart"):
        Played(adaptive.METHOD, Inputs(prompts={1: "?"}, pairs=(same,)), write=write)
