"""Strategies that make pipelines of any steps that go together, with rows of values."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from domain import errors, rubric
from tests.domain.builders import DEGREES, documents

UNIT = st.floats(0, 1)
DIMENSIONS = st.sampled_from(["clear", "safe", "true"])
UNITS = st.sampled_from(["words", "characters", "tokens"])
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


def by_length(*, group: bool) -> list[st.SearchStrategy[dict[str, Any]]]:
    """Steps that look at lengths."""
    size, strength, end = st.floats(1, 500), st.floats(0, 2), st.floats(-1, 1)
    found: list[dict[str, st.SearchStrategy[Any]]] = [
        {"step": st.just("length_ramp"), "limit": st.floats(200, 900), "cache": st.floats(1, 200),
         "strength": strength},
        {"step": st.just("length_band"), "low": st.floats(0, 100), "high": st.floats(100, 900), "scale": size,
         "strength": strength, "most": strength},
        {"step": st.just("length_decay"), "reference": size, "rate": strength},
        {"step": st.just("length_cosine"), "longest": size, "right_short": end, "right_long": end, "wrong_short": end,
         "wrong_long": end},
    ]  # fmt: skip
    if group:
        found.append({"step": st.just("length_group"), "strength": strength, "threshold": end})
    return [st.fixed_dictionaries({**one, "unit": UNITS}) for one in found]


@st.composite
def late(draw: st.DrawFn, names: list[str], *, group: bool, lengths: bool) -> dict[str, Any]:
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
            *(by_length(group=group) if lengths else []),
        )
    )


@st.composite
def sums(draw: st.DrawFn, names: list[str], dimensions: list[str]) -> dict[str, Any]:
    """A step that makes one number."""
    axis = st.fixed_dictionaries({
        "step": st.just("axis"), "penalty": st.sampled_from([0.0, 0.0, 0.5, 2.0]),
        "reference": st.lists(
            st.fixed_dictionaries({"dimension": st.sampled_from(dimensions), "weight": SCALE}), max_size=3,
            unique_by=lambda aim: str(aim["dimension"]),
        ),
    })  # fmt: skip
    some = st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True)
    return draw(
        st.one_of(
            axis,
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
def rubrics(draw: st.DrawFn, *, group: bool = False, lengths: bool = False) -> rubric.Rubric:
    """A rubric with a pipeline that makes sense for it; with steps that need the group, or lengths, where asked."""
    made = rubric.parse(draw(documents().filter(lambda document: document["criteria"])))
    names = [criterion.id for criterion in made.criteria]
    document = made.model_dump(mode="json")
    for criterion in document["criteria"]:
        criterion["tags"]["dimension"] = draw(DIMENSIONS)
    dimensions = sorted({criterion["tags"]["dimension"] for criterion in document["criteria"]})
    for _ in range(20):
        document["scoring"] = [
            *draw(st.lists(prepared(names, group), max_size=2)),
            draw(sums(names, dimensions)),
            *draw(st.lists(late(names, group=group, lengths=lengths), max_size=3)),
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


def sizes_of(rows: list[dict[str, float | None]]) -> st.SearchStrategy[list[dict[str, float]]]:
    """How long each of some answers is, in every unit."""
    size = st.one_of(st.sampled_from([0.0, 1.0, 200.0]), st.floats(0, 1000))
    one = st.fixed_dictionaries({"words": size, "characters": size, "tokens": size})
    return st.lists(one, min_size=len(rows), max_size=len(rows))
