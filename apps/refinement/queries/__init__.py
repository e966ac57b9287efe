"""What is known about the worth of rubrics and their criteria."""

from apps.refinement.queries.asking import Asked, Gathered
from apps.refinement.queries.cases import (
    CaseResult,
    Suite,
    cases_of,
    get_case,
    passes_its_cases,
    suite_of,
    withdrawn_cases,
)
from apps.refinement.queries.drafts import (
    Cost,
    answer_of,
    cost_of,
    costs_by_role,
    drafts_of,
    get_draft,
    governed_by,
    is_live,
    over_budget,
    progress_of,
    questions_of,
    seconds_a_call,
)
from apps.refinement.queries.effects import (
    PredictionState,
    Wordings,
    answers_by_text,
    newest_prediction,
    prediction_body,
    prompts_written_from,
    still_fits,
    supposed,
    wordings_of,
)
from apps.refinement.queries.gathering import gathered, inputs_of, methods, thawed
from apps.refinement.queries.meta_rubrics import get_meta_rubric, get_meta_version, governing, meta_rubrics_of
from apps.refinement.queries.reports import get_report, newest_report, report_state, reports_of, still_holds
from apps.refinement.queries.turned_down import turned_down

__all__ = [
    "Asked", "CaseResult", "Cost", "Gathered", "PredictionState", "Suite", "Wordings", "answer_of", "answers_by_text",
    "cases_of", "cost_of", "costs_by_role", "drafts_of", "gathered", "get_case", "get_draft", "get_meta_rubric",
    "get_meta_version", "get_report", "governed_by", "governing", "inputs_of", "is_live", "meta_rubrics_of", "methods",
    "newest_prediction", "newest_report", "over_budget", "passes_its_cases", "prediction_body", "progress_of",
    "prompts_written_from", "questions_of", "report_state", "reports_of", "seconds_a_call", "still_fits", "still_holds",
    "suite_of", "supposed", "thawed", "turned_down", "withdrawn_cases", "wordings_of",
]  # fmt: skip
