"""Simple sentences about a rubric that its author can act on."""

from collections import Counter
from dataclasses import dataclass

from domain import rubric

DOMINATES = 0.5
LONG = 60


@dataclass(frozen=True)
class Hint:
    """One sentence, with the id of the criterion it is about where there is one."""

    sentence: str
    criterion: str | None = None


def advice(said: rubric.Rubric) -> list[Hint]:
    """What an author should look at before submitting."""
    if not said.criteria:
        return [Hint("There are no criteria yet. Write what a good answer does, one thing in each.")]
    return [*_weights(said), *_texts(said), *_groups(said)]


def longest(said: rubric.Rubric) -> int:
    """The number of words of the longest criterion."""
    return max((len(criterion.text.split()) for criterion in said.criteria), default=0)


def _weights(said: rubric.Rubric) -> list[Hint]:
    shares = rubric.shares(said)
    weights = rubric.effective_weights(said)
    hints = []
    if not any(weights[c.id] > 0 and not c.is_pitfall for c in said.criteria):
        hints.append(Hint("No criterion adds to the score: with pitfalls alone the best score is 0."))
    for criterion in said.criteria:
        if len(said.criteria) > 2 and shares[criterion.id] > DOMINATES:
            share = f"{shares[criterion.id]:.0%}".replace("%", " %")
            hints.append(Hint(f"It carries {share} of all weight and outvotes the rest.", criterion.id))
        elif weights[criterion.id] == 0:
            hints.append(Hint("Its weight is 0, so it is judged without any effect on the score.", criterion.id))
    return hints


def _texts(said: rubric.Rubric) -> list[Hint]:
    seen = Counter(criterion.text.strip().casefold() for criterion in said.criteria)
    hints = []
    for criterion in said.criteria:
        if seen[criterion.text.strip().casefold()] > 1:
            hints.append(Hint("Another criterion has the same text.", criterion.id))
        if len(criterion.text.split()) > LONG:
            hints.append(Hint(f"It has more than {LONG} words; a judge follows short criteria better.", criterion.id))
    return hints


def _groups(said: rubric.Rubric) -> list[Hint]:
    used = {c.group for c in said.criteria} | {group.parent for group in said.groups}
    return [Hint(f"The group {group.title or group.id} is empty.") for group in said.groups if group.id not in used]
