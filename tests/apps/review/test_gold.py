"""Gold: listed, traced back, replaced with a reason, suggested as an example, taken away as files."""

import csv
import io
import json
from collections import Counter

import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from apps.datasets.models import Label
from apps.judging import registry as judging
from apps.judging.queries import calibration_report
from apps.review import queries, services
from apps.review.models import Gold, Review
from apps.review.queries import exports
from apps.rubrics import queries as rubric_queries
from apps.rubrics import services as rubrics
from apps.rubrics.models import Proposal
from domain import errors
from domain import rubric as domain_rubric
from domain.calibration import Method
from tests import factories

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume asynchronous iterators"),
]


@pytest.fixture
def decided(queue, alice, bob, cleo):
    """Bob says yes to everything; Cleo agrees on the first criterion only."""
    for by in (bob, cleo):
        while (claim := services.claim(by=by, queue=queue)) is not None:
            yes = by is bob or claim.item.criterion == "c_drug"
            spans = [{"start": 0, "end": 9}] if yes else []
            given = {"value": 1.0 if yes else 0.0, "spans": spans}
            services.answer(by=by, claim=claim, given=given, note="=1+1", seconds=4)
    return queue


def settle_one(queue, alice, value=0.0):
    item = queue.items.filter(state="conflict").order_by("position").first()
    return services.adjudicate(by=alice, item=item, given={"value": value}, reason="Nobody is blamed.")[0]


def test_the_list_narrows_and_shows_where_gold_comes_from(decided, alice):
    gold = settle_one(decided, alice)
    found = list(queries.list_gold(alice, {"criterion": "c_blame"}))
    assert found == [gold]
    assert queries.list_gold(alice, {}).count() == 7
    assert queries.list_gold(alice, {"how": "agreement", "rubric": gold.item.version.rubric.slug}).count() == 6
    assert queries.list_gold(alice, {"dataset": "elsewhere"}).count() == 0
    page = factories.signed_in(alice).get("/w/clinic/review/gold?criterion=c_blame").content.decode()
    assert "Blames the patient." in page
    assert "an author decided" in page


def test_gold_is_what_a_judge_is_calibrated_by(decided, alice):
    settle_one(decided, alice, value=1.0)
    items = list(decided.items.select_related("subject", "version"))
    version, judge = items[0].version, factories.make_judge(workspace=alice.workspace)
    for subject in {item.subject for item in items}:
        factories.make_verdicts(version, judge, subject, {"c_drug": 1.0, "c_blame": 0.0}, probability=0.8)
    drug, blame = calibration_report(judge, version, Method.PLATT).criteria
    assert (drug.settled, blame.settled) == (6, 1)
    # What people settled stands in the place of the mean of their labels, one half.
    assert Counter(one.truth for one in drug.known) == {1.0: 6}
    assert Counter(one.truth for one in blame.known) == {0.5: 4, 1.0: 1}


def test_deciders_and_strangers_read_no_gold(decided, bob, charlie, alice):
    gold = settle_one(decided, alice)
    for actor, status in ((bob, 403), (charlie, 404)):
        client = factories.signed_in(actor)
        for path in ("gold", f"gold/{gold.pk}", "gold.csv", f"{decided.pk}/decisions.csv"):
            assert client.get(f"/w/clinic/review/{path}").status_code == status
    with pytest.raises(errors.NotFound):
        queries.get_gold(charlie, gold.pk)
    with pytest.raises(errors.NotAllowed):
        services.supersede_gold(by=bob, gold=gold, given={"value": 1.0}, reason="I know better.")


def test_another_value_takes_the_place_and_the_first_stays(decided, alice):
    gold = settle_one(decided, alice)
    client = factories.signed_in(alice)
    url = f"/w/clinic/review/gold/{gold.pk}"
    assert client.post(url, {"choice": "0", "reason": ""}).status_code == 422
    assert client.post(url, {"choice": "7", "reason": "?"}).status_code == 422
    answer = client.post(url, {"choice": "0", "reason": "It does blame him."})
    after = Gold.objects.latest("pk")
    assert answer["Location"] == f"/w/clinic/review/gold/{after.pk}"
    gold.refresh_from_db()
    assert (gold.value, gold.superseded_by_id, after.value) == (0.0, after.pk, 1.0)
    assert after.provenance["before"] == gold.pk
    assert after.provenance["reviews"] == gold.provenance["reviews"]
    page = client.get(answer["Location"]).content.decode()
    assert "It does blame him." in page
    assert "Nobody is blamed." in page
    with pytest.raises(errors.Conflict):
        services.supersede_gold(by=alice, gold=gold, given={"value": 0.0}, reason="Back.")


