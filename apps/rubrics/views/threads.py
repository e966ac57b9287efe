"""Discussions on a rubric or one of its criteria."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.rubrics import forms, pages, queries, services
from apps.rubrics.models import Thread


@require_http_methods(["GET", "POST"])
@require_role(Role.VIEWER)
def thread_list(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """All discussions; a post starts one."""
    version = queries.get_version(request.actor, slug, number)
    texts = {row.criterion_id: row.text for row in version.criteria.all()}
    choices = [(name, text if len(text) < 70 else f"{text[:69]}…") for name, text in texts.items()]
    initial = {"criterion": request.GET.get("criterion", "")}
    form = forms.ThreadForm(request.POST or None, criteria=choices, initial=initial)
    if request.method == "POST" and form.is_valid():
        services.open_thread(by=request.actor, rubric=version.rubric, version=version, **form.cleaned_data)
        return redirect(pages.address("discuss", version))
    context = {
        **pages.frame(request.actor, version, "discuss"),
        "threads": [(thread, texts.get(thread.criterion, "")) for thread in queries.threads_of(version.rubric)],
        "proposals": queries.proposals_of(version.rubric),
        "form": form,
        "comment_form": forms.CommentForm(),
        "may_discuss": request.actor.can(Role.ANNOTATOR),
    }
    return render(request, "rubrics/thread_list.html", context, status=422 if form.is_bound else 200)


@require_POST
@require_role(Role.ANNOTATOR, "take part in discussions")
def thread_act(request: StudioRequest, thread: int, verb: str) -> HttpResponse:
    """Answer, settle or take up a discussion again."""
    row = queries.get_thread(request.actor, thread)
    if verb == "resolve":
        services.resolve_thread(by=request.actor, thread=row)
    elif verb == "reopen":
        services.reopen_thread(by=request.actor, thread=row)
    else:
        services.comment(by=request.actor, thread=row, text=request.POST.get("text", ""))
    return redirect(f"{_address(row)}#thread-{row.pk}")


def _address(thread: Thread) -> str:
    version = thread.opened_on or queries.newest_version(thread.rubric)
    return pages.address("discuss", version)
