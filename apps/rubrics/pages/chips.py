"""What a criterion is, in small labels."""

from dataclasses import dataclass

from domain import rubric


@dataclass(frozen=True)
class Chip:
    """A small label."""

    text: str
    tone: str = ""
    cell: str = ""

    @property
    def long(self) -> bool:
        """Whether it may break over lines."""
        return len(self.text) > 30


def chips(criterion: rubric.Criterion) -> tuple[Chip, ...]:
    """What a criterion is, in chips."""
    found = []
    if criterion.is_pitfall:
        found.append(Chip("pitfall, subtracts", "r", "polarity"))
    if criterion.tier:
        found.append(Chip(criterion.tier, "a" if criterion.tier is rubric.Tier.ESSENTIAL else "", "tier"))
    found.append(_kind(criterion))
    if criterion.gate:
        found.append(Chip(_gate(criterion), "r", "gate"))
    if criterion.evidence is rubric.Evidence.REQUIRED:
        found.append(Chip("evidence required", "", "evidence"))
    if criterion.applies_when:
        found.append(Chip("applies only sometimes", "w"))
    found.extend(Chip(f"needs {need}") for need in criterion.needs)
    found.extend(Chip(str(word).replace("_", " ")) for word in (criterion.role, criterion.aspect) if word)
    if criterion.tags:
        found.append(Chip(" · ".join(criterion.tags.values()), "", "dimension"))
    return tuple(found)


def _kind(criterion: rubric.Criterion) -> Chip:
    if criterion.kind is rubric.Kind.CHECK:
        return Chip("computed, no model", "g", "kind")
    if isinstance(criterion.levels, tuple):
        return Chip(f"ordinal, {len(criterion.levels)} levels", "", "kind")
    if isinstance(criterion.levels, rubric.NumericScale):
        return Chip(f"numeric, {criterion.levels.min:g} to {criterion.levels.max:g}", "", "kind")
    return Chip(str(criterion.kind), "", "kind")


def _gate(criterion: rubric.Criterion) -> str:
    gate = criterion.gate
    assert gate is not None
    effect = "sets the score to" if gate.override else "limits the score to"
    return f"gate: {gate.when} {gate.value:g} {effect} {gate.floor:g}"
