"""What can be chosen for a criterion, with the key of each choice."""

from dataclasses import dataclass

from domain.rubric import Criterion, Kind, Level, NumericScale

UNDECIDED = "none"
NOT_APPLICABLE = "na"
KEYS = "123456789"
SURE = (("q", "0.33", "guess"), ("w", "0.67", "fairly"), ("e", "1", "certain"))


@dataclass(frozen=True)
class Choice:
    """One answer on offer; `token` is what the form sends."""

    key: str
    token: str
    value: float | None
    label: str
    note: str = ""


def choices_for(criterion: Criterion) -> list[Choice]:
    """The answers to a criterion, best first, then that it does not apply and that it cannot be decided."""
    own = [
        Choice(KEYS[n] if n < len(KEYS) else "", str(n), value, label, note)
        for n, (value, label, note) in enumerate(_answers(criterion))
    ]
    if isinstance(criterion.applies_when, str):
        note = f"It applies only: {criterion.applies_when}"
        own.append(Choice("x", NOT_APPLICABLE, None, "Does not apply", note))
    return [*own, undecided_choice()]


def undecided_choice() -> Choice:
    """That it cannot be decided."""
    return Choice("0", UNDECIDED, None, "Cannot be decided", "Say why in words")


def label_of(criterion: Criterion, value: float | None, *, applies: bool = True) -> str:
    """The words for a value."""
    if not applies:
        return "does not apply"
    if value is None:
        return "cannot be decided"
    for choice in choices_for(criterion):
        if choice.value is not None and abs(choice.value - value) < 1e-6:
            return choice.label
    return f"{value:.2f}"


def _answers(criterion: Criterion) -> list[tuple[float, str, str]]:
    levels = criterion.levels
    if criterion.kind is Kind.NUGGET:
        return [
            (1.0, "Fully", "The answer states it completely"),
            (0.5, "Partly", "The answer states part of it"),
            (0.0, "Not at all", "The answer does not state it"),
        ]
    if isinstance(levels, NumericScale):
        count = round((levels.max - levels.min) / levels.step)
        return [(n / count, f"{levels.min + n * levels.step:.10g}", "") for n in range(count, -1, -1)]
    if isinstance(levels, tuple):
        return [_level(level) for level in reversed(levels)]
    if criterion.kind is Kind.ANSWER:
        return [(1.0, "Same", "It says the same as the reference answer"), (0.0, "Different", "It says something else")]
    return [(1.0, "Yes, true of the answer", ""), (0.0, "No, not true of the answer", "")]


def _level(level: Level) -> tuple[float, str, str]:
    return level.value, level.label or f"{level.value:g}", level.anchor
