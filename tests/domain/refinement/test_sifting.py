"""Filters of criteria and of splits, at their bounds."""

import pytest

from domain import errors
from domain.refinement import sifting
from domain.refinement.sifting import Fault, Limits, Votes

LIMITS = Limits()


def met(*places: int, of: int = 8) -> Votes:
    return Votes(frozenset(places), frozenset(range(of)), of)


def test_votes_count_what_is_known() -> None:
    """Half a yes is none, and a failed verdict is neither."""
    found = sifting.votes([0.9, 0.5, None, 0.51])
    assert (set(found.met), set(found.known)) == ({0, 3}, {0, 1, 3})
    assert found.share == pytest.approx(2 / 3)
    assert sifting.votes([None, None]).share == 0.0


@pytest.mark.parametrize(
    ("shares", "fault"),
    [
        ([1.0] * 4 + [None] * 4, None),
        ([1.0] * 3 + [None] * 5, Fault.UNCHECKED),
        ([0.0] * 8, Fault.NARROW),
        ([1, 0, 0, 0, 1, 1, 0, 0], Fault.MISALIGNED),
        ([1, 1, 0, 0, 1, 1, 0, 0], None),
        ([1, 1, 1, 0, 1, 0, 0, 0], None),
    ],
)
def test_a_criterion_alone(shares: list[float | None], fault: Fault | None) -> None:
    assert sifting.alone(sifting.votes(shares), range(4), range(4, 8), LIMITS) is fault


def test_alignment_needs_both_sides_and_more_than_five_in_a_hundred() -> None:
    one = sifting.votes([0.0] * 20 + [1.0] + [0.0] * 19)
    assert sifting.alone(one, range(20), range(20, 40), LIMITS) is None
    two = sifting.votes([0.0] * 20 + [1.0, 1.0] + [0.0] * 18)
    assert sifting.alone(two, range(20), range(20, 40), LIMITS) is Fault.MISALIGNED
    assert sifting.alone(two, (), range(20, 40), LIMITS) is None


def test_the_same_words_repeat_and_a_negation_contradicts() -> None:
    others = ["Greets.", "Names the dose of each drug."]
    assert sifting.beside("Names dose of each drug", others, LIMITS) == (Fault.REDUNDANT, 1)
    assert sifting.beside("Does not name the dose of each drug.", ["Name the dose of each drug."], LIMITS) == (
        Fault.CONFLICT, 0,
    )  # fmt: skip
    assert sifting.beside("Names the time of each drug and why.", others, LIMITS) is None


@pytest.mark.parametrize(
    ("parent", "one", "other", "fault"),
    [
        (met(0, 1, 2), met(0, 1), met(2), None),
        (met(0, 1, 2), met(0, 1), met(), Fault.NARROW),
        (met(0, 1, 2), met(0, 1, 2), met(0), Fault.WIDER),
        (met(0, 1, 2, 3), met(0, 1), met(2), Fault.MISSING),
        (met(0, 1, 2, 3), met(0, 1, 4), met(2, 3), Fault.EXTRA),
        (met(0, 1, 2, 3, 4, 5, 6, 7), met(0, 1, 2, 3, 4, 5), met(1, 2, 3, 4, 5, 6), None),
        (met(*range(10), of=10), met(*range(9), of=10), met(*range(1, 9), of=10), Fault.OVERLAP),
        (met(0, 1, 2, 3, of=40), met(0, 1, 2, of=40), met(3, of=40), Fault.GAIN),
    ],
)
def test_two_halves(parent: Votes, one: Votes, other: Votes, fault: Fault | None) -> None:
    assert sifting.halves(parent, [one, other], LIMITS) is fault


def test_halves_are_two_and_known() -> None:
    with pytest.raises(errors.Invalid):
        sifting.halves(met(0), [met(0)], LIMITS)
    unknown = Votes(frozenset(), frozenset(), 8)
    assert sifting.halves(met(0, 1, 2), [met(0), unknown], LIMITS) is Fault.UNCHECKED
