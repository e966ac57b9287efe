"""What is known about audits."""

from apps.audit.queries.audits import (
    agreement_of,
    entry_of,
    figures_of,
    get_audit,
    interval_of,
    list_audits,
    newest,
    repeats,
    state_of,
)
from apps.audit.queries.cards import PURPOSES, CardLine, card_of, judge_lines, version_lines
from apps.audit.queries.exams import (
    compares,
    cost_of,
    exam_datasets,
    exam_versions,
    get_exam,
    get_sitting,
    keyed_of,
    list_exams,
    said_in,
    sittings_of,
)
from apps.audit.queries.gathering import Gathered, digests_of, gather, narrowed
from apps.audit.queries.planning import Reading, plan_of
from apps.audit.queries.plans import get_plan, planned_inputs, plans_of
from apps.audit.queries.sources import MOST_ANSWERS, Named, Source, read_inputs, size_of

__all__ = [
    "MOST_ANSWERS",
    "PURPOSES",
    "CardLine",
    "Gathered",
    "Named",
    "Reading",
    "Source",
    "agreement_of",
    "card_of",
    "compares",
    "cost_of",
    "digests_of",
    "entry_of",
    "exam_datasets",
    "exam_versions",
    "figures_of",
    "gather",
    "get_audit",
    "get_exam",
    "get_plan",
    "get_sitting",
    "interval_of",
    "judge_lines",
    "keyed_of",
    "list_audits",
    "list_exams",
    "narrowed",
    "newest",
    "plan_of",
    "planned_inputs",
    "plans_of",
    "read_inputs",
    "repeats",
    "said_in",
    "sittings_of",
    "size_of",
    "state_of",
    "version_lines",
]
