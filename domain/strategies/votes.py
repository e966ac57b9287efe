"""Several reasoned votes a criterion, until a majority is decided."""

from __future__ import annotations

import collections
import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from domain import prompts, reply_forms, verdicts
from domain.ports import TextRequest
from domain.rubric import Criterion
from domain.strategies.protocol import (
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
    one_of,
    positions,
    whole,
)
from domain.verdicts import Label, Status, Verdict

PROMPT = "judge_reasoned"
MOST_VOTES = 15
MAX_TOKENS = 160
_SEEDS = 2**31
_EQUAL = 1e-9

VOTES = Setting("votes", 5, whole(2, MOST_VOTES), f"There are 2 to {MOST_VOTES} votes.", "Votes at most")
WEIGHING = Setting(
    "weighing",
    "equal",
    one_of("equal", "consistency"),
    "Votes weigh the same (equal) or by whether their reason agrees with them (consistency).",
    "How votes weigh",
    (("equal", "All the same"), ("consistency", "More where the reason agrees with the vote")),
)
TEMPERATURE = Setting(
    "temperature", 0.7, number(0.05, 2), "The temperature of votes is a number from 0.05 to 2.", "Temperature"
)


class Vote(NamedTuple):
    """One readable vote: the label, whether its reason agrees (1, 0, −1), its weight, its text and its origin."""

    label: Label
    consistency: int
    weight: float
    text: str
    origin: tuple[int, int]


def reward(form: float, accuracy: float, consistency: float) -> float:
    """R1-Reward's reward of one vote of known truth: form and accuracy in {0, 1}, consistency in {−1, 0, 1}."""
    return 0.5 * form + accuracy * weight_of(consistency)


def weight_of(consistency: float) -> float:
    """What a vote weighs by the consistency of its reason: 1½, 1 or ½."""
    return 1 + 0.5 * consistency


class Votes(SamePrompts):
    """Asks for reasoned votes one after the other, and stops for each criterion once nothing can change."""

    about = About(
        name="votes",
        title="Votes",
        does="Takes several reasoned votes and their majority; stops as soon as it is decided, flags reasons that "
        "contradict their vote, and leaves a tie unscored.",
        source="R1-Reward (2025)",
        prompts=(PROMPT,),
        quotes=("isolated",),
        needs_logprobs=False,
        settings=(VOTES, WEIGHING, TEMPERATURE),
        asks_for="three to five reasons a criterion, about a hundred tokens each",
    )

    def cost(self, load: Load) -> Cost:
        """At most one request a vote."""
        most = VOTES.of(load.settings)
        tokens = int(load.settings.get("max_reasoning_tokens", MAX_TOKENS))
        return Cost(most, most * load.criteria, most * load.criteria * tokens)

    def judge(self, question: Question) -> Judging:
        """One request a vote, with the criteria that are still open."""
        most = VOTES.of(question.settings)
        weighted = WEIGHING.of(question.settings) == "consistency"
        rendered = prompts.render(PROMPT, question.material, question.criteria)
        polls = [_Poll(criterion, most, weighted) for criterion in question.criteria]
        failed = Findings()
        waiting = list(range(len(polls)))
        for turn in range(most):
            batch = yield Ask(_request(question, rendered, waiting, turn), "votes", PROMPT)
            for at in positions(batch, [polls[place].criterion for place in waiting], failed, turn):
                polls[waiting[at]].hear(batch.texts[at] or "", (turn, at))
            waiting = [place for place in waiting if not polls[place].is_decided(most - 1 - turn)]
            if failed.away or not waiting:
                break
        findings = Findings(away=failed.away)
        for place, poll in enumerate(polls):
            if not (failed.away and place in waiting):
                poll.conclude(question.material.text(0), failed, findings)
        return findings


