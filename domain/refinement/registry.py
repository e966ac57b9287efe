"""The ways of drafting and refining that there are, by their kind."""

from __future__ import annotations

from domain.refinement.loop import Method

_ALL: tuple[Method, ...] = ()
METHODS: dict[str, Method] = {one.kind: one for one in _ALL}
