"""Decisions: what cannot be decided, numbers that are one."""

import pytest

from domain import decisions, errors
from domain.decisions import Decision


def test_who_cannot_decide_says_why():
    with pytest.raises(errors.Invalid):
        decisions.undecided("  ")
    found = decisions.undecided("The task is cut off.")
    assert (found.value, found.is_undecided, found.applies) == (None, True, True)


def test_what_does_not_apply_is_decided():
    found = Decision(payload={"not_applicable": True})
    assert (found.is_undecided, found.applies) == (False, False)


@pytest.mark.parametrize(
    "first, second, same", [(None, None, True), (None, 0.0, False), (0.1 + 0.2, 0.3, True), (0.5, 1.0, False)]
)
def test_numbers_that_are_one(first, second, same):
    assert decisions.same_number(first, second) is same
