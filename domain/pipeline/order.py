"""In which order steps are taken, and which pipelines make no sense."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from domain.errors import Problem
from domain.pipeline.columns import Layout
from domain.pipeline.step import Phase, Span, Step, Way

MAX_STEPS = 20
GATE = "gate"


def ordered(steps: Sequence[Step]) -> list[Step]:
    """Steps as they are taken: those that prepare, the one that sums, then the others as they stand.

    A gate that stands before the sum is taken last, so that nothing is added to a score that it has closed.
    """
    early = _gates_before_sum(steps)
    late = [step for place, step in enumerate(steps) if step.phase > Phase.REDUCE and place not in early]
    first = [step for step in steps if step.phase is Phase.PREPARE]
    sums = [step for step in steps if step.phase is Phase.REDUCE]
    return [*first, *sums, *late, *(steps[place] for place in early)]


def needs_group(steps: Sequence[Step]) -> bool:
    """Whether scores depend on the other answers to the same prompt."""
    return any(step.needs_group for step in steps)


def needs_length(steps: Sequence[Step]) -> bool:
    """Whether scores depend on how long answers are."""
    return any(step.needs_length for step in steps)


def way(steps: Sequence[Step], layout: Layout) -> Way:
    """Where the score goes when any one verdict gets better, the others staying as they are."""
    whole = Way.UP
    for step in ordered(steps):
        whole = whole.then(step.way(layout))
    return whole


def span(steps: Sequence[Step], layout: Layout) -> Span:
    """Between which numbers scores lie when every criterion has a value."""
    whole = Span(0.0, 1.0)
    for step in ordered(steps):
        layout = step.reweighed(layout)
        whole = step.span(whole, layout)
    return whole


def shares(steps: Sequence[Step], layout: Layout) -> tuple[float, ...]:
    """The part of the summed number that each criterion decides, under the weights that the steps before leave."""
    for step in ordered(steps):
        layout = step.reweighed(layout)
        if step.phase is Phase.REDUCE:
            return step.shares(layout)
    return (0.0,) * len(layout.items)


def decisive(steps: Sequence[Step], layout: Layout) -> frozenset[str]:
    """Criteria that some step lets decide by themselves, whatever they weigh."""
    return frozenset().union(*(step.decisive(layout) for step in steps))


def keeps_ratio(steps: Sequence[Step]) -> bool:
    """Whether scores, over any one weight, are a ratio of two lines that gates alone cut off."""
    return all(step.keeps_ratio for step in steps)


def problems(steps: Sequence[Step], layout: Layout) -> list[Problem]:
    """What makes no sense in a pipeline for these criteria; pointers begin at the list of steps."""
    return [*_order(steps), *_within(steps, layout)]


def _order(steps: Sequence[Step]) -> Iterator[Problem]:
    names = [step.step for step in steps]
    for place, step in enumerate(steps):
        if step.once and step.step in names[:place]:
            yield Problem(f"/{place}", f"The step `{step.step}` may stand only once.")
    sums = [place for place, step in enumerate(steps) if step.phase is Phase.REDUCE]
    if not sums:
        yield Problem("", "One step has to make one number of the criteria, such as `weighted` or `tree`.")
        return
    for place in sums[1:]:
        first, second = names[sums[0]], names[place]
        yield Problem(f"/{place}", f"Only one step can make the number: `{first}` does, so `{second}` cannot.")
    for place, step in enumerate(steps):
        if step.phase is Phase.PREPARE and place > sums[0]:
            sentence = (
                f"The step `{step.step}` changes values or weights, so it has to stand before `{names[sums[0]]}`."
            )
            yield Problem(f"/{place}", sentence)
        elif step.phase > Phase.REDUCE and place < sums[0] and step.step != GATE:
            sentence = f"The step `{step.step}` changes the score, so it has to stand after `{names[sums[0]]}`."
            yield Problem(f"/{place}", sentence)


def _within(steps: Sequence[Step], layout: Layout) -> Iterator[Problem]:
    for place, step in enumerate(steps):
        for problem in step.problems(layout):
            yield Problem(f"/{place}{problem.pointer}", problem.message)


def _gates_before_sum(steps: Sequence[Step]) -> list[int]:
    sums = [place for place, step in enumerate(steps) if step.phase is Phase.REDUCE]
    last = sums[0] if sums else len(steps)
    return [place for place, step in enumerate(steps) if step.step == GATE and place < last]
