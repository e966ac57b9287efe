"""Queues get what was planned: known answers and repeats, other sources, more later, by a worker where it is much."""

import pytest

from apps.history.models import Entry
from apps.jobs import runners as jobs
from apps.jobs.models import Job
from apps.review import queries, services
from apps.review.models import Queue, ReviewItem
from apps.review.queries import planning
from domain import errors
from tests import factories
from tests.apps.review.conftest import take

pytestmark = pytest.mark.django_db


def settle(alice, setting, count):
    """Settle the first items of a queue, so that their answers are known."""
    queue = services.create_queue(by=alice, run=setting.run, name="First", rule={"size": 100}, overlap=2)
    people = [factories.make_actor(username=f"reader-{n}") for n in range(2)]
    for person in people:
        for _ in range(count):
            services.answer(by=person, claim=take(person, queue), given={"value": 1.0})
    return {(item.subject_id, item.criterion) for item in queue.items.filter(state="answered")}


def test_known_answers_are_put_in_unseen(alice, setting):
    known = settle(alice, setting, 4)
    rule = {"size": 4, "kind": "never_reviewed"}
    queue = services.create_queue(by=alice, run=setting.run, name="Second", rule=rule, gold_share=0.5)
    seeded = list(queue.items.filter(is_gold=True))
    assert (queue.items.count(), len(seeded)) == (6, 2)
    assert {(item.subject_id, item.criterion) for item in seeded} <= known
    assert all(item.gold_id and item.verdict_keys for item in seeded)


def test_drawn_items_with_a_known_answer_count_for_the_share(alice, setting):
    known = settle(alice, setting, 4)
    queue = services.create_queue(by=alice, run=setting.run, name="All", rule={"size": 100}, gold_share=0.2)
    assert queue.items.count() == 11
    seeded = {(item.subject_id, item.criterion) for item in queue.items.filter(is_gold=True)}
    assert len(seeded) == 2
    assert seeded <= known


def test_a_known_answer_is_not_settled_anew(alice, bob, cleo, setting):
    settle(alice, setting, 4)
    queue = services.create_queue(
        by=alice, run=setting.run, name="Second", rule={"size": 100}, gold_share=0.5, overlap=2
    )
    before = {item.gold_id for item in queue.items.filter(is_gold=True)}
    for person in (bob, cleo):
        for _ in range(queue.items.count()):
            services.answer(by=person, claim=take(person, queue), given={"value": 0.0})
    assert {item.gold_id for item in queue.items.filter(is_gold=True)} == before


def test_repeats_come_later_to_the_same_person(alice, bob, cleo, setting):
    queue = services.create_queue(by=alice, run=setting.run, name="Again", rule={"size": 100}, repeat_share=0.2)
    again = list(queue.items.filter(repeat_of__isnull=False).select_related("repeat_of"))
    assert len(again) == 2
    assert all(item.repeat_of and item.position > item.repeat_of.position for item in again)
    seen = [take(bob, queue).item]
    while True:
        services.answer(by=bob, claim=take(bob, queue), given={"value": 0.0})
        if (claim := services.claim(by=bob, queue=queue)) is None:
            break
        seen.append(claim.item)
    assert len(seen) == 13
    assert services.claim(by=cleo, queue=queue) is None


def test_nothing_is_asked_twice_in_a_queue(alice, setting):
    queue = services.create_queue(by=alice, run=setting.run, name="Some", rule={"size": 5}, seed=4)
    assert services.add_items(by=alice, queue=queue, rule={"size": 100}, seed=1) == 6
    asked = queue.items.values_list("subject", "criterion")
    assert len(set(asked)) == len(asked) == 11
    assert sorted(queue.items.values_list("position", flat=True)) == list(range(11))
    with pytest.raises(errors.Conflict, match="left out"):
        services.add_items(by=alice, queue=queue, rule={"size": 1})
    services.set_state(by=alice, queue=queue, state="closed", reason="Enough.")
    with pytest.raises(errors.Conflict):
        services.add_items(by=alice, queue=queue, rule={"size": 1})
    assert Queue.objects.get(pk=queue.pk).state_reason == "Enough."
    services.set_state(by=alice, queue=queue, state="open")
    assert Queue.objects.get(pk=queue.pk).state_reason == ""


@pytest.mark.parametrize(
    ("task", "count", "members"),
    [("rating", 6, 1), ("spans", 6, 1), ("critique", 6, 1), ("pair", 15, 2), ("ranking", 1, 6)],
)
def test_answers_that_no_judge_has_read(alice, setting, task, count, members):
    queue = services.create_queue(by=alice, dataset=setting.dataset, name="Fresh", rule={"size": 100}, task=task)
    items = list(queue.items.select_related("subject"))
    assert (len(items), {item.about.members.count() for item in items}) == (count, {members})
    with pytest.raises(errors.Conflict):
        services.add_items(by=alice, queue=queue, rule={"size": 100})


