"""Draft → in review → approved → retired: who, when, and what is left behind."""

import pytest
from django.db import DatabaseError, transaction

from apps.accounts.permissions import Actor, Role
from apps.history.models import Entry
from apps.rubrics import gates, queries, services
from apps.rubrics.models import RubricVersion
from domain import errors, rubric
from tests import factories

pytestmark = pytest.mark.django_db


def test_the_whole_way(author: Actor, approver: Actor, draft: RubricVersion) -> None:
    waiting = services.submit(by=author, version=draft, note="Ready.")
    assert (waiting.status, waiting.submitted_by, waiting.note) == ("in_review", author.user, "Ready.")
    assert waiting.digest == rubric.digest(rubric.parse(factories.make_document()))
    assert waiting.document is not None
    assert not {"slug", "version", "status", "digest", "judged_digest"} & waiting.document.keys()
    approved = services.approve(by=approver, version=waiting, note="Good.")
    assert approved.status == "approved"
    assert approved.approved_at is not None
    assert queries.latest_approved(author, "letters").pk == draft.pk
    assert [(d.verb, d.by) for d in draft.decisions.order_by("pk")] == [
        ("submit", author.user),
        ("approve", approver.user),
    ]
    entries = list(Entry.objects.filter(action__in=["rubric.submit", "rubric.approve"]).order_by("pk"))
    assert [entry.detail["digest"] for entry in entries] == [approved.digest] * 2
    retired = services.retire(by=approver, version=approved)
    assert (retired.status, retired.ended) == ("retired", "retired")


def test_approving_retires_the_version_before(author: Actor, approver: Actor, draft: RubricVersion) -> None:
    first = services.approve(by=approver, version=services.submit(by=author, version=draft))
    second = services.new_draft(by=author, rubric=first.rubric, source=first)
    assert (second.number, second.parent, second.digest) == (2, first, first.digest)
    second = services.edit_version(by=author, version=second, changes={"title": "Better letters"})
    services.approve(by=approver, version=services.submit(by=author, version=second))
    first.refresh_from_db()
    assert (first.status, first.ended) == ("retired", "superseded")
    assert queries.get_rubric(author, "letters").title == "Better letters"
    assert queries.latest_approved(author, "letters").number == 2


def test_several_drafts_may_exist(author: Actor, draft: RubricVersion) -> None:
    numbers = [services.new_draft(by=author, rubric=draft.rubric, source=source).number for source in (draft, None)]
    assert numbers == [2, 3]
    assert queries.get_version(author, "letters", 3).parent == queries.get_version(author, "letters", 2)


def test_why_a_version_ended_stays_with_it(author: Actor, approver: Actor, draft: RubricVersion) -> None:
    first = services.approve(by=approver, version=services.submit(by=author, version=draft), note="Good.")
    again = services.new_draft(by=author, rubric=draft.rubric, source=first)
    second = services.approve(by=approver, version=services.submit(by=author, version=again), note="Doses are named.")
    ended = first.decisions.get(verb="supersede")
    assert (ended.by, ended.note, ended.evidence) == (approver.user, "Doses are named.", {"by_version": 2})
    detail = Entry.objects.get(action="rubric.supersede").detail
    assert (detail["number"], detail["by_version"], detail["reason"]) == (1, 2, "Doses are named.")
    services.retire(by=approver, version=second, note="The ward closed.")
    assert Entry.objects.get(action="rubric.retire").detail["reason"] == "The ward closed."
    assert "reason" not in Entry.objects.filter(action="rubric.approve").order_by("pk")[0].detail
    shown = factories.signed_in(author).get(f"/w/{author.workspace.slug}/rubrics/letters/2/versions/").content.decode()
    assert "superseded it with version 2" in shown
    assert "The ward closed." in shown


