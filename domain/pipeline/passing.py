"""Answers taken through the steps of a pipeline."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from domain import errors
from domain.pipeline.columns import Columns
from domain.pipeline.exact import Bools, Floats
from domain.pipeline.order import ordered
from domain.pipeline.step import Given, Step

Groups = npt.NDArray[np.intp]


@dataclasses.dataclass(frozen=True, slots=True)
class Passed:
    """A step that was taken: the columns before and after, and what it found of each group."""

    step: Step
    before: Columns
    after: Columns
    figures: tuple[dict[str, Any] | None, ...] = (None,)
    groups: Groups | None = None

    def fitted(self, row: int) -> Given | None:
        """What the step found of the group of an answer."""
        return self.figures[0 if self.groups is None else int(self.groups[row])]


def taken(steps: Sequence[Step], columns: Columns, groups: Sequence[int] | None = None) -> list[Passed]:
    """The steps in their order on all answers; `groups` says which answers are of one prompt."""
    codes = None if groups is None else np.unique(np.asarray(groups), return_inverse=True)[1]
    passed = []
    for step in ordered(steps):
        if step.needs_group:
            if codes is None:
                raise group_needed(step)
            done = _by_group(step, columns, codes)
        else:
            done = Passed(step, columns, step.apply(columns, None))
        passed.append(done)
        columns = done.after
    return passed


def again_with(passed: Sequence[Passed], row: int, present: Bools, absent: float = 0.0) -> Floats:
    """Raw scores of one answer were only some of its criteria true of it as judged, the others at `absent`.

    Each row of `present` is one such answer; what steps found of the group stays as it is.
    """
    first = passed[0].before.some([row] * len(present))
    value = np.where(present, first.value, np.where(first.there, absent, 0.0))
    columns = dataclasses.replace(first, value=value, judged=value)
    for one in passed:
        columns = one.step.apply(columns, one.fitted(row))
    return columns.raw


def group_needed(step: Step) -> errors.Invalid:
    """The refusal of one answer by a step that looks at all answers of a prompt."""
    return errors.Invalid(
        f"The step `{step.step}` compares all answers of a prompt: it needs the group, not one answer alone.",
        code="group_needed",
    )


def _by_group(step: Step, columns: Columns, codes: Groups) -> Passed:
    """One step on each group by itself."""
    count = int(codes.max()) + 1 if len(codes) else 0
    figures: list[dict[str, Any] | None] = []
    value, there = columns.value.copy(), columns.there.copy()
    own, raw = np.array(columns.own), columns.raw.copy()
    order = np.argsort(codes, kind="stable")
    bounds = np.searchsorted(codes[order], np.arange(count + 1))
    for code in range(count):
        rows = order[bounds[code] : bounds[code + 1]]
        part = columns.some(rows)
        fitted = step.fit(part)
        after = step.apply(part, fitted)
        figures.append(fitted)
        value[rows], there[rows], own[rows], raw[rows] = after.value, after.there, after.own, after.raw
    after = dataclasses.replace(columns, value=value, there=there, own=own, raw=raw)
    return Passed(step, columns, after, tuple(figures), codes)
