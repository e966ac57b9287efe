"""Edits that somebody proposes to a rubric and an author decides on, one by one."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from django.db import transaction
from django.utils import timezone

from apps.accounts.permissions import Actor
from apps.history import services as history
from apps.rubrics import permissions, queries
from apps.rubrics.models import Hunk, Proposal, Rubric, RubricVersion
from apps.rubrics.services import creation, drafts, hunk_reading, rows, texts
from domain import errors, rubric

MOST_HUNKS = 2_000
Method = Callable[..., Proposal]
Edits = tuple[rubric.Edit, ...]


@dataclass(frozen=True)
class Words:
    """What somebody says to a proposal, and the evidence of each hunk."""

    title: str
    note: str
    evidence: tuple[dict[str, Any], ...] = ()
    method: str = "suggestion"
    provenance: Mapping[str, Any] | None = None


class HunkConflict(errors.Conflict):
    """The draft says something else than the edit started from."""

    default_code = "hunk_conflict"


class Changed(errors.Conflict):
    """Somebody went on with a suggestion after the person who decides looked at it."""

    default_code = "hunk_changed"


class Decided(errors.Conflict):
    """What is decided stays decided."""

    default_code = "proposal_decided"


@transaction.atomic
def propose(
    *,
    by: Actor,
    base: RubricVersion,
    document: dict[str, Any],
    title: str = "",
    note: str = "",
    shown: bool = False,
    moved: Collection[str] = (),
) -> Proposal:
    """Suggest another wording of a version: one hunk for each edit that leads to the document.

    With `shown` only the order within each group counts, as in the editor; `moved` are the ids that were moved.
    """
    permissions.check_may_propose(by, base.rubric.workspace_id)
    return _store(by, base, _differences(base, document, shown=shown, moved=moved), Words(title, note))


@transaction.atomic
def revise_proposal(
    *,
    by: Actor,
    proposal: Proposal,
    document: dict[str, Any],
    title: str = "",
    note: str = "",
    moved: Collection[str] = (),
) -> Proposal:
    """Go on with one's own suggestion while some of it waits: its edits lead to the document now.

    What is decided stays. Edits that the version went against meanwhile stay as they were, unless the document edits
    the same place.
    """
    permissions.check_may_propose(by, proposal.rubric.workspace_id)
    row, hunks = own_open_hunks(by, proposal, None)
    before = {hunk.pointer.partition("/")[2] for hunk in hunks if hunk.op == Hunk.Op.MOVE}
    edits = _differences(row.base, document, shown=True, moved={*before, *moved})
    pointers = {edit.pointer for edit in edits}
    edits = (*edits, *(edit for edit in _unfit(row.base, hunks) if edit.pointer not in pointers))
    if not edits:
        _checked(edits)
    row.inputs = {**row.inputs, "note": texts.note_of(note)}
    return put_edits(by=by, row=row, edits=edits, title=title)


def own_open_hunks(by: Actor, proposal: Proposal, positions: Collection[int] | None) -> tuple[Proposal, list[Hunk]]:
    """One's own proposal, locked, with hunks of it that nobody decided on; None: all such."""
    permissions.check_may_propose(by, proposal.rubric.workspace_id)
    if proposal.created_by_id != by.user.pk:
        raise errors.NotAllowed("Only the person who proposed this can change it.", code="not_own_proposal")
    return _open_hunks(proposal, positions)


def put_edits(*, by: Actor, row: Proposal, edits: Sequence[rubric.Edit], title: str | None = None) -> Proposal:
    """Let these be the edits of a locked proposal that wait; those that stay keep their positions."""
    if len(edits) > MOST_HUNKS:
        _checked(tuple(edits))
    given = typed_title(row) if title is None else title
    hunks = list(row.hunks.all())
    known = {(hunk.op, hunk.pointer): hunk for hunk in hunks if hunk.decision == "open"}
    free = max((hunk.position for hunk in hunks), default=-1) + 1
    new, changed = [], []
    for edit in edits:
        hunk = known.pop((edit.op, edit.pointer), None)
        if hunk is None:
            new.append(edit)
        elif (hunk.before, hunk.after) != (edit.before, edit.after):
            hunk.before, hunk.after, hunk.evidence = edit.before, edit.after, {}
            changed.append(hunk)
    row.hunks.filter(pk__in=[hunk.pk for hunk in known.values()]).delete()
    Hunk.objects.bulk_update(changed, ["before", "after", "evidence"])
    _store_hunks(row, new, (), first=free)
    return recount(by=by, row=row, title=given)


