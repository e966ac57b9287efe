"""From a model's reply or a check to a verdict, or to the reason why there is none."""

from domain.verdicts.computed import UNREAD, check_of, compared, computed, computed_pair, settled
from domain.verdicts.content import content_gate
from domain.verdicts.distribution import MIN_LABEL_MASS, distribution_fault, read_distribution
from domain.verdicts.entries import Entry, objects_of, read_entries
from domain.verdicts.evidence import find_evidence, nearest_passage
from domain.verdicts.keys import verdict_key
from domain.verdicts.labels import DOES_NOT_APPLY, Label, labels_for
from domain.verdicts.models import Span, Status, Verdict, unscored
from domain.verdicts.reasoned import MAX_QUOTES, MAX_RATIONALE, Reasoned, check_evidence, read_reasoned
from domain.verdicts.reasons import check_consistency, said_value
from domain.verdicts.written import before_answer, consistency, label_of, read_answer, spoken

__all__ = [
    "DOES_NOT_APPLY",
    "MAX_QUOTES",
    "MAX_RATIONALE",
    "MIN_LABEL_MASS",
    "UNREAD",
    "Entry",
    "Label",
    "Reasoned",
    "Span",
    "Status",
    "Verdict",
    "before_answer",
    "check_consistency",
    "check_evidence",
    "check_of",
    "compared",
    "computed",
    "computed_pair",
    "consistency",
    "content_gate",
    "distribution_fault",
    "find_evidence",
    "label_of",
    "labels_for",
    "nearest_passage",
    "objects_of",
    "read_answer",
    "read_distribution",
    "read_entries",
    "read_reasoned",
    "said_value",
    "settled",
    "spoken",
    "unscored",
    "verdict_key",
]
