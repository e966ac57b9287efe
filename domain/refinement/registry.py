"""The ways of drafting and refining that there are, by their kind."""

from __future__ import annotations

from domain.refinement.loop import Method
from domain.refinement.methods import (
    adaptive,
    clarify,
    comments,
    committee,
    decompose,
    document,
    evolve,
    nuggets,
    own_rubric,
    pairs,
    repair,
    similar,
    wording,
)  # fmt: skip

_ALL: tuple[Method, ...] = (
    pairs.METHOD, committee.METHOD, document.METHOD, similar.METHOD, nuggets.METHOD, comments.METHOD, clarify.METHOD,
    own_rubric.METHOD, adaptive.METHOD, decompose.METHOD, evolve.METHOD, repair.METHOD, wording.METHOD,
)  # fmt: skip
METHODS: dict[str, Method] = {one.kind: one for one in _ALL}
