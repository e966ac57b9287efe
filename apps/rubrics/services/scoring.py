"""How a version makes its scores, and what it promises of them; lists are made anew, as a document shares its own."""

from collections.abc import Sequence
from typing import Any

from apps.accounts.permissions import Actor
from apps.rubrics.models import RubricVersion
from apps.rubrics.services import drafts, joining
from domain import errors, pipeline, rubric


def edit_truth_table(
    *,
    by: Actor,
    version: RubricVersion,
    rows: list[dict[str, Any]],
    what: str = "edited the truth table",
    seen: joining.Seen | None = None,
    burst: bool = False,
    keep: drafts.Keep = drafts.change,
) -> RubricVersion:
    """Put these rows in the place of the truth table; what others keep under the extensions stays."""

    def edit(document: dict[str, Any]) -> None:
        present = {"truth_table": rubric.raw_truth_rows(document["extensions"])}
        joined = joining.join(present, {"truth_table": rows}, seen or joining.Seen())
        document["extensions"] = rubric.with_truth_rows(document["extensions"], joined["truth_table"])

    return keep(by=by, version=version, what=what, edit=edit, burst=burst)


def add_step(
    *, by: Actor, version: RubricVersion, step: dict[str, Any], shape: str = "", keep: drafts.Keep = drafts.change
) -> RubricVersion:
    """Put a step where its kind belongs: one that sums in the place of the other, one that prepares before it."""

    def edit(document: dict[str, Any]) -> None:
        _check_shape(document, shape)
        document["scoring"] = with_step(document["scoring"], step)

    return keep(by=by, version=version, what=f"added the step {_title(step)}", edit=edit)


def set_step(
    *,
    by: Actor,
    version: RubricVersion,
    place: int,
    step: dict[str, Any],
    seen: joining.Seen | None = None,
    burst: bool = False,
    keep: drafts.Keep = drafts.change,
) -> RubricVersion:
    """Give a step other parameters; what others changed in it since the person saw it stays."""

    def edit(document: dict[str, Any]) -> None:
        present = _step_at(document, place)
        if present["step"] != step["step"]:
            raise drafts.Stale("The steps stand in another order now. Load the page again.", code="steps_moved")
        joined = joining.join(present, step, seen or joining.Seen())
        document["scoring"] = [joined if n == place else one for n, one in enumerate(document["scoring"])]

    return keep(by=by, version=version, what=f"changed the step {_title(step)}", edit=edit, burst=burst)


def order_steps(
    *, by: Actor, version: RubricVersion, order: Sequence[int], shape: str = "", keep: drafts.Keep = drafts.change
) -> RubricVersion:
    """Put the steps in another order; `order` are their present places."""

    def edit(document: dict[str, Any]) -> None:
        _check_shape(document, shape)
        present = document["scoring"]
        if sorted(order) != list(range(len(present))):
            raise drafts.Stale("The steps are others now. Load the page again.", code="steps_moved")
        document["scoring"] = [present[place] for place in order]

    return keep(by=by, version=version, what="moved a step of the scoring", edit=edit)


def remove_step(
    *, by: Actor, version: RubricVersion, place: int, shape: str = "", keep: drafts.Keep = drafts.change
) -> RubricVersion:
    """Take a step away."""

    def edit(document: dict[str, Any]) -> None:
        _check_shape(document, shape)
        _step_at(document, place)
        document["scoring"] = [one for n, one in enumerate(document["scoring"]) if n != place]

    return keep(by=by, version=version, what="removed a step of the scoring", edit=edit)


def with_step(steps: Sequence[dict[str, Any]], step: dict[str, Any]) -> list[dict[str, Any]]:
    """The steps with one more, where its kind belongs."""
    sums = next((place for place, one in enumerate(steps) if one["step"] in pipeline.SUMS), len(steps))
    phase = _kind(step).phase
    if phase is pipeline.Phase.REDUCE:
        return [*steps[:sums], step, *steps[sums + 1 :]]
    if phase is pipeline.Phase.PREPARE:
        return [*steps[:sums], step, *steps[sums:]]
    last = len(steps)
    while phase is pipeline.Phase.SHAPE and last > sums + 1 and _kind(steps[last - 1]).phase is pipeline.Phase.LIMIT:
        last -= 1
    return [*steps[:last], step, *steps[last:]]


def shape_of(steps: Sequence[dict[str, Any]]) -> str:
    """The kinds of the steps in their order: what moves and removals rely on, whatever their parameters are."""
    return ",".join(str(step["step"]) for step in steps)


def _check_shape(document: dict[str, Any], shape: str) -> None:
    if shape and shape != shape_of(document["scoring"]):
        raise drafts.Stale("Somebody changed the steps since you opened them.", code="steps_moved")


def _step_at(document: dict[str, Any], place: int) -> dict[str, Any]:
    if not 0 <= place < len(document["scoring"]):
        raise errors.NotFound("There is no such step.", code="step_unknown")
    step: dict[str, Any] = document["scoring"][place]
    return step


def _kind(step: dict[str, Any]) -> type[pipeline.Step]:
    kind = pipeline.STEPS.get(str(step.get("step")))
    if kind is None:
        raise errors.Invalid(f"There is no step {step.get('step')!r}.", code="step_unknown")
    return kind


def _title(step: dict[str, Any]) -> str:
    return _kind(step).about.title