@dataclasses.dataclass
class _Poll:
    """The votes on one criterion; `cast` counts those that came back, readable or not, the last of them at `last`."""

    criterion: Criterion
    most: int
    weighted: bool
    votes: list[Vote] = dataclasses.field(default_factory=list)
    cast: int = 0
    last: tuple[int, int] = (0, 0)

    def hear(self, text: str, origin: tuple[int, int]) -> None:
        """Count a vote that came back."""
        self.cast += 1
        self.last = origin
        label = verdicts.read_answer(self.criterion, text)
        if label is not None:
            agrees = verdicts.consistency(verdicts.before_answer(text), label)
            self.votes.append(Vote(label, agrees, weight_of(agrees) if self.weighted else 1.0, text, origin))

    def is_decided(self, left: int) -> bool:
        """Whether the votes that are left, with all their weight, cannot change the majority."""
        sums = [total for total, _ in self._tally()] + [0.0, 0.0]
        heaviest = weight_of(1) if self.weighted else 1.0
        return self._are_enough() and sums[0] - sums[1] > left * heaviest

    def conclude(self, answer: str, failed: Findings, findings: Findings) -> None:
        """Put the majority into the findings, or why there is none."""
        tally = self._tally()
        if not self._are_enough():
            self._too_few(failed, findings)
        elif len(tally) > 1 and tally[0][0] - tally[1][0] < _EQUAL:
            said = f"The votes are tied: {self._shown()}."
            verdict = verdicts.unscored(self.criterion.id, Status.CANNOT_ASSESS, said)
            findings.take(dataclasses.replace(verdict, detail=self._detail()), self.last)
        else:
            winner = next(vote for vote in self.votes if vote.label == tally[0][1])
            reasoned = verdicts.read_reasoned(verdicts.before_answer(winner.text))
            checked = verdicts.check_evidence(self.criterion, self._majority(), reasoned, answer)
            findings.take(checked, winner.origin)

    def _are_enough(self) -> bool:
        """Whether more than half of all votes could be read: fewer are no majority of anything."""
        return 2 * len(self.votes) > self.most

    def _too_few(self, failed: Findings, findings: Findings) -> None:
        if self.cast < self.most and 2 * self.cast <= self.most:
            findings.adopt(failed, self.criterion)
            return
        said = f"Only {len(self.votes)} of {self.most} votes could be read; each must end with Answer: and one reply."
        findings.take(verdicts.unscored(self.criterion.id, Status.UNPARSEABLE, said), self.last)

    def _tally(self) -> list[tuple[float, Label]]:
        """The labels that got votes with the sum of their weights, the heaviest first."""
        labels = dict.fromkeys(vote.label for vote in self.votes)
        sums = [(math.fsum(vote.weight for vote in self.votes if vote.label == label), label) for label in labels]
        return sorted(sums, key=lambda each: -each[0])

    def _majority(self) -> Verdict:
        tally = self._tally()
        total = math.fsum(weight for weight, _ in tally)
        label = tally[0][1]
        counted = Verdict(
            self.criterion.id,
            Status.OK,
            distribution=tuple((each.text, weight / total) for weight, each in tally),
            detail=self._detail(),
        )
        if label.value is None:
            said = "Most votes say that the criterion does not apply."
            return dataclasses.replace(counted, status=Status.NOT_APPLICABLE, reason=said)
        valued = [(weight, each.value) for weight, each in tally if each.value is not None]
        expected = math.fsum(w * value for w, value in valued) / math.fsum(w for w, _ in valued)
        return dataclasses.replace(counted, value=label.value, probability=min(1.0, expected))

    def _detail(self) -> Mapping[str, Any]:
        """The votes in their order, how many were cast and unreadable, the leader's share, contradicting reasons."""
        leader = self._tally()[0][1]
        return {
            "votes": [vote.label.text.strip() for vote in self.votes],
            "cast": self.cast,
            "unreadable": self.cast - len(self.votes),
            "agreement": sum(vote.label == leader for vote in self.votes) / len(self.votes),
            "contradictions": sum(vote.consistency < 0 for vote in self.votes),
        }

    def _shown(self) -> str:
        counts = collections.Counter(vote.label.text.strip() for vote in self.votes)
        return ", ".join(f"{count} for {name}" for name, count in counts.items())


def _request(question: Question, rendered: prompts.Rendered, places: Sequence[int], turn: int) -> TextRequest:
    most = int(question.settings.get("max_reasoning_tokens", MAX_TOKENS))
    offered = [reply_forms.replies(question.criteria[place]) for place in places]
    return TextRequest(
        rendered.shared,
        tuple(rendered.suffixes[place] for place in places),
        max_tokens=most,
        temperature=float(TEMPERATURE.of(question.settings)),
        seed=(question.seed * MOST_VOTES + turn) % _SEEDS,
        forms=question.held(reply_forms.reasoned(most, each) for each in offered),
    )
