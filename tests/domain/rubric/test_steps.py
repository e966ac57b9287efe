"""Changes from step to step: any chain of documents comes back from its first and the changes."""

import itertools
import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain import rubric
from domain.rubric import steps
from tests.domain import builders


def dumped(document: Any) -> dict[str, Any]:
    return {"format": rubric.FORMAT, **rubric.parse(document).model_dump(mode="json")}


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.tuples(builders.documents(), builders.documents()))
def test_any_chain_comes_back(documents: tuple[Any, Any]) -> None:
    one, two = map(dumped, documents)
    chain = [one, two, one, two]
    before = json.dumps(chain)
    changes = [json.loads(json.dumps(steps.change_between(a, b))) for a, b in itertools.pairwise(chain)]
    for n in range(len(chain)):
        assert steps.replay(chain[0], changes[:n]) == chain[n]
    assert json.dumps(chain) == before


def test_a_small_edit_is_a_small_change() -> None:
    whole = dumped(builders.make_rubric(*(f"Criterion {n}." for n in range(300))).model_dump(mode="json"))
    assert steps.change_between(whole, whole) == {}
    edited = {**whole, "criteria": [dict(one) for one in whole["criteria"]]}
    edited["criteria"][7]["text"] = "Other words."
    change = steps.change_between(whole, edited)
    assert change == {"criteria": {"items": {edited["criteria"][7]["id"]: {"text": "Other words."}}}}
    moved = {**whole, "criteria": [*whole["criteria"][1:8], whole["criteria"][0], *whole["criteria"][8:]]}
    change = steps.change_between(whole, moved)
    assert change["criteria"]["drop"] == 8
    assert steps.touched(change) == 8
    assert steps.replay(whole, [change]) == moved
