"""Exams of judges: right and wrong answers in equal numbers, and how a judge that accepts or rejects each has done.

The form follows Libra (balanced correct and incorrect answers of answer-keyed data); the bars are ours.
"""

from __future__ import annotations

import dataclasses
import hashlib
import math
import random
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import rfc8785

from domain import agreement as coefficients
from domain import errors

LEAST, MOST = 4, 20_000
Z = 1.959963984540054


class Keyed(NamedTuple):
    """A prompt with the ids of its right and of its wrong answers."""

    prompt: str
    right: Sequence[str]
    wrong: Sequence[str]


class Question(NamedTuple):
    """One answer to accept or to reject."""

    prompt: str
    response: str
    correct: bool


@dataclasses.dataclass(frozen=True)
class Share:
    """A share with its 95 % interval by Wilson; None where there is nothing to divide by."""

    value: float | None
    low: float | None
    high: float | None
    n: int


@dataclasses.dataclass(frozen=True)
class Bar:
    """What a judge has to reach; swap consistency is asked only of judges that compare."""

    balanced_accuracy: float = 0.8
    false_accepts: float = 0.1
    swap_consistency: float = 0.9
    unscored: float = 0.02
    accept_from: float = 0.5


@dataclasses.dataclass(frozen=True)
class Mark:
    """How a judge did. `unscored` answers are in no other share, and are counted."""

    balanced_accuracy: Share
    false_accepts: Share
    false_rejects: Share
    unscored: Share
    swap_consistency: Share


def draw(keyed: Sequence[Keyed], size: int, seed: int) -> list[Question]:
    """A balanced exam: one right and one wrong answer of each of `size` / 2 prompts, drawn without putting back.

    `size` is an even number from 4 to 20,000. Raises Invalid where fewer prompts have both.
    """
    if not LEAST <= size <= MOST or size % 2:
        said = f"An exam has an even number of answers, from {LEAST} to {MOST:,}."
        raise errors.Invalid(said, code="exam_size", problems=[errors.Problem("/size", said)])
    both = sorted((one for one in keyed if one.right and one.wrong), key=lambda one: one.prompt)
    if len(both) < size // 2:
        said = f"{len(both)} prompts have a right and a wrong answer; {size} answers need {size // 2}."
        raise errors.Invalid(said, code="exam_too_few", problems=[errors.Problem("/size", said)])
    chance = random.Random(seed)
    found = []
    for one in chance.sample(both, size // 2):
        found.append(Question(one.prompt, chance.choice(sorted(one.right)), True))
        found.append(Question(one.prompt, chance.choice(sorted(one.wrong)), False))
    return found


def agreement(criterion: str, rows: Sequence[tuple[float, float]]) -> dict[str, Any]:
    """How far degrees of a judge and of people on one criterion fall on the same side of ½ (ours), with Cohen's kappa.

    `rows` are (judge, people), each from 0 to 1; kappa is None where neither ever differs.
    """
    halves = [(float(said >= 0.5), float(truth >= 0.5)) for said, truth in rows]
    same = share(sum(said == truth for said, truth in halves), len(halves))
    kappa = coefficients.cohen_kappa([said for said, _ in halves], [truth for _, truth in halves]) if halves else None
    return {"criterion": criterion, "kappa": kappa, **dataclasses.asdict(same)}


def digest(questions: Sequence[tuple[str, str, bool]], bar: Bar, rubric: str) -> str:
    """The digest of an exam: hashes of its prompts and answers with the key, its bar, and the rubric's digest."""
    form: dict[str, Any] = {
        "questions": [list(one) for one in questions],
        "bar": dataclasses.asdict(bar),
        "rubric": rubric,
    }
    return f"sha256:{hashlib.sha256(rfc8785.dumps(form)).hexdigest()}"


def mark(said: Sequence[tuple[bool, float | None]], bar: Bar, orders: Sequence[bool] = ()) -> Mark:
    """Mark what a judge gave to right (True) and wrong (False) answers, from 0 to 1, None without a score.

    An answer is accepted from `bar.accept_from` on. `orders` says of each pair whether both orders agreed.
    Balanced accuracy is the mean of the shares of right answers accepted and of wrong ones rejected; its interval
    joins their Wilson intervals (ours).
    """
    accepted = [value >= bar.accept_from for correct, value in said if correct and value is not None]
    passed = [value >= bar.accept_from for correct, value in said if not correct and value is not None]
    kept, let_by = share(sum(accepted), len(accepted)), share(sum(passed), len(passed))
    lost = sum(value is None for _, value in said)
    return Mark(
        balanced_accuracy=_balanced(kept, let_by),
        false_accepts=let_by,
        false_rejects=share(len(accepted) - sum(accepted), len(accepted)),
        unscored=share(lost, len(said)),
        swap_consistency=share(sum(orders), len(orders)),
    )


def failings(found: Mark, bar: Bar, *, compares: bool) -> list[str]:
    """What a judge did not reach, as sentences; a judge with none has passed."""
    asked: list[tuple[Share, float, str, bool]] = [
        (found.balanced_accuracy, bar.balanced_accuracy, "Balanced accuracy", True),
        (found.false_accepts, bar.false_accepts, "Wrong answers accepted", False),
        (found.unscored, bar.unscored, "Answers without a score", False),
    ]
    if compares:
        asked.append((found.swap_consistency, bar.swap_consistency, "Agreement of both orders", True))
    said = []
    for one, limit, name, at_least in asked:
        if one.value is None:
            said.append(f"{name} cannot be said.")
        elif one.value < limit if at_least else one.value > limit:
            word = "at least" if at_least else "at most"
            said.append(f"{name} {100 * one.value:.1f} %; asked is {word} {100 * limit:g} %.")
    return said


def leaks(texts: Mapping[str, str], shown: str, *, least: int = 20) -> list[str]:
    """The ids of answers whose text, of at least so many characters, stands in what is shown of the rubric."""
    return [name for name, text in texts.items() if len(text.strip()) >= least and text.strip() in shown]


def share(count: int, total: int) -> Share:
    """A share with Wilson's interval."""
    if not total:
        return Share(None, None, None, 0)
    p, square = count / total, Z * Z
    middle = (p + square / (2 * total)) / (1 + square / total)
    half = Z / (1 + square / total) * math.sqrt(p * (1 - p) / total + square / (4 * total * total))
    return Share(p, max(0.0, middle - half), min(1.0, middle + half), total)


def _balanced(kept: Share, let_by: Share) -> Share:
    if kept.value is None or let_by.value is None:
        return Share(None, None, None, kept.n + let_by.n)
    value = (kept.value + 1 - let_by.value) / 2
    below = math.hypot(kept.value - (kept.low or 0.0), (let_by.high or 0.0) - let_by.value) / 2
    above = math.hypot((kept.high or 0.0) - kept.value, let_by.value - (let_by.low or 0.0)) / 2
    return Share(value, max(0.0, value - below), min(1.0, value + above), kept.n + let_by.n)
