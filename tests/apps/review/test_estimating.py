"""True means of a data set: which labels and verdicts count, what is left out and said, and who may read it."""

import random
import uuid
from typing import Any

import pytest
from django.utils import timezone

from apps.accounts.permissions import Role
from apps.datasets import services as datasets
from apps.judging.models import Verdict
from apps.review import queries
from apps.review.models import Claim, Review
from domain import errors
from tests import factories

pytestmark = pytest.mark.django_db
URL = "/w/clinic/review/data/letters/estimates"
ANSWERS = 240


def said_by_judge(judge, subject, value, criterion="clear", **fields):
    return Verdict(
        key=uuid.uuid4(), workspace=subject.workspace, judge_version=judge, subject=subject, criterion=criterion,
        criterion_digest="sha256:x", fingerprint=judge.fingerprint, strategy="label_distribution", protocol="isolated",
        **{"status": "ok", "value": value, **fields},
    )  # fmt: skip


def label(by, dataset, subject, value, criterion="clear", **fields):
    own = datasets.OwnLabel(subject_id=subject.pk, criterion=criterion, value=value, **fields)
    datasets.add_own_labels(by=by, dataset=dataset, labels=[own])


@pytest.fixture
def judged(alice):
    """Answers of two models; the judge calls one in five bad ones good, and people labelled sixty by chance."""
    chance = random.Random(5)
    dataset = factories.make_dataset(slug="letters", title="Letters")
    judge = factories.make_judge(name="reader")
    prompt = factories.make_prompt(dataset=dataset)
    for n in range(ANSWERS):
        model = "small" if n % 2 else "large"
        factories.make_response(prompt=prompt, text=f"Answer {n}.", external_id=f"r{n}", model=model)
    subjects = datasets.subjects_of(dataset)
    truth = {one.pk: float(chance.random() < (0.8 if n % 2 else 0.5)) for n, one in enumerate(subjects)}
    verdicts = [said_by_judge(judge, one, truth[one.pk] or float(chance.random() < 0.2)) for one in subjects]
    Verdict.objects.bulk_create(verdicts)
    own = [
        datasets.OwnLabel(subject_id=one.pk, criterion="clear", value=truth[one.pk])
        for one in chance.sample(list(subjects), 60)
    ]
    datasets.add_own_labels(by=alice, dataset=dataset, labels=own)
    return dataset, judge, subjects, truth


def reviewed(alice, judged, rule, *, is_gold=False, value=1.0):
    """A label from a queue that was drawn by a rule, on an answer nobody labelled yet."""
    dataset, _, subjects, _ = judged
    queue = factories.make_queue(workspace=alice.workspace, rule=rule, dataset=dataset)
    done = set(dataset.labels.values_list("subject", flat=True))
    subject = next(one for one in subjects if one.pk not in done)
    item = factories.make_review_item(queue=queue, subject=subject, criterion="clear", is_gold=is_gold)
    claim = Claim.objects.create(item=item, queue=queue, user=alice.user, state="answered", lease_until=timezone.now())
    review = Review.objects.create(item=item, by=alice.user, value=value, claim=claim)
    label(alice, dataset, subject, value, review_id=review.pk)


def test_labels_and_verdicts_together(alice, judged):
    dataset, judge, _, truth = judged
    found = queries.estimates_of(alice, dataset)
    assert [(one.key, one.verdicts) for one in found.sources] == [(f"judge:{judge}", ANSWERS)]
    (row,) = found.rows
    assert (row.criterion, row.model, row.labels, row.verdicts) == ("clear", None, 60, ANSWERS)
    true = sum(truth.values()) / ANSWERS
    both: Any = row.found
    assert both.both.low <= true <= both.both.high
    assert both.naive > true
    assert both.bias > 0
    assert both.both.half < both.labels.half
    assert not row.doubtful
    assert row.needed
    assert row.needed.with_judge == row.needed.alone > ANSWERS
    wide = queries.estimates_of(alice, dataset, half=0.08).rows[0].needed
    assert wide
    assert wide.with_judge < wide.alone


def test_each_model_is_estimated_apart(alice, judged):
    dataset, *_ = judged
    found = queries.estimates_of(alice, dataset, criterion="clear")
    values = {row.model: row.found.both.value for row in found.closely if row.found}
    assert set(values) == {"large", "small"}
    assert values["small"] > values["large"] + 0.1
    assert sum(row.labels for row in found.closely) == 60