@pytest.mark.parametrize("how", ["request_changes", "withdraw"])
def test_sent_back_versions_end_and_open_a_draft(
    author: Actor, approver: Actor, draft: RubricVersion, how: str
) -> None:
    waiting = services.submit(by=author, version=draft)
    if how == "withdraw":
        new = services.withdraw(by=author, version=waiting, note="Wait.")
    else:
        new = services.request_changes(by=approver, version=waiting, note="Split it.")
    waiting.refresh_from_db()
    assert waiting.status == "retired"
    assert waiting.ended == {"withdraw": "withdrawn", "request_changes": "changes_requested"}[how]
    assert (new.number, new.status, new.parent_id, new.created_by) == (2, "draft", draft.pk, author.user)
    assert queries.document(new)["criteria"] == queries.document(waiting)["criteria"]


def test_nobody_approves_their_own_version(approver: Actor, alice: Actor, author: Actor) -> None:
    own = services.create_rubric(by=approver, document=factories.make_document(), slug="own")
    submitted = services.submit(by=alice, version=own)
    for person in (approver, alice):
        with pytest.raises(errors.NotAllowed) as caught:
            services.approve(by=person, version=submitted)
        assert caught.value.code == "own_version"
    submitted.refresh_from_db()
    assert submitted.status == "in_review"


def test_nobody_approves_what_they_edited(author: Actor, approver: Actor, draft: RubricVersion) -> None:
    services.add_criterion(by=approver, version=draft, values={"text": "Names the ward."})
    draft.refresh_from_db()
    waiting = services.submit(by=author, version=draft)
    with pytest.raises(errors.NotAllowed, match="edited"):
        services.approve(by=approver, version=waiting)


def test_open_gates_stop_the_approval(
    author: Actor, approver: Actor, draft: RubricVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gates, "_GATES", dict(gates._GATES))
    gates.register(
        "sample",
        lambda version: gates.GateState("sample", False, "No run has judged this version yet."),
        "Answers are judged",
    )
    waiting = services.submit(by=author, version=draft)
    assert queries.open_gates(waiting) == ["No run has judged this version yet."]
    with pytest.raises(errors.Conflict) as caught:
        services.approve(by=approver, version=waiting)
    missing = {
        "name": "sample",
        "title": "Answers are judged",
        "sentence": "No run has judged this version yet.",
        "url": None,
    }
    assert (caught.value.code, caught.value.details["open_gates"]) == ("gates_open", [missing])
    gates.register("sample", lambda version: gates.GateState("sample", True, "Judged 20 answers."))
    assert services.approve(by=approver, version=waiting).decisions.get(verb="approve").evidence["gates"]


def test_steps_start_from_the_right_state(author: Actor, approver: Actor, draft: RubricVersion) -> None:
    for step in (services.approve, services.request_changes, services.retire):
        with pytest.raises(errors.Conflict) as caught:
            step(by=approver, version=draft)
        assert caught.value.code == "wrong_state"
    waiting = services.submit(by=author, version=draft)
    with pytest.raises(errors.Conflict):
        services.submit(by=author, version=waiting)
    with pytest.raises(errors.Conflict):
        services.retire(by=approver, version=waiting)


def test_an_empty_rubric_is_not_submitted(author: Actor) -> None:
    empty = services.create_rubric(by=author, title="Empty")
    with pytest.raises(errors.Invalid, match="without criteria"):
        services.submit(by=author, version=empty)


def test_frozen_versions_refuse_edits_and_their_rows_too(author: Actor, draft: RubricVersion) -> None:
    waiting = services.submit(by=author, version=draft)
    edits = [
        lambda: services.edit_version(by=author, version=waiting, changes={"title": "Other"}),
        lambda: services.edit_criterion(by=author, version=waiting, criterion_id="c_drug", changes={"weight": 9}),
        lambda: services.undo(by=author, version=waiting),
        lambda: services.discard(by=author, version=waiting),
        lambda: services.replace_draft(by=author, version=waiting, document={}, expected_revision=None),
    ]
    for edit in edits:
        with pytest.raises(errors.Conflict) as caught:
            edit()
        assert caught.value.code == "not_a_draft"
    with pytest.raises(DatabaseError), transaction.atomic():
        waiting.criteria.update(weight=2)
    with pytest.raises(DatabaseError), transaction.atomic():
        waiting.rubric.versions.update(title="Other")


