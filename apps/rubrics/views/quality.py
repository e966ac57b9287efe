"""Remarks about a version: all of them on a page, those beside the editor, and what is done about one."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.core import returning
from apps.rubrics import pages, queries, services
from domain import errors


@require_GET
@require_role(Role.VIEWER)
def version_quality(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """Every remark by severity and rule."""
    version = queries.get_version(request.actor, slug, number)
    wanted = {name: request.GET.get(name, "") for name in ("severity", "rule")}
    return render(request, "rubrics/version_quality.html", pages.quality(request.actor, version, wanted))


@require_GET
@require_role(Role.VIEWER)
def quality_panel(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """The remarks beside the editor, alone."""
    version = queries.get_version(request.actor, slug, number)
    return render(request, "rubrics/_advice.html", pages.panel(request.actor, version))


@require_GET
@require_role(Role.VIEWER)
def quality_similar(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """Criteria that other rubrics have in nearly the same words, alone."""
    version = queries.get_version(request.actor, slug, number)
    context = {"version": version, **pages.similar_pairs(request.actor, version)}
    return render(request, "rubrics/_criteria_similar.html", context)


@require_POST
@require_role(Role.AUTHOR, "edit rubrics")
def quality_typing(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """What the rules remark on a text that is being typed; nothing is stored."""
    version = queries.get_version(request.actor, slug, number)
    text = request.POST.get("text", "")
    found = queries.remarks_on(version, request.POST.get("criterion", ""), text)
    context = {
        "remarks": [(each, pages.TONES[each.rule.severity]) for each in found],
        "reading": pages.reading_of(text[: queries.LONGEST], version.language),
    }
    return render(request, "rubrics/_criterion_remarks.html", context)


@require_POST
@require_role(Role.AUTHOR, "act on remarks")
def quality_act(request: StudioRequest, slug: str, number: int, verb: str) -> HttpResponse:
    """Mend, set aside or bring back one remark, or mend all that is safe."""
    version = queries.get_version(request.actor, slug, number)
    finding = request.POST.get("finding", "")
    if verb == "fix":
        services.fix_finding(by=request.actor, version=version, fingerprint=finding)
    elif verb == "fix-safe":
        services.fix_all_safe(by=request.actor, version=version)
    elif verb == "dismiss":
        reason = request.POST.get("reason", "")
        services.dismiss_finding(by=request.actor, version=version, fingerprint=finding, reason=reason)
    elif verb == "restore":
        services.restore_finding(by=request.actor, version=version, fingerprint=finding)
    else:
        raise errors.NotFound("There is no such step.", code="step_unknown")
    return redirect(returning.back_or(request, pages.address("quality", version)))
