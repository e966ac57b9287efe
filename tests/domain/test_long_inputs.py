"""Answers longer than a judge reads: what is kept, where quotes stand, how pieces become one verdict."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import long_inputs
from domain.long_inputs import MARKER, cut, merge, middle, pieces, placed, shares
from domain.rubric import Criterion, Kind, Level
from domain.verdicts import Span, Status, Verdict, unscored

BINARY = Criterion(id="c", text="Names a dose.")
LEVELS = Criterion(
    id="c", text="Is kind.", kind=Kind.ORDINAL, levels=(Level(label="no", value=0.0), Level(label="yes", value=1.0))
)


def words(text):
    return len(text.split())


def letters(text):
    return len(text)


def verdict(value, **more):
    return Verdict("c", Status.OK, value, **more)


def test_the_head_and_tail_of_a_window_of_131072_tokens():
    assert middle(131_072, 5) == (65_536, 65_531)


@pytest.mark.parametrize(
    ("budget", "marker", "kept"), [(10, 2, (5, 3)), (11, 2, (5, 4)), (3, 5, (1, 0)), (0, 5, (0, 0))]
)
def test_the_marker_is_paid_for_by_the_tail(budget, marker, kept):
    assert middle(budget, marker) == kept


def test_a_text_is_cut_in_the_middle_and_stays_within_its_budget():
    text = " ".join(f"w{number}" for number in range(1000))
    found = cut(text, 100, words)
    assert words(found.text) <= 100
    assert found.text.startswith("w0 w1 ")
    assert found.text.endswith(" w999")
    assert MARKER in found.text
    assert words(found.text.split(MARKER)[0]) == 50


def test_a_text_that_fits_is_left_alone():
    assert cut("a b c", 3, words).text == "a b c"


@given(st.text(min_size=1, max_size=300), st.integers(50, 200))
def test_stretches_say_where_each_kept_letter_stood(text, budget):
    found = cut(text, budget, letters)
    assert letters(found.text) <= max(budget, letters(MARKER))
    for start, end, there in found.stretches:
        assert found.text[start:end] == text[there : there + end - start]


@given(st.text(alphabet="ab \n", min_size=1, max_size=400), st.integers(1, 60))
def test_pieces_hold_the_whole_text_once(text, budget):
    found = pieces(text, budget, letters)
    assert "".join(piece.text for piece in found) == text
    assert all(1 <= letters(piece.text) <= budget for piece in found)
    for piece in found:
        ((start, end, there),) = piece.stretches
        assert text[there : there + end - start] == piece.text


def test_pieces_break_at_white_space():
    assert [piece.text for piece in pieces("aaa bbb ccc", 5, letters)] == ["aaa ", "bbb ", "ccc"]


def test_quotes_are_placed_in_the_whole_and_dropped_where_they_run_over_the_gap():
    text = "x" * 200 + "end"
    piece = cut(text, 140, letters)
    at = piece.text.rindex("end")
    over = Span(60, 80, "xx[The")
    found = placed(verdict(1.0, evidence=(Span(0, 3, "xxx"), Span(at, at + 3, "end"), over)), piece)
    assert found.evidence == (Span(0, 3, "xxx"), Span(200, 203, "end"))


@given(st.lists(st.integers(1, 1000), min_size=1, max_size=6), st.integers(1, 3000))
def test_shares_stay_within_the_budget_and_short_answers_keep_theirs(sizes, budget):
    kept = shares(sizes, budget)
    assert sum(kept) <= budget
    assert all(one <= size for one, size in zip(kept, sizes, strict=True))
    if sum(sizes) <= budget:
        assert kept == sizes


def test_a_short_answer_leaves_its_room_to_the_long_one():
    assert shares([900, 100, 900], 1000) == [450, 100, 450]


def test_what_is_true_of_a_piece_is_true_of_the_whole():
    found, number = merge(BINARY, [verdict(0.1), verdict(0.9, rationale="There."), verdict(0.0)])
    assert (found.value, found.rationale, number) == (0.9, "There.", 1)


def test_levels_are_averaged():
    found, number = merge(LEVELS, [verdict(0.0, probability=0.2), verdict(1.0, probability=0.6, label_mass=0.8)])
    assert (found.value, found.probability, found.label_mass, found.distribution) == (0.5, 0.4, 0.8, ())
    assert number == 1


@pytest.mark.parametrize("criterion", [BINARY, LEVELS])
def test_a_piece_without_a_verdict_leaves_the_whole_unscored(criterion):
    broken = unscored("c", Status.JUDGE_ERROR, "No answer in 5 s.")
    found, number = merge(criterion, [verdict(1.0), broken, verdict(0.0)])
    assert (found.status, found.value, number) == (Status.JUDGE_ERROR, None, 1)
    assert found.reason == "Piece 2 of 3: No answer in 5 s."


def test_pieces_to_which_it_does_not_apply_are_left_out():
    absent = unscored("c", Status.NOT_APPLICABLE, "does not apply")
    assert merge(LEVELS, [absent, verdict(1.0)])[0].value == 1.0
    assert merge(LEVELS, [absent, absent])[0].status is Status.NOT_APPLICABLE


def test_the_default_is_to_refuse():
    assert long_inputs.Policy("refuse") is long_inputs.Policy.REFUSE
