"""Drives a method to its end with scripted replies, as a worker does: each question is put once."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from domain import principles
from domain.refinement.loop import Alike, Answer, Ask, End, Inputs, Method, unanswered

MOST_TURNS = 200


def drive(
    method: Method, inputs: Inputs, reply: Callable[[Ask], Answer], *, params: Mapping[str, Any] | None = None,
    seed: int = 0, answers: dict[str, Answer] | None = None,
) -> tuple[End, list[Ask]]:  # fmt: skip
    """The end and all that was asked; likenesses are by words unless `reply` was given some in `answers`."""
    settled = method.settled(params or {})
    known = {} if answers is None else answers
    asked: list[Ask] = []
    for _ in range(MOST_TURNS):
        turn = method.step(inputs, settled, seed, known)
        if isinstance(turn, End):
            return turn, asked
        left = unanswered(turn.asks, known)
        assert left, f"{method.kind} asks nothing and does not end"
        for ask in left:
            known[ask.key] = alike(ask.request.texts) if isinstance(ask.request, Alike) else reply(ask)
            asked.append(ask)
    raise AssertionError(f"{method.kind} did not end")


def alike(texts: tuple[str, ...]) -> Answer:
    """The cosines of texts by their words."""
    found = principles.cosines(principles.word_vectors(texts))
    return Answer(alike=tuple(tuple(row) for row in np.asarray(found).tolist()), by="words")
