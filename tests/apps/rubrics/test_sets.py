"""Rubric sets: submitted with a sample, read by somebody else, approved within the limit, sent back."""

import json

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from apps.accounts.permissions import Actor, Role
from apps.history.models import Entry
from apps.rubrics import queries, services
from apps.rubrics.models import Decision, Rubric, RubricSetVersion
from domain import errors
from tests import factories

pytestmark = pytest.mark.django_db
NAME = "ward-questions"


def file(**points: int) -> bytes:
    return "\n".join(
        json.dumps(
            {
                "prompt_id": name,
                "prompt": [{"role": "user", "content": f"What of {name}?"}],
                "rubrics": [{"criterion": f"Says {name}.", "points": value}],
            }
        )
        for name, value in points.items()
    ).encode()


def many(count: int) -> dict[str, int]:
    return {f"p{n:03}": 1 for n in range(count)}


def imported(author: Actor, **points: int) -> RubricSetVersion:
    made = services.import_rubrics(by=author, format="healthbench", data=file(**points), slug=NAME)
    assert made.set_version is not None
    return made.set_version


def place(name: str, *more: object) -> str:
    return reverse(f"rubrics:{name}", args=["clinic", NAME, *more])


def test_a_set_goes_the_whole_way(author: Actor, approver: Actor) -> None:
    first = imported(author, a=5, b=1, c=2)
    with pytest.raises(errors.Conflict):
        services.approve_set(by=approver, set_version=first)
    with pytest.raises(errors.Conflict, match="belongs to a rubric set"):
        services.submit(by=author, version=first.members.get(prompt_id_text="a").version)
    waiting = services.submit_set(by=author, set_version=first)
    assert waiting.digest.startswith("sha256:")
    assert (waiting.sample_size, queries.sample_result(waiting).size) == (3, 3), "three have no tenth: all are read"
    with pytest.raises(errors.NotAllowed):
        services.approve_set(by=author, set_version=waiting)
    factories.read_sample(by=approver, set_version=waiting)
    approved = services.approve_set(by=approver, set_version=waiting, note="Read all.")
    assert {v.status for v in queries.resolve(author, f"set:{NAME}").by_prompt.values()} == {"approved"}  # type: ignore[union-attr]
    evidence = Decision.objects.filter(verb="approve")[0].evidence
    assert [(gate["name"], gate["met"]) for gate in evidence["gates"]] == [("sample", True), ("bad_share", True)]
    assert approved.approved_by == approver.user
    # A second import keeps what did not change.
    second = imported(author, a=5, b=7)
    assert sorted(member.version.number for member in queries.members(second)) == [1, 2]
    services.submit_set(by=author, set_version=second)
    factories.read_sample(by=approver, set_version=second)
    services.approve_set(by=approver, set_version=second)
    states = {m.prompt_id_text: (m.version.number, m.version.status) for m in queries.members(first)}
    assert states == {"a": (1, "approved"), "b": (1, "retired"), "c": (1, "retired")}
    assert queries.resolve(author, f"set:{NAME}").set_version == second
    services.retire_set(by=approver, set_version=second)
    assert not Rubric.objects.filter(versions__status="approved").exists()


def test_the_sample_is_drawn_once_and_stays(author: Actor, approver: Actor) -> None:
    row = imported(author, **many(40))
    least = queries.needed_sample(row)
    for size in (0, least - 1, 41):
        with pytest.raises(errors.Invalid) as caught:
            services.submit_set(by=author, set_version=row, sample_size=size)
        assert caught.value.problems[0].pointer == "/sample_size"
    waiting = services.submit_set(by=author, set_version=row, sample_size=least)
    drawn = [(member.sample_place, member.pk) for member in queries.sample(waiting)]
    assert [number for number, _ in drawn] == list(range(1, least + 1))
    outside = waiting.members.filter(sample_place=None)[0]
    for change in ({"sample_place": None}, {"sample_place": 99}):
        with pytest.raises(DatabaseError, match="drawn once"), transaction.atomic():
            waiting.members.filter(pk=drawn[0][1]).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        waiting.members.filter(pk=outside.pk).update(sample_place=99)
    factories.read_sample(by=approver, set_version=waiting)
    services.approve_set(by=approver, set_version=waiting)
    with pytest.raises(DatabaseError, match="while its set is in review"), transaction.atomic():
        waiting.members.filter(pk=drawn[0][1]).update(sample_ok=False)


def test_approval_waits_for_the_whole_sample_and_the_limit(author: Actor, approver: Actor) -> None:
    row = services.submit_set(by=author, set_version=imported(author, **many(40)))
    services.review_sampled(by=approver, set_version=row, place=1, ok=True)
    with pytest.raises(services.GatesOpen) as caught:
        services.approve_set(by=approver, set_version=row)
    assert [gate["name"] for gate in caught.value.details["open_gates"]] == ["sample"]
    factories.read_sample(by=approver, set_version=row, bad=2)
    with pytest.raises(services.GatesOpen, match="2 of 20 read are not good") as caught:
        services.approve_set(by=approver, set_version=row)
    assert [gate["name"] for gate in caught.value.details["open_gates"]] == ["bad_share"]
    result = queries.sample_result(row)
    assert (result.bad, result.read, result.readers) == (2, 20, [approver.user.name])
    assert result.bound is not None
    assert 0.1 < result.bound < 0.3
    services.review_sampled(by=approver, set_version=row, place=1, ok=True, note="On a second look it is fine.")
    assert queries.sample_result(row).bad == 1
    row.rubric_set.workspace.settings = {"approval": {"set_bad_share": None}}
    row.rubric_set.workspace.save(update_fields=["settings"])
    services.approve_set(by=approver, set_version=row)


