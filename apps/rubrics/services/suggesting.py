"""Edits in the editor that go into one's own suggestion instead of the draft, step by step."""

from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.permissions import Actor
from apps.rubrics import permissions, queries
from apps.rubrics.models import Proposal, Rubric, RubricVersion, SuggestionStep
from apps.rubrics.services import drafts, proposals, steps
from domain import errors, rubric

MOST_STEPS = 200  # of one person for one version
Document = dict[str, Any]
Key = tuple[str, str]
Edits = dict[Key, rubric.Edit]


@transaction.atomic
def as_suggestion(
    *,
    by: Actor,
    version: RubricVersion,
    what: str,
    edit: drafts.Change,
    expected_revision: int | None = None,
    burst: bool = False,
    moved: Collection[str] = (),
) -> RubricVersion:
    """Make an edit in what this person suggests for a version, which itself stays as it is.

    The first edit opens the suggestion, the last one that is taken back removes it; what is decided meanwhile stays
    decided, and further edits join those of the same suggestion that still wait. `moved` are ids that were moved.
    """
    now = _locked(by, version)
    if expected_revision is not None and now.version.revision != expected_revision:
        raise drafts.Stale(
            "Somebody changed this draft since you opened it.", details={"revision": now.version.revision}
        )
    document = now.wanted
    edit(document)
    before = _open(now.proposal)
    mine = now.proposal
    try:
        if mine is None:
            mine = proposals.propose(by=by, base=now.version, document=document, shown=True, moved=moved)
        else:
            said = {"title": proposals.typed_title(mine), "note": str(mine.inputs.get("note", ""))}
            proposals.revise_proposal(by=by, proposal=mine, document=document, moved=moved, **said)
    except errors.Invalid as error:
        if error.code != "nothing_proposed":
            raise
        if mine is not None:
            proposals.end_suggestion(by=by, row=mine)
            mine = None
    _remember(by, now.version, what, before, _open(mine), burst=burst)
    return now.version


@transaction.atomic
def take_back_hunks(*, by: Actor, proposal: Proposal, positions: Iterable[int]) -> None:
    """Take edits of one's own that nobody decided on out of a proposal; one that says nothing any more ends."""
    row, hunks = proposals.own_open_hunks(by, proposal, list(positions))
    before, title = _open(row), proposals.typed_title(row)
    row.hunks.filter(pk__in=[hunk.pk for hunk in hunks]).delete()
    after = {key: edit for key, edit in before.items() if key not in {(hunk.op, hunk.pointer) for hunk in hunks}}
    if after:
        proposals.recount(by=by, row=row, title=title)
    else:
        proposals.end_suggestion(by=by, row=row)
    _remember(by, row.base, f"took back {len(hunks)} edit{'' if len(hunks) == 1 else 's'}", before, after)


def take_back_edit(*, by: Actor, version: RubricVersion, criterion_id: str) -> None:
    """Let a criterion be as the version has it: as it was worded, back at its place, or not there at all."""
    found: dict[int, tuple[Proposal, list[int]]] = {}
    for hunk in queries.open_hunks(version, by).filter(pointer=f"criteria/{criterion_id}"):
        found.setdefault(hunk.proposal_id, (hunk.proposal, []))[1].append(hunk.position)
    if not found:
        raise errors.NotFound("There is no such criterion in this suggestion.", code="criterion_unknown")
    for proposal, positions in found.values():
        take_back_hunks(by=by, proposal=proposal, positions=positions)


@transaction.atomic
def undo_suggestion(*, by: Actor, version: RubricVersion) -> RubricVersion:
    """Take back the last step of one's own suggestion; what an author decided on meanwhile stays as decided."""
    while (step := queries.suggestion_steps(version, by)[0]) is not None:
        if _turn(by, version, step, undone=True):
            return version
    raise errors.Conflict("There is nothing to undo in your suggestion.", code="nothing_to_undo")


@transaction.atomic
def redo_suggestion(*, by: Actor, version: RubricVersion) -> RubricVersion:
    """Bring back the step of one's own suggestion that was undone last."""
    while (step := queries.suggestion_steps(version, by)[1]) is not None:
        if _turn(by, version, step, undone=False):
            return version
    raise errors.Conflict("There is nothing to redo in your suggestion.", code="nothing_to_redo")


def _locked(by: Actor, version: RubricVersion) -> queries.Suggesting:
    permissions.check_may_propose(by, version.rubric.workspace_id)
    Rubric.objects.select_for_update(no_key=True).get(pk=version.rubric_id)
    return queries.suggesting(queries.get_version(by, version.rubric.slug, version.number), by)


def _open(mine: Proposal | None) -> Edits:
    if mine is None:
        return {}
    fresh = mine.hunks.filter(decision="open")
    return {(hunk.op, hunk.pointer): queries.as_edit(hunk) for hunk in fresh}


def _turn(by: Actor, version: RubricVersion, step: SuggestionStep, *, undone: bool) -> bool:
    """Put what was before a step in the place of what came of it, or the other way; whether that did anything."""
    now = _locked(by, version)
    present = _open(now.proposal)
    wanted = dict(present)
    for before, after in SuggestionStep.objects.get(pk=step.pk).change:
        gone, back = (after, before) if undone else (before, after)
        key = _key(gone or back)
        if gone is not None and key not in present:
            continue  # decided or taken back meanwhile
        if gone is None and key in present:
            continue
        wanted.pop(key, None)
        if back is not None:
            wanted[key] = rubric.Edit(back["op"], back["pointer"], back["before"], back["after"])
    step.undone = undone
    step.save(update_fields=["undone"])
    if wanted == present:
        return False
    if not wanted and now.proposal is not None:
        proposals.end_suggestion(by=by, row=now.proposal)
    elif now.proposal is not None:
        proposals.put_edits(by=by, row=now.proposal, edits=rubric.in_order(list(wanted.values())))
    else:
        proposals.open_suggestion(by=by, base=now.version, edits=tuple(rubric.in_order(list(wanted.values()))))
    return True


def _remember(
    by: Actor, version: RubricVersion, what: str, before: Edits, after: Edits, *, burst: bool = False
) -> None:
    """Keep what a step replaced; a quick series of the same edit is one step."""
    keys = [key for key in dict.fromkeys([*before, *after]) if before.get(key) != after.get(key)]
    if not keys:
        return
    rows = SuggestionStep.objects.filter(version=version, by=by.user)
    rows.filter(undone=True).delete()
    pairs = {key: [_stored(before.get(key)), _stored(after.get(key))] for key in keys}
    last = rows.order_by("-pk").first()
    recent = timezone.now() - timedelta(seconds=steps.BURST_SECONDS)
    if burst and last is not None and last.what == what[:200] and last.created_at > recent:
        known = {_key(pair[0] or pair[1]): pair for pair in last.change}
        joined = {key: [known[key][0] if key in known else pair[0], pair[1]] for key, pair in pairs.items()}
        last.change = list({**known, **joined}.values())
        last.change = [pair for pair in last.change if pair[0] != pair[1]]
        last.save(update_fields=["change"])
        return
    SuggestionStep.objects.create(version=version, by=by.user, what=what[:200], change=list(pairs.values()))
    old = list(rows.order_by("-pk").values_list("pk", flat=True)[MOST_STEPS:])
    if old:
        rows.filter(pk__in=old).delete()


def _stored(edit: rubric.Edit | None) -> Document | None:
    if edit is None:
        return None
    return {"op": edit.op, "pointer": edit.pointer, "before": edit.before, "after": edit.after}


def _key(edit: Document) -> Key:
    return edit["op"], edit["pointer"]
