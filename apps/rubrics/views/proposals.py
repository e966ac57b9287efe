"""Suggested edits: write them beside a version, decide on them one by one."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.rubrics import forms, pages, queries, services
from apps.rubrics.models import Proposal
from domain import errors


@require_http_methods(["GET", "POST"])
@require_role(Role.ANNOTATOR, "suggest edits")
def suggest(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """The criteria to reword, weigh, remove and add to, without touching the version."""
    version = queries.get_version(request.actor, slug, number)
    mine = queries.own_suggestion(version, request.actor)
    document = queries.suggested_document(version, mine) if mine else queries.draft_document(version)
    said = {"title": mine.title, "note": mine.inputs.get("note", "")} if mine else {}
    form = forms.SuggestForm(request.POST or None, document=document, initial=said)
    if request.method == "POST" and form.is_valid():
        wanted = {"document": form.wanted(), **{name: form.cleaned_data[name] for name in ("title", "note")}}
        try:
            if mine:
                made = services.revise_proposal(by=request.actor, proposal=mine, **wanted)
            else:
                made = services.propose(by=request.actor, base=version, **wanted)
        except errors.Invalid as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "Your suggestion waits for an author.")
            return redirect("rubrics:proposal", request.actor.workspace.slug, made.pk)
    context = {**pages.frame(request.actor, version, "discuss"), "form": form, "rows": form.rows(), "mine": mine}
    return render(request, "rubrics/proposal_new.html", context, status=422 if form.is_bound else 200)


@require_GET
@require_role(Role.VIEWER)
def suggested_edits(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """Edits that wait for a decision, for the rows of the table that they are about."""
    version = queries.get_version(request.actor, slug, number)
    if "own" in request.GET:
        own = {"version": version, "own": pages.own_edits(version, request.actor)}
        return render(request, "rubrics/_own_edits.html", own)
    found = pages.beside_rows(version, request.actor)
    may_decide = request.actor.can(Role.AUTHOR)
    mine = queries.own_suggestion(version, request.actor) if "suggest" in request.GET else None
    context = {
        "version": version,
        "suggested": found,
        "may_decide": may_decide,
        "mine": mine,
        "me": request.actor.user.pk,
        "suggesting": "suggest" in request.GET,
    }
    return render(request, "rubrics/_suggested_edits.html", context)


@require_GET
@require_role(Role.VIEWER)
def proposal_detail(request: StudioRequest, proposal: int) -> HttpResponse:
    """What is proposed, edit by edit, and what became of each."""
    row = queries.get_proposal(request.actor, proposal)
    return render(request, "rubrics/proposal_detail.html", pages.proposal_page(request.actor, row))


@require_POST
@require_role(Role.ANNOTATOR, "take part in proposals")
def proposal_act(request: StudioRequest, proposal: int, verb: str) -> HttpResponse:
    """Accept or reject edits, or take them or the whole proposal back."""
    row = queries.get_proposal(request.actor, proposal)
    if verb not in _VERBS:
        raise errors.NotFound("There is no such step.", code="step_unknown")
    named = forms.whole(request.POST.get("hunk", ""))
    try:
        _VERBS[verb](request, row, named)
    except (errors.Conflict, errors.Invalid) as error:
        messages.error(request, error.message)
    if (number := forms.whole(request.POST.get("beside", ""))) is not None:
        place = pages.address("edit", queries.get_version(request.actor, row.rubric.slug, number))
        return redirect(place + ("?suggest=1" if "suggest" in request.POST else ""))
    if not Proposal.objects.filter(pk=row.pk).exists():
        return redirect("rubrics:discuss", request.actor.workspace.slug, row.rubric.slug, row.base.number)
    return redirect("rubrics:proposal", request.actor.workspace.slug, row.pk)


def _accept(request: StudioRequest, row: Proposal, named: int | None) -> None:
    draft = services.accept_hunks(
        by=request.actor,
        proposal=row,
        positions=None if named is None else [named],
        edited=_edited(row, named, request.POST.get("text", "")),
        force="force" in request.POST,
        seen=request.POST.get("seen", ""),
    )
    messages.success(request, f"Accepted into the draft {draft}. Undo there takes it back.")


def _reject(request: StudioRequest, row: Proposal, named: int | None) -> None:
    services.reject_hunks(
        by=request.actor,
        proposal=row,
        positions=None if named is None else [named],
        reason=request.POST.get("reason", ""),
        seen=request.POST.get("seen", ""),
    )


def _take_back(request: StudioRequest, row: Proposal, named: int | None) -> None:
    if named is None:
        raise errors.Invalid("Say which edit to take back.", code="hunk_unnamed")
    services.take_back_hunks(by=request.actor, proposal=row, positions=[named])
    messages.success(request, "Your edit is taken back. Undo while suggesting brings it again.")


def _close(request: StudioRequest, row: Proposal, _named: int | None) -> None:
    services.close_proposal(by=request.actor, proposal=row)


_VERBS: dict[str, Callable[[StudioRequest, Proposal, int | None], None]] = {
    "accept": _accept, "reject": _reject, "take-back": _take_back, "close": _close,
}  # fmt: skip


def _edited(row: Proposal, position: int | None, text: str) -> dict[int, Any]:
    """The hunk with the words that the author typed instead of the proposed ones."""
    hunk = None if position is None else row.hunks.filter(position=position).first()
    if hunk is None or not text.strip() or not isinstance(hunk.after, dict) or "text" not in hunk.after:
        return {}
    return {hunk.position: {**hunk.after, "text": text.strip()}}
