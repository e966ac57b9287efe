"""An audit as the registry lists it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np

from domain.audits.params import Param, Params
from domain.audits.shapes import Finding, Inputs, Need

Run = Callable[[Inputs, Params, np.random.Generator], Finding]


@dataclasses.dataclass(frozen=True)
class Audit:
    """A named and versioned pure function over stored scores: the same inputs, parameters and seed give the same.

    `version` rises whenever the same inputs may give another finding. `policy` says what becomes of ties, and of what
    has no score. `tags` are the tags of answers or pairs that it reads where they are there, `wanted` those that it
    cannot do without. `calls` says that its inputs need judge calls of their own.
    """

    kind: str
    version: int
    title: str
    question: str
    needs: tuple[Need, ...]
    run: Run
    source: str
    policy: str
    params: tuple[Param, ...] = ()
    wanted: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    calls: bool = False