def test_discarded_drafts_stay_readable(author: Actor, draft: RubricVersion) -> None:
    gone = services.discard(by=author, version=draft)
    assert (gone.status, gone.ended) == ("retired", "discarded")
    assert queries.document(queries.get_version(author, "letters", 1))["status"] == "retired"


PERMISSIONS = {
    "create": (Role.AUTHOR, lambda by, version: services.create_rubric(by=by, title="New")),
    "new_draft": (Role.AUTHOR, lambda by, version: services.new_draft(by=by, rubric=version.rubric, source=version)),
    "edit": (Role.AUTHOR, lambda by, version: services.edit_version(by=by, version=version, changes={"title": "T"})),
    "submit": (Role.AUTHOR, lambda by, version: services.submit(by=by, version=version)),
    "tag": (Role.AUTHOR, lambda by, version: services.set_tags(by=by, rubric=version.rubric, tags=["x"])),
    "discuss": (Role.ANNOTATOR, lambda by, version: services.open_thread(by=by, rubric=version.rubric, text="Hm?")),
}
DECISIONS = {
    "approve": (Role.APPROVER, lambda by, version: services.approve(by=by, version=version)),
    "request_changes": (Role.APPROVER, lambda by, version: services.request_changes(by=by, version=version)),
}


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("what", [*PERMISSIONS, *DECISIONS])
def test_each_step_needs_its_role(draft: RubricVersion, author: Actor, role: Role, what: str) -> None:
    least, step = {**PERMISSIONS, **DECISIONS}[what]
    version = services.submit(by=author, version=draft) if what in DECISIONS else draft
    actor = factories.make_actor(role, workspace=author.workspace)
    if role.at_least(least):
        step(actor, version)
    else:
        with pytest.raises(errors.NotAllowed, match=f"role {least}"):
            step(actor, version)


@pytest.mark.parametrize("what", [*(key for key in PERMISSIONS if key != "create"), *DECISIONS])
def test_strangers_find_nothing(draft: RubricVersion, author: Actor, charlie: Actor, what: str) -> None:
    version = services.submit(by=author, version=draft) if what in DECISIONS else draft
    with pytest.raises(errors.NotFound):
        {**PERMISSIONS, **DECISIONS}[what][1](charlie, version)
    for look in (lambda: queries.get_version(charlie, "letters", 1), lambda: queries.resolve(charlie, "letters@1")):
        with pytest.raises(errors.NotFound):
            look()


def test_tokens_need_the_scope(draft: RubricVersion, author: Actor, approver: Actor) -> None:
    reader = factories.make_actor(Role.ADMIN, workspace=author.workspace, scopes=["rubrics:read"])
    writer = factories.make_actor(Role.ADMIN, workspace=author.workspace, scopes=["rubrics:write"])
    with pytest.raises(errors.NotAllowed) as caught:
        services.submit(by=reader, version=draft)
    assert caught.value.code == "scope_missing"
    waiting = services.submit(by=writer, version=draft)
    with pytest.raises(errors.NotAllowed, match="rubrics:approve"):
        services.approve(by=writer, version=waiting)


def test_withdrawing_is_for_the_people_of_the_version(draft: RubricVersion, author: Actor, alice: Actor) -> None:
    waiting = services.submit(by=author, version=draft)
    other = factories.make_actor(Role.AUTHOR, workspace=author.workspace)
    with pytest.raises(errors.NotAllowed, match="Only the person"):
        services.withdraw(by=other, version=waiting)
    assert services.withdraw(by=alice, version=waiting).number == 2


@pytest.mark.parametrize("note", ["\x00", "\ud800", "x" * 5001])
def test_notes_that_cannot_be_stored_are_refused(author: Actor, draft: RubricVersion, note: str) -> None:
    with pytest.raises(errors.Invalid):
        services.submit(by=author, version=draft, note=note)
    draft.refresh_from_db()
    assert draft.status == "draft"


@pytest.mark.parametrize("ref", ["sha256:\x00", "sha256:", "sha256:" + "0" * 64])
def test_digests_nobody_has(author: Actor, ref: str) -> None:
    with pytest.raises(errors.NotFound):
        queries.resolve(author, ref)
