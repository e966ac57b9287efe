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
from apps.rubrics.services import creation, drafts, rows, texts
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


class HunkConflict(errors.Conflict):
    """The draft says something else than the edit started from."""

    default_code = "hunk_conflict"


class Decided(errors.Conflict):
    """What is decided stays decided."""

    default_code = "proposal_decided"


@transaction.atomic
def propose(*, by: Actor, base: RubricVersion, document: dict[str, Any], title: str = "", note: str = "") -> Proposal:
    """Suggest another wording of a version: one hunk for each edit that leads to the document."""
    permissions.check_may_propose(by, base.rubric.workspace_id)
    return _store(by, base, _edits_to(base, document), Words(title, note))


@transaction.atomic
def revise_proposal(
    *, by: Actor, proposal: Proposal, document: dict[str, Any], title: str = "", note: str = ""
) -> Proposal:
    """Go on with one's own suggestion while nothing of it is decided: its edits lead to the document now.

    Edits that the version went against meanwhile stay in it as they were, unless the document edits the same place.
    """
    permissions.check_may_propose(by, proposal.rubric.workspace_id)
    if proposal.created_by_id != by.user.pk:
        raise errors.NotAllowed("Only the person who proposed this can change it.", code="not_own_proposal")
    row, hunks = _open_hunks(proposal, None)
    if row.hunks.count() != len(hunks):
        raise Decided("Some of this is decided already; make a new suggestion.")
    edits = _differences(row.base, document)
    pointers = {edit.pointer for edit in edits}
    edits = _checked((*edits, *(edit for edit in _unfit(row.base, hunks) if edit.pointer not in pointers)))
    row.hunks.all().delete()
    row.title = _title(title, edits)
    row.inputs = {**row.inputs, "note": texts.note_of(note)}
    row.save(update_fields=["title", "inputs"])
    _store_hunks(row, edits, ())
    _record(by, row, "proposal.revised", {"hunks": len(edits)})
    return row


@transaction.atomic
def propose_hunks(
    *, by: Actor, base: RubricVersion, hunks: list[dict[str, Any]], title: str = "", note: str = ""
) -> Proposal:
    """Suggest edits that are given one by one; all of them together must leave a valid rubric."""
    permissions.check_may_propose(by, base.rubric.workspace_id)
    edits, evidence = [], []
    document = rubric.parse(_bare(queries.document(base))).model_dump(mode="json")
    for number, hunk in enumerate(hunks):
        edit = rubric.Edit(hunk["op"], hunk["pointer"], hunk.get("before"), hunk.get("after"))
        where = f"/inputs/hunks/{number}"
        _check_shape(edit, where)
        if rubric.apply_edit(document, edit):
            problem = errors.Problem(f"{where}/before", "is not what the version says")
            raise errors.Invalid(f"Hunk {number} does not fit the version.", code="hunk_unfit", problems=[problem])
        edits.append(edit)
        evidence.append(hunk.get("evidence") or {})
    rows.check_fits(rubric.parse(document))
    return _store(by, base, tuple(edits), Words(title, note, tuple(evidence)))


@transaction.atomic
def accept_hunks(
    *,
    by: Actor,
    proposal: Proposal,
    positions: Collection[int] | None = None,
    edited: Mapping[int, Any] | None = None,
    force: bool = False,
) -> RubricVersion:
    """Bring hunks into the draft as one step that can be undone; a frozen version gets a new draft for it."""
    permissions.check_may_write(by, proposal.rubric.workspace_id)
    row, hunks = _open_hunks(proposal, positions)
    target = _target(by, row)
    clashes: list[rubric.Clash] = []
    changes = dict(edited or {})

    def edit(document: dict[str, Any]) -> None:
        for hunk in hunks:
            after = changes.get(hunk.position, hunk.after)
            one = rubric.Edit(hunk.op, hunk.pointer, hunk.before, after)
            clashes.extend(rubric.apply_edit(document, one, force=force))
        if clashes:
            raise HunkConflict(
                "The draft was edited in the same place since this was suggested.",
                details={"conflicts": [clash.pointer for clash in clashes]},
            )

    what = f"accepted {_counted(len(hunks))} of “{row.title}”"
    version = drafts.change(by=by, version=target, what=what[:200], edit=edit)
    for hunk in hunks:
        hunk.after = changes.get(hunk.position, hunk.after)
    _decide(by, row, hunks, "accepted", "")
    row.result = version
    row.save(update_fields=["result", "state"])
    return version


