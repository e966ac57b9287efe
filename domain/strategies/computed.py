"""No model at all: verdicts come from the checks of the criteria, and what no check decides is refused."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from domain.strategies.protocol import About, Ask, Cost, Findings, Judging, Load, Question, SamePrompts

REFUSED = "No model judges here: a criterion is decided by its check or not at all."


class Computed(SamePrompts):
    """What the built-in judge of computed checks does with a question: nothing is left to be asked."""

    about = About(
        name="computed",
        title="Computed checks",
        does="Asks no model. Each criterion is decided by its check alone.",
        source="ours",
        prompts=(),
        kinds=frozenset(),
        needs_logprobs=False,
        asks_for="nothing",
    )

    def cost(self, load: Load) -> Cost:
        """Nothing is asked."""
        del load
        return Cost(0, 0, 0)

    def judge(self, question: Question) -> Judging:
        """Refuse each criterion that was left."""
        return self._refused(question)

    def _refused(self, question: Question) -> Generator[Ask, Any, Findings]:
        findings = Findings()
        for criterion in question.criteria:
            findings.refuse(criterion, REFUSED)
        yield from ()
        return findings
