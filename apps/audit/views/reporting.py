"""Reports to take away: a finding or a report card as an HTML file or a PDF."""

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.audit import queries
from apps.core import paper_files
from apps.judging import queries as judging
from apps.rubrics import queries as rubrics


@require_GET
@require_role(Role.AUTHOR, "read audits")
def finding_report(request: StudioRequest, key: str, form: str) -> HttpResponse:
    """The report of one finding."""
    audit = queries.get_audit(request.actor, key)
    paper = queries.finding_report(request.actor, audit, at=timezone.now())
    return paper_files.answer(paper, name=f"{audit.kind}-{str(audit.pk)[:8]}", kind=form)


@require_GET
@require_role(Role.AUTHOR, "read audits")
def version_report(request: StudioRequest, slug: str, number: int, form: str) -> HttpResponse:
    """The report card of a rubric version."""
    card = queries.card_of(request.actor, rubrics.get_version(request.actor, slug, number))
    paper = queries.card_report(request.actor, card, at=timezone.now())
    return paper_files.answer(paper, name=f"report-card-{slug}-{number}", kind=form)


@require_GET
@require_role(Role.AUTHOR, "read audits")
def judge_report(request: StudioRequest, name: str, number: int, form: str) -> HttpResponse:
    """The report card of a judge."""
    card = queries.card_of(request.actor, judging.get_judge_version(request.actor, name, number))
    paper = queries.card_report(request.actor, card, at=timezone.now())
    return paper_files.answer(paper, name=f"report-card-{name}-{number}", kind=form)