def test_criteria_are_decided_before_any_judge(alice, setting):
    place = {"dataset": setting.dataset, "version": setting.version}
    queue = services.create_queue(by=alice, name="Fresh", rule={"size": 5, "kind": "stratified"}, **place)
    by_criterion = queue.items.values_list("criterion", flat=True)
    assert sorted(by_criterion) in (["c_blame"] * 2 + ["c_drug"] * 3, ["c_blame"] * 3 + ["c_drug"] * 2)
    assert services.add_items(by=alice, queue=queue, rule={"size": 100}) == 7
    whole = services.create_queue(by=alice, name="Whole", rule={"size": 3}, task="response", **place)
    assert {item.version for item in whole.items.all()} == {setting.version}
    with pytest.raises(errors.Invalid, match="rubric version"):
        services.create_queue(by=alice, name="X", rule={}, dataset=setting.dataset)


def test_criteria_and_hunks_are_voted_on(alice, setting):
    queue = services.create_queue(by=alice, name="Needed?", rule={}, version=setting.version, task="necessity")
    assert sorted(item.criterion for item in queue.items.filter(subject=None)) == ["c_blame", "c_drug"]
    with pytest.raises(errors.Conflict):
        services.add_items(by=alice, queue=queue, rule={})
    proposal = setting.version.rubric.proposals.create(base=setting.version, method="suggestion", title="Shorter")
    hunk = proposal.hunks.create(position=0, op="remove", pointer="criteria/c_blame")
    proposal.hunks.create(position=1, op="remove", pointer="criteria/c_drug", decision="rejected")
    triage = services.create_queue(by=alice, name="Wanted?", rule={}, proposal=proposal, task="triage")
    assert [item.payload for item in triage.items.all()] == [{"proposal": proposal.pk, "hunk": hunk.pk}]


def test_a_task_must_fit_the_source(alice, setting):
    for task, source in (
        ("necessity", {"run": setting.run}), ("verdict", {"version": setting.version}),
        ("triage", {"dataset": setting.dataset}),
    ):  # fmt: skip
        with pytest.raises(errors.Invalid):
            services.create_queue(by=alice, name="X", rule={}, task=task, **source)
    for source in ({}, {"run": setting.run, "dataset": setting.dataset}):
        with pytest.raises(errors.Invalid, match="one source"):
            services.create_queue(by=alice, name="X", rule={}, **source)


@pytest.fixture
def few_are_many(monkeypatch):
    monkeypatch.setattr(planning, "MANY_ITEMS", 3)


def test_a_worker_draws_what_is_much(alice, bob, setting, few_are_many):
    queue = services.create_queue(by=alice, run=setting.run, name="Large", rule={"size": 9}, repeat_share=0.2)
    assert (queue.state, queue.items.count()) == ("drawing", 0)
    for forbidden in (
        lambda: services.claim(by=bob, queue=queue),
        lambda: services.set_state(by=alice, queue=queue, state="open"),
        lambda: services.add_items(by=alice, queue=queue, rule={}),
    ):
        with pytest.raises(errors.Conflict):
            forbidden()
    jobs.work(60)
    queue = Queue.objects.get(pk=queue.pk)
    assert (queue.state, queue.items.count()) == ("open", 11)
    assert Entry.objects.filter(action="queue.drawn").count() == 1
    assert services.add_items(by=alice, queue=queue, rule={"size": 50}) is None
    jobs.work(60)
    assert ReviewItem.objects.filter(queue=queue, repeat_of=None).count() == 11
    assert Job.objects.filter(kind=services.DRAW, state="done").count() == 2


def test_a_worker_that_finds_nothing_closes_the_queue(alice, setting, few_are_many):
    queue = services.create_queue(by=alice, run=setting.run, name="None", rule={"size": 9, "criteria": ["c_none"]})
    jobs.work(60)
    queue.refresh_from_db()
    assert (queue.state, queue.state_reason) == ("closed", "The rule found nothing to decide.")
    with pytest.raises(errors.Conflict, match="no items"):
        services.set_state(by=alice, queue=queue, state="open")


def test_a_preview_stores_nothing_and_says_what_comes(alice, setting):
    wish = queries.Wish(queries.Place(run=setting.run), "verdict", {"size": 10}, repeat_share=0.1, gold_share=0.1)
    found = queries.preview(wish, workspace_id=alice.workspace.pk, overlap=2)
    assert (found.drawn, found.repeats, found.gold, found.gold_wanted) == (10, 1, 0, 1)
    assert (found.items, found.decisions, found.candidates, found.is_long) == (11, 22, 11, False)
    assert found.hours == pytest.approx(22 * 25 / 3600)
    assert sum(part.drawn for part in found.criteria) == 10
    assert len(found.samples) == 3
    assert not Queue.objects.exists()


def test_a_preview_of_a_large_run_looks_at_a_part(alice, setting, monkeypatch):
    setting.run.items.update(scored=50_000)
    wish = queries.Wish(queries.Place(run=setting.run), "verdict", {"size": 1_000})
    found = queries.preview(wish, workspace_id=alice.workspace.pk, overlap=1)
    assert (found.one_in, found.is_long) == (3, True)
    assert found.candidates % 3 == 0


def test_time_is_measured_where_enough_was_decided(alice, bob, setting):
    queue = services.create_queue(by=alice, run=setting.run, name="Timed", rule={"size": 100})
    for n in range(10):
        services.answer(by=bob, claim=take(bob, queue), given={"value": 0.0}, seconds=n + 1)
    found = planning.effort(alice.workspace.pk, "verdict")
    assert (found.seconds, found.measured) == (5.5, 10)
    assert planning.effort(alice.workspace.pk, "pair").measured == 0
