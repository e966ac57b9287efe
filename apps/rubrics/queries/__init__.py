"""What is known about rubrics."""

from apps.rubrics.queries.approval import Approvals, approvals, distance, gate_states, open_gates
from apps.rubrics.queries.documents import criterion_part, document, domain_rubric, draft_document
from apps.rubrics.queries.exports import FORMATS, Offer, export, export_set, offers
from apps.rubrics.queries.linting import (
    Remark,
    lint_context,
    lint_finding,
    lint_findings,
    longest,
    open_lint_errors,
    remarks_on,
)
from apps.rubrics.queries.listing import draft_count, library, rubric_count, rubric_sets, tags
from apps.rubrics.queries.policy import METRICS, MOST_APPROVERS, ApprovalPolicy, approval_policy
from apps.rubrics.queries.presence import ALIVE, others_present
from apps.rubrics.queries.proposals import get_proposal, hunks_of, open_proposal_count, proposal_body, proposals_of
from apps.rubrics.queries.pulls import Puller, pullers
from apps.rubrics.queries.refs import ResolvedRubrics, resolve
from apps.rubrics.queries.sections import Section, fingerprint, outline
from apps.rubrics.queries.sets import by_prompt, get_set, get_set_version, members, sample, set_digest, set_versions
from apps.rubrics.queries.standards import MOST_IN_MATRIX, matrix_versions, reference_profiles
from apps.rubrics.queries.threads import get_thread, open_thread_count, threads_of
from apps.rubrics.queries.versions import (
    by_digest,
    get_criterion,
    get_group,
    get_rubric,
    get_version,
    latest_approved,
    newest_version,
    revisions_around,
    steps_of,
    tier_weights,
    versions_of,
    weighting_mode,
)
from domain.rubric import Difference, difference, shown

__all__ = [
    "ALIVE",
    "FORMATS",
    "METRICS",
    "MOST_APPROVERS",
    "MOST_IN_MATRIX",
    "ApprovalPolicy",
    "Approvals",
    "Difference",
    "Hint",
    "Offer",
    "Puller",
    "Remark",
    "ResolvedRubrics",
    "Section",
    "approval_policy",
    "approvals",
    "by_digest",
    "by_prompt",
    "criterion_part",
    "difference",
    "distance",
    "document",
    "domain_rubric",
    "draft_count",
    "draft_document",
    "export",
    "export_set",
    "fingerprint",
    "gate_states",
    "get_criterion",
    "get_group",
    "get_proposal",
    "get_rubric",
    "get_set",
    "get_set_version",
    "get_thread",
    "get_version",
    "hunks_of",
    "latest_approved",
    "library",
    "lint_context",
    "lint_finding",
    "lint_findings",
    "longest",
    "matrix_versions",
    "members",
    "newest_version",
    "offers",
    "open_gates",
    "open_lint_errors",
    "open_proposal_count",
    "open_thread_count",
    "others_present",
    "outline",
    "proposal_body",
    "proposals_of",
    "pullers",
    "reference_profiles",
    "remarks_on",
    "resolve",
    "revisions_around",
    "rubric_count",
    "rubric_sets",
    "sample",
    "set_digest",
    "set_versions",
    "shown",
    "steps_of",
    "tags",
    "threads_of",
    "tier_weights",
    "versions_of",
    "weighting_mode",
]
