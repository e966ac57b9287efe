"""What a pinned case expects, and when it passes."""

import pytest

from domain import errors
from domain.refinement.regression import Expect, Outcome, check, outcome


@pytest.mark.parametrize(
    ("expect", "value", "other", "bound", "passed"),
    [
        (Expect.MET, 0.51, None, None, True),
        (Expect.MET, 0.5, None, None, False),
        (Expect.NOT_MET, 0.5, None, None, True),
        (Expect.NOT_MET, 0.9, None, None, False),
        (Expect.AT_LEAST, 0.8, None, 0.8, True),
        (Expect.AT_LEAST, 0.79, None, 0.8, False),
        (Expect.AT_MOST, 0.3, None, 0.3, True),
        (Expect.AT_MOST, 0.31, None, 0.3, False),
        (Expect.BETTER, 0.8, 0.7, None, True),
        (Expect.BETTER, 0.8, 0.8, None, False),
        (Expect.BETTER, 0.0, 0.2, None, False),
    ],
)
def test_a_case_passes_or_fails(
    expect: Expect, value: float, other: float | None, bound: float | None, passed: bool
) -> None:
    found = outcome(expect, value, other=other, bound=bound)
    assert found.outcome is (Outcome.PASSED if passed else Outcome.FAILED)
    assert f"{value:.2f}" in found.sentence


def test_what_is_not_known_passes_nothing() -> None:
    assert outcome(Expect.NOT_MET, None).outcome is Outcome.UNKNOWN
    assert outcome(Expect.BETTER, 0.8, other=None, why="The other one failed.") == (
        Outcome.UNKNOWN, "The other one failed.",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("expect", "criterion", "other", "bound", "pointer"),
    [
        (Expect.MET, False, False, None, "/criterion"),
        (Expect.BETTER, True, True, None, "/criterion"),
        (Expect.BETTER, False, False, None, "/other"),
        (Expect.MET, True, True, None, "/other"),
        (Expect.AT_LEAST, False, False, None, "/bound"),
        (Expect.AT_MOST, False, False, 1.2, "/bound"),
        (Expect.MET, True, False, 0.5, "/bound"),
    ],
)
def test_an_expectation_is_complete(
    expect: Expect, criterion: bool, other: bool, bound: float | None, pointer: str
) -> None:
    with pytest.raises(errors.Invalid) as caught:
        check(expect, criterion=criterion, other=other, bound=bound)
    assert caught.value.problems[0].pointer == pointer


def test_complete_expectations_are_taken() -> None:
    check(Expect.MET, criterion=True, other=False, bound=None)
    check(Expect.AT_MOST, criterion=False, other=False, bound=0.0)
    check(Expect.BETTER, criterion=False, other=True, bound=None)
