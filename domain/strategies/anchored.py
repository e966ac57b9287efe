"""One answer against the reference answer of its prompt, in both orders, as a debiased win probability."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from domain import prompts, subjects
from domain.ports import LabelReply, LabelRequest
from domain.rubric import Criterion, Kind
from domain.strategies.both_orders import SWAPPED, offered, read_comparison
from domain.strategies.protocol import (
    JUDGED_KINDS,
    About,
    Ask,
    Cost,
    Findings,
    Judging,
    Load,
    Question,
    SamePrompts,
    Setting,
    number,
    positions,
)
from domain.verdicts import Label, Status, Verdict, unscored

PROMPT = "judge_anchored"
SIDES = (Label(" A", 1.0, "the first"), Label(" B", 0.0, "the second"))
TIE_GAP = Setting(
    "tie_gap",
    0.5,
    number(0, 1),
    "The gap that makes a tie is a number between 0 and 1.",
    "A tie where the two orders differ by more than this",
)


class Anchored(SamePrompts):
    """Asks whether a criterion is more true of the answer or of the reference answer, in both orders."""

    about = About(
        name="anchored",
        title="Against the reference answer",
        does="Compares an answer with the reference answer of its prompt on each criterion, in both orders. The value "
        "is the probability that the answer wins, without what the place of an answer adds.",
        source="Pairwise-RL (2504.04950)",
        prompts=(PROMPT,),
        kinds=JUDGED_KINDS - {Kind.ANSWER},
        needs_reference=True,
        settings=(TIE_GAP,),
        asks_for="one token a criterion and order",
    )

    def cost(self, load: Load) -> Cost:
        """One request an order; the reference answer is read beside the answer."""
        return Cost(2, 2 * load.criteria, 2 * load.criteria)

    def judge(self, question: Question) -> Judging:
        """Ask with the answer first, then with the anchor first."""
        findings = Findings()
        answer, reference = question.material.answers[0], question.material.reference
        if not reference:
            for criterion in question.criteria:
                findings.refuse(criterion, "This judge compares with a reference answer, and the prompt has none.")
            return findings
        pair = dataclasses.replace(question.material, answers=(answer, subjects.as_parts(reference)), reference=None)
        forward = yield Ask(_request(pair, question.criteria), "forward", PROMPT)
        there = positions(forward, question.criteria, findings, 0)
        left = [question.criteria[place] for place in there]
        if not left:
            return findings
        backward = yield Ask(_request(pair.ordered(SWAPPED), left), "backward", PROMPT)
        for place in positions(backward, left, findings, 1):
            replies = (forward.replies[there[place]], backward.replies[place])
            findings.take(_read(question, left[place], *replies), (0, there[place]))
        return findings


def debiased(forward: float, backward: float) -> float:
    """The win probability of an answer from the probability that the first shown wins, it first and it second.

    Whatever the first place adds to both is gone.
    """
    return min(1.0, max(0.0, (forward + 1 - backward) / 2))


def _request(material: prompts.Material, criteria: Sequence[Criterion]) -> LabelRequest:
    rendered = prompts.render(PROMPT, material, criteria)
    labels = tuple(tuple(label.text for label in offered(criterion, SIDES)) for criterion in criteria)
    return LabelRequest(rendered.shared, rendered.suffixes, labels)


def _read(question: Question, criterion: Criterion, forward: LabelReply, backward: LabelReply) -> Verdict:
    orders = [read_comparison(criterion, reply, SIDES, question.settings) for reply in (forward, backward)]
    ends = [order for order in orders if not order.is_scored]
    if ends:
        broken = [end for end in ends if end.status is not Status.NOT_APPLICABLE]
        if broken or len(ends) == 2:
            return (broken or ends)[0]
        said = "The judge found that the criterion applies in one order of the answers and not in the other."
        return unscored(criterion.id, Status.CANNOT_ASSESS, said)
    first, second = (float(order.probability or 0.0) for order in orders)
    chance = debiased(first, second)
    gap = abs(first - (1 - second))
    tied = gap > float(TIE_GAP.of(question.settings))
    return Verdict(
        criterion.id,
        Status.OK,
        value=0.5 if tied else chance,
        probability=chance,
        label_mass=min(order.label_mass or 0.0 for order in orders),
        detail={
            "forward": round(first, 6),
            "backward": round(1 - second, 6),
            "gap": round(gap, 6),
            "flipped": (first - 0.5) * (0.5 - second) < 0,
            "tied": tied,
        },
    )
