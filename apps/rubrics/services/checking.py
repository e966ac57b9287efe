"""Trying a check on an answer, and giving a criterion its check or its computed condition."""

import time
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from apps.accounts.permissions import Actor, Role
from apps.core import gateway
from apps.rubrics.models import RubricVersion
from apps.rubrics.services import criteria, drafts
from domain import checks

PATIENCE = 2.0
"""Seconds that a request of the web waits for a place in the sandbox."""


class Tried(NamedTuple):
    """What a check said, and how long it took."""

    result: checks.CheckResult
    ms: float


def try_check(*, by: Actor, spec: Mapping[str, Any], response: str, reference: str = "") -> Tried:
    """Run a check on a typed answer; nothing is stored."""
    by.require(Role.ANNOTATOR, "try checks")
    given = checks.Given(response, reference or None, None, gateway.sandbox_here(patience=PATIENCE))
    start = time.perf_counter()
    found = checks.evaluate(spec, given)
    return Tried(found, 1000 * (time.perf_counter() - start))


def set_check(
    *, by: Actor, version: RubricVersion, criterion_id: str, kind: str, spec: Mapping[str, Any],
    role: Literal["alone", "first"], keep: drafts.Keep = drafts.change,
) -> RubricVersion:  # fmt: skip
    """Give a criterion a check that decides alone, or before the judge of a yes-or-no or answer criterion."""
    first = kind if kind in ("binary", "answer") else "binary"
    changes = {"kind": "check" if role == "alone" else first, "levels": None, "check": dict(spec)}
    return criteria.edit_criterion(by=by, version=version, criterion_id=criterion_id, changes=changes, keep=keep)


def drop_check(
    *, by: Actor, version: RubricVersion, criterion_id: str, kind: str, keep: drafts.Keep = drafts.change
) -> RubricVersion:
    """Take the check of a criterion away; one that it decided alone is a yes-or-no question to a judge from now on."""
    changes = {"kind": "binary" if kind == "check" else kind, "check": None}
    return criteria.edit_criterion(by=by, version=version, criterion_id=criterion_id, changes=changes, keep=keep)


def set_condition(
    *, by: Actor, version: RubricVersion, criterion_id: str, spec: Mapping[str, Any] | None,
    keep: drafts.Keep = drafts.change,
) -> RubricVersion:  # fmt: skip
    """Let a criterion apply only where a check passes; None: it always applies."""
    changes = {"applies_when": None if spec is None else {"check": dict(spec)}}
    return criteria.edit_criterion(by=by, version=version, criterion_id=criterion_id, changes=changes, keep=keep)
