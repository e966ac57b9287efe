"""Rubrics over REST: list, versions, ETags, drafts, workflow, import and export."""

import orjson
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.rubrics import gates
from apps.rubrics.models import Rubric, RubricVersion
from tests import factories
from tests.api.conftest import Caller, problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def approved(alice: Caller) -> RubricVersion:
    rubric = factories.make_rubric(workspace=alice.actor.workspace, slug="letters", title="Letters", tags=["clinic"])
    return factories.make_version(rubric=rubric, status="approved")


def test_the_list_names_versions_and_filters(alice: Caller, approved: RubricVersion):
    factories.make_version(rubric=factories.make_rubric(workspace=alice.actor.workspace, slug="mail", title="Mail"))
    listed = alice.get("/rubrics").json()
    assert [row["slug"] for row in listed["results"]] == ["mail", "letters"]
    assert listed["next"] is None
    assert listed["results"][1] == {
        "slug": "letters", "title": "Letters", "tags": ["clinic"], "approved_version": 1, "digest": approved.digest,
        "versions": [{"version": 1, "status": "approved"}],
    }  # fmt: skip
    for query in ("status=approved", "tag=clinic", "q=lett"):
        assert [row["slug"] for row in alice.get(f"/rubrics?{query}").json()["results"]] == ["letters"], query


def test_pages_follow_each_other_and_end(alice: Caller):
    for n in range(5):
        factories.make_rubric(workspace=alice.actor.workspace, slug=f"r{n}")
    seen: list[str] = []
    cursor: str | None = ""
    for _ in range(3):
        page = alice.get(f"/rubrics?limit=2&cursor={cursor}").json()
        seen += [row["slug"] for row in page["results"]]
        cursor = page["next"]
    assert (seen, cursor) == (["r4", "r3", "r2", "r1", "r0"], None)
    problem(alice.get("/rubrics?limit=0"), 422, pointer="/limit")
    problem(alice.get("/rubrics?limit=many"), 422, pointer="/limit")
    for cursor in ("zzz", "%C3%A9", "MTIz", "MjAyNi0wMS0wMX54"):
        problem(alice.get(f"/rubrics?cursor={cursor}"), 422, pointer="/cursor")


def test_a_list_costs_the_same_for_more_rubrics(alice: Caller):
    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            alice.get("/rubrics")
        return len(queries)

    factories.make_version(workspace=alice.actor.workspace)
    alice.get("/rubrics")
    before = cost()
    for _ in range(5):
        factories.make_version(workspace=alice.actor.workspace)
    assert cost() == before <= 6


def test_the_latest_approved_version_is_served_and_revalidated(alice: Caller, approved: RubricVersion):
    answer = alice.get("/rubrics/letters")
    document = answer.json()
    assert (document["slug"], document["version"], document["status"]) == ("letters", 1, "approved")
    assert document["digest"] == approved.digest
    assert answer["ETag"] == f'"{approved.digest};approved"'
    assert "private" in answer["Cache-Control"]
    again = alice.get("/rubrics/letters", If_None_Match=answer["ETag"])
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", answer["ETag"])
    assert alice.get("/rubrics/letters", If_None_Match=f'"x", W/{answer["ETag"]}').status_code == 304
    assert alice.get("/rubrics/letters", If_None_Match='"other"').status_code == 200


def test_revalidating_takes_two_queries(alice: Caller, approved: RubricVersion):
    etag = alice.get("/rubrics/letters")["ETag"]
    with CaptureQueriesContext(connection) as queries:
        assert alice.get("/rubrics/letters", If_None_Match=etag).status_code == 304
    assert len(queries) <= 2, [query["sql"] for query in queries]


def test_a_rubric_without_an_approved_version_and_an_unknown_one(alice: Caller):
    factories.make_version(rubric=factories.make_rubric(workspace=alice.actor.workspace, slug="draft"))
    problem(alice.get("/rubrics/draft"), 404, "no_approved_version")
    problem(alice.get("/rubrics/unknown"), 404, "rubric_unknown")
    problem(alice.get("/rubrics/draft/versions/7"), 404, "version_unknown")
    problem(alice.get("/rubrics/draft/versions/99999999999999999999"), 404)
    assert alice.get("/rubrics/draft/versions/1").json()["status"] == "draft"


