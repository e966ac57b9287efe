"""The strategies that write run for real on the embedded model, held to the form of their replies."""

import pytest

from domain.strategies import rehearsal
from engines.embedded import EmbeddedEngine
from tests.engines import strategy_trials

WRITING = [case for case in strategy_trials.CASES if rehearsal.has_form(*case) or case[0] == "critique"]


@pytest.mark.parametrize(("name", "protocol"), WRITING)
def test_a_strategy_that_writes_comes_to_verdicts(name: str, protocol: str) -> None:
    own = {"votes": {"votes": 3}}.get(name, {})
    strategy_trials.assert_judged(EmbeddedEngine(), name, protocol, most_criteria=2, **own)
