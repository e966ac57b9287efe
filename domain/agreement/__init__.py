"""How far raters agree: coefficients with intervals, what they rest on, and a named policy for what is missing."""

from domain.agreement.coefficients import (
    LevelOfMeasurement,
    Paired,
    Ratings,
    Weights,
    cohen_kappa,
    krippendorff_alpha,
    pair,
    percent,
)
from domain.agreement.intervals import Interval, interval
from domain.agreement.measuring import (
    LABELS,
    LEVELS,
    Between,
    Level,
    Measured,
    Metric,
    Policy,
    level_of,
    matrix,
    measure,
    policy,
)
from domain.agreement.tables import Merging, Table, kept, of_rows, of_triples, sides

__all__ = [
    "LABELS",
    "LEVELS",
    "Between",
    "Interval",
    "Level",
    "LevelOfMeasurement",
    "Measured",
    "Merging",
    "Metric",
    "Paired",
    "Policy",
    "Ratings",
    "Table",
    "Weights",
    "cohen_kappa",
    "interval",
    "kept",
    "krippendorff_alpha",
    "level_of",
    "matrix",
    "measure",
    "of_rows",
    "of_triples",
    "pair",
    "percent",
    "policy",
    "sides",
]
