"""What is known about rubrics."""

from apps.rubrics.queries.approval import gate_states, open_gates
from apps.rubrics.queries.documents import document, domain_rubric, draft_document
from apps.rubrics.queries.exports import FORMATS, export, export_set
from apps.rubrics.queries.listing import draft_count, library, rubric_count, rubric_sets, tags
from apps.rubrics.queries.refs import ResolvedRubrics, resolve
from apps.rubrics.queries.sections import Section, outline
from apps.rubrics.queries.sets import by_prompt, get_set, get_set_version, members, sample, set_digest, set_versions
from apps.rubrics.queries.versions import (
    by_digest,
    get_rubric,
    get_version,
    latest_approved,
    newest_version,
    revisions_around,
    versions_of,
)

__all__ = [
    "FORMATS",
    "ResolvedRubrics",
    "Section",
    "by_digest",
    "by_prompt",
    "document",
    "domain_rubric",
    "draft_count",
    "draft_document",
    "export",
    "export_set",
    "gate_states",
    "get_rubric",
    "get_set",
    "get_set_version",
    "get_version",
    "latest_approved",
    "library",
    "members",
    "newest_version",
    "open_gates",
    "outline",
    "resolve",
    "revisions_around",
    "rubric_count",
    "rubric_sets",
    "sample",
    "set_digest",
    "set_versions",
    "tags",
    "versions_of",
]
