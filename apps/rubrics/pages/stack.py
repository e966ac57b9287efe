"""The stack of steps: each with its form, what it says of itself and what it does, and the palette of others."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from apps.rubrics import forms, queries, services
from apps.rubrics.pages.quality import numbered
from domain import errors, pipeline, rubric
from domain.scoring import curves

PHASES = {
    pipeline.Phase.PREPARE: "prepares values or weights",
    pipeline.Phase.REDUCE: "makes one number of the criteria",
    pipeline.Phase.SHAPE: "changes the score",
    pipeline.Phase.LIMIT: "limits the score",
}
WAYS = {pipeline.Way.UP: "never down", pipeline.Way.DOWN: "never up", pipeline.Way.NONE: "up or down"}
TONES = {pipeline.Phase.PREPARE: "u", pipeline.Phase.REDUCE: "a", pipeline.Phase.SHAPE: "g", pipeline.Phase.LIMIT: "w"}


@dataclass(frozen=True)
class Card:
    """A step of the stack as it is shown; `place` is where it is stored, `number` when it is taken."""

    place: int
    number: int
    up: bool
    down: bool
    about: pipeline.About
    needs_group: bool
    needs_length: bool
    reading: str
    phase: str
    tone: str
    way: str
    form: forms.StepForm
    seen: str
    base: str


@dataclass(frozen=True)
class Offer:
    """A step of the palette; `sums` ones take the place of the step that sums."""

    name: str
    about: pipeline.About
    needs_group: bool
    needs_length: bool
    phase: str
    sums: bool
    stands: bool
    asks: bool


@dataclass(frozen=True)
class Stack:
    """All of it: the cards, the palette, and the form of the step that is about to be added."""

    cards: Sequence[Card]
    palette: Sequence[tuple[str, Sequence[Offer]]]
    shape: str
    way: str
    low: float
    high: float
    group: Sequence[str]
    adding: Offer | None = None
    add_form: forms.StepForm | None = None

    @property
    def palette_count(self) -> int:
        """How many kinds of step there are."""
        return sum(len(offers) for _, offers in self.palette)


def criterion_choices(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The criteria to choose from, by number and text."""
    texts = {item["id"]: item["text"] for item in document["criteria"]}
    return [(name, f"{number}: {texts[name][:70]}") for name, number in numbered(dict(document)).items()]


def dimensions(document: Mapping[str, Any]) -> list[str]:
    """The dimensions that criteria are tagged with."""
    return sorted({said for item in document["criteria"] if (said := item["tags"].get("dimension"))})


def step_form(document: Mapping[str, Any], place: int, data: Any = None) -> forms.StepForm:
    """The form of one step."""
    if not 0 <= place < len(document["scoring"]):
        raise errors.NotFound("There is no such step.", code="step_unknown")
    step = document["scoring"][place]
    given = {name: value for name, value in step.items() if name != "step"}
    kind = pipeline.STEPS[step["step"]]
    return forms.StepForm(
        data, prefix=f"s{place}", kind=kind, criteria=criterion_choices(document), dimensions=dimensions(document),
        given=given,
    )  # fmt: skip


def new_step_form(document: Mapping[str, Any], name: str, data: Any = None) -> forms.StepForm:
    """The form of a step that is not there yet."""
    kind = pipeline.STEPS.get(name)
    if kind is None:
        raise errors.NotFound("There is no such step.", code="step_unknown")
    return forms.StepForm(
        data, prefix="new", kind=kind, criteria=criterion_choices(document), dimensions=dimensions(document)
    )


def stack(document: Mapping[str, Any], *, adding: str = "", **more: Any) -> Stack:
    """The steps of a document; `more` holds a form that was refused."""
    said = rubric.parse(document)
    layout = rubric.layout_of(said)
    low, high = pipeline.span(said.scoring, layout)
    offers = [_offer(name, document) for name in pipeline.STEPS]
    chosen = next((one for one in offers if one.name == adding), None)
    form = more.get("add_form") or (new_step_form(document, adding) if chosen else None)
    return Stack(
        cards=[step_card(document, said, place) for place in taken(said)],
        palette=[(said, [one for one in offers if one.phase == said]) for said in PHASES.values()],
        shape=services.shape_of(document["scoring"]),
        way=WAYS[pipeline.way(said.scoring, layout)],
        low=low,
        high=high,
        group=[step.about.title for step in said.scoring if step.needs_group],
        adding=chosen,
        add_form=form,
    )


