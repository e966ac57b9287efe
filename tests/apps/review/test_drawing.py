"""Rules draw what they say, reproducibly."""

import pytest

from apps.history.models import Entry
from apps.review import queries, services
from domain import errors

pytestmark = pytest.mark.django_db


def drawn(setting, kind, size=100, seed=1, **rule):
    wish = queries.Wish(queries.Place(run=setting.run), "verdict", {"kind": kind, "size": size, **rule}, seed)
    return queries.draw(wish)


def test_random_takes_scored_verdicts_only(setting):
    found = drawn(setting, "random")
    assert found.candidates == len(found.chosen) == 11


def test_the_same_seed_draws_the_same(setting):
    one, two, other = (drawn(setting, "random", 4, seed) for seed in (1, 1, 2))
    ids = [[(c.subject, c.criterion) for c in found.chosen] for found in (one, two, other)]
    assert ids[0] == ids[1] != ids[2]


def test_uncertain_takes_the_smallest_margin_first(setting):
    chosen = drawn(setting, "uncertain", 2).chosen
    assert [one.criterion for one in chosen] == ["c_drug", "c_drug"]
    assert drawn(setting, "uncertain", 1).chosen[0].subject == setting.run.items.get(index=0).subject_id


def test_unscored_takes_what_has_no_verdict(setting):
    found = drawn(setting, "unscored")
    assert [one.criterion for one in found.chosen] == ["c_blame"]


def test_low_scores_come_first(setting):
    chosen = drawn(setting, "low_score", 3).chosen
    wanted = list(setting.run.items.order_by("index").values_list("subject_id", flat=True))
    assert [one.subject for one in chosen] == [wanted[0], wanted[1], wanted[1]]


def test_criteria_narrow_the_draw(setting):
    assert {one.criterion for one in drawn(setting, "random", criteria=["c_blame"]).chosen} == {"c_blame"}


@pytest.mark.parametrize("rule", [{"kind": "magic"}, {"size": 0}, {"size": "many"}, {"criteria": "c_drug"}])
def test_bad_rules_are_refused(setting, rule):
    with pytest.raises(errors.Invalid):
        queries.draw(queries.Wish(queries.Place(run=setting.run), "verdict", rule))


def test_a_queue_of_nothing_is_refused(alice, setting):
    with pytest.raises(errors.Conflict):
        services.create_queue(
            by=alice, run=setting.run, name="X", rule={"kind": "random", "criteria": ["c_none"]}, overlap=1, seed=1
        )


def test_annotators_and_strangers_make_no_queues(bob, charlie, setting):
    for actor, refusal in ((bob, errors.NotAllowed), (charlie, errors.NotFound)):
        with pytest.raises(refusal):
            services.create_queue(by=actor, run=setting.run, name="X", rule={"kind": "random"}, overlap=1, seed=1)


def test_drawing_takes_few_queries(alice, setting, django_assert_max_num_queries):
    with django_assert_max_num_queries(13):
        services.create_queue(by=alice, run=setting.run, name="X", rule={"kind": "random"}, overlap=1, seed=1)
    assert Entry.objects.filter(action="queue.created").count() == 1
