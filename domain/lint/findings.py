"""What a rule is and what it finds."""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from domain import checks, rubric

Document = dict[str, Any]


class Severity(enum.StrEnum):
    """How much a finding matters."""

    ERROR = "error"
    WARNING = "warning"
    ADVICE = "advice"


@dataclass(frozen=True)
class Fix:
    """A described edit of a document, the same whenever it is applied; a safe one cannot change what is meant."""

    label: str
    edit: Callable[[Document], None] = field(compare=False)
    safe: bool = False


@dataclass(frozen=True)
class Finding:
    """One remark: what to do, about which part, where in its text, and how it could be mended."""

    rule: Rule
    sentence: str
    criterion: str | None = None
    group: str | None = None
    level: int | None = None
    span: tuple[int, int] | None = None
    fix: Fix | None = None
    about: str = ""

    @property
    def fingerprint(self) -> str:
        """Names the remark for as long as what it is about stays as it is."""
        parts = (self.rule.name, self.criterion or "", self.group or "", str(self.level), self.about or self.sentence)
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


Trial = Callable[[Mapping[str, Any], str], checks.CheckResult | None]
"""Runs a check on an example; None where it was not tried, as there was no time or no sandbox for it."""


@dataclass(frozen=True)
class Context:
    """What is known beside the rubric; with `only` pairs are looked for with this criterion alone.

    `trial` runs the checks of examples. Left out, only those kinds are tried that run no code.
    """

    reference: str = ""
    only: str | None = None
    trial: Trial | None = field(default=None, compare=False)


Look = Callable[[rubric.Rubric, Context], Iterable[Finding]]


@dataclass(frozen=True)
class Rule:
    """Something that makes criteria hard to judge, explained with an example of either kind."""

    name: str
    severity: Severity
    title: str
    why: str
    good: str
    bad: str
    look: Look = field(compare=False, repr=False)