def test_who_may_read_a_sample(author: Actor, approver: Actor, viewer: Actor) -> None:
    draft = imported(author, a=1, b=1)
    with pytest.raises(errors.NotFound):
        services.review_sampled(
            by=approver, set_version=services.submit_set(by=author, set_version=draft), place=9, ok=True
        )
    boss = factories.make_actor(Role.ADMIN, user=None, workspace=author.workspace)
    own = imported(boss, a=1, b=2)
    stranger = factories.make_actor(Role.APPROVER, workspace=factories.make_workspace(slug="elsewhere"))
    for actor, row, family in (
        (author, draft, errors.NotAllowed),
        (viewer, draft, errors.NotAllowed),
        (boss, own, errors.NotAllowed),
        (stranger, draft, errors.NotFound),
        (approver, own, errors.Conflict),
    ):
        with pytest.raises(family):
            services.review_sampled(by=actor, set_version=row, place=1, ok=True)
    with pytest.raises(errors.Invalid, match="needs a note"):
        services.review_sampled(by=approver, set_version=draft, place=1, ok=False)
    services.review_sampled(by=approver, set_version=draft, place=1, ok=False, note="Says nothing.")
    entry = Entry.objects.filter(action="rubric_set.sample_read").get()
    assert (entry.detail["place"], entry.detail["ok"], entry.detail["note"]) == (1, False, "Says nothing.")


def test_a_set_is_sent_back_as_drafts(author: Actor, approver: Actor) -> None:
    first = services.submit_set(by=author, set_version=imported(author, a=1, b=1))
    factories.read_sample(by=approver, set_version=first)
    services.approve_set(by=approver, set_version=first)
    second = services.submit_set(by=author, set_version=imported(author, a=1, b=2))
    third = services.request_changes_to_set(by=approver, set_version=second, note="b is too vague.")
    second.refresh_from_db()
    assert (second.status, third.number, third.status) == ("retired", 3, "draft")
    states = {m.prompt_id_text: (m.version.number, m.version.status) for m in queries.members(third)}
    assert states == {"a": (1, "approved"), "b": (3, "draft")}, "what is approved already stays as it is"
    assert queries.resolve(author, f"set:{NAME}").set_version == first
    again = queries.members(third).get(prompt_id_text="b").version
    assert (again.created_by, again.parent.ended) == (author.user, "changes_requested")  # type: ignore[union-attr]
    assert [c.text for c in queries.domain_rubric(again).criteria] == ["Says b."]
    services.submit_set(by=author, set_version=third)
    other = factories.make_actor(Role.AUTHOR, workspace=author.workspace)
    with pytest.raises(errors.NotAllowed):
        services.withdraw_set(by=other, set_version=third)
    assert services.withdraw_set(by=author, set_version=third).number == 4


def test_reading_a_sample_on_the_pages(author: Actor, approver: Actor) -> None:
    imported(author, a=1, b=1)
    writer, reader = factories.signed_in(author), factories.signed_in(approver)
    assert "At least" not in writer.get(place("set-version", 1)).content.decode()
    assert writer.post(place("set-submit", 1), {"sample_size": "5"}).status_code == 422
    assert writer.post(place("set-submit", 1), {"sample_size": "2"}).headers["Location"] == place("set-version", 1)
    assert "another person reads the sample" in writer.get(place("set-version", 1)).content.decode()
    assert writer.post(place("set-sample-member", 1, 1), {"ok": "1"}).status_code == 403
    assert 'name="ok"' not in writer.get(place("set-sample-member", 1, 1)).content.decode()
    assert reader.get(place("set-sample", 1)).headers["Location"] == place("set-sample-member", 1, 1)
    page = reader.get(place("set-sample-member", 1, 1)).content.decode()
    assert "Says a." in page
    assert "What of a?" in page, "the prompt that came with the file stands beside the rubric"
    unsaid = reader.post(place("set-sample-member", 1, 1), {"ok": "0", "note": ""})
    assert unsaid.status_code == 422
    assert "Say what is wrong with it." in unsaid.content.decode()
    assert reader.post(place("set-sample-member", 1, 1), {"ok": "1"}).headers["Location"] == place(
        "set-sample-member", 1, 2
    )
    assert reader.post(place("set-step", 1, "approve")).status_code == 409
    last = reader.post(place("set-sample-member", 1, 2), {"ok": "1"})
    assert last.headers["Location"] == place("set-version", 1)
    assert "Approve all 2" in reader.get(place("set-version", 1)).content.decode()
    reader.post(place("set-step", 1, "approve"), {"note": "Good."})
    shown = reader.get(place("set-version", 1)).content.decode()
    assert f"0 of 2 not good, read by {approver.user.name}" in shown
    assert 'id="retire"' in shown
    unsaid = reader.post(place("set-step", 1, "retire"))
    assert unsaid.status_code == 422
    assert "Say why it is retired" in unsaid.content.decode()
    assert reader.post(place("set-step", 1, "retire"), {"note": "Old."}).status_code == 302
    assert Entry.objects.get(action="rubric_set.retire").detail["reason"] == "Old."
    assert reader.post(place("set-step", 1, "nonsense")).status_code == 404


def test_the_set_page_costs_the_same_for_many(author: Actor, approver: Actor) -> None:
    services.submit_set(by=author, set_version=imported(author, **many(30)))
    reader: Client = factories.signed_in(approver)
    few = factories.count_queries(reader, place("set-version", 1))
    services.withdraw_set(by=author, set_version=queries.get_set_version(author, NAME, 1))
    services.submit_set(by=author, set_version=imported(author, **many(45)))
    assert factories.count_queries(reader, place("set-version", 3)) == few