def recount(*, by: Actor, row: Proposal, title: str) -> Proposal:
    """Store the title of a proposal whose edits changed, counted where nobody typed one."""
    count = row.hunks.count()
    row.title = texts.storable(title, 200, "title") or _counted(count)
    row.save(update_fields=["title", "inputs"])
    _record(by, row, "proposal.revised", {"hunks": count})
    return row


def end_suggestion(*, by: Actor, row: Proposal) -> None:
    """End a suggestion of which nothing waits any more; what was decided of it stays to be read."""
    row.hunks.filter(decision="open").delete()
    _record(by, row, "proposal.taken_back", {})
    if row.hunks.exists():
        row.state = Proposal.State.CLOSED
        row.save(update_fields=["state"])
    else:
        row.delete()


def open_suggestion(*, by: Actor, base: RubricVersion, edits: Edits) -> Proposal:
    """Bring a suggestion again that was taken back."""
    permissions.check_may_propose(by, base.rubric.workspace_id)
    return _store(by, base, edits, Words("", ""))


@transaction.atomic
def propose_hunks(
    *, by: Actor, base: RubricVersion, hunks: list[dict[str, Any]], title: str = "", note: str = "",
    method: str = "suggestion", provenance: Mapping[str, Any] | None = None,
) -> Proposal:  # fmt: skip
    """Suggest edits that are given one by one; all of them together must leave a valid rubric.

    `method` and `provenance` say what found them, where a person only chose.
    """
    permissions.check_may_propose(by, base.rubric.workspace_id)
    start = rubric.parse(_bare(queries.document(base))).model_dump(mode="json")
    edits = hunk_reading.edits_of(start, hunks)
    places = {(edit.op, edit.pointer): n for n, edit in enumerate(edits)}
    for edit in rubric.in_order(edits):
        if rubric.apply_edit(start, edit):
            number = places[edit.op, edit.pointer]
            problem = errors.Problem(f"/inputs/hunks/{number}/before", "is not what the version says")
            raise errors.Invalid(f"Hunk {number} does not fit the version.", code="hunk_unfit", problems=[problem])
    said = rubric.parse(start)
    rows.check_fits(said)
    edits = hunk_reading.filled(said.model_dump(mode="json"), edits)
    evidence = tuple(hunk.get("evidence") or {} for hunk in hunks)
    return _store(by, base, tuple(edits), Words(title, note, evidence, method, provenance))


@transaction.atomic
def accept_hunks(
    *,
    by: Actor,
    proposal: Proposal,
    positions: Collection[int] | None = None,
    edited: Mapping[int, Any] | None = None,
    force: bool = False,
    seen: str = "",
) -> RubricVersion:
    """Bring hunks into the draft as one step that can be undone; a frozen version gets a new draft for it.

    New groups that they lead into come with them. `seen` names what the hunks said when the person looked at them.
    """
    permissions.check_may_write(by, proposal.rubric.workspace_id)
    row, hunks = _open_hunks(proposal, positions, seen)
    target = _target(by, row)
    clashes: list[rubric.Clash] = []
    waiting = {(hunk.op, hunk.pointer): hunk for hunk in row.hunks.filter(decision="open")}
    for hunk in hunks:
        hunk.after = (edited or {}).get(hunk.position, hunk.after)
        waiting[hunk.op, hunk.pointer] = hunk
    chosen = [queries.as_edit(hunk) for hunk in hunks]

    def edit(document: dict[str, Any]) -> None:
        own = {(one.op, one.pointer) for one in chosen}
        others = [queries.as_edit(hunk) for key, hunk in waiting.items() if key not in own]
        found = rubric.with_needed(document, chosen, others)
        for one in found:
            clashes.extend(rubric.apply_edit(document, one, force=force))
        rubric.settle_groups(document)
        hunks[:] = [waiting[one.op, one.pointer] for one in found]
        if clashes:
            raise HunkConflict(
                "The draft was edited in the same place since this was suggested.",
                details={"conflicts": [clash.pointer for clash in clashes]},
            )

    what = f"accepted {_counted(len(hunks))} of “{row.title}”"
    version = drafts.change(by=by, version=target, what=what[:200], edit=edit)
    _decide(by, row, hunks, "accepted", "")
    row.result = version
    row.save(update_fields=["result", "state"])
    return version


