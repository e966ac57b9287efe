"""What an author may choose as a check: each kind, and of a family of instructions each instruction."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping
from typing import Any

from domain.checks.instructions import FAMILIES
from domain.checks.registry import KINDS
from domain.checks.rule import Case, Cost, Input, Parameter, Rule, parameters

SHOWN = 60
_MODE = Parameter(
    "mode", "Reading", "Loose also tries the answer without its first or last line and without asterisks.",
    Input.CHOICE, False, "strict", ("strict", "loose"),
)  # fmt: skip


@dataclasses.dataclass(frozen=True, slots=True)
class Offer:
    """A check to choose: how it is named, what it does, what it asks for, and what its limits are."""

    name: str
    title: str
    group: str
    help: str
    limits: str
    cost: Cost
    needs: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    cases: tuple[Case, ...]
    abstains: str = ""

    def spec(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The specification with these values; what was left empty or as it is anyway is not said."""
        usual = {one.name: one.default for one in self.parameters}
        said = {key: value for key, value in values.items() if not _is_empty(value) and value != usual.get(key)}
        kind, _, instruction = self.name.partition("/")
        if not instruction:
            return {"kind": kind, **said}
        mode = said.pop("mode", "strict")
        return {"kind": kind, "instruction": instruction, "kwargs": said, "mode": mode}

    @property
    def kind(self) -> str:
        """The kind that a specification names."""
        return self.name.partition("/")[0]

    @property
    def instruction(self) -> str | None:
        """Which instruction of a family it is, if one."""
        return self.name.partition("/")[2] or None

    def pointer(self, parameter: Parameter) -> str:
        """Where a parameter stands in a specification."""
        own = self.instruction is None or parameter is _MODE
        return f"/{parameter.name}" if own else f"/kwargs/{parameter.name}"

    def values(self, spec: Mapping[str, Any]) -> dict[str, Any]:
        """The values that a specification of this check has."""
        if "/" not in self.name:
            return {key: value for key, value in spec.items() if key != "kind"}
        kwargs = spec.get("kwargs")
        return {**(kwargs if isinstance(kwargs, Mapping) else {}), "mode": spec.get("mode", "strict")}


def summary(spec: Mapping[str, Any], *, whole: bool = False) -> str:
    """A specification in a line: what it checks and how it is set; `whole` leaves nothing out of long settings."""
    offer = offers().get(name_of(spec))
    if offer is None:
        return f"A check of an unknown kind, {str(spec.get('kind', 'none'))[:SHOWN]}"
    values = offer.values(spec)
    said = [
        f"{one.title[:1].lower()}{one.title[1:]} {_said(values[one.name], whole=whole)}"
        for one in offer.parameters
        if one.name in values and not _is_empty(values[one.name]) and values[one.name] != one.default
    ]
    return f"{offer.title}: {'; '.join(said)}" if said else offer.title


def _said(value: Any, *, whole: bool) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        pairs = ", ".join(f"{key} = {_said(inner, whole=whole)}" for key, inner in value.items())
        return pairs if whole else f"with {len(value)} entr{'y' if len(value) == 1 else 'ies'}"
    text = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    if whole:
        return text
    line = " ".join(text.split())
    return line if len(line) <= SHOWN else line[: SHOWN - 1] + "…"


def _is_empty(value: Any) -> bool:
    return value is None or value == "" or (isinstance(value, list | tuple | dict) and not value)


def name_of(spec: Mapping[str, Any] | None) -> str:
    """Which offer a specification takes; empty where it takes none."""
    if spec is None:
        return ""
    kind = str(spec.get("kind", ""))
    name = f"{kind}/{spec.get('instruction')}" if kind in FAMILIES else kind
    return name if name in offers() else ""


@functools.cache
def offers() -> dict[str, Offer]:
    """All checks by name, in the order in which they are offered."""
    made = [offer for kind, rule in KINDS.items() for offer in _of_kind(kind, rule)]
    return {offer.name: offer for offer in made}


def _of_kind(kind: str, rule: type[Rule]) -> list[Offer]:
    about = rule.ABOUT
    if kind not in FAMILIES:
        return [
            Offer(kind, about.title, about.group, about.help, about.limits, about.cost, about.needs,
                  parameters(rule), about.cases, about.abstains)
        ]  # fmt: skip
    return [
        Offer(f"{kind}/{one.name}", one.name, about.group, one.says, about.limits, about.cost, about.needs,
              (*parameters(one.model), _MODE), (), about.abstains)
        for one in FAMILIES[kind].instructions.values()
    ]  # fmt: skip
