"""Criteria from what sets two answers apart, under a meta-rubric and without the label (OpenRS, arXiv:2602.14069).

Neither the writer nor the judge is told which answer people found better; the label only drops what sides against it.
"""

from __future__ import annotations

import hashlib
import math
import random
from collections.abc import Mapping, Sequence
from typing import Any

from domain import prompts, rubric, subjects
from domain.ports import LabelRequest
from domain.refinement import drafting, writing
from domain.refinement.loop import (
    Answer,
    Ask,
    End,
    Inputs,
    Method,
    More,
    Need,
    Op,
    Pair,
    Param,
    Refused,
    Role,
    Suggestion,
    unanswered,
)  # fmt: skip

WEIGHTS = {"critical": 0.0, "core": 5.0, "important": 2.0, "highlight": 1.0}
"""OpenRS: a critical criterion has no weight; it alone decides where it is not even."""
CRITICAL = "critical"
CLEAR = 0.5
SHAPE = writing.Shape("adaptive", "difference", "type", tuple(WEIGHTS), 8, 1_100)


def aggregated(types: Sequence[str], scores: Sequence[float]) -> float:
    """OpenRS: the sum of critical scores where one is not 0, else the weighted mean of the scores that are not 0.

    Scores go from -2 to 2; 0 is a tie, also where all are 0.
    """
    critical = [score for name, score in zip(types, scores, strict=True) if name == CRITICAL and score]
    if critical:
        return math.fsum(critical)
    told = [(WEIGHTS[name], score) for name, score in zip(types, scores, strict=True) if name != CRITICAL and score]
    return (
        math.fsum(weight * score for weight, score in told) / math.fsum(weight for weight, _ in told) if told else 0.0
    )


def strength(forward: float | None, swapped: float | None) -> int | None:
    """A score from -2 to 2 of the degree in both orders; 0 where they contradict each other, None where one failed.

    Which degree is clear (2) and which slight (1) is ours.
    """
    sign = drafting.preference(forward, swapped)
    if sign is None or forward is None or swapped is None:
        return None
    return sign * (2 if abs(forward + swapped) / 2 > CLEAR else 1)


def step(inputs: Inputs, params: Mapping[str, Any], seed: int, answers: Mapping[str, Answer]) -> More | End:
    """Write from each pair without its label, compare by each criterion in both orders, keep what tells them apart."""
    pairs = _chosen(inputs, params["pairs"], seed)
    asks = tuple(_write(inputs, one, seed) for one in pairs)
    if rest := unanswered(asks, answers):
        return More("Writing from differences", rest)
    reads = {
        ask.key: writing.read(answers[ask.key], SHAPE, inputs, [one.better.text, one.worse.text])
        for ask, one in zip(asks, pairs, strict=True)
    }
    checks = tuple(
        _check(inputs, one, order, reads[_key(one)]) for one in pairs if reads[_key(one)].entries for order in (0, 1)
    )
    if rest := unanswered(checks, answers):
        return More("Comparing by each criterion", rest)
    made: list[Suggestion] = []
    signs: list[float] = []
    for one in pairs:
        found, total = _weighed(one, reads[_key(one)], answers)
        made += found
        signs += [] if total is None else [total]
    if more := writing.comparison(made, inputs, answers):
        return more
    made = writing.once(made, inputs, answers)
    agreed = sum(sign > 0 for sign in signs)
    figures = {"pairs": len(pairs), "agreed": agreed, "compared": len(signs), "governed": bool(inputs.meta)}
    return writing.ended(
        [*made, *writing.unfit_ones(reads)], reads.values(), figures,
        f"By their criteria together the judge finds better what people did in {agreed} of {len(signs)} pairs.",
    )  # fmt: skip