@transaction.atomic
def reject_hunks(
    *,
    by: Actor,
    proposal: Proposal,
    positions: Collection[int] | None = None,
    reason: str = "",
    seen: str = "",
) -> Proposal:
    """Turn hunks down, with a reason that the proposer reads; `seen` as when accepting.

    Of what no person wrote the reason has to be said, since the next round learns from it.
    """
    permissions.check_may_decide_hunks(by, proposal.rubric.workspace_id)
    row, hunks = _open_hunks(proposal, positions, seen)
    if row.method != "suggestion" and not reason.strip():
        said = "Say why you reject it: what a model proposes next is written with that in mind."
        raise errors.Invalid(said, code="reason_missing", problems=[errors.Problem("/reason", said)])
    _decide(by, row, hunks, "rejected", texts.note_of(reason))
    row.save(update_fields=["state"])
    return row


@transaction.atomic
def close_proposal(*, by: Actor, proposal: Proposal) -> Proposal:
    """Take back one's own proposal, as far as it is not decided."""
    permissions.check_may_propose(by, proposal.rubric.workspace_id)
    if proposal.created_by_id != by.user.pk:
        raise errors.NotAllowed("Only the person who proposed this can take it back.", code="not_own_proposal")
    row, hunks = _open_hunks(proposal, None)
    _decide(by, row, hunks, "rejected", queries.TAKEN_BACK)
    row.save(update_fields=["state"])
    return row


def _suggestion(*, by: Actor, base: RubricVersion, inputs: dict[str, Any]) -> Proposal:
    title, note = str(inputs.get("title") or ""), str(inputs.get("note") or "")
    if inputs.get("document") is not None:
        return propose(by=by, base=base, document=inputs["document"], title=title, note=note)
    return propose_hunks(by=by, base=base, hunks=inputs.get("hunks") or [], title=title, note=note)


_NAMES = {"slug", "version", "status", "digest", "judged_digest"}
METHODS: dict[str, Method] = {"suggestion": _suggestion}


def start_proposal(*, by: Actor, method: str, base: RubricVersion, inputs: dict[str, Any]) -> Proposal:
    """Ask a method for a proposal."""
    if method not in METHODS:
        refuse_method(method)
    return METHODS[method](by=by, base=base, inputs=inputs)


def refuse_method(method: str, others: Collection[str] = ()) -> NoReturn:
    """Say which methods there are, those of upper apps among them."""
    known = ", ".join(sorted({*METHODS, *others}))
    problem = errors.Problem("/method", f"is unknown; the known ones are: {known}")
    raise errors.Invalid(f"There is no method {method[:60]}.", code="unknown_method", problems=[problem])


def _bare(document: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in document.items() if key not in _NAMES}


def _differences(base: RubricVersion, document: dict[str, Any], *, shown: bool, moved: Collection[str]) -> Edits:
    start = rubric.parse(_bare(queries.document(base)))
    wanted = rubric.parse(_bare({**document, "title": document.get("title", base.title)}))
    rows.check_fits(wanted)
    return rubric.edits_between(start.model_dump(mode="json"), wanted.model_dump(mode="json"), shown=shown, moved=moved)


def _unfit(base: RubricVersion, hunks: Sequence[Hunk]) -> Edits:
    """The edits that no longer fit what the version says."""
    document = queries.draft_document(base)
    edits = rubric.in_order([queries.as_edit(hunk) for hunk in hunks])
    return tuple(edit for edit in edits if rubric.apply_edit(document, edit))


