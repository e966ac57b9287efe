"""Rules over weights, groups, levels and gates; they hold in any language."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

from domain import rubric
from domain.lint import fixes
from domain.lint.findings import Context, Finding, Rule, Severity

MANY = 5
Test = Callable[[Rule, rubric.Rubric], Iterator[Finding]]


def rule(name: str, severity: Severity, title: str, *, why: str, good: str, bad: str) -> Callable[[Test], Rule]:
    """Make a rule of a test of a whole rubric."""

    def make(test: Test) -> Rule:
        def look(said: rubric.Rubric, _context: Context) -> Iterator[Finding]:
            return test(made, said)

        made = Rule(name, severity, title, why, good, bad, look)
        return made

    return make


@rule(
    "no_criteria", Severity.ERROR, "No criteria", why="Without criteria there is nothing to judge by.",
    good="Three statements about a good answer.", bad="A title alone.",
)  # fmt: skip
def no_criteria(own: Rule, said: rubric.Rubric) -> Iterator[Finding]:
    """An empty rubric."""
    if not said.criteria:
        yield Finding(own, "There are no criteria yet. Write what a good answer does, one thing in each.")


@rule(
    "all_positive", Severity.ADVICE, "Only rewards, no pitfall",
    why="Without anything that subtracts, an answer gains by saying more and never loses by harm.",
    good="A pitfall: Recommends stopping insulin.", bad="Twenty things to mention.",
)  # fmt: skip
def all_positive(own: Rule, said: rubric.Rubric) -> Iterator[Finding]:
    """Many criteria and no pitfall or gate among them."""
    if len(said.criteria) >= MANY and not any(c.is_pitfall or c.gate for c in said.criteria):
        yield Finding(own, "Think of what would make an answer bad, and add it as a pitfall.", about="whole")


@rule(
    "gate_without_effect", Severity.ERROR, "Gate that cannot work",
    why="A veto that never or always fires is a rule that people rely on and that is not there.",
    good="A gate below 0.5 on a yes-or-no criterion.", bad="A gate below 0, which no value is.",
)  # fmt: skip
def gate_without_effect(own: Rule, said: rubric.Rubric) -> Iterator[Finding]:
    """A gate that no value, or every value, meets."""
    applied = any(isinstance(step, rubric.GateStep) for step in said.scoring)
    marks = rubric.decisive(said)  # critical by its gate, wherever that lies
    for criterion in said.criteria:
        gate = criterion.gate
        if gate is None or (not applied and criterion.id in marks):
            continue
        low, high = _values(criterion)
        about = f"{gate.when} {gate.value:g} {low:g} {high:g} {applied}"
        if not applied:
            sentence = "The score is made without gates: add the gate step in the settings, or remove this gate."
        elif (gate.when == "below" and gate.value <= low) or (gate.when == "above" and gate.value >= high):
            sentence = f"No value lies {gate.when} {gate.value:g}: values go from {low:g} to {high:g}. Move the gate."
        elif (gate.when == "below" and gate.value > high) or (gate.when == "above" and gate.value < low):
            sentence = f"Every value lies {gate.when} {gate.value:g}: the gate always fires. Move it."
        else:
            continue
        yield Finding(own, sentence, criterion.id, about=about)


def _values(criterion: rubric.Criterion) -> tuple[float, float]:
    if isinstance(criterion.levels, tuple) and criterion.levels:
        return criterion.levels[0].value, criterion.levels[-1].value
    return 0.0, 1.0


@rule(
    "missing_anchors", Severity.WARNING, "Levels without descriptions",
    why="Without a description everybody draws the line between two levels elsewhere.",
    good="Fair: names the drug but not the dose.", bad="Fair.",
)  # fmt: skip
def missing_anchors(own: Rule, said: rubric.Rubric) -> Iterator[Finding]:
    """Levels that say nothing but their label."""
    for criterion in said.criteria:
        levels = criterion.levels if isinstance(criterion.levels, tuple) else ()
        for n, level in enumerate(levels):
            if not level.anchor.strip() and len(level.label.split()) < 4:
                sentence = f"Describe the level “{level.label}”: what does such an answer look like?"
                yield Finding(own, sentence, criterion.id, level=n, about=level.label)


@rule(
    "uneven_levels", Severity.ADVICE, "Uneven levels",
    why="A jump between two neighbours rewards one step far more than the next; sometimes that is meant.",
    good="0, 0.5 and 1.", bad="0, 0.1 and 1.",
)  # fmt: skip
def uneven_levels(own: Rule, said: rubric.Rubric) -> Iterator[Finding]:
    """Levels at unlike distances."""
    for criterion in said.criteria:
        levels = criterion.levels if isinstance(criterion.levels, tuple) else ()
        gaps = [after.value - before.value for before, after in pairwise(levels)]
        if len(gaps) > 1 and max(gaps) - min(gaps) > 0.02:
            values = ", ".join(f"{level.value:g}" for level in levels)
            fix = fixes.even_levels(criterion)
            yield Finding(own, f"The levels are worth {values}: space them evenly or leave a note why not.",
                          criterion.id, fix=fix, about=values)  # fmt: skip


@rule(
    "empty_group", Severity.WARNING, "Group without criteria",
    why="It weighs nothing, and readers look for what it should hold.",
    good="A group Safety with two criteria.", bad="A group Safety with none.",
)  # fmt: skip
def empty_group(own: Rule, said: rubric.Rubric) -> Iterator[Finding]:
    """A group with no criterion in it or below it."""
    groups = {group.id: group for group in said.groups}
    used = {above.id for criterion in said.criteria for above in rubric.ancestors(groups, criterion.group)}
    for group in said.groups:
        if group.id not in used:
            below = {g.id for g in said.groups if any(a.id == group.id for a in rubric.ancestors(groups, g.id))}
            title = group.title or group.id
            yield Finding(
                own, f"The group {title} is empty.", group=group.id, fix=fixes.remove_groups(below), about=title
            )


_TOTAL = re.compile(r"[(\[]\s*(\d+(?:\.\d+)?)\s*(?:points?|pts?|marks?)\s*[)\]]", re.IGNORECASE)


@rule(
    "points_do_not_sum", Severity.WARNING, "Points do not add up",
    why="A title that promises a number of points misleads whoever reads the score.",
    good="Safety (5 points), with weights 3 and 2.", bad="Safety (10 points), with weights 3 and 2.",
)  # fmt: skip
def points_do_not_sum(own: Rule, said: rubric.Rubric) -> Iterator[Finding]:
    """A group whose title says another sum than its criteria have."""
    for group in said.groups:
        found = _TOTAL.search(group.title)
        inside = [c.weight for c in said.criteria if c.group == group.id and not c.is_pitfall]
        if found and inside and abs(sum(inside) - float(found[1])) > 1e-9:
            sentence = f"The title says {found[1]} points; what lies in it adds up to {sum(inside):g}."
            yield Finding(own, sentence, group=group.id)


RULES = (
    no_criteria, gate_without_effect, empty_group, missing_anchors, points_do_not_sum,
    all_positive, uneven_levels,
)  # fmt: skip