def test_strangers_see_nothing(charlie: Caller, approved: RubricVersion):
    assert charlie.get("/rubrics").json()["results"] == []
    problem(charlie.get("/rubrics/letters"), 404)
    problem(charlie.get("/rubrics/letters/versions/1"), 404)
    problem(charlie.get(f"/rubric-versions/{approved.digest}"), 404)
    problem(charlie.put("/rubrics/letters/versions/1", {"title": "x"}, If_Match="*"), 404)
    problem(charlie.post("/rubrics/letters/versions/1/retire"), 404)


def test_the_document_of_a_digest_never_changes(alice: Caller, approved: RubricVersion):
    answer = alice.get(f"/rubric-versions/{approved.digest}")
    assert answer["Cache-Control"] == "private, max-age=31536000, immutable"
    document = answer.json()
    assert not {"slug", "version", "status"} & set(document)
    assert document["digest"] == approved.digest
    alice.post("/rubrics/letters/versions/1/retire")
    assert alice.get(f"/rubric-versions/{approved.digest}").content == answer.content
    problem(alice.get("/rubric-versions/sha256:00"), 404)


def test_a_draft_is_made_replaced_and_guarded(bob: Caller):
    made = bob.post("/rubrics", {"slug": "mail", "title": "Mail", "criteria": [{"text": "Polite."}]})
    assert made.status_code == 201
    assert made["Location"] == "/api/v1/rubrics/mail/versions/1"
    document = made.json()
    document["criteria"].append({"text": "Short.", "weight": 2})
    where = "/rubrics/mail/versions/1"
    problem(bob.put(where, document), 428, "precondition_required")
    problem(bob.put(where, document, If_Match='"sha256:old;draft"'), 412, "stale")
    changed = bob.put(where, document, If_Match=made["ETag"])
    assert changed.status_code == 200, changed.content
    assert [c["text"] for c in changed.json()["criteria"]] == ["Polite.", "Short."]
    assert changed["ETag"] != made["ETag"] == f'"{made.json()["digest"]};draft"'
    problem(bob.put(where, document, If_Match=made["ETag"]), 412, "stale")
    assert bob.get(where, If_None_Match=changed["ETag"]).status_code == 304


@pytest.mark.parametrize(
    "body, pointer",
    [
        ({"title": "x", "criteria": [{"text": "a", "weight": -1}]}, "/criteria/0/weight"),
        ({"title": "x", "criteria": [{"text": ""}]}, "/criteria/0/text"),
        ({"title": "x", "criteria": "none"}, "/criteria"),
        ({"title": 5}, "/title"),
        ({"title": "x", "slug": 5}, "/slug"),
        ({"title": "x", "slug": "no spaces"}, "/slug"),
        ({"title": "x", "colour": "red"}, "/colour"),
    ],
)
def test_faults_of_a_document_are_pointed_at(bob: Caller, body, pointer):
    problem(bob.post("/rubrics", body), 422, pointer=pointer)
    assert not Rubric.objects.exists()


def test_a_name_is_taken_once(bob: Caller):
    assert bob.post("/rubrics", {"slug": "mail", "title": "Mail"}).status_code == 201
    problem(bob.post("/rubrics", {"slug": "mail", "title": "Mail"}), 409, "slug_taken")


def test_a_new_draft_from_a_version(bob: Caller, approved: RubricVersion):
    made = bob.post("/rubrics/letters/versions", {"from": 1})
    assert (made.status_code, made.json()["version"], made.json()["status"]) == (201, 2, "draft")
    assert made.json()["digest"] == approved.digest
    empty = bob.post("/rubrics/letters/versions")
    assert (empty.status_code, empty.json()["version"]) == (201, 3)
    problem(bob.post("/rubrics/letters/versions", {"from": 9}), 404)
    problem(bob.post("/rubrics/letters/versions", {"from": "one"}), 422, pointer="/from")


def test_the_way_of_a_version(alice: Caller, bob: Caller):
    bob.post("/rubrics", {"slug": "mail", "title": "Mail", "criteria": [{"text": "Polite."}]})
    at = "/rubrics/mail/versions/1"
    problem(alice.post(f"{at}/approve"), 409, "wrong_state")
    submitted = bob.post(f"{at}/submit", {"note": "please"})
    assert submitted.json()["status"] == "in_review"
    problem(bob.put(at, submitted.json(), If_Match="*"), 409)
    problem(bob.post(f"{at}/approve"), 403, "scope_missing")
    approved = alice.post(f"{at}/approve", {"note": "good"})
    assert (approved.status_code, approved.json()["status"]) == (200, "approved")
    assert approved["ETag"].endswith(';approved"')
    assert alice.post(f"{at}/retire").json()["status"] == "retired"
    problem(alice.get("/rubrics/mail"), 404, "no_approved_version")


