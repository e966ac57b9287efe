"""Two answers compared criterion by criterion, from −2 to 2, in both orders."""

from __future__ import annotations

from domain.strategies import both_orders
from domain.strategies.protocol import About, Cost, Findings, Judging, Load, Question, SamePrompts

PROMPT = "judge_pair"


class Pairwise(SamePrompts):
    """Asks which of two answers a criterion is more true of, in both orders, and lets a rule decide."""

    about = About(
        name="pairwise",
        title="Pairwise, both orders",
        does="Compares two answers on each criterion, from much more true of the first to much more true of the "
        "second, in both orders; a rule outside the model says who wins.",
        source="OpenRS (2602.14069); one token a criterion and the strict policy are ours",
        prompts=(PROMPT,),
        subject="pair",
        settings=(both_orders.POLICY, both_orders.THRESHOLD),
        asks_for="one token a criterion and order",
    )

    def cost(self, load: Load) -> Cost:
        """One request an order."""
        return Cost(2, 2 * load.criteria, 2 * load.criteria)

    def judge(self, question: Question) -> Judging:
        """Ask in both orders and settle."""
        findings = Findings()
        compared = yield from both_orders.asked_in_both(question, PROMPT, findings)
        for criterion, forward, backward, origin in compared:
            findings.take(both_orders.together(criterion, forward, backward, question.settings), origin)
        return findings
