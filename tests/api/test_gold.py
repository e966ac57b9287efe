"""Gold and exports over REST."""

import io
import json

import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from apps.accounts.permissions import Role
from apps.review.models import ReviewItem
from apps.rubrics.models import Proposal
from tests import factories
from tests.api.conftest import Caller, caller_of, problem
from tests.api.test_queues import ann, queue, run  # noqa: F401  (the same queue)

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume asynchronous iterators"),
]


@pytest.fixture
def gold(bob: Caller, ann: Caller, queue) -> int:  # noqa: F811
    """One answer, settled by an author."""
    claimed = ann.post(f"/queues/{queue['id']}/claim").json()
    ann.post(f"/review-items/{claimed['item']}/answer", {"value": 1, "note": "It does."})
    settled = bob.post(f"/review-items/{claimed['item']}/adjudicate", {"value": 1, "reason": "Clear."}).json()
    return int(settled["gold"][0]["id"])


def test_gold_is_read_replaced_and_suggested(bob: Caller, gold: int):
    listed = bob.get("/gold").json()
    assert [(row["id"], row["how"], row["value"]) for row in listed["results"]] == [(gold, "adjudication", 1.0)]
    assert bob.get("/gold?criterion=none").json()["results"] == []
    after = bob.post(f"/gold/{gold}/supersede", {"value": 0, "reason": "Not so."})
    assert after.status_code == 200, after.content
    problem(bob.post(f"/gold/{gold}/supersede", {"value": 1, "reason": "Yes."}), 409, "gold_superseded")
    problem(bob.post(f"/gold/{after.json()['id']}/supersede", {"value": 0.3, "reason": "?"}), 422, "value_not_offered")
    read = bob.get(f"/gold/{after.json()['id']}").json()
    assert [row["value"] for row in read["history"]] == [0.0, 1.0]
    assert len(bob.get("/gold?all=true").json()["results"]) == 2
    made = bob.post(f"/gold/{after.json()['id']}/example")
    assert made.status_code == 200, made.content
    assert Proposal.objects.get(pk=made.json()["proposal"]).hunks.count() == 1
    problem(bob.post(f"/gold/{after.json()['id']}/supersede", {"reason": "?"}), 422, pointer="/value")
    problem(bob.get("/gold?queue=x"), 422, "queue_invalid")


def test_files_hold_what_was_decided(bob: Caller, gold: int, queue):  # noqa: F811
    rows = [json.loads(line) for line in b"".join(bob.get("/gold.ndjson")).splitlines()]
    assert [(row["gold"], row["value"], row["how"]) for row in rows] == [(gold, 1.0, "adjudication")]
    frame = pyarrow.csv.read_csv(io.BytesIO(b"".join(bob.get(f"/queues/{queue['id']}/decisions.csv"))))
    assert frame.column("value").to_pylist() == [1.0]
    assert frame.column("item_state").to_pylist() == ["resolved"]
    slug = rows[0]["dataset"]
    table = pq.read_table(io.BytesIO(b"".join(bob.get(f"/datasets/{slug}/labels.parquet?people=named"))))
    assert table.column("rater").to_pylist() == ["ann"]
    assert table.column("value").to_pylist() == [1.0]


def test_who_may_not(bob: Caller, charlie: Caller, ann: Caller, gold: int, queue, workspace):  # noqa: F811
    carol = caller_of(factories.make_actor(Role.ANNOTATOR, workspace=workspace, username="carol"))
    problem(carol.get("/gold"), 403)
    problem(ann.get("/gold.csv"), 403)
    problem(charlie.get(f"/gold/{gold}"), 404, "gold_unknown")
    problem(charlie.get(f"/queues/{queue['id']}/decisions.csv"), 404)
    assert b"".join(charlie.get("/gold.ndjson")) == b""
    problem(carol.post(f"/gold/{gold}/supersede", {"value": 0, "reason": "x"}), 403)


def test_conflicts_are_sent_back_left_or_settled_by_a_rule(bob: Caller, ann: Caller, run, workspace):  # noqa: F811
    made = bob.post("/queues", {"name": "two", "run": run, "rule": {"kind": "random", "size": 2}, "overlap": 2}).json()
    for who, value in ((ann, 1), (bob, 0)):
        for _ in range(2):
            item = who.post(f"/queues/{made['id']}/claim").json()["item"]
            assert who.post(f"/review-items/{item}/answer", {"value": value}).status_code == 200
    first, second = ReviewItem.objects.filter(queue=made["id"]).order_by("pk").values_list("pk", flat=True)
    sent = bob.post(f"/review-items/{first}/send-back", {"note": "Look again."})
    assert (sent.status_code, sent.json()["seats"], sent.json()["state"]) == (200, 3, "open")
    problem(bob.post(f"/review-items/{first}/send-back", {"seats": 9}), 422, pointer="/seats")
    problem(bob.post(f"/review-items/{first}/cannot-agree", {"reason": "?"}), 409, "item_not_in_conflict")
    ruled = bob.post(f"/queues/{made['id']}/consensus", {"rule": "majority"})
    assert (ruled.status_code, ruled.json()["settled"]) == (200, 0), ruled.content
    problem(bob.post(f"/queues/{made['id']}/consensus", {"rule": "chance"}), 422, pointer="/rule")
    left = bob.post(f"/review-items/{second}/cannot-agree", {"reason": "Two readings."})
    assert left.json()["state"] == "resolved"
