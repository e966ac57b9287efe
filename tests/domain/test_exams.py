import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import errors, exams

KEYED = [exams.Keyed(f"p{n}", [f"r{n}"], [f"w{n}a", f"w{n}b"]) for n in range(10)]


def test_exams_are_balanced_and_drawn_by_their_seed():
    drawn = exams.draw(KEYED, 12, 3)
    assert drawn == exams.draw(KEYED[::-1], 12, 3) != exams.draw(KEYED, 12, 4)
    assert [one.correct for one in drawn] == [True, False] * 6
    assert len({one.prompt for one in drawn}) == 6
    for size in (3, 2, 22, 20_002):
        with pytest.raises(errors.Invalid):
            exams.draw(KEYED, size, 0)


@given(st.integers(1, 40), st.floats(0, 1))
def test_a_judge_that_says_the_same_of_all_gets_one_half(each, value):
    found = exams.mark([(correct, value) for correct in (True, False) for _ in range(each)], exams.Bar())
    share = found.balanced_accuracy
    assert share.low is not None and share.high is not None
    assert share.value == 0.5 and share.low <= 0.5 <= share.high
    assert exams.failings(found, exams.Bar(), compares=False)


def test_marks_count_what_has_no_score_and_leave_it_out():
    said = [(True, 0.9), (True, 0.4), (True, None), (False, 0.1), (False, 0.2), (False, 0.7), (False, None)]
    found = exams.mark(said, exams.Bar(), [True, True, False])
    assert found.balanced_accuracy.value == pytest.approx((1 / 2 + 2 / 3) / 2)
    assert found.false_accepts.value == pytest.approx(1 / 3) and found.false_rejects.value == 1 / 2
    assert found.unscored.value == pytest.approx(2 / 7) and found.unscored.n == 7
    assert found.swap_consistency.value == pytest.approx(2 / 3)
    assert len(exams.failings(found, exams.Bar(), compares=True)) == 4
    assert exams.mark([], exams.Bar()).balanced_accuracy.value is None
    perfect = exams.mark([(True, 1.0), (False, 0.0)] * 50, exams.Bar())
    assert not exams.failings(perfect, exams.Bar(), compares=False)
    assert exams.failings(perfect, exams.Bar(), compares=True) == ["Agreement of both orders cannot be said."]


def test_wilson_and_leaks():
    share = exams.share(8, 10)
    assert share.low == pytest.approx(0.4902, abs=1e-4) and share.high == pytest.approx(0.9433, abs=1e-4)
    shown = "Examples: Take 5 mg of bisoprolol each morning."
    assert exams.leaks({"a": " Take 5 mg of bisoprolol each morning. ", "b": "Take", "c": "x" * 40}, shown) == ["a"]
