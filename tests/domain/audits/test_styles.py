"""Style: a scorer of length loses all hard pairs and wins all easy ones; one that does not see style has no gap."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain import audits, errors
from domain.audits import Band, Inputs
from tests.domain.audits.given import table, value

STYLES = ["concise", "plain", "markdown"]
EACH = len(STYLES) * 2


def styled(score, prompts=30, seed=0, lengths=None) -> Inputs:
    rng = np.random.default_rng(seed)
    base = np.tile([100.0, 200.0, 300.0, 100.0, 200.0, 300.0], (prompts, 1)) if lengths is None else lengths
    right = np.tile([1.0, 1, 1, 0, 0, 0], (prompts, 1))
    return table(score(base, right, rng), correct=right, lengths=base, tags={"style": STYLES * 2 * prompts})


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 8), st.integers(0, 1_000))
def test_a_scorer_of_length_is_nothing_on_hard_and_all_on_easy(prompts, seed):
    found = audits.run("style", styled(lambda lengths, *_: lengths, prompts, seed))
    assert value(found, "hard") == 0.0 and value(found, "easy") == 1.0
    assert value(found, "normal") == 0.0
    assert found.band is Band.POOR


def test_a_scorer_that_does_not_see_style_has_no_gap():
    found = audits.run("style", styled(lambda _, right, rng: right + np.repeat(rng.normal(size=(30, 1)), 6, axis=1)))
    assert value(found, "hard") == value(found, "normal") == value(found, "easy") == 1.0
    assert value(found, "effect") == pytest.approx(0.0)
    assert found.band is Band.GOOD


def test_the_effect_of_style_is_in_the_score_and_the_worst_pairs_are_listed():
    fancy = np.tile([0.0, 0.0, 4.2], 2)
    found = audits.run("style", styled(lambda _, right, rng: right + fancy), {"order": "concise, plain, markdown"})
    assert value(found, "effect") == pytest.approx(4.2)
    assert "markdown alone is worth +4.2 over concise" in found.reading
    assert found.rows[0][2] in {"concise", "plain"} and found.rows[0][4] == "markdown"
    assert found.plot is not None and found.plot.cells[0] == [1.0, 1.0, 0.0]
    with pytest.raises(errors.Invalid, match="The styles are"):
        audits.run("style", styled(lambda _, right, rng: right), {"order": "loud"})
