"""Comparing two answers in both orders, and what the two replies together say."""

from __future__ import annotations

import dataclasses
from collections.abc import Generator, Mapping, Sequence
from typing import Any, NamedTuple

from domain import prompts, verdicts
from domain.ports import LabelReply, LabelRequest, Part
from domain.rubric import Criterion
from domain.strategies.protocol import Ask, Findings, Question, Setting, number, one_of, positions
from domain.verdicts import DOES_NOT_APPLY, Label, Status, Verdict

STEPS = (
    Label(" P", 1.0, "much more true of the first"),
    Label(" Q", 0.75, "somewhat more true of the first"),
    Label(" R", 0.5, "equally true of both"),
    Label(" S", 0.25, "somewhat more true of the second"),
    Label(" T", 0.0, "much more true of the second"),
)
SWAPPED = (1, 0)
TIED = 1e-9
POLICY = Setting(
    "policy",
    "strict",
    one_of("strict", "lenient"),
    "The policy is strict (both orders must agree) or lenient (a tie in one order still lets the other win).",
    "Who wins where the orders differ",
    (("strict", "both orders must agree"), ("lenient", "a tie in one order still lets the other win")),
)
THRESHOLD = Setting(
    "threshold",
    0.0,
    number(0, 2),
    "The threshold is a number from 0 to 2.",
    "How far from a tie, on the scale from −2 to 2, an order must be to count as a win",
)


class Order(NamedTuple):
    """What one order said of one criterion, from −2 to 2, where 2 is all for the answer shown first.

    `score` is the one that counts; `expected` is the mean over the labels.
    """

    score: float
    expected: float
    verdict: Verdict


Pairs = list[tuple[Criterion, Order | Verdict, Order | Verdict, tuple[int, int]]]


def asked_in_both(
    question: Question, name: str, findings: Findings, first: int = 0, solution: Sequence[Part] = ()
) -> Generator[Ask, Any, Pairs]:
    """Ask for the five steps in both orders; what failed goes into the findings, the rest comes back.

    `first` is the number of the first ask; `solution` fills the place of that name.
    """
    forward = yield Ask(_request(question.material, question.criteria, name, solution), "forward", name)
    there = positions(forward, question.criteria, findings, first)
    if not there:
        return []
    left = [question.criteria[place] for place in there]
    swapped = question.material.ordered(SWAPPED)
    backward = yield Ask(_request(swapped, left, name, solution), "backward", name)
    back = positions(backward, left, findings, first + 1)
    return [
        (
            left[place],
            read_order(left[place], forward.replies[there[place]], question.settings),
            read_order(left[place], backward.replies[place], question.settings),
            (first, there[place]),
        )
        for place in back
    ]


def _request(
    material: prompts.Material, criteria: Sequence[Criterion], name: str, solution: Sequence[Part]
) -> LabelRequest:
    rendered = prompts.render(name, material, criteria, solution=solution)
    return LabelRequest(
        rendered.shared,
        rendered.suffixes,
        tuple(tuple(label.text for label in offered(c, STEPS)) for c in criteria),
    )


def offered(criterion: Criterion, labels: tuple[Label, ...]) -> tuple[Label, ...]:
    """The labels of a comparison, with one more where the criterion may not apply."""
    return (*labels, DOES_NOT_APPLY) if isinstance(criterion.applies_when, str) else labels


def read_order(criterion: Criterion, reply: LabelReply, settings: Mapping[str, Any]) -> Order | Verdict:
    """What one order said, or the verdict that says why it cannot be used."""
    verdict = read_comparison(criterion, reply, STEPS, settings)
    if not verdict.is_scored or verdict.probability is None:
        return verdict
    expected = 4 * verdict.probability - 2
    score = expected if settings.get("value_from") == "expectation" else _mode(verdict)
    return Order(score, expected, verdict)


