"""How verdicts answer to causal edits."""

import numpy as np
import pytest

from domain.probes.causal import Causal
from domain.refinement import moved
from domain.refinement.moved import Aimed

NAN = float("nan")


def test_a_criterion_that_reads_the_matter_is_sensitive_and_steady() -> None:
    aimed = [Aimed(Causal.UPGRADE, 0, 1), Aimed(Causal.DEGRADE, 0, 2), Aimed(Causal.NEUTRAL, -1, 1),
             Aimed(Causal.DEGRADE, 1, 2)]  # fmt: skip
    deltas = np.array([[0.5, 0.0], [-1.0, 0.0], [0.0, 0.2], [0.3, 0.0]])
    content, length = moved.answers(deltas, aimed)
    assert (content.sensitivity.value, content.leakage.value, content.drift) == (1.0, 0.0, 0.0)
    assert (length.sensitivity.value, length.leakage.value) == (0.0, 1.0)
    assert length.drift == pytest.approx(0.2)


def test_what_was_not_judged_counts_neither_way() -> None:
    aimed = [Aimed(Causal.UPGRADE, 0, 1), Aimed(Causal.UPGRADE, 0, 2)]
    (only,) = moved.answers(np.array([[NAN], [0.04]]), aimed)
    assert (only.sensitivity.value, only.sensitivity.count, only.drift, only.steady) == (0.0, 1, None, 0)
    assert only.leakage.value is None
    with pytest.raises(ValueError, match="fit"):
        moved.answers(np.empty((1, 1)), [])
