"""From the probabilities of the labels to a verdict."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Literal

from domain.rubric import Criterion
from domain.verdicts.labels import Label, labels_for
from domain.verdicts.models import Status, Verdict, unscored

MIN_LABEL_MASS = 0.1
_ROUNDING = 1e-6

ValueFrom = Literal["mode", "expectation"]


def read_distribution(
    criterion: Criterion,
    probabilities: Mapping[str, float],
    *,
    label_mass: float | None = None,
    min_label_mass: float = MIN_LABEL_MASS,
    value_from: ValueFrom = "mode",
    labels: tuple[Label, ...] | None = None,
) -> Verdict:
    """The verdict a distribution over label texts stands for; `labels` where they are not the criterion's own.

    `label_mass` is what the labels had of the whole distribution; not given, it is their sum.
    """
    labels = labels_for(criterion) if labels is None else labels
    total = math.fsum(probabilities.values())
    mass = total if label_mass is None else label_mass
    fault = _fault(labels, probabilities, mass, min_label_mass)
    if fault:
        shown = mass if math.isfinite(mass) else None
        return unscored(criterion.id, Status.UNPARSEABLE, fault, label_mass=shown)
    weights = [(label, probabilities.get(label.text, 0.0) / total) for label in labels]
    return _verdict(criterion, weights, min(mass, 1.0), value_from)


def distribution_fault(probabilities: Iterable[float], mass: float, min_label_mass: float) -> str:
    """Why probabilities of labels with this mass cannot be read, or an empty text where they can."""
    given = list(probabilities)
    if not all(math.isfinite(p) and -_ROUNDING <= p <= 1 + _ROUNDING for p in (*given, mass)):
        return "The reply has a probability that is not a number between 0 and 1."
    if mass < min_label_mass:
        return f"The labels have only {mass:.3f} of the probability, below {min_label_mass:g}."
    if math.fsum(given) <= 0:
        return "The reply gives no label any probability."
    return ""


def _fault(labels: tuple[Label, ...], probabilities: Mapping[str, float], mass: float, min_label_mass: float) -> str:
    strange = sorted(set(probabilities) - {label.text for label in labels})
    if strange:
        return f"The reply has a label that was not on offer: {strange[0]!r}."
    return distribution_fault(probabilities.values(), mass, min_label_mass)


def _verdict(
    criterion: Criterion,
    weights: list[tuple[Label, float]],
    mass: float,
    value_from: ValueFrom,
) -> Verdict:
    distribution = tuple((label.text, p) for label, p in weights)
    valued = [(label.value, p) for label, p in weights if label.value is not None]
    applies = math.fsum(p for _, p in valued)
    if applies <= 0 or 1 - applies > max(p for _, p in valued):
        return Verdict(
            criterion.id,
            Status.NOT_APPLICABLE,
            label_mass=mass,
            distribution=distribution,
            reason="The judge says that the criterion does not apply.",
        )
    expected = min(1.0, math.fsum(value * p for value, p in valued) / applies)
    value = expected if value_from == "expectation" else _mode(valued, criterion.is_pitfall)
    return Verdict(
        criterion.id,
        Status.OK,
        value=value,
        probability=expected,
        label_mass=mass,
        distribution=distribution,
    )


def _mode(valued: list[tuple[float, float]], is_pitfall: bool) -> float:
    """The likeliest value; a tie goes against the answer."""
    best = max(p for _, p in valued)
    likeliest = [value for value, p in valued if p == best]
    return max(likeliest) if is_pitfall else min(likeliest)
