"""Strategies that make pipelines of any steps that go together, with rows of values."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from domain import errors, rubric
from tests.domain.builders import DEGREES, documents

UNIT = st.floats(0, 1)
SCALE = st.floats(0.25, 3)


@st.composite
def prepared(draw: st.DrawFn, names: list[str], group: bool) -> dict[str, Any]:
    """A step that stands before the sum."""
    some = st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True)
    kinds: list[st.SearchStrategy[dict[str, Any]]] = [
        st.fixed_dictionaries(
            {"step": st.just("saturate"), "curve": st.sampled_from(["exponential", "cap"]), "criteria": some,
             "strength": st.floats(0.1, 9), "cap": UNIT}
        ),
        st.fixed_dictionaries({"step": st.just("tiers"), "essential": SCALE, "pitfall": SCALE}),
        st.fixed_dictionaries({"step": st.just("guidelines"), "criteria": some, "threshold": UNIT}),
    ]  # fmt: skip
    if group:
        kinds.append(st.fixed_dictionaries({"step": st.just("difficulty"), "density": st.booleans(), "floor": UNIT}))
    return draw(st.one_of(kinds))


@st.composite
def late(draw: st.DrawFn, names: list[str]) -> dict[str, Any]:
    """A step that stands after the sum."""
    one = st.sampled_from(names)
    some = st.lists(one, min_size=1, max_size=2, unique=True)
    pair = st.fixed_dictionaries({"first": one, "second": one, "gain": st.floats(-1, 1)})
    return draw(
        st.one_of(
            st.just({"step": "gate"}),
            st.fixed_dictionaries({"step": st.just("affine"), "scale": SCALE, "shift": st.floats(-1, 1)}),
            st.just({"step": "affine", "scale": -1.0}),
            st.fixed_dictionaries({"step": st.just("clamp"), "low": st.floats(-1, 0.4), "high": st.floats(0.5, 2)}),
            st.fixed_dictionaries(
                {"step": st.just("shape"), "curve": st.sampled_from(["power", "knee"]), "gamma": SCALE}
            ),
            st.fixed_dictionaries({"step": st.just("outcome"), "alpha": UNIT}),
            st.fixed_dictionaries({"step": st.just("rescue"), "criteria": some, "lift": UNIT}),
            st.fixed_dictionaries({"step": st.just("consistency"), "criteria": some, "gain": UNIT, "format": some}),
            st.fixed_dictionaries({"step": st.just("interaction"), "pairs": st.lists(pair, min_size=1, max_size=3)}),
        )
    )


@st.composite
def sums(draw: st.DrawFn, names: list[str]) -> dict[str, Any]:
    """A step that makes one number."""
    some = st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True)
    return draw(
        st.one_of(
            st.just({"step": "tree"}),
            st.sampled_from(["subtract", "reward_absence"]).map(lambda way: {"step": "weighted", "negatives": way}),
            st.just({"step": "weighted", "normalise": "none"}),
            st.fixed_dictionaries({"step": st.just("answer_dominant"), "share": st.floats(0, 0.49)}),
            st.fixed_dictionaries({"step": st.just("blended"), "confidence": UNIT, "rules": some}),
            st.fixed_dictionaries(
                {"step": st.just("critical"), "which": st.sampled_from(["gated", "hard_rule", "essential"]),
                 "values": st.sampled_from(["signed", "centred"])}
            ),
        )
    )  # fmt: skip


@st.composite
def rubrics(draw: st.DrawFn, *, group: bool = False) -> rubric.Rubric:
    """A rubric with a pipeline that makes sense for it."""
    made = rubric.parse(draw(documents().filter(lambda document: document["criteria"])))
    names = [criterion.id for criterion in made.criteria]
    document = made.model_dump(mode="json")
    for _ in range(20):
        document["scoring"] = [
            *draw(st.lists(prepared(names, group), max_size=2)),
            draw(sums(names)),
            *draw(st.lists(late(names), max_size=3)),
        ]
        try:
            return rubric.parse(document)
        except errors.Invalid:
            continue
    document["scoring"] = [{"step": "tree"}]
    return rubric.parse(document)


def rows_of(made: rubric.Rubric, count: int, *, missing: bool) -> st.SearchStrategy[list[dict[str, float | None]]]:
    """Values of some answers, perhaps with some left out."""
    value = st.one_of(DEGREES, st.sampled_from([0.0, 0.5, 1.0]))
    cell = st.one_of(value, st.none()) if missing else value
    row = st.fixed_dictionaries({criterion.id: cell for criterion in made.criteria})
    return st.lists(row, min_size=1, max_size=count)