def test_what_was_not_drawn_by_chance_is_left_out(alice, judged):
    dataset, *_ = judged
    for rule in ({"kind": "uncertain"}, {"kind": "stratified", "by": "score_band"}, {"kind": "random", "tags": ["x"]}):
        reviewed(alice, judged, rule)
    reviewed(alice, judged, {"kind": "random"}, is_gold=True)
    reviewed(alice, judged, {"kind": "random"})
    reviewed(alice, judged, {"kind": "stratified", "by": "criterion"})
    reviewed(alice, judged, {"kind": "stratified", "by": "model"})
    reviewed(alice, judged, {"kind": "stratified", "by": "model", "proportional": True})
    (row,) = queries.estimates_of(alice, dataset).rows
    assert (row.labels, row.chosen) == (63, 5)
    apart = queries.estimates_of(alice, dataset).closely
    assert sum(one.labels for one in apart) == 64
    assert sum(one.chosen for one in apart) == 4


def test_missing_is_counted_and_never_a_zero(alice, judged):
    dataset, judge, subjects, _ = judged
    done = list(dataset.labels.values_list("subject", flat=True))
    free = [one for one in subjects if one.pk not in done]
    label(alice, dataset, free[0], None)
    mine = next(one for one in subjects if one.pk in done)
    unread = [said_by_judge(judge, one, None, status="refused_input") for one in (mine, free[1])]
    Verdict.objects.bulk_create(unread)
    (row,) = queries.estimates_of(alice, dataset).rows
    assert (row.labels, row.verdicts, row.unscored, row.unjudged) == (59, ANSWERS - 2, 2, 1)


def test_labels_picked_by_what_the_judge_said_are_noticed(alice, judged):
    dataset, _, subjects, _ = judged
    dataset.labels.all().delete()
    bad = Verdict.objects.filter(value=0).values_list("subject", flat=True)[:30]
    for one in subjects:
        if one.pk in set(bad):
            label(alice, dataset, one, 0.0)
    (row,) = queries.estimates_of(alice, dataset).rows
    assert row.doubtful
    page = factories.signed_in(alice).get(URL).content.decode()
    assert "hardly drawn by chance" in page


def test_few_labels_give_a_reason(alice, judged):
    dataset, *_ = judged
    kept = list(dataset.labels.values_list("pk", flat=True))[:9]
    dataset.labels.exclude(pk__in=kept).delete()
    (row,) = queries.estimates_of(alice, dataset).rows
    assert row.found is None
    assert row.needed is None
    assert "at least 10 labels" in row.reason
    assert "at least 10 labels" in factories.signed_in(alice).get(URL).content.decode()


def test_a_model_that_labelled_can_be_the_judge(alice, judged):
    dataset, *_ = judged
    records = [
        {"response_id": f"r{n}", "rater": "gpt", "rater_kind": "model", "criterion": "clear", "value": n % 2}
        for n in range(100)
    ]
    datasets.add_label_records(by=alice, dataset=dataset, records=records)
    found = queries.estimates_of(alice, dataset, judge="gpt")
    assert found.judge
    assert (found.judge.name, found.judge.verdicts) == ("gpt", 100)
    assert found.rows[0].verdicts == 100
    assert found.rows[0].unjudged > 0


def test_what_is_not_there_is_refused(alice, judged):
    dataset, *_ = judged
    for asked in ({"judge": "judge:nobody@1"}, {"criterion": "kind"}, {"half": 0.0}, {"half": float("nan")}):
        with pytest.raises(errors.Invalid):
            queries.estimates_of(alice, dataset, **asked)


def test_authors_read_it_and_others_do_not(alice, bob, charlie, judged):
    assert factories.signed_in(alice).get(URL).status_code == 200
    assert factories.signed_in(bob).get(URL).status_code == 403
    assert factories.signed_in(charlie).get(URL).status_code == 404
    with pytest.raises(errors.NotAllowed):
        queries.estimates_of(factories.make_actor(Role.ANNOTATOR), judged[0])


def test_the_page(alice, judged):
    client = factories.signed_in(alice)
    page = client.get(URL).content.decode()
    assert "estimates-criteria" in page
    assert "estimates-models" in page
    assert ">large<" in page
    assert "±0.05" in page
    wide = client.get(f"{URL}?half=0.1&judge=judge:reader@1&criterion=clear").content.decode()
    assert "±0.1" in wide
    wrong = client.get(f"{URL}?half=much")
    assert wrong.status_code == 422
    assert "such as 0.05" in wrong.content.decode()


def test_the_number_of_queries_does_not_grow(alice, judged):
    dataset, judge, subjects, _ = judged
    client = factories.signed_in(alice)
    before = factories.count_queries(client, URL)
    more = [said_by_judge(judge, one, 1.0, criterion=name) for one in subjects[:40] for name in ("kind", "short")]
    Verdict.objects.bulk_create(more)
    for name in ("kind", "short"):
        for one in subjects[:12]:
            label(alice, dataset, one, 1.0, criterion=name)
    assert client.get(URL).content.decode().count('href="?criterion=') == 3
    assert factories.count_queries(client, URL) == before


def test_without_labels_it_says_what_to_do(alice):
    factories.make_dataset(slug="letters")
    assert "No labels beside verdicts yet" in factories.signed_in(alice).get(URL).content.decode()