def test_withdrawn_gold_counts_nowhere(decided, alice, setting):
    gold = settle_one(decided, alice)
    digest = gold.criterion_digest
    assert judging_values(alice, digest) == {(gold.subject_id, digest): 0.0}
    assert gold.pk in {case.gold for case in queries.gold_cases(setting.version)}
    services.supersede_gold(by=alice, gold=gold, given={"value": None}, reason="The task changed.")
    assert judging_values(alice, digest) == {}
    assert {case.criterion for case in queries.gold_cases(setting.version)} == {"c_drug"}


def judging_values(actor, digest):
    """What judges are calibrated and weighed by."""
    return judging.settled(actor.workspace.pk, [digest])


def test_gold_becomes_an_example_by_a_suggestion(decided, alice, setting):
    gold = queries.list_gold(alice, {"criterion": "c_drug"}).order_by("pk")[0]
    answer = factories.signed_in(alice).post(f"/w/clinic/review/gold/{gold.pk}/example")
    made = Proposal.objects.get()
    assert answer["Location"] == f"/w/clinic/rubrics/-/proposals/{made.pk}/"
    hunk = made.hunks.get()
    assert hunk.evidence["gold"] == gold.pk
    version = rubrics.accept_hunks(by=alice, proposal=made)
    found = rubric_queries.domain_rubric(version).criterion("c_drug")
    assert found is not None
    assert [(one.value, one.text[:9]) for one in found.examples] == [(1.0, "Take 5 mg")]
    with pytest.raises(errors.Conflict, match="already"):
        services.suggest_example(by=alice, gold=gold)


def test_decisions_leave_with_their_provenance(decided, alice, bob, setting):
    client = factories.signed_in(alice)
    base = f"/w/clinic/review/{decided.pk}/decisions"
    lines = [json.loads(line) for line in b"".join(client.get(f"{base}.ndjson")).splitlines()]
    reviews = Review.objects.filter(item__queue=decided)
    assert len(lines) == reviews.count() == 22
    assert {line["rubric_digest"] for line in lines} == {setting.version.digest}
    digests = domain_rubric.criterion_digests(rubric_queries.domain_rubric(setting.version), "isolated")
    assert {line["criterion"]: line["criterion_digest"] for line in lines} == digests
    assert all(line["rater"].startswith("p_") for line in lines)
    assert sorted(Counter(line["rater"] for line in lines).values()) == [11, 11]
    named = [json.loads(line) for line in b"".join(client.get(f"{base}.ndjson?people=named")).splitlines()]
    assert {line["rater"] for line in named} == {"bob", "cleo"}
    frame = pyarrow.csv.read_csv(io.BytesIO(b"".join(client.get(f"{base}.csv"))))
    means = frame.group_by("criterion").aggregate([("value", "mean")]).to_pylist()
    assert {row["criterion"]: row["value_mean"] for row in means} == {"c_drug": 1.0, "c_blame": 0.5}
    assert set(frame.column("note").to_pylist()) == {"'=1+1"}
    table = pq.read_table(io.BytesIO(b"".join(client.get(f"{base}.parquet"))))
    assert table.num_rows == 22
    assert sum(table.column("value").to_pylist()) == sum(line["value"] for line in lines) == 17.0
    assert client.get(f"{base}.exe").status_code == 404


def test_labels_and_gold_leave_the_same_way(decided, alice, setting):
    settle_one(decided, alice)
    client = factories.signed_in(alice)
    labels = list(csv.DictReader(io.StringIO(b"".join(
        client.get(f"/w/clinic/review/data/{setting.dataset.slug}/labels.csv")).decode())))  # fmt: skip
    assert len(labels) == Label.objects.filter(dataset=setting.dataset).count() == 22
    assert {row["queue_id"] for row in labels} == {str(decided.pk)}
    assert {row["rater"] for row in labels} == {
        json.loads(line)["rater"]
        for line in b"".join(client.get(f"/w/clinic/review/{decided.pk}/decisions.ndjson")).splitlines()
    }
    table = pq.read_table(io.BytesIO(b"".join(client.get("/w/clinic/review/gold.parquet?criterion=c_blame"))))
    assert table.column("how").to_pylist() == ["adjudication"]
    assert table.column("value").to_pylist() == [0.0]
    assert len(json.loads(table.column("reviews").to_pylist()[0])) == 2


def test_a_large_queue_leaves_in_pieces(decided, monkeypatch):
    monkeypatch.setattr(exports, "BATCH", 7)
    rows = list(queries.export_reviews(decided, named=False))
    assert [row["review"] for row in rows] == sorted(Review.objects.values_list("pk", flat=True))
