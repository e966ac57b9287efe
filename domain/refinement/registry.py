"""The ways of drafting and refining that there are, by their kind."""

from __future__ import annotations

from domain.refinement.loop import Method
from domain.refinement.methods import (
    adaptive,
    clarify,
    comments,
    committee,
    document,
    nuggets,
    own_rubric,
    pairs,
    similar,
)  # fmt: skip

_ALL: tuple[Method, ...] = (
    pairs.METHOD, committee.METHOD, document.METHOD, similar.METHOD, nuggets.METHOD, comments.METHOD, clarify.METHOD,
    own_rubric.METHOD, adaptive.METHOD,
)  # fmt: skip
METHODS: dict[str, Method] = {one.kind: one for one in _ALL}
