"""The ways of drafting and refining that there are, by their kind."""

from __future__ import annotations

from domain.refinement.loop import Method
from domain.refinement.methods import pairs

_ALL: tuple[Method, ...] = (pairs.METHOD,)
METHODS: dict[str, Method] = {one.kind: one for one in _ALL}