def read_comparison(
    criterion: Criterion, reply: LabelReply, labels: tuple[Label, ...], settings: Mapping[str, Any]
) -> Verdict:
    """The verdict of a reply over the labels of a comparison, by the judge's least label mass."""
    return verdicts.read_distribution(
        criterion,
        reply.probabilities,
        label_mass=reply.label_mass,
        min_label_mass=float(settings.get("min_label_mass", verdicts.MIN_LABEL_MASS)),
        labels=offered(criterion, labels),
    )


def _mode(verdict: Verdict) -> float:
    """The likeliest step; steps that are equally likely meet in their middle, so that no side is favoured."""
    steps = {label.text: 4 * label.value - 2 for label in STEPS if label.value is not None}
    shares = [(steps[text], share) for text, share in verdict.distribution if text in steps]
    best = max(share for _, share in shares)
    likeliest = [step for step, share in shares if share == best]
    return sum(likeliest) / len(likeliest)


def settled(forward: float, backward: float, policy: str, threshold: float = 0.0) -> float:
    """The score from −2 to 2 of the first member; both arguments are in favour of the answer shown first.

    So `backward` speaks for the second member. Strict: both orders name the same winner. Lenient (OpenRS): one order
    names it by more than the threshold, and the other does not contradict by as much. Else it is a tie.
    """
    if policy == "strict":
        first = forward > threshold and backward < -threshold
        second = forward < -threshold and backward > threshold
    else:
        first = forward > threshold and backward <= -threshold
        second = forward <= -threshold and backward > threshold
    return (forward - backward) / 2 if first or second else 0.0


def together(
    criterion: Criterion, forward: Order | Verdict, backward: Order | Verdict, settings: Mapping[str, Any]
) -> Verdict:
    """One verdict of both orders, with both in its detail as they speak for the first member."""
    broken = _broken(criterion, forward, backward)
    if broken is not None:
        return broken
    assert isinstance(forward, Order)
    assert isinstance(backward, Order)
    score = settled(forward.score, backward.score, POLICY.of(settings), float(THRESHOLD.of(settings)))
    return Verdict(
        criterion.id,
        Status.OK,
        value=(score + 2) / 4,
        probability=min(1.0, max(0.0, ((forward.expected - backward.expected) / 2 + 2) / 4)),
        label_mass=min(forward.verdict.label_mass or 0.0, backward.verdict.label_mass or 0.0),
        distribution=_mean(forward.verdict, backward.verdict),
        detail={
            "forward": _plain(forward.score),
            "backward": _plain(-backward.score),
            "score": _plain(score),
            "gap": round(abs(forward.expected + backward.expected) / 4, 6),
            "flipped": forward.score * backward.score > 0,
        },
    )


def _broken(criterion: Criterion, forward: Order | Verdict, backward: Order | Verdict) -> Verdict | None:
    """Why two orders give no value: both do not apply, one of them cannot be read, or they are at odds about that."""
    ends = [order for order in (forward, backward) if isinstance(order, Verdict)]
    if not ends:
        return None
    if all(end.status is Status.NOT_APPLICABLE for end in ends):
        if len(ends) == 2:
            return ends[0]
        said = "The judge found that the criterion applies in one order of the answers and not in the other."
        return verdicts.unscored(criterion.id, Status.CANNOT_ASSESS, said)
    return next(end for end in ends if end.status is not Status.NOT_APPLICABLE)


def _mean(forward: Verdict, backward: Verdict) -> tuple[tuple[str, float], ...]:
    """The mean of both distributions, the second turned round."""
    mirror = dict(zip((s.text for s in STEPS), (s.text for s in reversed(STEPS)), strict=True))
    back = {mirror.get(text, text): share for text, share in backward.distribution}
    return tuple((text, (share + back.get(text, 0.0)) / 2) for text, share in forward.distribution)


def _plain(score: float) -> float:
    return round(score, 6) + 0.0


def with_detail(verdict: Verdict, **more: Any) -> Verdict:
    """The verdict with more in its detail."""
    return dataclasses.replace(verdict, detail={**verdict.detail, **more})