@transaction.atomic
def reject_hunks(
    *, by: Actor, proposal: Proposal, positions: Collection[int] | None = None, reason: str = ""
) -> Proposal:
    """Turn hunks down, with a reason that the proposer reads."""
    permissions.check_may_decide_hunks(by, proposal.rubric.workspace_id)
    row, hunks = _open_hunks(proposal, positions)
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
    _decide(by, row, hunks, "rejected", "taken back by the proposer")
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


def refuse_method(method: str) -> NoReturn:
    """Say which methods there are."""
    known = ", ".join(sorted(METHODS))
    problem = errors.Problem("/method", f"is unknown; the known ones are: {known}")
    raise errors.Invalid(f"There is no method {method[:60]}.", code="unknown_method", problems=[problem])


def _bare(document: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in document.items() if key not in _NAMES}


def _check_shape(edit: rubric.Edit, where: str) -> None:
    name, _, key = edit.pointer.partition("/")
    needs = {"add": [edit.after], "remove": [edit.before], "change": [edit.before, edit.after], "move": [edit.after]}
    item = name in rubric.HUNK_LISTS and bool(key)
    fits = item and all(isinstance(side, dict) for side in needs[edit.op])
    named = edit.op not in {"add", "change"} or not fits or edit.after.get("id") == key
    if not (fits and named) and not (edit.op == "change" and name in rubric.HUNK_SETTINGS and not key):
        problem = errors.Problem(where, "does not name what it touches, before and after")
        raise errors.Invalid("A hunk has a pointer such as criteria/c_1 and the item.", problems=[problem])


def _edits_to(base: RubricVersion, document: dict[str, Any]) -> Edits:
    return _checked(_differences(base, document))


def _differences(base: RubricVersion, document: dict[str, Any]) -> Edits:
    start = rubric.parse(_bare(queries.document(base)))
    wanted = rubric.parse(_bare({**document, "title": document.get("title", base.title)}))
    rows.check_fits(wanted)
    return rubric.edits_between(start.model_dump(mode="json"), wanted.model_dump(mode="json"))


def _unfit(base: RubricVersion, hunks: Sequence[Hunk]) -> Edits:
    """The edits that no longer fit what the version says."""
    document = queries.draft_document(base)
    edits = [rubric.Edit(hunk.op, hunk.pointer, hunk.before, hunk.after) for hunk in hunks]
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


def _title(typed: str, edits: Edits) -> str:
    return texts.storable(typed, 200, "title") or _counted(len(edits))


def _store_hunks(row: Proposal, edits: Edits, evidence: Sequence[dict[str, Any]]) -> None:
    found = evidence or [{} for _ in edits]
    Hunk.objects.bulk_create(
        Hunk(
            proposal=row, position=n, op=one.op, pointer=one.pointer, before=one.before, after=one.after,
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
        method="suggestion",
        title=_title(words.title, edits),
        inputs={"rubric": str(base), "note": texts.note_of(words.note)},
        provenance={"by": "person"},
        created_by=by.user,
    )
    _store_hunks(row, edits, words.evidence)
    _record(by, row, "proposal.opened", {"hunks": len(edits)})
    return row


def _open_hunks(proposal: Proposal, positions: Collection[int] | None) -> tuple[Proposal, list[Hunk]]:
    Rubric.objects.select_for_update(no_key=True).get(pk=proposal.rubric_id)
    row = (
        Proposal.objects.select_for_update(of=("self",)).select_related("rubric", "base", "result").get(pk=proposal.pk)
    )
    known = {hunk.position: hunk for hunk in row.hunks.all()}
    chosen = [n for n, hunk in known.items() if hunk.decision == "open"] if positions is None else list(positions)
    if missing := [n for n in chosen if n not in known]:
        raise errors.Invalid(f"This proposal has no hunk {missing[0]}.", code="hunk_unknown")
    hunks = [known[n] for n in sorted(set(chosen))]
    if not hunks or any(hunk.decision != "open" for hunk in hunks):
        raise Decided("This is decided already.")
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
