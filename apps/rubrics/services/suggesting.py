"""Edits in the table that go into one's own suggestion instead of the draft."""

from typing import Any

from django.db import transaction

from apps.accounts.permissions import Actor
from apps.history import services as history
from apps.rubrics import permissions, queries
from apps.rubrics.models import Proposal, Rubric, RubricVersion
from apps.rubrics.services import drafts, proposals
from domain import errors

Document = dict[str, Any]


@transaction.atomic
def as_suggestion(*, by: Actor, version: RubricVersion, edit: drafts.Change, **_of_drafts: Any) -> RubricVersion:
    """Make an edit in what this person suggests for a version, which itself stays as it is.

    The first edit opens the suggestion, the last one that is taken back removes it. What else a draft is told of an
    edit is of no use here: the suggestion says itself what it changes, and nobody else writes it.
    """
    permissions.check_may_propose(by, version.rubric.workspace_id)
    Rubric.objects.select_for_update(no_key=True).get(pk=version.rubric_id)
    now = queries.suggesting(queries.get_version(by, version.rubric.slug, version.number), by)
    document = now.wanted
    edit(document)
    mine = now.proposal
    try:
        if mine is None:
            proposals.propose(by=by, base=now.version, document=document)
        else:
            said = {"title": proposals.typed_title(mine), "note": str(mine.inputs.get("note", ""))}
            proposals.revise_proposal(by=by, proposal=mine, document=document, **said)
    except errors.Invalid as error:
        if error.code != "nothing_proposed":
            raise
        _remove(by, mine)
    return version


def take_back_edit(*, by: Actor, version: RubricVersion, criterion_id: str) -> RubricVersion:
    """Let a criterion be as the version has it: as it was worded, back at its place, or not there at all."""
    stored = {item["id"]: item for item in queries.draft_document(version)["criteria"]}

    def edit(document: Document) -> None:
        items: list[Document] = document["criteria"]
        at = next((n for n, item in enumerate(items) if item["id"] == criterion_id), None)
        if at is not None and criterion_id in stored:
            items[at] = stored[criterion_id]
        elif at is not None:
            del items[at]
        elif criterion_id in stored:
            document["criteria"] = queries.with_gone(list(stored.values()), items, {criterion_id})
        else:
            raise errors.NotFound("There is no such criterion in this suggestion.", code="criterion_unknown")

    return as_suggestion(by=by, version=version, edit=edit)


def _remove(by: Actor, mine: Proposal | None) -> None:
    """A suggestion that says nothing any more."""
    if mine is None:
        return
    detail = {"proposal": mine.pk}
    history.record(by=by, workspace=by.workspace, action="proposal.taken_back", target=mine.rubric, detail=detail)
    mine.delete()