def _chosen(inputs: Inputs, most: int, seed: int) -> list[Pair]:
    """One pair a prompt, by the seed. Raises Refused where no pair has two texts that differ."""
    first = {
        one.better.prompt: one for one in reversed(inputs.pairs) if one.better.text.strip() != one.worse.text.strip()
    }
    if not first:
        raise Refused("No pair has two answers that differ, so nothing sets them apart.", code="answers_equal")
    chosen = [first[prompt] for prompt in sorted(first)]
    random.Random(seed).shuffle(chosen)
    return chosen[:most]


def _key(pair: Pair) -> str:
    return f"w{pair.better.key}.{pair.worse.key}"


def _write(inputs: Inputs, pair: Pair, seed: int) -> Ask:
    """The order of the answers says nothing: it is drawn from their texts and the seed."""
    mark = hashlib.sha256(f"{seed} {pair.better.key} {pair.worse.key}".encode()).digest()
    shown = (pair.better, pair.worse) if mark[0] % 2 else (pair.worse, pair.better)
    blocks = [("Task", inputs.prompts.get(pair.better.prompt, ""))]
    blocks += [(f"Answer {name}", one.text) for name, one in zip("AB", shown, strict=True)]
    return writing.written(inputs, _key(pair), "Writes from a difference", SHAPE, blocks)


def _check(inputs: Inputs, pair: Pair, order: int, read: writing.Read) -> Ask:
    shown = (pair.worse, pair.better) if order else (pair.better, pair.worse)
    key = f"c{pair.better.key}.{pair.worse.key}.{order}"
    material = prompts.Material(
        rubric=rubric.Rubric(), messages=subjects.as_messages(inputs.prompts.get(pair.better.prompt, "")),
        answers=tuple(tuple(subjects.as_parts(one.text)) for one in shown), fence_secret=inputs.secret,
        subject_hash=hashlib.sha256(key.encode()).hexdigest(),
    )  # fmt: skip
    fence = prompts.fence(material.fence_secret, material.subject_hash)
    suffixes = tuple(prompts.check_suffix(one.text, fence) for one in read.entries)
    request = LabelRequest(prompts.check_shared(material), suffixes, (prompts.CHECK_LABELS,) * len(suffixes))
    return Ask(key, Role.JUDGE, "Compares two answers", request)


def _weighed(pair: Pair, read: writing.Read, answers: Mapping[str, Answer]) -> tuple[list[Suggestion], float | None]:
    """Each criterion with its score, above 0 for the answer that people found better; and all together."""
    if not read.entries:
        return [], None
    count = len(read.entries)
    forward, swapped = (
        drafting.degrees(answers[f"c{pair.better.key}.{pair.worse.key}.{order}"].labels, order, count)
        for order in (0, 1)
    )
    scores = [strength(*both) for both in zip(forward, swapped, strict=True)]
    made = [
        Suggestion(
            f"{_key(pair)}.{n}", Op.ADD, one.text, kind="hard rule" if one.choice == CRITICAL else "principle",
            weight=WEIGHTS["core"] if one.choice == CRITICAL else WEIGHTS[one.choice], drop=_drop(score),
            evidence={
                "difference": one.before, "type": one.choice, "score": score,
                "answers": [pair.better.key, pair.worse.key],
            },
        )
        for n, (one, score) in enumerate(zip(read.entries, scores, strict=True))
    ]  # fmt: skip
    known = [(one.choice, score) for one, score in zip(read.entries, scores, strict=True) if score is not None]
    return made, aggregated([name for name, _ in known], [score for _, score in known]) if known else None


def _drop(score: int | None) -> str:
    if score is None:
        return writing.WHY[drafting.Drop.UNCHECKED]
    if score == 0:
        return writing.WHY[drafting.Drop.SILENT]
    return "sides with the answer that people found worse" if score < 0 else ""


METHOD = Method(
    "adaptive", "From differences, under a meta-rubric", "By what do two answers to a task differ?",
    frozenset({Need.PAIRS, Need.META}), (Param("pairs", "Pairs", 5, 1, 50),),
    "OpenRS, arXiv:2602.14069", step,
    "OpenRS reports its figures with frontier judges; yours depend on the writer and the judge that you attach.",
)  # fmt: skip
