"""Weights from preferences: known weights come back, refusals say why, losses have their published values."""

import numpy as np
import pytest

from domain import errors, weighing
from domain.weighing import evidence, fitting

TRUE = np.array([0.5, 0.3, 0.2])
OPTIONS = weighing.Options(penalty=0.1)


def made(
    count: int = 600, *, scale: float = 8.0, true: np.ndarray = TRUE, tie: float = 0.0, seed: int = 3,
    per_prompt: int = 2,
) -> weighing.Pairs:  # fmt: skip
    """Pairs drawn from Davidson's model with known weights; `tie` is ν."""
    random = np.random.default_rng(seed)
    rows = random.uniform(-1, 1, (count, len(true)))
    d = rows @ true * scale
    win, lose, even = np.exp(d / 2), np.exp(-d / 2), np.full(count, tie)
    drawn = random.random(count) * (win + lose + even)
    ties = drawn > win + lose
    rows[(drawn > win) & ~ties] *= -1
    prompts = tuple(number // per_prompt for number in range(count))
    return weighing.Pairs(tuple("abcdef"[: len(true)]), rows, ties, np.ones(count), prompts)


def test_the_losses_of_helpsteer2_preference() -> None:
    one, strong = np.array([1.0]), np.array([3.0])
    values = [float(weighing.losses(one, strong, loss)[0]) for loss in weighing.Loss]
    assert values == pytest.approx([0.313262, 0.939785, 2.126928], abs=1e-6)


def test_known_weights_come_back() -> None:
    found = weighing.report(weighing.checked(made(1500)), {"a": 1, "b": 1, "c": 1}, weighing.Options(), seed=5)
    assert found.fit.shares == pytest.approx(TRUE, abs=0.04)
    assert all(one.low <= true <= one.high for one, true in zip(found.weights, TRUE, strict=True))
    assert found.fitted.value > found.uniform.value
    assert found.gain.low > 0
    assert found.stated.value == found.uniform.value
    assert found.weights[0].differs
    assert found.curve[0].pairs == 20
    assert found.curve[-1].pairs == 1200


def test_the_same_seed_gives_the_same_report() -> None:
    enough = weighing.checked(made(60))
    one, other = (weighing.report(enough, {"a": 1}, OPTIONS, seed=7) for _ in range(2))
    assert (one.weights, one.fitted, one.curve) == (other.weights, other.fitted, other.curve)


def test_ties_are_modelled_and_do_not_bend_the_weights() -> None:
    pairs = made(2000, tie=1.5)
    assert 0.1 < pairs.ties.mean() < 0.5
    found = weighing.fit(pairs, OPTIONS, 0.1)
    assert found.tie == pytest.approx(1.5, rel=0.2)
    assert found.shares == pytest.approx(TRUE, abs=0.04)
    assert float(np.abs(found.coefficients - TRUE * 8).max()) < 1.0


def test_signs_hold_weights_at_zero_that_would_turn_negative() -> None:
    pairs = made(800, true=np.array([0.6, 0.4, -0.3]))
    held = weighing.fit(pairs, OPTIONS, 0.1)
    assert held.coefficients.min() == 0
    free = weighing.fit(pairs, weighing.Options(signed=False), 0.1)
    assert free.coefficients[2] < -1


@pytest.mark.parametrize("loss", list(weighing.Loss))
def test_separable_pairs_do_not_diverge(loss: weighing.Loss) -> None:
    pairs = made(60)
    sure = np.abs(pairs.differences)
    separable = weighing.Pairs(pairs.criteria, sure, pairs.ties, pairs.strength * 2, pairs.prompts)
    enough = weighing.checked(separable)
    assert enough.separable
    found = weighing.fit(enough.pairs, weighing.Options(loss=loss), 0.1)
    assert np.isfinite(found.coefficients).all()
    assert found.coefficients.max() < 200


def test_strong_preferences_pull_harder_when_scaled() -> None:
    rows = np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0]] * 10)
    strength = np.array([3.0, 1.0, 1.0] * 10)
    pairs = weighing.Pairs(("a", "b"), rows, np.zeros(30, dtype=bool), strength, tuple(range(30)))
    scaled = weighing.fit(pairs, weighing.Options(loss=weighing.Loss.SCALED), 1.0)
    plain = weighing.fit(pairs, weighing.Options(loss=weighing.Loss.PLAIN), 1.0)
    margin = weighing.fit(pairs, weighing.Options(loss=weighing.Loss.MARGIN), 1.0)
    assert plain.coefficients[0] == pytest.approx(0, abs=1e-4)
    assert scaled.coefficients[0] > 0.5
    assert margin.coefficients[0] > 0.5


def test_the_gradient_is_that_of_the_loss() -> None:
    from scipy import optimize

    for tie in (0.0, 1.0):
        pairs = made(50, tie=tie)
        given = fitting._Given.of(pairs, weighing.Loss.MARGIN)
        x = np.array([0.3, -0.2, 0.7, *([0.4] if tie else [])])
        off = optimize.check_grad(
            lambda at, given=given: fitting._objective(at, given, 0.5)[0],
            lambda at, given=given: fitting._objective(at, given, 0.5)[1],
            x,
        )
        assert off < 1e-4


def test_too_few_pairs_and_prompts_are_refused() -> None:
    assert code(made(19)) == "too_few_pairs"
    assert code(made(40, per_prompt=10)) == "too_few_prompts"


def test_too_many_pairs_are_refused() -> None:
    assert code(made(evidence.MOST_PAIRS + 1)) == "too_many_pairs"


def code(pairs: weighing.Pairs) -> str:
    """Why pairs are refused."""
    with pytest.raises(weighing.Refused) as refused:
        weighing.checked(pairs)
    return refused.value.code


def test_criteria_that_never_differ_are_left_out_or_refuse() -> None:
    pairs = made(60)
    pairs.differences[:, 1] = 0
    enough = weighing.checked(pairs)
    assert enough.constant == ("b",)
    assert enough.pairs.criteria == ("a", "c")
    pairs.differences[:] = 0
    assert code(pairs) == "constant"


def test_preferences_that_reverse_each_other_are_counted_and_refused() -> None:
    pairs = made(60)
    pairs.differences[1::2] = -pairs.differences[0::2]
    assert code(pairs) == "contradictory"
    pairs.differences[0] = [0.9, 0.1, 0.1]
    pairs.differences[2] = 0
    enough = weighing.checked(pairs)
    assert enough.opposed == 56
    assert enough.alike == 1
    assert not enough.separable


def test_parts_that_do_not_fit_are_a_bug() -> None:
    with pytest.raises(ValueError, match="fit together"):
        weighing.Pairs(("a",), np.zeros((2, 2)), np.zeros(2, dtype=bool), np.ones(2), (1, 2))


def test_a_penalty_out_of_range_is_refused() -> None:
    with pytest.raises(errors.Invalid):
        weighing.Options(penalty=0)


def test_nothing_learnt_has_no_shares() -> None:
    assert fitting.Fit(np.zeros(2), 0.0, 1.0, 1.0).shares.tolist() == [0, 0]


def test_ties_alone_are_too_few_and_said_to_order_nothing() -> None:
    pairs = made(60)
    tied = weighing.Pairs(pairs.criteria, pairs.differences, np.ones(60, dtype=bool), pairs.strength, pairs.prompts)
    with pytest.raises(weighing.Refused, match="0 pairs are too few.*60 more are ties"):
        weighing.checked(tied)
