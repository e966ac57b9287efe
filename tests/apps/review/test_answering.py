"""Decisions become reviews and labels; agreement becomes gold, disagreement a conflict that an author settles."""

import pytest
from django.db import connections

from apps.datasets.models import Label
from apps.review import queries, services
from apps.review.models import Gold, Review, ReviewItem
from domain import errors
from tests.apps.review.conftest import take

pytestmark = pytest.mark.django_db


def decide(actor, queue, value, **more):
    spans = more.pop("spans", [])
    return services.answer(by=actor, claim=take(actor, queue), given={"value": value, "spans": spans}, **more)


def test_a_decision_is_a_review_and_a_blind_label(bob, queue, setting):
    review = decide(bob, queue, 1.0, confidence=0.67, note="clear", seconds=12.5, spans=[{"start": 0, "end": 4}])
    label = Label.objects.get()
    assert (label.value, label.mode, label.rater.user, label.review_id) == (1.0, "blind", bob.user, review.pk)
    assert label.dataset == setting.dataset
    assert label.criterion == review.item.criterion
    assert review.spans == [{"start": 0, "end": 4, "text": "Take"}]
    assert review.seconds == 12.5


def test_sending_twice_stores_once(bob, queue):
    claim = take(bob, queue)
    first = services.answer(by=bob, claim=claim, given={"value": 1.0})
    assert services.answer(by=bob, claim=claim, given={"value": 1.0}) == first
    with pytest.raises(errors.Conflict):
        services.answer(by=bob, claim=claim, given={"value": 0.0})
    assert Label.objects.count() == 1


@pytest.mark.parametrize(
    "given",
    [
        {"value": 0.5},
        {"value": None},
        {"value": None, "applies": False},
        {"value": 1.0, "confidence": 7},
        {"value": 1.0, "spans": [{"start": 0, "end": 9999}]},
        {"value": 1.0, "spans": [{"start": "a", "end": 2}]},
    ],
)
def test_bad_answers_are_refused_and_store_nothing(bob, queue, given):
    claim = take(bob, queue)
    with pytest.raises(errors.Invalid):
        services.answer(by=bob, claim=claim, confidence=given.pop("confidence", None), given=given)
    assert not Review.objects.exists()
    assert not Label.objects.exists()
    assert take(bob, queue) == claim


def test_undecided_needs_a_note_and_is_a_label_without_value(bob, queue):
    review = decide(bob, queue, None, note="The drug is not named in the task.")
    assert review.value is None
    assert Label.objects.get().value is None


def test_agreement_becomes_gold_without_anybody(bob, cleo, queue):
    decide(bob, queue, 1.0)
    review = decide(cleo, queue, 1.0)
    item = ReviewItem.objects.get(pk=review.item_id)
    gold = Gold.objects.get()
    assert item.state == ReviewItem.State.ANSWERED
    assert (gold.value, gold.decided_by, gold.provenance["how"]) == (1.0, None, "agreement")
    assert len(gold.provenance["reviews"]) == 2


def test_disagreement_is_settled_by_an_author(alice, bob, cleo, queue):
    decide(bob, queue, 1.0)
    item = decide(cleo, queue, 0.0).item
    item.refresh_from_db()
    assert item.state == ReviewItem.State.CONFLICT
    assert not Gold.objects.exists()
    assert [one.pk for one in queries.conflicts(queue)] == [item.pk]
    with pytest.raises(errors.NotAllowed):
        services.adjudicate(by=bob, item=item, given={"value": 1.0}, reason="I say so")
    with pytest.raises(errors.Invalid):
        services.adjudicate(by=alice, item=item, given={"value": 1.0}, reason="  ")
    [first] = services.adjudicate(by=alice, item=item, given={"value": 1.0}, reason="The dose is named.")
    [second] = services.adjudicate(by=alice, item=item, given={"value": 0.0}, reason="It is the wrong drug.")
    first.refresh_from_db()
    item.refresh_from_db()
    assert first.superseded_by == second
    assert (second.provenance["how"], second.decided_by, second.reason) == (
        "adjudication", alice.user, "It is the wrong drug.",
    )  # fmt: skip
    assert (item.state, item.gold_id) == (ReviewItem.State.RESOLVED, second.pk)


def test_an_open_item_is_not_adjudicated(alice, bob, queue):
    with pytest.raises(errors.Conflict):
        services.adjudicate(by=alice, item=decide(bob, queue, 1.0).item, given={"value": 1.0}, reason="early")


def test_keeping_after_the_reveal(bob, queue):
    review = services.keep(by=bob, review=decide(bob, queue, 1.0))
    assert (review.after, review.value, review.after_value) == ("kept", 1.0, None)
    assert Label.objects.count() == 1


def test_changing_after_the_reveal_stores_both(bob, cleo, queue):
    review = decide(bob, queue, 1.0)
    with pytest.raises(errors.Invalid):
        services.change(by=bob, review=review, given={"value": 0.0}, reason="")
    with pytest.raises(errors.NotFound):
        services.change(by=cleo, review=review, given={"value": 0.0}, reason="mine")
    changed = services.change(by=bob, review=review, given={"value": 0.0}, reason="I overlooked the unit.")
    assert (changed.value, changed.after_value, changed.final_value) == (1.0, 0.0, 0.0)
    assert sorted(Label.objects.values_list("mode", "value")) == [("assisted", 0.0), ("blind", 1.0)]
    with pytest.raises(errors.Conflict):
        services.change(by=bob, review=review, given={"value": 1.0}, reason="again")


def test_a_change_after_agreement_reopens_it(bob, cleo, queue):
    decide(bob, queue, 1.0)
    review = decide(cleo, queue, 1.0)
    services.change(by=cleo, review=review, given={"value": 0.0}, reason="Wrong drug.")
    item = ReviewItem.objects.get(pk=review.item_id)
    current = Gold.objects.get(superseded_by__isnull=True)
    assert item.state == ReviewItem.State.CONFLICT
    assert (current.value, current.provenance["how"]) == (None, "reopened by a change")
    assert Gold.objects.count() == 2


def test_deciding_the_same_in_another_queue_is_a_repeat(alice, bob, queue, setting):
    rule = {"kind": "random", "size": 100}
    other = services.create_queue(by=alice, run=setting.run, name="Again", rule=rule, overlap=1, seed=3)
    first, second = decide(bob, queue, 1.0), decide(bob, other, 0.0)
    assert first.item.subject_id == second.item.subject_id
    assert (first.repeat, second.repeat) == (0, 1)
    assert list(Label.objects.order_by("repeat").values_list("repeat", "value")) == [(0, 1.0), (1, 0.0)]


def test_reviews_and_gold_cannot_be_deleted_by_the_app(bob, queue):
    decide(bob, queue, 1.0)
    from django.db.utils import ProgrammingError

    with pytest.raises(ProgrammingError), connections["default"].cursor() as cursor:
        cursor.execute("DELETE FROM review_review")


def test_the_report_says_how_far_people_and_judge_agree(bob, cleo, queue, setting):
    while claim := services.claim(by=bob, queue=queue):
        services.answer(by=bob, claim=claim, given={"value": 0.0})
    decide(cleo, queue, 1.0)
    found = queries.report(queue)
    assert (found.decisions, found.people, found.shared) == (12, 2, 1)
    judge = found.judges[0]
    assert judge.judge == str(setting.judge)
    assert judge.items == 12
    assert judge.higher >= 3
    assert {row.criterion for row in found.criteria} == {"c_drug", "c_blame"}
    assert sum(row.items for row in found.criteria) == 11
