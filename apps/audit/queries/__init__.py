"""What is known about audits."""

from apps.audit.queries.audits import (
    agreement_of,
    entry_of,
    figures_of,
    get_audit,
    interval_of,
    list_audits,
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
from apps.audit.queries.reports import card_report, finding_report
from apps.audit.queries.sources import MOST_ANSWERS, Named, Source, read_inputs, size_of
from apps.audit.queries.standing import Standing, standing_of
from apps.audit.queries.wording import (
    HIDDEN,
    cell_said,
    figure_said,
    interval_said,
    is_number,
    params_of,
    source_said,
    title_of,
)

__all__ = [
    "HIDDEN",
    "MOST_ANSWERS",
    "PURPOSES",
    "CardLine",
    "Gathered",
    "Named",
    "Reading",
    "Source",
    "Standing",
    "agreement_of",
    "card_of",
    "card_report",
    "cell_said",
    "compares",
    "cost_of",
    "digests_of",
    "entry_of",
    "exam_datasets",
    "exam_versions",
    "figure_said",
    "figures_of",
    "finding_report",
    "gather",
    "get_audit",
    "get_exam",
    "get_plan",
    "get_sitting",
    "interval_of",
    "interval_said",
    "is_number",
    "judge_lines",
    "keyed_of",
    "list_audits",
    "list_exams",
    "narrowed",
    "params_of",
    "plan_of",
    "planned_inputs",
    "plans_of",
    "read_inputs",
    "repeats",
    "said_in",
    "sittings_of",
    "size_of",
    "source_said",
    "standing_of",
    "state_of",
    "title_of",
    "version_lines",
]
