"""From a model's reply or a check to a verdict, or to the reason why there is none."""

from domain.verdicts.computed import computed
from domain.verdicts.content import content_gate
from domain.verdicts.distribution import MIN_LABEL_MASS, distribution_fault, read_distribution
from domain.verdicts.evidence import find_evidence
from domain.verdicts.keys import verdict_key
from domain.verdicts.labels import DOES_NOT_APPLY, Label, labels_for
from domain.verdicts.models import Span, Status, Verdict, unscored
from domain.verdicts.reasoned import Reasoned, check_evidence, read_reasoned

__all__ = [
    "DOES_NOT_APPLY",
    "MIN_LABEL_MASS",
    "Label",
    "Reasoned",
    "Span",
    "Status",
    "Verdict",
    "check_evidence",
    "computed",
    "content_gate",
    "distribution_fault",
    "find_evidence",
    "labels_for",
    "read_distribution",
    "read_reasoned",
    "unscored",
    "verdict_key",
]
