"""Rules over what the whole scoring pipeline makes of weights: what adds, what decides, what changes nothing."""

from __future__ import annotations

from collections.abc import Iterator

from domain import pipeline, rubric, words
from domain.lint.findings import Finding, Rule, Severity
from domain.lint.shape_rules import rule

DOMINATES = 0.5
SAME = 1e-9


@rule(
    "nothing_adds", Severity.ERROR, "Nothing adds to the score",
    why="With pitfalls alone the best score is 0, so no answer can be told to be good.",
    good="At least one criterion with a weight above 0.", bad="Three pitfalls.",
)  # fmt: skip
def nothing_adds(own: Rule, said: rubric.Rubric) -> Iterator[Finding]:
    """Nothing that raises the score, or nothing that changes it, through all steps."""
    if not said.criteria:
        return
    found = rubric.reach(said)
    if found.span is None:
        yield Finding(own, "No criterion weighs anything in the score, so no answer gets one.")
    elif found.span.high - found.span.low <= SAME:
        yield Finding(own, f"Whatever the verdicts are, the steps make the score {_shown(found.span.high)}.")
    elif found.span.high <= SAME and not any(c.id in found.moving and not c.is_pitfall for c in said.criteria):
        yield Finding(own, f"No criterion adds to the score{_voided(said)}: with pitfalls alone the best score is 0.")


def _voided(said: rubric.Rubric) -> str:
    """Which step takes the weight of what would add, where criteria have one."""
    if steps := {step for c in said.criteria if not c.is_pitfall and c.weight > 0 and (step := _taken_by(said, c.id))}:
        return f" after {' and '.join(sorted(steps))}"
    return ""


@rule(
    "turned_round", Severity.ERROR, "Better answers score less",
    why="What is trained on such a score learns to fail the criteria.",
    good="A scale of 2, which keeps the order.", bad="A scale of −1 alone, which turns the order round.",
)  # fmt: skip
def turned_round(own: Rule, said: rubric.Rubric) -> Iterator[Finding]:
    """Steps that together turn the order round."""
    if said.criteria and pipeline.way(said.scoring, rubric.layout_of(said)) is pipeline.Way.DOWN:
        yield Finding(own, "The steps turn the order round: the better the verdicts, the lower the score.")


@rule(
    "dominated", Severity.WARNING, "One item outvotes the rest",
    why="Where one criterion weighs more than all others together, the others hardly matter.",
    good="Weights of 3, 2 and 2.", bad="Weights of 10, 1 and 1.",
)  # fmt: skip
def dominated(own: Rule, said: rubric.Rubric) -> Iterator[Finding]:
    """More than half of what weights decide on one criterion; what a step lets decide by itself is meant to."""
    plain, scored, deciding = rubric.shares(said), rubric.scored_shares(said), rubric.decisive(said)
    others = [c for c in said.criteria if c.id not in deciding]
    whole = sum(scored[c.id] for c in others)
    for criterion in others if len(others) > 2 and whole else ():
        share = scored[criterion.id] / whole
        if share <= DOMINATES:
            continue
        about = f"{criterion.weight:g}"
        if abs(share - plain[criterion.id]) <= SAME:
            sentence = f"It carries {words.percent(share)} of all weight and outvotes the rest."
        else:
            among = "of what the steps leave to weights" if deciding else "of the score"
            sentence = f"Through the scoring steps it decides {words.percent(share)} {among} and outvotes the rest."
            about = f"{about} {share:.3f}"
        yield Finding(own, sentence, criterion.id, about=about)


@rule(
    "zero_weight", Severity.ADVICE, "No effect",
    why="It costs a judgement for every answer and changes no score.",
    good="A weight above 0, or a gate.", bad="A weight of 0.",
)  # fmt: skip
def zero_weight(own: Rule, said: rubric.Rubric) -> Iterator[Finding]:
    """A criterion that is no gate and changes the score in no setting that was tried."""
    silent = {c.id for c in said.criteria} - (rubric.reach(said).moving if said.criteria else frozenset())
    for criterion in said.criteria:
        if criterion.id in silent and criterion.gate is None:
            yield Finding(own, _without_effect(said, criterion), criterion.id, about=criterion.text)


def _without_effect(said: rubric.Rubric, criterion: rubric.Criterion) -> str:
    if criterion.weight == 0:
        return "Its weight is 0, so it is judged without any effect on the score."
    if rubric.effective_weights(said)[criterion.id] == 0:
        return "A group above it weighs 0, so it is judged without any effect on the score."
    if step := _taken_by(said, criterion.id):
        return f"It weighs nothing after {step}, so it is judged without any effect on the score."
    return "No verdict on it changes the score through the scoring steps, so it is judged without any effect."


def _taken_by(said: rubric.Rubric, name: str) -> str:
    """The step that leaves a criterion no weight, as a sentence names it."""
    layout = rubric.layout_of(said)
    place = layout.place(name)
    assert place is not None
    for step in pipeline.ordered(said.scoring):
        before, layout = layout, step.reweighed(layout)
        gone = before.weights[place] > 0 and layout.weights[place] == 0
        if gone or (step.phase is pipeline.Phase.REDUCE and step.shares(layout)[place] == 0):
            return f"the step “{step.about.title}”"
    return ""


def _shown(score: float) -> str:
    return f"{score:.3g}".replace("-", "\N{MINUS SIGN}")


RULES = (nothing_adds, turned_round, dominated, zero_weight)