def _checked(edits: Edits) -> Edits:
    if not edits:
        raise errors.Invalid("Nothing is suggested: the version already says this.", code="nothing_proposed")
    if len(edits) > MOST_HUNKS:
        raise errors.Invalid(f"A proposal has at most {MOST_HUNKS} edits.", code="too_many_hunks")
    return edits


def typed_title(row: Proposal) -> str:
    """The title that a person gave, empty where the studio counted the edits instead."""
    return "" if row.title == _counted(row.hunks.count()) else row.title


def _counted(edits: int) -> str:
    return f"{edits} edit{'' if edits == 1 else 's'}"


def _store_hunks(
    row: Proposal, edits: Sequence[rubric.Edit], evidence: Sequence[dict[str, Any]], *, first: int = 0
) -> None:
    found = evidence or [{} for _ in edits]
    Hunk.objects.bulk_create(
        Hunk(
            proposal=row, position=first + n, op=one.op, pointer=one.pointer, before=one.before, after=one.after,
            evidence=found[n],
        )
        for n, one in enumerate(edits)
    )  # fmt: skip


def _store(by: Actor, base: RubricVersion, edits: Edits, words: Words) -> Proposal:
    """Keep the proposal with its hunks."""
    _checked(edits)
    row = Proposal.objects.create(
        rubric=base.rubric,
        base=base,
        method=words.method,
        title=texts.storable(words.title, 200, "title") or _counted(len(edits)),
        inputs={"rubric": str(base), "note": texts.note_of(words.note)},
        provenance={"by": "person", **(words.provenance or {})},
        created_by=by.user,
    )
    _store_hunks(row, edits, words.evidence)
    _record(by, row, "proposal.opened", {"hunks": len(edits)})
    return row


def _open_hunks(proposal: Proposal, positions: Collection[int] | None, seen: str = "") -> tuple[Proposal, list[Hunk]]:
    Rubric.objects.select_for_update(no_key=True).get(pk=proposal.rubric_id)
    row = (
        Proposal.objects.select_for_update(of=("self",)).select_related("rubric", "base", "result").get(pk=proposal.pk)
    )
    known = {hunk.position: hunk for hunk in row.hunks.all()}
    chosen = [n for n, hunk in known.items() if hunk.decision == "open"] if positions is None else list(positions)
    if missing := [n for n in chosen if n not in known]:
        if seen:
            raise Changed("This edit was taken back after you opened the page.")
        raise errors.Invalid(f"This proposal has no hunk {missing[0]}.", code="hunk_unknown")
    hunks = [known[n] for n in sorted(set(chosen))]
    if not hunks or any(hunk.decision != "open" for hunk in hunks):
        raise Decided("This is decided already.")
    if seen and seen != queries.hunks_seen(hunks):
        raise Changed("This suggestion was changed after you opened the page. Look at it again, then decide.")
    return row, hunks


def _target(by: Actor, row: Proposal) -> RubricVersion:
    for version in (row.result, row.base):
        if version is not None and version.is_draft:
            return version
    return creation.new_draft(by=by, rubric=row.rubric, source=row.base)


def _decide(by: Actor, row: Proposal, hunks: list[Hunk], decision: str, reason: str) -> None:
    for hunk in hunks:
        hunk.decision, hunk.decided_by, hunk.decided_at, hunk.reason = decision, by.user, timezone.now(), reason
    Hunk.objects.bulk_update(hunks, ["decision", "decided_by", "decided_at", "reason", "after"])
    if not row.hunks.filter(decision="open").exists():
        row.state = Proposal.State.CLOSED
    _record(by, row, f"proposal.{decision}", {"hunks": [hunk.position for hunk in hunks]})


def _record(by: Actor, row: Proposal, action: str, detail: dict[str, Any]) -> None:
    history.record(
        by=by, workspace=by.workspace, action=action, target=row.rubric, detail={"proposal": row.pk, **detail}
    )
