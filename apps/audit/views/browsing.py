"""Report cards, the findings, and one of them."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.audit import pages, queries
from apps.core import htmx
from apps.judging import queries as judging
from apps.rubrics import queries as rubrics
from domain import audits

PAGE = 50


@require_GET
@require_role(Role.AUTHOR, "read audits")
def home(request: StudioRequest) -> HttpResponse:
    """What was audited of each rubric version and each judge, at one look."""
    context = {
        "versions": queries.version_lines(request.actor), "judges": queries.judge_lines(request.actor),
        "kinds": len(audits.AUDITS),
    }  # fmt: skip
    return render(request, "audit/home.html", context)


@require_GET
@require_role(Role.AUTHOR, "read audits")
def audit_list(request: StudioRequest) -> HttpResponse:
    """All findings, newest first."""
    kind = request.GET.get("kind", "")
    rows = queries.list_audits(request.actor, kind=kind)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "page": page, "rows": pages.rows_of(page.object_list), "kind": kind, "kinds": list(audits.AUDITS.values()),
        "crumbs": pages.crumbs(request.actor, "Findings"),
    }  # fmt: skip
    return render(request, "audit/audit_list.html", context)


@require_GET
@require_role(Role.AUTHOR, "read audits")
def version_card(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """The report card of a rubric version."""
    version = rubrics.get_version(request.actor, slug, number)
    card = queries.card_of(request.actor, version)
    return render(request, "audit/card.html", pages.card_page(request.actor, card))


@require_GET
@require_role(Role.AUTHOR, "read audits")
def judge_card(request: StudioRequest, name: str, number: int) -> HttpResponse:
    """The report card of a judge."""
    card = queries.card_of(request.actor, judging.get_judge_version(request.actor, name, number))
    return render(request, "audit/card.html", pages.card_page(request.actor, card))


@require_GET
@require_role(Role.AUTHOR, "read audits")
def audit_detail(request: StudioRequest, key: str) -> HttpResponse:
    """One finding: its reading, figures, plot and table, and what it rests on."""
    context = pages.finding_page(request.actor, queries.get_audit(request.actor, key))
    return htmx.page_or_fragment(request, "audit/audit_detail.html", "audit/_finding.html", context)
