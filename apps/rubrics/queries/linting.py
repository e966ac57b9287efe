"""What the rules of good writing remark about a version, and which remarks people have set aside."""

from dataclasses import dataclass

from apps.rubrics.models import LintDismissal, RubricVersion
from apps.rubrics.queries import documents
from domain import errors, lint, rubric


@dataclass(frozen=True)
class Remark:
    """A finding, and who set it aside where somebody did."""

    finding: lint.Finding
    dismissal: LintDismissal | None = None


def lint_findings(version: RubricVersion, said: rubric.Rubric | None = None) -> list[Remark]:
    """Every finding about a version, gravest first, those set aside included."""
    known = said or documents.domain_rubric(version)
    aside = {row.fingerprint: row for row in version.rubric.lint_dismissals.select_related("by")}
    return [Remark(found, aside.get(found.fingerprint)) for found in lint.findings(known, lint_context(version))]


def open_lint_errors(version: RubricVersion) -> list[Remark]:
    """The findings that are errors and that nobody has set aside."""
    return [
        remark
        for remark in lint_findings(version)
        if remark.finding.rule.severity is lint.Severity.ERROR and remark.dismissal is None
    ]


def lint_finding(version: RubricVersion, fingerprint: str) -> lint.Finding:
    """The finding of this fingerprint."""
    for remark in lint_findings(version):
        if remark.finding.fingerprint == fingerprint:
            return remark.finding
    raise errors.NotFound("This remark no longer holds: the rubric has changed.", code="finding_unknown")


def lint_context(version: RubricVersion) -> lint.Context:
    """What the rules may compare with: the reference answer of the prompt that the version is bound to."""
    if not version.prompt_id or version.prompt is None:
        return lint.Context()
    parts = version.prompt.reference or []
    return lint.Context(reference="\n".join(part["text"] for part in parts if isinstance(part.get("text"), str)))


def longest(said: rubric.Rubric) -> int:
    """The number of words of the longest criterion."""
    return max((len(criterion.text.split()) for criterion in said.criteria), default=0)
