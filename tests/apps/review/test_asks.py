"""Tasks of queues: what each asks, how its answers are read, and what they become."""

import pytest

from apps.datasets.models import Label
from apps.review import queries, services
from apps.review.models import Gold, Queue, Review, ReviewItem
from domain import errors
from tests import factories
from tests.apps.review.conftest import make_queue, take

pytestmark = pytest.mark.django_db


@pytest.fixture
def whole(alice, setting):
    """A queue that asks all criteria of one answer at once."""
    subject = setting.run.items.order_by("index")[1].subject
    return make_queue(alice, Queue.Task.RESPONSE, [{"subject": subject, "version": setting.version}], overlap=2)


def all_of(**values):
    return {"criteria": {name: {"value": value} for name, value in values.items()}}


def test_every_task_has_an_ask():
    assert set(queries.ASKS) <= set(Queue.Task.values)


def test_all_criteria_of_an_answer_are_one_decision_and_a_label_each(bob, cleo, whole):
    for actor in (bob, cleo):
        services.answer(by=actor, claim=take(actor, whole), given=all_of(c_drug=1.0, c_blame=0.0))
    assert sorted(Label.objects.values_list("criterion", "value", "rater__user__username")) == [
        ("c_blame", 0.0, "bob"), ("c_blame", 0.0, "cleo"), ("c_drug", 1.0, "bob"), ("c_drug", 1.0, "cleo"),
    ]  # fmt: skip
    assert ReviewItem.objects.get().state == ReviewItem.State.ANSWERED
    assert sorted(Gold.objects.values_list("criterion", "value")) == [("c_blame", 0.0), ("c_drug", 1.0)]


def test_one_criterion_on_which_people_differ_is_a_conflict(alice, bob, cleo, whole):
    services.answer(by=bob, claim=take(bob, whole), given=all_of(c_drug=1.0, c_blame=0.0))
    review = services.answer(by=cleo, claim=take(cleo, whole), given=all_of(c_drug=1.0, c_blame=1.0))
    item = ReviewItem.objects.get()
    assert item.state == ReviewItem.State.CONFLICT
    gold = services.adjudicate(by=alice, item=item, given=all_of(c_drug=1.0, c_blame=0.0), reason="No blame.")
    assert {(one.criterion, one.value) for one in gold} == {("c_drug", 1.0), ("c_blame", 0.0)}
    ask = queries.ask_of(item)
    assert ask.words(ask.said(review)).count("Yes, true of the answer") == 2


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"criteria": []},
        {"criteria": {"c_drug": {"value": 1.0}}},
        {"criteria": {"c_drug": {"value": 1.0}, "c_blame": {"value": 0.0}, "c_other": {"value": 0.0}}},
        {"criteria": {"c_drug": 1.0, "c_blame": 0.0}},
        {"criteria": {"c_drug": {"value": "1"}, "c_blame": {"value": 0.0}}},
        {"criteria": {"c_drug": {"value": 0.4}, "c_blame": {"value": 0.0}}},
        {"criteria": {"c_drug": {"value": None}, "c_blame": {"value": 0.0}}},
        {"criteria": {"c_drug": {"value": 1.0}, "c_blame": {"value": 0.0}}, "spans": "all"},
    ],
)
def test_bad_answers_on_all_criteria_store_nothing(bob, whole, given):
    claim = take(bob, whole)
    with pytest.raises(errors.Invalid):
        services.answer(by=bob, claim=claim, given=given)
    assert not Review.objects.exists()


def test_the_form_of_all_criteria_works_without_scripts(bob, whole):
    client = factories.signed_in(bob)
    url = client.get(f"/w/clinic/review/{whole.pk}/next")["Location"]
    assert 'name="choice-c_drug"' in client.get(url).content.decode()
    missing = client.post(url, {"choice-c_drug": "0"})
    assert (missing.status_code, "Choose an answer for" in missing.content.decode()) == (422, True)
    assert client.post(url, {"choice-c_drug": "0", "choice-c_blame": "1"}).status_code == 302
    assert sorted(Label.objects.values_list("criterion", "value")) == [("c_blame", 0.0), ("c_drug", 1.0)]
