"""The strategy of no judge asks nothing and refuses what is left."""

from domain import strategies
from domain.strategies.computed import REFUSED
from tests.domain.builders import make_rubric
from tests.domain.strategies.driving import drive, values


def test_it_can_be_looked_up_and_is_not_on_offer() -> None:
    made = strategies.get("computed")
    assert made.about.kinds == frozenset()
    assert "computed" not in strategies.NAMES
    assert made.prompt_names("isolated") == ()
    assert made.cost(strategies.Load(3, 1, "isolated", {})) == strategies.Cost(0, 0, 0)


def test_what_is_left_is_refused_and_nothing_asked() -> None:
    found, asked, _ = drive("computed", make_rubric({"id": "a"}, {"id": "b"}), lambda ask: "Yes")
    assert values(found) == {"a": "refused_input", "b": "refused_input"}
    assert {verdict.reason for verdict in found.verdicts.values()} == {REFUSED}
    assert asked == []
