"""Facts that an answer should state, from passages that were found for a question (Search-Gen-V, arXiv:2510.14660)."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

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
    Param,
    Refused,
    Source,
    Suggestion,
    unanswered,
)  # fmt: skip

WEIGHTS = {"vital": 1.0, "okay": 0.5}
"""Search-Gen-V's weights of an answer's score."""
SHAPE = writing.Shape("nuggets", "sentences", "importance", tuple(WEIGHTS), 8)


def step(inputs: Inputs, params: Mapping[str, Any], seed: int, answers: Mapping[str, Answer]) -> More | End:
    """List facts passage by passage, each with its citation, and join those that say the same."""
    found = [one for one in inputs.sources if one.text.strip()][: params["passages"]]
    if not found or not inputs.goal.strip():
        raise Refused("Facts are listed from passages for a question; give both.", code="passages_missing")
    asks = tuple(_write(inputs, one, n) for n, one in enumerate(found))
    if rest := unanswered(asks, answers):
        return More("Listing facts", rest)
    reads = {ask.key: writing.read(answers[ask.key], SHAPE, inputs) for ask in asks}
    made = [one for ask, passage in zip(asks, found, strict=True) for one in _cited(ask.key, reads[ask.key], passage)]
    if more := writing.comparison(made, inputs, answers):
        return more
    made = _most(_joined(writing.once(made, inputs, answers)), params["nuggets"])
    return writing.ended(
        [*made, *writing.unfit_ones(reads)], reads.values(), {"passages": len(found)},
        "Every fact that is kept stands in the passages that it cites.",
    )  # fmt: skip


def _write(inputs: Inputs, passage: Source, number: int) -> Ask:
    found = writing.sentences(passage.text)
    blocks = [("Question", inputs.goal), ("Passage", writing.listed(found))]
    shape = dataclasses.replace(SHAPE, numbers=len(found))
    return writing.written(inputs, f"w{number}", "Lists facts of a passage", shape, blocks)


def _cited(key: str, found: writing.Read, passage: Source) -> list[Suggestion]:
    made = []
    for n, one in enumerate(found.entries):
        quote = writing.cited(one.before, passage.text)
        made.append(
            Suggestion(
                f"{key}.{n}", Op.ADD, one.text, kind="nugget", weight=WEIGHTS[one.choice],
                drop="" if quote else "rests on words that do not stand in the passage",
                evidence={
                    "importance": one.choice, "source": passage.title, "passage": quote or one.before,
                    "citations": [passage.key],
                },
            )
        )  # fmt: skip
    return made


def _joined(made: list[Suggestion]) -> list[Suggestion]:
    """Facts that several passages state cite all of them, and are vital where one of them was (ours)."""
    of = {one.key: one for one in made}
    found = []
    for one in made:
        group = [one, *(of[key] for key in one.evidence.get("same", ()))]
        weight = max(each.weight or 0.0 for each in group)
        cited = dict.fromkeys(key for each in group for key in each.evidence["citations"])
        importance = next(name for name, each in WEIGHTS.items() if each == weight)
        evidence = {**one.evidence, "citations": list(cited), "importance": importance}
        found.append(one._replace(weight=weight, evidence=evidence))
    return found


def _most(made: list[Suggestion], most: int) -> list[Suggestion]:
    """The vital ones first, then those of most passages, then in their order; the rest is one too many."""
    left = [one for one in made if not one.drop]
    left.sort(key=lambda one: (-(one.weight or 0.0), -len(one.evidence["citations"])))
    over = {one.key for one in left[most:]}
    return [one._replace(drop=writing.WHY[drafting.Drop.MANY]) if one.key in over else one for one in made]


METHOD = Method(
    "nuggets", "From passages as facts", "Which facts of the passages should an answer state?",
    frozenset({Need.PASSAGES, Need.META}),
    (
        Param("passages", "Passages read", 8, 1, 50),
        Param("nuggets", "Facts kept", 20, 1, 60),
    ),
    "Search-Gen-V, arXiv:2510.14660", step,
    "Search-Gen-V's facts come from a pipeline of larger models; yours depend on the writer that you attach.",
)  # fmt: skip
