"""What may be chosen as a check, and how values become specifications and back."""

import pytest

from domain import checks
from domain.checks.instructions import FAMILIES


def test_every_kind_and_every_instruction_is_offered_once():
    families = sum(len(family.instructions) for family in FAMILIES.values())
    assert len(checks.offers()) == len(checks.KINDS) - len(FAMILIES) + families
    assert all(offer.title and offer.help and offer.limits for offer in checks.offers().values())


@pytest.mark.parametrize("kind", sorted(set(checks.KINDS) - set(FAMILIES)))
def test_examples_go_through_values_and_back(kind):
    for case in checks.KINDS[kind].ABOUT.cases:
        offer = checks.offers()[checks.name_of(case.spec)]
        again = offer.spec(offer.values(case.spec))
        assert checks.validate(again) == checks.validate(case.spec)


def test_instructions_keep_their_parameters_apart():
    spec = {"kind": "ifeval", "instruction": "keywords:frequency", "kwargs": {"keyword": "tea", "frequency": 0,
            "relation": "at least"}, "mode": "loose"}  # fmt: skip
    offer = checks.offers()[checks.name_of(spec)]
    assert offer.spec(offer.values(spec)) == spec


def test_nothing_is_named_where_there_is_no_check():
    assert checks.name_of(None) == checks.name_of({}) == checks.name_of({"kind": "ifeval", "instruction": "x"}) == ""
