"""Discussions over REST."""

import pytest

from apps.accounts.permissions import Role
from apps.rubrics import services
from apps.rubrics.models import Comment, RubricVersion, Thread
from tests import factories
from tests.api.conftest import Caller, caller_of, problem

pytestmark = pytest.mark.django_db
LEVELS = [{"label": "poor", "value": 0.0, "anchor": ""}, {"label": "good", "value": 1.0, "anchor": ""}]
PLACE = "/rubrics/letters/threads"


@pytest.fixture
def bea(alice: Caller) -> Caller:
    """An annotator beside a rubric with one draft and one approved version."""
    rubric = factories.make_rubric(workspace=alice.actor.workspace, slug="letters")
    factories.make_version(rubric=rubric, status="approved")
    factories.make_version(rubric=rubric)
    return caller_of(factories.make_actor(Role.ANNOTATOR, workspace=alice.actor.workspace, username="bea"))


def test_open_reply_settle_and_take_up_again(alice: Caller, bea: Caller):
    made = bea.post(PLACE, {"text": "Which dose, @alice?", "criterion": "c_drug"})
    assert made.status_code == 201, made.content
    body, where = made.json(), made["Location"].removeprefix("/api/v1")
    assert (body["criterion"], body["level"], body["version"], body["state"]) == ("c_drug", None, 2, "open")
    assert [(one["by"], one["text"], one["mentions"]) for one in body["comments"]] == [
        ("bea", "Which dose, @alice?", ["alice"])
    ]
    said = alice.post(f"{where}/reply", {"text": "The last one."}).json()
    assert [one["text"] for one in said["comments"]] == ["Which dose, @alice?", "The last one."]
    settled = bea.post(f"{where}/resolve").json()
    assert (settled["state"], settled["resolved_by"]) == ("settled", "bea")
    assert alice.post(f"{where}/resolve").json() == settled
    again = alice.post(f"{where}/reopen").json()
    assert (again["state"], again["resolved_by"], again["resolved_at"]) == ("open", None, None)
    assert alice.get(where).json() == again


def test_the_list_narrows_and_comes_in_pages(alice: Caller, bea: Caller):
    numbers = [
        bea.post(PLACE, {"text": f"Number {number}", "criterion": criterion}).json()["id"]
        for number, criterion in enumerate(["c_drug", "", "c_drug"])
    ]
    bea.post(f"/threads/{numbers[0]}/resolve")

    def listed(query: str) -> list[int]:
        return [one["id"] for one in alice.get(f"{PLACE}{query}").json()["results"]]

    assert listed("") == numbers[::-1]
    assert listed("?criterion=c_drug") == [numbers[2], numbers[0]]
    assert listed("?state=open") == [numbers[2], numbers[1]]
    assert listed("?state=settled&criterion=c_drug") == [numbers[0]]
    first = alice.get(f"{PLACE}?limit=2").json()
    assert [one["id"] for one in first["results"]] == numbers[:0:-1]
    rest = alice.get(f"{PLACE}?limit=2&cursor={first['next']}").json()
    assert ([one["id"] for one in rest["results"]], rest["next"]) == ([numbers[0]], None)
    problem(alice.get(f"{PLACE}?state=mine"), 422, pointer="/state")
    problem(alice.get("/rubrics/nothing/threads"), 404)


def test_the_list_costs_the_same_however_much_was_said(alice: Caller, bea: Caller, django_assert_max_num_queries):
    for number in range(12):
        made = bea.post(PLACE, {"text": f"{number}, @alice"}).json()
        alice.post(f"/threads/{made['id']}/reply", {"text": "Yes, @bea."})
    with django_assert_max_num_queries(8):
        assert len(alice.get(PLACE).json()["results"]) == 12


def test_an_etag_tells_whether_something_was_said(alice: Caller, bea: Caller):
    where = f"/threads/{bea.post(PLACE, {'text': 'Which dose?'}).json()['id']}"
    etag = alice.get(where)["ETag"]
    same = alice.get(where, If_None_Match=etag)
    assert (same.status_code, same["ETag"], same.content) == (304, etag, b"")
    for step, body in (("reply", {"text": "This."}), ("resolve", {}), ("reopen", {})):
        told = bea.post(f"{where}/{step}", body)["ETag"]
        assert alice.get(where, If_None_Match=etag).status_code == 200
        etag = alice.get(where)["ETag"]
        assert etag == told


def test_a_level_and_the_version_it_is_in(alice: Caller, bea: Caller):
    draft = RubricVersion.objects.get(rubric__slug="letters", number=2)
    change = {"kind": "ordinal", "levels": LEVELS}
    services.edit_criterion(by=alice.actor, version=draft, criterion_id="c_drug", changes=change)
    about = {"text": "What is poor?", "criterion": "c_drug", "level": "poor"}
    assert bea.post(PLACE, about).json()["level"] == "poor"
    problem(bea.post(PLACE, about | {"version": 1}), 422, pointer="/level")
    problem(bea.post(PLACE, about | {"criterion": "c_none"}), 422, pointer="/criterion")
    problem(bea.post(PLACE, about | {"criterion": None}), 422, pointer="/criterion")
    problem(bea.post(PLACE, about | {"version": 7}), 404)
    problem(bea.post(PLACE, {"text": " "}), 422, pointer="/text")
    problem(bea.post(PLACE, {"text": "x" * 10_001}), 422, pointer="/text")
    problem(bea.post(PLACE, {"text": "x", "mood": 1}), 422, pointer="/mood")
    assert Thread.objects.count() == 1


def test_the_same_key_says_it_once(bea: Caller):
    for _ in range(2):
        made = bea.post(PLACE, {"text": "Once."}, Idempotency_Key="k1")
        assert made["Location"]
    assert Comment.objects.count() == 1


def test_who_may(alice: Caller, bob: Caller, charlie: Caller, bea: Caller):
    where = f"/threads/{bob.post(PLACE, {'text': 'Mine.'}).json()['id']}"
    reader = caller_of(factories.make_actor(Role.VIEWER, workspace=alice.actor.workspace))
    assert reader.get(where).status_code == reader.get(PLACE).status_code == 200
    narrow = caller_of(bea.actor, "reviews:write")
    problem(narrow.get(where), 403)
    for who, status in ((reader, 403), (narrow, 403), (charlie, 404)):
        problem(who.post(f"{where}/reply", {"text": "x"}), status)
        problem(who.post(f"{where}/resolve"), status)
        problem(who.post(PLACE, {"text": "x"}), status)
    problem(charlie.get(where), 404)
    problem(charlie.get(PLACE), 404)
    assert bea.post(f"{where}/resolve").status_code == 200
    assert Comment.objects.count() == 1
