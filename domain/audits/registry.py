"""The audits there are, in the order in which they are offered, and the one way to run them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from domain import errors
from domain.audits import (
    agreeing,
    best_of,
    calibrated,
    comparing,
    contrast,
    degenerate,
    distances,
    items,
    labels,
    length,
    many,
    noise,
    positions,
    preferring,
    probed,
    reasoning,
    steps,
    strata,
    styles,
    taking,
    ties,
)
from domain.audits.entries import Audit
from domain.audits.params import settled
from domain.audits.shapes import Finding, Inputs

_AUDITS: tuple[Audit, ...] = (
    distances.AUDIT,
    distances.MATRIX,
    many.AUDIT,
    best_of.AUDIT,
    ties.AUDIT,
    styles.AUDIT,
    length.AUDIT,
    degenerate.AUDIT,
    probed.ATTACKS,
    probed.AUDIT,
    degenerate.PENALTIES,
    preferring.AUDIT,
    positions.AUDIT,
    positions.LISTS,
    reasoning.AUDIT,
    calibrated.AUDIT,
    contrast.AUDIT,
    noise.AUDIT,
    strata.LANGUAGES,
    strata.CONTEXTS,
    strata.RAG,
    steps.PADDING,
    steps.ORDER,
    steps.SOUND,
    items.AUDIT,
    comparing.AUDIT,
    comparing.BY_PAIRS,
    agreeing.AUDIT,
    agreeing.STRENGTH,
    labels.AUDIT,
)

AUDITS: Mapping[str, Audit] = {audit.kind: audit for audit in _AUDITS}
MOST_SEED = 2**63 - 1


def entry(kind: str) -> Audit:
    """The audit of a kind. Raises Invalid where there is none."""
    if kind not in AUDITS:
        raise errors.Invalid(f"The kind of an audit is one of {', '.join(AUDITS)}.", code="audit_unknown")
    return AUDITS[kind]


def run(kind: str, inputs: Inputs, params: Mapping[str, Any] | None = None, *, seed: int = 0) -> Finding:
    """Run an audit: a pure function of inputs, parameters and seed.

    Raises Invalid for parameters that do not do, for inputs that lack what it needs, do not fit together or are
    infinite, and where too little is left to say anything.
    """
    audit = entry(kind)
    if not 0 <= seed <= MOST_SEED:
        raise errors.Invalid("A seed is a whole number from 0.", code="audit_params_invalid")
    chosen = settled(audit.params, params or {})
    taking.check(inputs, audit.needs, audit.wanted)
    found = audit.run(inputs, chosen, np.random.default_rng(seed))
    json.dumps(found.plain(), allow_nan=False)
    return found


def possible(inputs: Inputs) -> dict[str, str]:
    """What each audit lacks in these inputs, as a sentence; empty where it can run."""
    found = {}
    for audit in _AUDITS:
        try:
            taking.check(inputs, audit.needs, audit.wanted)
        except errors.Invalid as refused:
            found[audit.kind] = refused.message
        else:
            found[audit.kind] = ""
    return found
