"""One version: its criteria, its history, how to use it, as a file."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.core import htmx
from apps.rubrics import forms, pages, permissions, queries


@require_GET
@require_role(Role.VIEWER)
def rubric_open(request: StudioRequest, slug: str) -> HttpResponse:
    """The version of a rubric that a person most likely wants; `?discuss=` leads to a discussion."""
    version = queries.newest_version(queries.get_rubric(request.actor, slug))
    thread = forms.whole(request.GET.get("discuss", ""))
    if thread is not None:
        return redirect(f"{pages.address('discuss', version)}#thread-{thread}")
    return redirect(pages.address("edit", version))


@require_GET
@require_role(Role.VIEWER)
def rubric_versions(request: StudioRequest, slug: str) -> HttpResponse:
    """The versions of a rubric, seen from the version a person most likely wants."""
    rubric = queries.get_rubric(request.actor, slug)
    return redirect(pages.address("versions", queries.newest_version(rubric)))


@require_GET
@require_role(Role.VIEWER)
def version_edit(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """The criteria, to edit where the version is a draft; HTMX gets the table alone."""
    version = queries.get_version(request.actor, slug, number)
    if "suggest" in request.GET:
        permissions.check_may_propose(request.actor, version.rubric.workspace_id)
    context = pages.editor(
        request.actor,
        version,
        suggesting=queries.suggesting(version, request.actor) if "suggest" in request.GET else None,
        moved=forms.whole(request.GET.get("moved", "")),
        at=forms.whole(request.GET.get("at", "")),
        first=forms.whole(request.GET.get("from", "")),
        way=request.GET.get("way", ""),
        added="added" in request.GET,
        stored="added" in request.GET or "pasted" in request.GET,
        narrowed=pages.narrowing(request.GET),
    )
    answer = htmx.page_or_fragment(request, "rubrics/version_edit.html", "rubrics/_criteria_table.html", context)
    return htmx.trigger(answer, "rubric-changed") if htmx.is_fragment(request) else answer


@require_GET
@require_role(Role.VIEWER)
def version_list(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """All versions with their decisions, and the difference between two."""
    version = queries.get_version(request.actor, slug, number)
    before, after = request.GET.get("from", ""), request.GET.get("to", "")
    show = request.GET.get("show", "")
    return render(request, "rubrics/version_list.html", pages.versions(request.actor, version, before, after, show))


@require_GET
@require_role(Role.VIEWER)
def version_use(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """Snippets with the pinned reference, and who pulls it."""
    version = queries.get_version(request.actor, slug, number)
    return render(request, "rubrics/version_use.html", pages.using(request.actor, version, _base_url(request)))


@require_GET
@require_role(Role.VIEWER)
def version_export(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """The formats with what each would lose, or one file; what is lost is listed first and needs a second click."""
    version = queries.get_version(request.actor, slug, number)
    name = request.GET.get("format", "")
    if not name:
        context = {**pages.frame(request.actor, version, "use"), "offers": pages.offered(queries.offers(version))}
        return render(request, "rubrics/version_formats.html", context)
    written = queries.export(version, name)
    if written.report and "anyway" not in request.GET:
        context = {**pages.frame(request.actor, version, "use"), "losses": pages.losses(written.report), "format": name}
        return render(request, "rubrics/version_export.html", context)
    answer = HttpResponse(written.data, content_type=written.content_type)
    answer["Content-Disposition"] = f'attachment; filename="{slug}-{number}.{written.extension}"'
    return answer


def _base_url(request: StudioRequest) -> str:
    return request.build_absolute_uri("/")
