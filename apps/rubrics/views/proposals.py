"""Suggested edits: write them beside a version, decide on them one by one."""

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
    found = queries.suggested_on(version, request.actor)
    may_decide = request.actor.can(Role.AUTHOR)
    mine = queries.own_suggestion(version, request.actor) if "suggest" in request.GET else None
    context = {"version": version, "suggested": found, "may_decide": may_decide, "mine": mine}
    return render(request, "rubrics/_suggested_edits.html", context)


@require_GET
@require_role(Role.VIEWER)
def proposal_detail(request: StudioRequest, proposal: int) -> HttpResponse:
    """What is proposed, edit by edit, and what became of each."""
    row = queries.get_proposal(request.actor, proposal)
    return render(request, "rubrics/proposal_detail.html", _context(request, row))


@require_POST
@require_role(Role.ANNOTATOR, "take part in proposals")
def proposal_act(request: StudioRequest, proposal: int, verb: str) -> HttpResponse:
    """Accept or reject edits, or take the proposal back."""
    row = queries.get_proposal(request.actor, proposal)
    named = forms.whole(request.POST.get("hunk", ""))
    positions = None if named is None else [named]
    try:
        if verb == "accept":
            edited = _edited(row, named, request.POST.get("text", ""))
            force = "force" in request.POST
            draft = services.accept_hunks(
                by=request.actor, proposal=row, positions=positions, edited=edited, force=force
            )
            messages.success(request, f"Accepted into the draft {draft}. Undo there takes it back.")
        elif verb == "reject":
            reason = request.POST.get("reason", "")
            services.reject_hunks(by=request.actor, proposal=row, positions=positions, reason=reason)
        elif verb == "close":
            services.close_proposal(by=request.actor, proposal=row)
        else:
            raise errors.NotFound("There is no such step.", code="step_unknown")
    except (errors.Conflict, errors.Invalid) as error:
        messages.error(request, error.message)
    if (number := forms.whole(request.POST.get("beside", ""))) is not None:
        return redirect(pages.address("edit", queries.get_version(request.actor, row.rubric.slug, number)))
    return redirect("rubrics:proposal", request.actor.workspace.slug, row.pk)


def _edited(row: Proposal, position: int | None, text: str) -> dict[int, Any]:
    """The hunk with the words that the author typed instead of the proposed ones."""
    hunk = None if position is None else row.hunks.filter(position=position).first()
    if hunk is None or not text.strip() or not isinstance(hunk.after, dict) or "text" not in hunk.after:
        return {}
    return {hunk.position: {**hunk.after, "text": text.strip()}}


def _context(request: StudioRequest, row: Proposal) -> dict[str, Any]:
    return {
        **pages.frame(request.actor, row.base, "discuss"),
        "proposal": row,
        "hunks": queries.hunks_of(row),
        "may_decide": request.actor.can(Role.AUTHOR) and row.state == Proposal.State.OPEN,
        "may_take_back": row.created_by_id == request.actor.user.pk and row.state == Proposal.State.OPEN,
    }
