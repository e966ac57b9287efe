"""Acting on what the rules remark: mend it, or set it aside with a reason."""

from typing import Any

from django.db import transaction

from apps.accounts.permissions import Actor
from apps.history import services as history
from apps.rubrics import permissions, queries
from apps.rubrics.models import LintDismissal, RubricVersion
from apps.rubrics.services import drafts, texts
from domain import errors, lint, rubric

MAX_REASON = 2_000
MOST_FIXES = 1_000


def fix_finding(*, by: Actor, version: RubricVersion, fingerprint: str) -> RubricVersion:
    """Apply the fix of one finding as one step."""

    context = queries.lint_context(version)

    def edit(document: dict[str, Any]) -> None:
        found = next((f for f in _findings(document, context) if f.fingerprint == fingerprint), None)
        if found is None:
            raise errors.NotFound("This remark no longer holds: the rubric has changed.", code="finding_unknown")
        if found.fix is None:
            raise errors.Invalid("There is no fix for this remark; edit the criterion.", code="no_fix")
        found.fix.edit(document)

    return drafts.change(by=by, version=version, what="mended a remark", edit=edit)


def fix_all_safe(*, by: Actor, version: RubricVersion) -> RubricVersion:
    """Apply every fix that cannot change what is meant, as one step; remarks set aside are left alone."""
    aside = set(version.rubric.lint_dismissals.values_list("fingerprint", flat=True))

    context = queries.lint_context(version)

    def edit(document: dict[str, Any]) -> None:
        for _ in range(MOST_FIXES):
            safe = (f for f in _findings(document, context) if f.fix and f.fix.safe and f.fingerprint not in aside)
            found = next(safe, None)
            if found is None or found.fix is None:
                return
            found.fix.edit(document)

    return drafts.change(by=by, version=version, what="mended all that is safe to mend", edit=edit)


@transaction.atomic
def dismiss_finding(*, by: Actor, version: RubricVersion, fingerprint: str, reason: str) -> LintDismissal:
    """Set a finding aside, saying why; setting it aside again replaces the reason."""
    permissions.check_may_write(by, version.rubric.workspace_id)
    said = texts.storable(reason, MAX_REASON, "reason")
    if not said:
        raise errors.Invalid("Say why this remark does not hold here.", code="reason_empty")
    found = queries.lint_finding(version, fingerprint)
    row, _ = LintDismissal.objects.update_or_create(
        rubric=version.rubric,
        fingerprint=fingerprint,
        defaults={
            "rule": found.rule.name,
            "criterion": (found.criterion or "")[:80],
            "sentence": found.sentence,
            "reason": said,
            "by": by.user,
        },
    )
    _record(by, version, "lint.dismissed", {"rule": row.rule, "criterion": row.criterion, "reason": said})
    return row


@transaction.atomic
def restore_finding(*, by: Actor, version: RubricVersion, fingerprint: str) -> None:
    """Bring back a finding that was set aside; doing it twice changes nothing."""
    permissions.check_may_write(by, version.rubric.workspace_id)
    row = LintDismissal.objects.filter(rubric=version.rubric, fingerprint=fingerprint).first()
    if row is not None:
        row.delete()
        _record(by, version, "lint.restored", {"rule": row.rule, "criterion": row.criterion})


def _findings(document: dict[str, Any], context: lint.Context) -> list[lint.Finding]:
    return lint.findings(rubric.parse(document), context)


def _record(by: Actor, version: RubricVersion, action: str, detail: dict[str, Any]) -> None:
    detail = {"version": version.number, **detail}
    history.record(by=by, workspace=version.rubric.workspace, action=action, target=version.rubric, detail=detail)
