"""Rubrics for tests: plain builders, and strategies that make any valid document."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from domain import rubric
from domain.verdicts import Status, Verdict

WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=20).filter(
    lambda text: text.strip()
)
DEGREES = st.floats(0, 1, allow_nan=False)
WEIGHTS = st.one_of(st.integers(0, 20), st.floats(0, 20, allow_nan=False))


def make_rubric(*criteria: Any, **more: Any) -> rubric.Rubric:
    """A rubric of criteria given as texts or objects."""
    listed = [{"id": c, "text": c} if isinstance(c, str) else {"text": c["id"], **c} for c in criteria]
    return rubric.parse({"criteria": listed, **more})


def make_verdict(name: str, value: float | None = 1.0, status: Status = Status.OK) -> Verdict:
    """A verdict with a value, or with another status and none."""
    return Verdict(name, status, value=value if status is Status.OK else None)


def verdicts(**values: float | Status) -> dict[str, Verdict | None]:
    """Verdicts by criterion id, from values or from statuses."""
    return {
        name: make_verdict(name, None, value) if isinstance(value, Status) else make_verdict(name, value)
        for name, value in values.items()
    }


@st.composite
def groups(draw: st.DrawFn) -> list[dict[str, Any]]:
    """A tree of groups: each hangs under an earlier one or at the root."""
    names = [f"g{n}" for n in range(draw(st.integers(0, 4)))]
    return [
        {
            "id": name,
            "weight": draw(WEIGHTS),
            "parent": draw(st.sampled_from([None, *names[:n]])),
        }
        for n, name in enumerate(names)
    ]


@st.composite
def criteria(draw: st.DrawFn, number: int, group_ids: list[str]) -> dict[str, Any]:
    """One criterion of any kind."""
    kind = draw(st.sampled_from(list(rubric.Kind)))
    levels: Any = None
    if kind is rubric.Kind.ORDINAL:
        count = draw(st.integers(2, 9))
        levels = [{"label": f"L{n}", "value": n / (count - 1), "anchor": draw(WORDS)} for n in range(count)]
    if kind is rubric.Kind.NUMERIC:
        levels = {"min": 0, "max": draw(st.integers(1, 9)), "step": 1}
    return {
        "id": f"c{number}",
        "text": draw(WORDS),
        "kind": kind.value,
        "levels": levels,
        "check": {"kind": "words", "min": 1} if kind is rubric.Kind.CHECK else None,
        "weight": draw(WEIGHTS),
        "polarity": draw(st.sampled_from(["positive", "negative"])),
        "tier": draw(st.sampled_from([None, "essential", "important", "optional"])),
        "group": draw(st.sampled_from([None, *group_ids])),
        "tags": draw(st.dictionaries(WORDS, WORDS, max_size=2)),
        "applies_when": draw(st.one_of(st.none(), WORDS)),
        "gate": draw(
            st.one_of(
                st.none(),
                st.fixed_dictionaries(
                    {
                        "when": st.sampled_from(["below", "above"]),
                        "value": DEGREES,
                        "floor": st.floats(-1, 1),
                        "override": st.booleans(),
                    }
                ),
            )
        ),
    }


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """Any valid document."""
    tree = draw(groups())
    names = [group["id"] for group in tree]
    step = draw(
        st.sampled_from(
            [
                {"step": "tree"},
                *(
                    {"step": "weighted", "negatives": negatives, "normalise": normalise}
                    for negatives in ("subtract", "reward_absence")
                    for normalise in ("positive_weight", "none")
                ),
            ]
        )
    )
    return {
        "title": draw(WORDS),
        "guidelines": [{"text": text} for text in draw(st.lists(WORDS, max_size=2))],
        "groups": tree,
        "criteria": [draw(criteria(n, names)) for n in range(draw(st.integers(0, 6)))],
        "scoring": [*draw(st.sampled_from([[], [{"step": "gate"}]])), step],
        "unscored": {"other": draw(st.sampled_from(["null", "exclude"]))},
        "extensions": draw(st.dictionaries(st.text("abc", max_size=3), st.one_of(WORDS, st.floats(-5, 5)), max_size=2)),
    }
