"""What groups can learn from: by hand, and within bounds for any scores."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import rubric, scoring
from domain.scoring import curves, diagnostics, table
from tests.domain.builders import documents

PLAIN = [{"id": "a", "text": "A."}, {"id": "b", "text": "B."}, {"id": "p", "text": "P.", "polarity": "negative"}]
GATED = [{"id": "a", "text": "A.", "gate": {"when": "below", "value": 0.5, "floor": 0.1}}, {"id": "b", "text": "B."}]


def diagnose(criteria: list[Any], values: list[list[float]], prompts: list[int]) -> diagnostics.Diagnostics:
    said = rubric.parse({"criteria": criteria})
    cells = np.array(values, dtype=np.float64).reshape(-1, len(criteria))
    codes = np.where(np.isnan(cells), table.CANNOT_ASSESS, table.OK).astype(np.int8)
    held = scoring.Table(np.nan_to_num(cells), codes, np.zeros(len(cells), dtype=bool))
    return diagnostics.diagnose(said, held, scoring.scores_of(said, held, groups=prompts), prompts)


def test_groups_without_a_spread_are_counted_raw_and_clamped() -> None:
    found = diagnose(
        PLAIN, [[1, 0, 0], [0, 1, 0], [1, 1, 0], [0, 0, 0], [0, 0, 1], [0, 0, 0.5], [1, 1, 1]], [1, 1, 2, 2, 3, 3, 4]
    )
    assert (found.prompts, found.level, found.level_shown, found.level_prompts) == (3, 1, 2, (1,))
    assert found.zero_advantage == pytest.approx(1 / 3)
    assert (found.clamped, found.at_floor) == (2, 3)
    assert found.clamp_share == pytest.approx(2 / 7)
    assert found.floor_saturation == pytest.approx(3 / 7)


def test_answers_under_a_gate_are_at_the_floor() -> None:
    found = diagnose(GATED, [[0, 1], [1, 1], [0, 0]], [1, 1, 1])
    assert (found.at_floor, found.answers) == (2, 3)


def test_parts_are_shares_of_the_differences_and_add_up() -> None:
    found = diagnose(PLAIN, [[1, 0, 0], [0, 0, 0], [1, 1, 0], [0, 1, 0]], [1, 1, 1, 1])
    assert [one.mean for one in found.parts] == [0.25, 0.25, 0.0]
    assert [one.share for one in found.parts] == pytest.approx([0.5, 0.5, 0.0])
    level = diagnose(PLAIN, [[1, 0, 0], [1, 0, 0]], [1, 1])
    assert [one.share for one in level.parts] == [None, None, None]


def test_nothing_scored_is_nothing_to_say() -> None:
    nothing = diagnose(PLAIN, [[1, 0, np.nan]], [1])
    assert (nothing.answers, nothing.unscored, nothing.prompts) == (0, 1, 0)
    assert (nothing.zero_advantage, nothing.clamp_share, nothing.floor_saturation) == (None, None, None)
    assert nothing.effective is None
    assert [one.mean for one in nothing.parts] == [None, None, None]
    assert diagnose(PLAIN, [], []).answers == 0


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ([[0, 0], [1, 1], [0.5, 0.5]], 1.0),
        ([[0, 0], [1, 0], [0, 1], [1, 1]], 2.0),
        ([[0, 0], [2, 0], [0, 1], [2, 1]], 25 / 17),
        ([[0, 0, 0, 0], [1, 1, 1, 1]], 1.0),
        ([[0.3, 0.3], [0.3, 0.3]], None),
        ([[1, 0]], None),
        ([[1, np.nan], [0, np.nan]], 1.0),
    ],
)
def test_the_effective_number_by_hand(columns: list[list[float]], expected: float | None) -> None:
    found = diagnostics.effective_number(np.array(columns, dtype=np.float64))
    assert found == (None if expected is None else pytest.approx(expected))


@given(st.lists(st.lists(st.floats(0, 1), min_size=4, max_size=4), min_size=2, max_size=12))
def test_the_effective_number_lies_between_one_and_all(rows: list[list[float]]) -> None:
    columns = np.array(rows)
    found = diagnostics.effective_number(columns)
    if found is not None:
        assert 1 - 1e-9 <= found <= 4 + 1e-9
        values = np.linalg.eigvalsh(np.cov(columns.T))
        assert found == pytest.approx(values.sum() ** 2 / (values**2).sum(), rel=1e-6)


def test_each_step_has_its_line() -> None:
    said = rubric.parse({"criteria": GATED})
    sums, gate = curves.curves(said)
    assert (sums.place, sums.over, sums.y[0], sums.y[-1]) == (1, "share", 0.0, 1.0)
    assert (gate.place, gate.over, float(gate.y.max())) == (0, "score", 1.0)
    assert (gate.y[gate.x < 0.5] <= 0.1 + 1e-12).all()
    assert (np.diff(gate.x) >= 0).all()
    assert curves.curves(rubric.parse({})) == []


@given(documents())
def test_any_rubric_has_lines(document: dict[str, object]) -> None:
    said = rubric.parse(document)
    for line in curves.curves(said):
        assert len(line.x) == len(line.y) == curves.POINTS
