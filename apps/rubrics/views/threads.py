"""Discussions on a rubric, one of its criteria or a level: the page, the panel beside the table, and their steps."""

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.core import htmx
from apps.rubrics import forms, pages, queries, services
from apps.rubrics.models import RubricVersion, Thread
from domain import errors

PAGE, PANEL = "rubrics/thread_list.html", "rubrics/_thread_panel.html"
CHANGED = "threads-changed"


@require_http_methods(["GET", "POST"])
@require_role(Role.VIEWER)
def thread_list(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """All discussions, or those of one criterion as a panel; a post starts one."""
    version = queries.get_version(request.actor, slug, number)
    form = None
    if request.method == "POST":
        form = forms.ThreadForm(request.POST, criteria=queries.draft_document(version)["criteria"])
        if form.is_valid():
            about = form.about()
            text = form.cleaned_data["text"]
            services.open_thread(by=request.actor, rubric=version.rubric, version=version, text=text, **about)
            return _answer(request, version, about["criterion"], pages.address("discuss", version))
    criterion, show = request.GET.get("criterion", ""), request.GET.get("show", "")
    status = 422 if form is not None else 200
    if htmx.is_fragment(request):
        asked = form.data.get("criterion", "").partition(":")[0] if form is not None else criterion
        return render(request, PANEL, pages.thread_panel(request.actor, version, asked, form=form), status=status)
    context = pages.threads(request.actor, version, show=show, criterion=criterion, form=form)
    return render(request, PAGE, context, status=status)


@require_GET
@require_role(Role.VIEWER)
def thread_marks(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """How many open discussions each row of the table has."""
    return JsonResponse(queries.thread_marks(queries.get_version(request.actor, slug, number)))


@require_POST
@require_role(Role.ANNOTATOR, "take part in discussions")
def thread_act(request: StudioRequest, thread: int, verb: str) -> HttpResponse:
    """Answer, edit or take back a comment, settle or take up a discussion again."""
    row = queries.get_thread(request.actor, thread)
    text = request.POST.get("text", "")
    if verb == "resolve":
        services.resolve_thread(by=request.actor, thread=row)
    elif verb == "reopen":
        services.reopen_thread(by=request.actor, thread=row)
    elif verb == "comment":
        services.comment(by=request.actor, thread=row, text=text)
    elif verb in {"edit", "delete"}:
        said = queries.get_comment(row, forms.whole(request.POST.get("comment", "")))
        change: dict[str, Any] = {"by": request.actor, "comment": said}
        services.edit_comment(**change, text=text) if verb == "edit" else services.delete_comment(**change)
    else:
        raise errors.NotFound("There is no such step.", code="step_unknown")
    version = _version(request, row)
    return _answer(request, version, row.criterion, f"{pages.address('discuss', version)}#thread-{row.pk}")


@require_POST
@require_role(Role.VIEWER)
def mentions_read(request: StudioRequest) -> HttpResponse:
    """Mark mentions of oneself as read: those that are named, or all."""
    named = [key for text in request.POST.getlist("mention") if (key := forms.whole(text)) is not None]
    services.read_mentions(by=request.actor, keys=named or None)
    return redirect("home:home", request.actor.workspace.slug)


def _version(request: StudioRequest, row: Thread) -> RubricVersion:
    """The version beside whose table the panel stands, else the one on which the discussion was opened."""
    number = forms.whole(request.POST.get("version", ""))
    if number is not None:
        return queries.get_version(request.actor, row.rubric.slug, number)
    return row.opened_on or queries.newest_version(row.rubric)


def _answer(request: StudioRequest, version: RubricVersion, criterion: str, page: str) -> HttpResponse:
    """The panel anew for HTMX, the page for everyone else."""
    if not htmx.is_fragment(request):
        return redirect(page)
    return htmx.trigger(render(request, PANEL, pages.thread_panel(request.actor, version, criterion)), CHANGED)