def taken(said: rubric.Rubric) -> list[int]:
    """Where steps are stored, in the order in which they are taken."""
    places = {id(step): place for place, step in enumerate(said.scoring)}
    return [places[id(step)] for step in pipeline.ordered(said.scoring)]


def moved(document: Mapping[str, Any], place: int, by: int) -> list[int]:
    """The order in which steps are to be stored where one is taken so many sooner or later."""
    order = taken(rubric.parse(document))
    at = order.index(place) if place in order else -1
    other = at + by
    if at >= 0 and 0 <= other < len(order):
        order[at], order[other] = order[other], order[at]
    return order


def step_card(document: Mapping[str, Any], said: rubric.Rubric, place: int, form: forms.StepForm | None = None) -> Card:
    """One step as it is shown; `form` holds what was refused."""
    step = said.scoring[place]
    part = document["scoring"][place]
    order = taken(said)
    at = order.index(place)
    beside = [said.scoring[order[one]].phase if 0 <= one < len(order) else None for one in (at - 1, at + 1)]
    up, down = (_change_places(step.phase, other) for other in beside)
    return Card(
        place=place,
        number=at + 1,
        up=up,
        down=down,
        about=step.about,
        needs_group=step.needs_group,
        needs_length=step.needs_length,
        reading=step.reading(),
        phase=PHASES[step.phase],
        tone=TONES[step.phase],
        way=WAYS[step.way(rubric.layout_of(said))],
        form=form or step_form(document, place),
        seen=queries.fingerprint(part),
        base=json.dumps(part, ensure_ascii=False),
    )


def _change_places(phase: pipeline.Phase, other: pipeline.Phase | None) -> bool:
    """Whether two steps that are taken one after the other may be taken the other way round."""
    if other is None or pipeline.Phase.REDUCE in {phase, other}:
        return False
    return (phase > pipeline.Phase.REDUCE) == (other > pipeline.Phase.REDUCE)


def step_curves(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The line of each step with its table."""
    said = rubric.parse(document)
    order = taken(said)
    found = []
    for line in curves.curves(said):
        about = said.scoring[line.place].about
        axis = {
            "share": "criteria, from all at their worst to all at their best",
            "score": "score before the step",
            "length": f"{line.unit} of the answer",
        }[line.over]
        found.append({
            "id": f"curve-{line.place}", "title": about.title, "number": order.index(line.place) + 1, "axis": axis,
            "figure": _figure(line, axis), "table": _table(line, axis),
        })  # fmt: skip
    return found


def _offer(name: str, document: Mapping[str, Any]) -> Offer:
    kind = pipeline.STEPS[name]
    stands = any(step["step"] == name for step in document["scoring"])
    return Offer(
        name=name,
        about=kind.about,
        needs_group=kind.needs_group,
        needs_length=kind.needs_length,
        phase=PHASES[kind.phase],
        sums=kind.phase is pipeline.Phase.REDUCE,
        stands=stands and (kind.once or kind.phase is pipeline.Phase.REDUCE),
        asks=forms.needs_parameters(kind),
    )


def _figure(line: curves.Curve, axis: str) -> dict[str, Any]:
    x = [round(float(value), 6) for value in line.x]
    y = [None if np.isnan(value) else round(float(value), 6) for value in line.y]
    data: list[dict[str, Any]] = [{"type": "scatter", "mode": "lines", "x": x, "y": y, "name": "after the step"}]
    if line.over == "score":
        ends = [min(x), max(x)]
        data.append({
            "type": "scatter", "mode": "lines", "x": ends, "y": ends, "name": "unchanged", "line": {"dash": "dot"},
        })  # fmt: skip
    layout = {"height": 240, "xaxis": {"title": axis}, "yaxis": {"title": "score"}, "showlegend": False}
    return {"data": data, "layout": layout}


def _table(line: curves.Curve, axis: str) -> dict[str, Any]:
    rows = [
        [rubric.digits(float(line.x[at])), "no score" if np.isnan(line.y[at]) else rubric.digits(float(line.y[at]))]
        for at in range(0, len(line.x), 5)
    ]
    return {"columns": [axis.capitalize(), "Score after the step"], "rows": rows}
