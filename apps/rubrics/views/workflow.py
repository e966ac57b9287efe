"""Steps of a version: undo and redo, submit, decide, open and discard drafts."""

from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.core import returning
from apps.rubrics import forms, pages, queries, services
from apps.rubrics.models import RubricVersion, VersionStatus

Service = Callable[..., RubricVersion]
View = Callable[..., HttpResponseBase]
STEPS_A_PAGE = 100


@require_POST
@require_role(Role.AUTHOR, "edit rubrics")
def draft_undo(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """Take back the last step."""
    version = services.undo(by=request.actor, version=queries.get_version(request.actor, slug, number))
    return redirect(returning.back_or(request, pages.address("edit", version) + pages.narrowing(request.GET).query))


@require_GET
@require_role(Role.AUTHOR, "edit rubrics")
def draft_steps(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """Every step of a draft: who, what, when, and the way back to it."""
    version = queries.get_version(request.actor, slug, number)
    if not version.is_draft:
        return redirect(pages.address("edit", version))
    page = Paginator(queries.steps_of(version), STEPS_A_PAGE).get_page(request.GET.get("page"))
    context = {**pages.frame(request.actor, version, "edit"), "page": page, "current": queries.current_step(version)}
    return render(request, "rubrics/version_steps.html", context)


@require_POST
@require_role(Role.AUTHOR, "edit rubrics")
def draft_go_back(request: StudioRequest, slug: str, number: int, step: int) -> HttpResponse:
    """Bring the draft to what it said after a step."""
    version = queries.get_version(request.actor, slug, number)
    services.go_back(by=request.actor, version=version, step=step)
    messages.success(request, f"The draft says again what it said after step {step}. Undo takes that back.")
    return redirect(pages.address("edit", version))


@require_POST
@require_role(Role.AUTHOR, "edit rubrics")
def draft_redo(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """Bring back the step undone last."""
    version = services.redo(by=request.actor, version=queries.get_version(request.actor, slug, number))
    return redirect(returning.back_or(request, pages.address("edit", version) + pages.narrowing(request.GET).query))


@require_POST
@require_role(Role.AUTHOR, "write rubrics")
def draft_new(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """Open a draft from any version."""
    source = queries.get_version(request.actor, slug, number)
    draft = services.new_draft(by=request.actor, rubric=source.rubric, source=source)
    messages.success(request, f"Version {draft.number} is a new draft made from version {number}.")
    return redirect(pages.address("edit", draft))


@require_POST
@require_role(Role.AUTHOR, "write rubrics")
def draft_discard(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """End a draft that nobody needs."""
    version = services.discard(by=request.actor, version=queries.get_version(request.actor, slug, number))
    messages.success(request, f"The draft {version} is discarded. It stays readable.")
    return redirect(pages.address("versions", version))


def _decision(service: Service, said: str) -> View:
    """A view that takes one step with a note and says what happened."""

    @require_POST
    @require_role(Role.AUTHOR, "decide on versions")
    def decide(request: StudioRequest, slug: str, number: int) -> HttpResponse:
        version = queries.get_version(request.actor, slug, number)
        form = (forms.RetireForm if service is services.retire else forms.NoteForm)(request.POST)
        if not form.is_valid():
            context = pages.versions(request.actor, version, "", "", note_form=form)
            return render(request, "rubrics/version_list.html", context, status=422)
        result = service(by=request.actor, version=version, note=form.cleaned_data["note"])
        still_waits = service is services.approve and result.status == VersionStatus.IN_REVIEW
        sentence = f"{version} has {queries.approvals(result).sentence}." if still_waits else said
        messages.success(request, sentence.format(old=version, new=result))
        return redirect(pages.address("edit" if result.is_draft else "versions", result))

    return decide


version_submit = _decision(services.submit, "{old} waits for approval and never changes again.")
version_approve = _decision(services.approve, "{old} is approved.")
version_take_back = _decision(services.take_back, "Your approval of {old} is taken back.")
version_request_changes = _decision(services.request_changes, "{old} was sent back; {new} is the draft to change.")
version_withdraw = _decision(services.withdraw, "{old} is withdrawn; {new} is the draft to go on with.")
version_retire = _decision(services.retire, "{old} is retired.")
