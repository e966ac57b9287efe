"""Two answers checked one by one on each criterion; the hard rules decide before the principles do."""

from __future__ import annotations

import dataclasses

from domain import prompts
from domain.ports import LabelRequest
from domain.rubric import Criterion
from domain.strategies.label_distribution import read_labels
from domain.strategies.protocol import About, Ask, Cost, Findings, Judging, Load, Question, positions
from domain.verdicts import Verdict, compared, labels_for

MEMBERS = ("first", "second")


class Gatekeeper:
    """Checks both answers against each criterion on their own; a winner among the hard rules wins the pair."""

    about = About(
        name="gatekeeper",
        title="Gatekeeper, then principles",
        does="Checks each of two answers on its own against every criterion. Where one wins by the hard rules it wins "
        "the pair; only where they tie do the principles decide.",
        source="OpenRubrics, Rubric-RM (2510.07743); that a rule outside the model decides is ours",
        prompts=("judge_isolated", "judge_rubric_context"),
        subject="pair",
        protocols=("isolated", "rubric_context"),
        hard_rules_first=True,
        asks_for="one token a criterion and answer",
    )

    def prompt_names(self, protocol: str) -> tuple[str, ...]:
        """The prompt for single answers under the protocol."""
        return (f"judge_{protocol}",)

    def cost(self, load: Load) -> Cost:
        """One request an answer."""
        return Cost(2, 2 * load.criteria, 2 * load.criteria)

    def judge(self, question: Question) -> Judging:
        """Ask about the first answer, then about the second what the first could be asked."""
        name = self.prompt_names(question.protocol)[0]
        findings = Findings()
        read: list[dict[str, tuple[Verdict, tuple[int, int]]]] = []
        left = list(question.criteria)
        for member, purpose in enumerate(MEMBERS):
            alone = dataclasses.replace(question.material, answers=(question.material.answers[member],))
            batch = yield Ask(_request(name, alone, left), purpose, name)
            there = positions(batch, left, findings, member)
            read.append({left[n].id: (read_labels(question, left[n], batch.replies[n]), (member, n)) for n in there})
            left = [left[n] for n in there]
            if not left:
                return findings
        for criterion in left:
            (first, origin), (second, _) = (of_member[criterion.id] for of_member in read)
            findings.take(compared(criterion, first, second), origin)
        return findings


def _request(name: str, material: prompts.Material, criteria: list[Criterion]) -> LabelRequest:
    rendered = prompts.render(name, material, criteria)
    labels = tuple(tuple(label.text for label in labels_for(criterion)) for criterion in criteria)
    return LabelRequest(rendered.shared, rendered.suffixes, labels)
