"""Bands, buckets, middles, pairs, weights, ranks, rubrics and augmentations against the papers' expected values."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import errors, selection
from domain.selection import Bucket, Usefulness, Which

RATES = st.floats(0, 1, allow_nan=False)
SCORES = st.lists(st.none() | st.floats(-5, 5, allow_nan=False), max_size=8)


@pytest.mark.parametrize(
    ("scores", "expected"), [([1, 0, None, 0.5], 2 / 3), ([None], None), ([], None), ([0.1 + 0.2, 0], 0.5)]
)
def test_what_has_no_score_is_left_out_of_a_pass_rate(scores: list[float | None], expected: float | None) -> None:
    threshold = 0.3 if expected == 0.5 else 0.5
    assert selection.pass_rate(scores, threshold) == (None if expected is None else pytest.approx(expected))


def test_a_score_that_is_no_number_is_refused() -> None:
    with pytest.raises(errors.Invalid):
        selection.pass_rate([math.nan], 0.5)


@pytest.mark.parametrize(
    ("rate", "held"), [(0.2, True), (0.8, True), (0.199, False), (0.801, False), (None, False), (1 - 0.8, True)]
)
def test_both_ends_of_a_band_are_inside(rate: float | None, held: bool) -> None:
    assert selection.Band(0.2, 0.8).holds(rate) is held


@given(st.lists(st.floats(-3, 3, allow_nan=False)))
def test_every_value_stands_in_one_bin(values: list[float]) -> None:
    bins = selection.histogram(values)
    assert sum(count for _, _, count in bins) == len(values)


def test_a_histogram_begins_at_zero_and_ends_at_one() -> None:
    bins = selection.histogram([0.0, 1.0, 0.5], bins=2)
    assert bins == [(0.0, 0.5, 1), (0.5, 1.0, 2)]
    with pytest.raises(errors.Invalid):
        selection.histogram([0.5], bins=0)


@pytest.mark.parametrize(
    ("rate", "expected"),
    [
        (1.0, Bucket.DISCARD), (0.99, Bucket.TRAIN), (0.626, Bucket.TRAIN), (0.625, Bucket.PENDING),
        (0.0, Bucket.PENDING), (None, None), (7 / 8, Bucket.TRAIN), (5 / 8, Bucket.PENDING),
    ],
)  # fmt: skip
def test_the_edges_of_the_buckets_are_those_of_the_paper(rate: float | None, expected: Bucket | None) -> None:
    assert selection.bucket(rate) is expected


def test_buckets_that_overlap_are_refused() -> None:
    with pytest.raises(errors.Invalid):
        selection.bucket(0.5, pending=1.0, discard=1.0)


def test_what_is_mastered_is_swapped_for_the_easiest_that_waits() -> None:
    active = [("a", 0.9), ("b", 0.95), ("c", None), ("d", 1.0), ("e", 0.91)]
    waiting = [("w", 0.1), ("x", 0.6), ("y", 0.6)]
    found = selection.mastery_swaps(active, waiting)
    assert [(one.mastered, one.replacement) for one in found] == [("b", "x"), ("d", "y"), ("e", "w")]
    assert selection.mastery_swaps([("a", 1.0)], [])[0].replacement is None
    with pytest.raises(errors.Invalid):
        selection.mastery_swaps([], [], mastered=1.1)


def test_the_middle_keeps_ties_at_its_ends() -> None:
    bounds = selection.central_bounds([0.0, 0.25, 0.25, 0.5, None, 0.75, 1.0], 0.25, 0.75)
    assert (bounds.low, bounds.high) == pytest.approx((0.25, 0.6875))
    with pytest.raises(errors.Invalid):
        selection.central_bounds([None], 0.25, 0.75)
    with pytest.raises(errors.Invalid):
        selection.central_bounds([1.0], 0.75, 0.25)


def test_pairs_leave_out_ties_and_what_has_no_score() -> None:
    scores = [0.5, None, 1.0, 0.5, 0.45]
    every, close = selection.pairs(scores, Which.ALL, least=0.1)
    assert {(one.better, one.worse) for one in every} == {(2, 0), (2, 3), (2, 4)}
    assert close == 3
    ends, none = selection.pairs(scores, Which.EXTREMES)
    assert [(one.better, one.worse) for one in ends] == [(2, 4)]
    assert ends[0].margin == pytest.approx(0.55)
    assert none == 0
    near, _ = selection.pairs(scores, Which.NEIGHBOURS)
    assert {(one.better, one.worse) for one in near} == {(2, 0), (2, 3), (0, 4), (3, 4)}
    assert selection.pairs([0.5, 0.5], Which.EXTREMES) == ([], 1)
    assert selection.pairs([0.5], Which.EXTREMES) == ([], 0)
    with pytest.raises(errors.Invalid):
        selection.pairs(scores, Which.ALL, least=-1)


@given(SCORES, st.sampled_from(Which), st.floats(0, 1))
def test_the_better_of_a_pair_has_the_higher_score(scores: list[float | None], which: Which, least: float) -> None:
    for one in selection.pairs(scores, which, least=least)[0]:
        better, worse = scores[one.better], scores[one.worse]
        assert better is not None and worse is not None
        assert one.margin == better - worse >= least - 1e-9
        assert one.margin > 0


@pytest.mark.parametrize(
    ("strengths", "expected"),
    [
        ([-3], (True, 1, 3)), ([2], (False, 2 / 3, 2)), ([1, 2], (False, 0.5, 2)), ([-0.2], (True, 0.2 / 3, 1)),
        ([0], None), ([3, -3], None),
    ],
)  # fmt: skip
def test_settled_votes_have_a_side_a_margin_and_a_strength(strengths: list[float], expected: Any) -> None:
    assert selection.voted(strengths) == (None if expected is None else pytest.approx(expected))


@pytest.mark.parametrize("wrong", [[], [4], [math.nan]])
def test_a_vote_out_of_range_is_refused(wrong: list[float]) -> None:
    with pytest.raises(errors.Invalid):
        selection.voted(wrong)


@pytest.mark.parametrize(("margin", "expected"), [(0, 1), (1, 1.316060), (math.inf, 1.5)])
def test_the_scale_of_beta_is_that_of_mm_rlhf(margin: float, expected: float) -> None:
    assert selection.beta_scale(margin, w=0.5, k=1) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("wrong", [{"w": -1, "k": 1}, {"w": 1, "k": 0}, {"w": math.nan, "k": 1}])
def test_a_scale_of_beta_needs_sound_settings(wrong: dict[str, float]) -> None:
    with pytest.raises(errors.Invalid):
        selection.beta_scale(1, **wrong)


def test_strengths_are_thirds_of_the_margins() -> None:
    assert selection.strengths([0.1, 0.2, 0.3, 0.4, 0.5, 0.6]) == [1, 1, 2, 2, 3, 3]
    assert selection.strengths([0.4, 0.4]) == [1, 1]
    assert selection.strengths([]) == []


def test_weak_and_very_strong_pairs_are_smoothed() -> None:
    margins = [n / 10 for n in range(1, 11)]
    found = selection.smoothings(margins, smoothing=0.1, weak=0.2, strong=0.9)
    assert found == [0.1, 0.1, 0, 0, 0, 0, 0, 0, 0, 0.1]


def test_posterior_weights_are_those_of_brain() -> None:
    found = selection.weights([1, 0], 1)
    assert found == pytest.approx([0.731059, 0.268941], abs=1e-6)
    assert selection.effective(found) == pytest.approx(1.648, abs=1e-3)
    assert selection.weights([2, 1, 0], 1e-6) == pytest.approx([1, 0, 0])
    assert selection.weights([1, 0], 1, [0, math.log(2)]) == pytest.approx([math.e / (math.e + 2), 2 / (math.e + 2)])


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=8), st.floats(0.05, 10), st.floats(-3, 3))
def test_posterior_weights_do_not_know_where_rewards_begin(rewards: list[float], beta: float, added: float) -> None:
    found = selection.weights(rewards, beta)
    assert sum(found) == pytest.approx(1)
    assert selection.weights([one + added for one in rewards], beta) == pytest.approx(found, abs=1e-6)
    assert 1 - 1e-9 <= selection.effective(found) <= len(rewards) + 1e-9


@pytest.mark.parametrize(("rewards", "beta"), [([], 1), ([math.inf], 1), ([1], 0), ([1], math.nan)])
def test_weights_of_nothing_are_refused(rewards: list[float], beta: float) -> None:
    with pytest.raises(errors.Invalid):
        selection.weights(rewards, beta)


def test_no_weights_have_no_size() -> None:
    with pytest.raises(errors.Invalid):
        selection.effective([0.0])


def test_beta_is_found_from_the_share_of_samples() -> None:
    groups = [[1.0, 0.0], [0.9, 0.2, 0.1], [0.5, 0.5], [1.0]]
    beta = selection.beta_for(groups, 0.7)
    told = groups[:2]
    shares = [selection.effective(selection.weights(group, beta)) / len(group) for group in told]
    assert sum(shares) / 2 == pytest.approx(0.7, abs=1e-6)
    for wrong, share in (([[1.0, 1.0]], 0.5), (groups, 1.0), ([[1.0, 1.0, 0.0]], 0.5)):
        with pytest.raises(errors.Invalid):
            selection.beta_for(wrong, share)


def test_an_effective_size_near_an_end_warns() -> None:
    assert [selection.reading(size, 4).name for size in (1.0, 1.15, 1.2, 2.5, 3.85, 4.0)] == [
        "ONE", "ONE", "USEFUL", "USEFUL", "FLAT", "FLAT",
    ]  # fmt: skip


def test_ranks_tie_within_the_tolerance_of_the_first() -> None:
    assert selection.tied_ranks([0.9, 0.89, None, 0.88, 0.5], 0.01) == [1, 1, None, 2, 3]
    assert selection.tied_ranks([1, 1, 0], 0) == [1, 1, 2]
    with pytest.raises(errors.Invalid):
        selection.tied_ranks([1], -1)


@pytest.mark.parametrize(
    ("base", "margins", "expected"),
    [
        (-0.4, [0.2, 1.3, -0.3, -0.9, -2.1], (1.3, -2.1)), (0.5, [0.4, 0.6, 1.1], None),
        (0.5, [0.4, 1.1, -0.2], (1.1, -0.2)), (0.5, [None, 1.1, None, -0.2], (1.1, -0.2)),
    ],
)  # fmt: skip
def test_the_rubrics_of_c2_are_chosen(
    base: float, margins: list[float | None], expected: tuple[float, float] | None
) -> None:
    found = selection.choose(margins, base)
    assert (None if found is None else (margins[found.helpful], margins[found.misleading])) == expected


def test_a_rubric_between_the_bounds_is_neither() -> None:
    assert selection.usefulness(0.3, 0.5) is Usefulness.NEUTRAL
    assert selection.usefulness(-0.3, -0.5) is Usefulness.NEUTRAL


def test_an_answer_comes_under_a_prompt_of_another_text() -> None:
    prompts = [("a", "one"), ("b", "two"), ("c", "one"), ("d", "three")]
    found = selection.irrelevant(prompts, 7)
    texts = dict(prompts)
    assert list(found) == ["a", "b", "c", "d"]
    assert all(texts[key] != texts[other] for key, other in found.items())
    assert found == selection.irrelevant(prompts, 7)
    assert selection.irrelevant([("a", "one"), ("b", "one")], 7) == {}


def test_edits_of_manner_keep_the_text() -> None:
    text = "Take it daily.\nCome back if it hurts."
    for edit in ("flattery", "self_praise", "padding"):
        twin = selection.edited(text, edit, 3)
        assert twin is not None
        assert text in twin.text != text
        assert twin == selection.edited(text, edit, 3)
    bullets = selection.edited(text, "bullets", 3)
    assert bullets is not None
    assert bullets.text == "- Take it daily.\n- Come back if it hurts."
    assert selection.edited("- a list already", "bullets", 3) is None
    assert selection.edited("  ", "padding", 3) is None
    with pytest.raises(errors.Invalid):
        selection.edited(text, "shout", 3)


@pytest.mark.parametrize("licence", ["", " ", "Unknown", "N/A", "other", "?"])
def test_an_unknown_licence_is_refused(licence: str) -> None:
    assert "licence" in selection.refusal(licence, non_commercial=True, changes_texts=False)


@pytest.mark.parametrize(
    ("licence", "said", "edits", "refused"),
    [
        ("CC-BY-4.0", False, True, False), ("Apache-2.0", False, True, False), ("CC-BY-NC-4.0", False, False, True),
        ("CC-BY-NC-4.0", True, True, False), ("CC BY-NC-ND 4.0", True, True, True),
        ("CC-BY-ND-4.0", False, False, False),
        ("CC-BY-NC-ND-4.0", False, False, True),
        ("research only", False, False, True), ("Commercial", False, False, False),
    ],
)  # fmt: skip
def test_a_licence_says_what_may_be_done(licence: str, said: bool, edits: bool, refused: bool) -> None:
    assert bool(selection.refusal(licence, non_commercial=said, changes_texts=edits)) is refused


@pytest.mark.parametrize("kind", selection.KINDS)
def test_every_kind_has_sound_defaults(kind: str) -> None:
    assert selection.read_rule(kind, {}) == selection.KINDS[kind].defaults()


@pytest.mark.parametrize(
    ("kind", "said", "place"),
    [
        ("bands", {"low": 0.9}, "/rule/high"), ("bands", {"low": "x"}, "/rule/low"),
        ("bands", {"low": True}, "/rule/low"),
        ("bands", {"low": -0.1}, "/rule/low"),
        ("bands", {"high": 1.1}, "/rule/high"), ("bands", {"top": 1}, "/rule/top"),
        ("bands", {"measure": "median"}, "/rule/measure"), ("bands", {"threshold": None}, "/rule/threshold"),
        ("bands", {"low": math.nan}, "/rule/low"), ("curriculum", {"pending": 1.0}, "/rule/discard"),
        ("curriculum", {"newer": 3}, "/rule/newer"), ("central", {"low": 0.75}, "/rule/high"),
        ("augmented", {"causal": False, "neutral": False, "spurious": False}, "/rule/causal"),
        ("augmented", {"seed": 1.5}, "/rule/seed"), ("augmented", {"causal": "yes"}, "/rule/causal"),
        ("secrets", {}, "/kind"),
    ],
)  # fmt: skip
def test_a_fault_in_a_rule_is_named(kind: str, said: dict[str, object], place: str) -> None:
    with pytest.raises(errors.Invalid) as refused:
        selection.read_rule(kind, said)
    assert place in [one.pointer for one in refused.value.problems]
