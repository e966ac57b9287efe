"""What the rules of good writing remark about a version, and which remarks people have set aside."""

from dataclasses import dataclass

from apps.rubrics import registry
from apps.rubrics.models import LintDismissal, RubricVersion
from apps.rubrics.queries import documents, examples
from domain import errors, lint, rubric

LONGEST = 20_000


@dataclass(frozen=True)
class Remark:
    """A finding, who set it aside where somebody did, and whose opinion it is where no rule made it."""

    finding: lint.Finding
    dismissal: LintDismissal | None = None
    opinion: registry.Opinion | None = None


def lint_findings(version: RubricVersion, said: rubric.Rubric | None = None) -> list[Remark]:
    """Every finding about a version, gravest first, then the opinions; those set aside included."""
    known = said or documents.domain_rubric(version)
    aside = {row.fingerprint: row for row in version.rubric.lint_dismissals.select_related("by")}
    ruled = [Remark(found, aside.get(found.fingerprint)) for found in lint.findings(known, lint_context(version))]
    thought = registry.opinions(version, known)
    return ruled + [Remark(one.finding, aside.get(one.finding.fingerprint), one) for one in thought]


def open_opinions(version: RubricVersion) -> list[Remark]:
    """The opinions that nobody has set aside."""
    return [remark for remark in lint_findings(version) if remark.opinion and remark.dismissal is None]


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


def remarks_on(version: RubricVersion, criterion: str, text: str) -> list[lint.Finding]:
    """What the rules would remark on a criterion if it said this; what was set aside stays silent."""
    said = documents.domain_rubric(version)
    if said.criterion(criterion) is None or not text.strip() or len(text) > LONGEST:
        return []
    criteria = tuple(c.model_copy(update={"text": text}) if c.id == criterion else c for c in said.criteria)
    aside = set(version.rubric.lint_dismissals.values_list("fingerprint", flat=True))
    found = lint.findings_on(said.model_copy(update={"criteria": criteria}), criterion, lint_context(version))
    return [each for each in found if each.fingerprint not in aside]


def lint_context(version: RubricVersion) -> lint.Context:
    """What the rules may compare with, the reference answer of the prompt of the version, and how they try examples."""
    reference = reference_of(version)
    return lint.Context(reference=reference, trial=examples.ExampleTrial(reference))


def reference_of(version: RubricVersion) -> str:
    """The reference answer of the prompt that a version is bound to; empty where there is none."""
    parts = version.prompt.reference or [] if version.prompt_id and version.prompt is not None else []
    return "\n".join(part["text"] for part in parts if isinstance(part.get("text"), str))


def longest(said: rubric.Rubric) -> int:
    """The number of words of the longest criterion."""
    return max((len(criterion.text.split()) for criterion in said.criteria), default=0)
