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
from apps.audit.queries.cards import CardLine, card_of, judge_lines, version_lines
from apps.audit.queries.gathering import Gathered, digests_of, gather, narrowed
from apps.audit.queries.planning import Reading, plan_of
from apps.audit.queries.plans import get_plan, planned_inputs, plans_of
from apps.audit.queries.sources import MOST_ANSWERS, Named, Source, read_inputs, size_of

__all__ = [
    "MOST_ANSWERS",
    "CardLine",
    "Gathered",
    "Named",
    "Reading",
    "Source",
    "agreement_of",
    "card_of",
    "digests_of",
    "entry_of",
    "figures_of",
    "gather",
    "get_audit",
    "get_plan",
    "interval_of",
    "judge_lines",
    "list_audits",
    "narrowed",
    "newest",
    "plan_of",
    "planned_inputs",
    "plans_of",
    "read_inputs",
    "repeats",
    "size_of",
    "state_of",
    "version_lines",
]
