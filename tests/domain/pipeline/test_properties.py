"""What holds of every pipeline."""

import math

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from domain import pipeline, rubric, scoring
from domain.scoring import explaining
from tests.domain.builders import make_rubric, verdicts
from tests.domain.pipeline.builders import rows_of, rubrics, sizes_of

NEAR = 1e-9


def scored(made, rows, sizes):
    return scoring.score_group(made, [scoring.from_values(made, row) for row in rows], lengths=sizes)


@st.composite
def judged(draw, *, group=True, missing=True, count=4):
    made = draw(rubrics(group=group, lengths=True))
    rows = draw(rows_of(made, count, missing=missing))
    return made, rows, draw(sizes_of(rows))


@pytest.mark.parametrize("name", pipeline.STEPS)
def test_every_step_occurs_here(name):
    made, _, _ = find(
        judged(), lambda case: name in [step.step for step in case[0].scoring],
        settings=settings(max_examples=3000, database=None, phases=[Phase.generate], derandomize=True),
    )  # fmt: skip
    assert made.scoring


@settings(max_examples=200)
@given(judged())
def test_a_trace_gives_its_score_again_to_the_last_bit(case):
    for one in scored(*case):
        assert scoring.recompute(one.trace) == one.raw


@settings(max_examples=200)
@given(judged(group=False))
def test_an_answer_scores_alone_as_it_does_among_others(case):
    made, rows, sizes = case
    together = scored(made, rows, sizes)
    for row, size, among in zip(rows, sizes, together, strict=True):
        alone = scoring.score(made, scoring.from_values(made, row), lengths=size)
        assert (alone.raw, alone.status, alone.coverage) == (among.raw, among.status, among.coverage)
        assert alone.trace == among.trace


@settings(max_examples=200)
@given(judged(), st.randoms())
def test_the_order_of_criteria_does_not_matter(case, random):
    made, rows, sizes = case
    turned = list(made.criteria)
    random.shuffle(turned)
    other = made.model_copy(update={"criteria": tuple(turned)})
    assert [one.raw for one in scored(made, rows, sizes)] == [one.raw for one in scored(other, rows, sizes)]


@settings(max_examples=200)
@given(judged(missing=False))
def test_scores_lie_in_the_declared_range(case):
    made, rows, sizes = case
    low, high = pipeline.span(made.scoring, rubric.layout_of(made))
    for one in scored(made, rows, sizes):
        room = NEAR * max(1.0, abs(low), abs(high))
        assert one.raw is None or low - room <= one.raw <= high + room


@settings(max_examples=300)
@given(judged(group=False, count=1), st.data())
def test_scores_go_where_the_pipeline_says(case, data):
    made, rows, sizes = case
    way = pipeline.way(made.scoring, rubric.layout_of(made))
    scored_names = [name for name, value in rows[0].items() if value is not None]
    if way is pipeline.Way.NONE or not scored_names:
        return
    name = data.draw(st.sampled_from(scored_names))
    better = {**rows[0], name: data.draw(st.floats(0, 1))}
    pitfall = made.criterion(name).is_pitfall
    if (better[name] < rows[0][name]) != pitfall and better[name] != rows[0][name]:
        better, rows = rows[0], [better]
    before, after = scored(made, rows, sizes)[0].raw, scored(made, [better], sizes)[0].raw
    if before is None or after is None:
        assert before is after
    elif way is pipeline.Way.UP:
        assert after >= before - NEAR * max(1.0, abs(before))
    else:
        assert after <= before + NEAR * max(1.0, abs(before))


@settings(max_examples=150)
@given(judged())
def test_contributions_add_up_to_the_score_less_the_baseline(case):
    made, rows, sizes = case
    for one in scored(made, rows, sizes):
        if one.raw is not None:
            whole = math.fsum(one.contributions.values()) + one.baseline
            room = NEAR * max(1.0, math.fsum(map(abs, one.contributions.values())))
            assert whole == pytest.approx(one.raw, abs=room)


@given(judged(group=False), st.floats(0.25, 3), st.floats(-1, 1))
def test_scaling_and_shifting_is_affine(case, scale, shift):
    made, rows, sizes = case
    step = pipeline.STEPS["affine"].model_validate({"scale": scale, "shift": shift})
    if len(made.scoring) < pipeline.MAX_STEPS and all(one.step != "gate" for one in made.scoring):
        other = made.model_copy(update={"scoring": (*made.scoring, step)})
        for before, after in zip(scored(made, rows, sizes), scored(other, rows, sizes), strict=True):
            assert after.raw == (None if before.raw is None else before.raw * scale + shift)


def test_shapley_values_of_a_pair_share_its_gain():
    pairs = [{"first": "a", "second": "b", "gain": 0.4}]
    made = make_rubric("a", "b", "c", scoring=[{"step": "weighted"}, {"step": "interaction", "pairs": pairs}])
    found = scoring.score(made, verdicts(a=1, b=1, c=0))
    assert found.explained is scoring.Explained.SHAPLEY
    assert found.contributions == pytest.approx({"a": 1 / 3 + 1 / 6, "b": 1 / 3 + 1 / 6, "c": 0})
    assert found.baseline == 0


def test_a_closed_gate_takes_from_those_it_holds_down():
    gate = {"when": "above", "value": 0.5, "floor": 0.0}
    made = make_rubric({"id": "a", "weight": 2}, {"id": "p", "weight": 1, "polarity": "negative", "gate": gate})
    found = scoring.score(made, verdicts(a=1, p=1))
    assert found.raw == 0
    assert found.contributions == pytest.approx({"a": 0.75, "p": -0.75})  # alone a is worth 1 and p −½, together 0


def test_sampled_shapley_values_come_near_the_exact_ones_and_repeat(monkeypatch):
    names = [f"c{n}" for n in range(10)]
    made = make_rubric(*names, scoring=[{"step": "weighted"}, {"step": "shape", "gamma": 3}])
    given_values = {name: (n + 1) / 10 for n, name in enumerate(names)}
    exact = scoring.score(made, verdicts(**given_values))
    monkeypatch.setattr(explaining, "EXACT_UP_TO", 3)
    sampled = scoring.score(made, verdicts(**given_values))
    assert sampled.explained is scoring.Explained.SAMPLED
    assert sampled.error is not None
    assert 0 < sampled.error < 0.01
    assert sampled.contributions == pytest.approx(exact.contributions, abs=5 * sampled.error)
    assert scoring.score(made, verdicts(**given_values)).contributions == sampled.contributions
    monkeypatch.setattr(explaining, "MOST_CELLS", 10)
    scaled = scoring.score(made, verdicts(**given_values))
    assert scaled.explained is scoring.Explained.SCALED
    assert math.fsum(scaled.contributions.values()) == pytest.approx(scaled.raw)