def test_nobody_approves_what_they_wrote(alice: Caller):
    alice.post("/rubrics", {"slug": "mail", "title": "Mail", "criteria": [{"text": "Polite."}]})
    alice.post("/rubrics/mail/versions/1/submit")
    problem(alice.post("/rubrics/mail/versions/1/approve"), 403, "own_version")


def test_open_gates_are_named(alice: Caller, bob: Caller, monkeypatch):
    bob.post("/rubrics", {"slug": "mail", "title": "Mail", "criteria": [{"text": "Polite."}]})
    bob.post("/rubrics/mail/versions/1/submit")
    monkeypatch.setattr(gates, "states", lambda version: [gates.GateState("exam", False, "Its judge is not examined.")])
    body = problem(alice.post("/rubrics/mail/versions/1/approve"), 409, "gates_open")
    exam = {"name": "exam", "title": "Exam", "sentence": "Its judge is not examined.", "url": None}
    assert body["details"] == {"open_gates": [exam]}


def test_changes_and_withdrawals_open_a_new_draft(alice: Caller, bob: Caller):
    bob.post("/rubrics", {"slug": "mail", "title": "Mail", "criteria": [{"text": "Polite."}]})
    bob.post("/rubrics/mail/versions/1/submit")
    back = alice.post("/rubrics/mail/versions/1/request-changes", {"note": "say how"}).json()
    assert (back["version"], back["status"]) == (2, "draft")
    bob.post("/rubrics/mail/versions/2/submit")
    assert bob.post("/rubrics/mail/versions/2/withdraw").json()["version"] == 3
    problem(bob.post("/rubrics/mail/versions/3/submit", {"note": 7, "colour": 1}), 422, pointer="/colour")


def test_an_import_reports_and_a_broken_one_writes_nothing(bob: Caller):
    document = factories.make_document(title="Imported")
    done = bob.call("post", "/rubrics/import?format=rubricstudio&slug=imported", orjson.dumps(document))
    assert done.status_code == 201, done.content
    body = done.json()
    assert body["rubrics"] == [{"slug": "imported", "version": 1, "digest": document["digest"]}]
    assert (body["rubric_set"], isinstance(body["report"], list)) == (None, True)
    problem(bob.call("post", "/rubrics/import?format=rubricstudio", b"\xff\xfe{"), 422)
    problem(bob.call("post", "/rubrics/import?format=rubricstudio", b""), 422)
    problem(bob.call("post", "/rubrics/import?format=klingon", b"{}"), 422)
    assert Rubric.objects.count() == 1


def test_export_gives_back_what_was_imported(alice: Caller, approved: RubricVersion):
    answer = alice.get("/rubrics/letters/versions/1/export?format=rubricstudio")
    assert answer.status_code == 200
    assert orjson.loads(answer.content)["digest"] == approved.digest
    assert answer["Content-Disposition"] == 'attachment; filename="letters-1.json"'
    assert alice.get("/rubrics/letters/versions/1/export?format=healthbench").status_code == 200
    problem(alice.get("/rubrics/letters/versions/1/export?format=klingon"), 422)


def test_merge_joins_a_version_into_a_draft_or_names_what_to_choose(alice: Caller, charlie: Caller):
    assert alice.post("/rubrics", factories.make_document() | {"slug": "letters"}).status_code == 201
    assert alice.post("/rubrics/letters/versions", {"from": 1}).status_code == 201
    for number, text, weight in ((1, "Mine.", 3), (2, "Theirs.", 5)):
        place = f"/rubrics/letters/versions/{number}"
        document = alice.get(place).json()
        document["criteria"][0] |= {"text": text, "weight": weight}
        assert alice.put(place, document, If_Match="*").status_code == 200
    body = problem(alice.post("/rubrics/letters/versions/1/merge", {"from": 2}), 409, "merge_open")
    assert body["details"]["conflicts"] == ["criteria/c_drug/text"]
    chosen = {"from": 2, "choices": {"criteria/c_drug/text": "mine"}}
    problem(charlie.post("/rubrics/letters/versions/1/merge", chosen), 404)
    merged = alice.post("/rubrics/letters/versions/1/merge", chosen)
    assert merged.status_code == 200, merged.content
    first = merged.json()["criteria"][0]
    assert (first["text"], first["weight"]) == ("Mine.", 5)
    problem(alice.post("/rubrics/letters/versions/1/merge", {"from": 2, "choices": {"x": "maybe"}}), 422)
    problem(alice.post("/rubrics/letters/versions/1/merge", {"from": 1}), 422)
