"""How far versions are apart."""

import pytest

from domain import rubric
from tests import factories

ONE = {"id": "a", "text": "Names the drug.", "weight": 3.0}
TWO = {"id": "b", "text": "Names the dose.", "weight": 1.0}


def _said(*criteria: dict[str, object]) -> rubric.Rubric:
    return rubric.parse(factories.make_document(criteria=criteria))


@pytest.mark.parametrize(
    ("after", "share"),
    [
        ((ONE, TWO), 0.0),
        ((TWO, ONE), 0.0),
        (({**ONE, "weight": 6.0}, {**TWO, "weight": 2.0}), 0.0),
        ((ONE, {**TWO, "text": "Names the dose and the time."}), 0.25),
        (({**ONE, "weight": 1.0}, TWO), 0.25),
        ((ONE, {**TWO, "polarity": "negative"}), 0.25),
        ((ONE,), 0.25),
        (({"id": "c", "text": "Is polite.", "weight": 1.0},), 1.0),
    ],
)
def test_share_of_weight_that_changed(after: tuple[dict[str, object], ...], share: float) -> None:
    assert rubric.changed_share(_said(ONE, TWO), _said(*after)) == pytest.approx(share)


def test_without_weight_only_equal_criteria_are_near() -> None:
    nothing = _said({**ONE, "weight": 0.0})
    assert rubric.changed_share(nothing, nothing) == 0.0
    assert rubric.changed_share(nothing, _said(ONE)) == 1.0
