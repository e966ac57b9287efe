"""Agreement over REST: the figure, its policies, and who may ask for whom."""

import json

import pytest

from apps.accounts.permissions import Role
from apps.datasets import services
from domain import agreement
from tests import factories
from tests.api.conftest import Caller, caller_of, problem

pytestmark = pytest.mark.django_db
ROWS = [{"prompt_id": f"p{n}", "prompt": "Why?", "response_id": f"r{n}", "response": f"Because {n}."} for n in range(8)]
FIRST, SECOND = [1, 1, 1, 1, 0, 0, 0, 0], [1, 1, 1, 0, 0, 0, 0, 1]


@pytest.fixture
def labelled(bob: Caller):
    file = "\n".join(map(json.dumps, ROWS)).encode()
    assert bob.call("post", "/datasets/import?format=generic&slug=letters&title=Letters", file).status_code == 201
    labels = [
        {"response_id": f"r{n}", "rater": rater, "criterion": "c_1", "value": value}
        for rater, values in (("ann", FIRST), ("ben", SECOND))
        for n, value in enumerate(values)
    ]
    labels += [
        {"response_id": "r0", "rater": "cy", "criterion": "c_1", "value": None},
        {"response_id": "r0", "rater": "cy", "criterion": "c_1", "value": 1, "mode": "assisted"},
    ]
    assert bob.post("/datasets/letters/labels", {"labels": labels}).status_code == 201
    return bob


def test_a_figure_comes_with_interval_numbers_and_policies(labelled: Caller):
    found = labelled.get("/datasets/letters/agreement?metric=kappa&criterion=c_1").json()
    assert found["value"] == pytest.approx(0.5)
    assert found["low"] < 0.5 < found["high"]
    assert (found["n_items"], found["n_raters"], found["abstained"], found["assisted"]) == (8, 2, 1, 1)
    assert set(found["policy"]) == {"missing", "abstain", "ties", "interval"}
    assert all(found["policy"].values())


@pytest.mark.parametrize("metric", list(agreement.Metric))
@pytest.mark.parametrize("level", agreement.LEVELS)
def test_every_metric_at_every_level(labelled: Caller, metric: str, level: str):
    found = labelled.get(f"/datasets/letters/agreement?metric={metric}&criterion=c_1&level={level}").json()
    assert 0.4 <= found["value"] <= 0.8
    assert (found["metric"], found["level"]) == (metric, level)


def test_raters_and_sides_can_be_named(labelled: Caller):
    found = labelled.get("/datasets/letters/agreement?criterion=c_1&metric=percent&raters=ann~ben").json()
    assert (found["value"], found["raters"]) == (0.75, [["ann"], ["ben"]])
    alone = labelled.get("/datasets/letters/agreement?criterion=c_1&raters=ann").json()
    assert (alone["value"], alone["n_items"], alone["single"]) == (None, 0, 8)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("metric=luck&criterion=c_1", "metric_unknown"),
        ("criterion=c_9", "criterion_unknown"),
        ("", "criterion_unknown"),
        ("criterion=c_1&level=ratio", "level_unknown"),
        ("criterion=c_1&raters=dora", "rater_unknown"),
        ("criterion=c_1&raters=judge:x@1", "rater_unknown"),
        ("criterion=c_1&raters=ann~ben~ann", "raters_invalid"),
        ("criterion=c_1&of=dreams", "of_unknown"),
        ("criterion=c_1&repeats=some", "repeats_unknown"),
    ],
)
def test_what_is_not_there_is_said(labelled: Caller, query: str, code: str):
    found = problem(labelled.get(f"/datasets/letters/agreement?{query}"), 422)
    assert found["code"] == code


def test_preferences_have_agreement_too(labelled: Caller):
    found = labelled.get("/datasets/letters/agreement?of=preferences").json()
    assert (found["value"], found["n_items"]) == (None, 0)


def test_members_are_for_authors_and_for_themselves(labelled: Caller):
    workspace = labelled.actor.workspace
    ann = factories.make_actor(Role.ANNOTATOR, username="anna", workspace=workspace)
    dataset = workspace.datasets.get()
    subject = services.subjects_of(dataset)[0]
    own = services.OwnLabel(subject_id=subject.pk, criterion="c_1", value=1)
    services.add_own_labels(by=ann, dataset=dataset, labels=[own])
    viewer = caller_of(factories.make_actor(Role.VIEWER, username="vic", workspace=workspace), "data:read")
    assert labelled.get("/datasets/letters/agreement?criterion=c_1&raters=anna").status_code == 200
    problem(viewer.get("/datasets/letters/agreement?criterion=c_1&raters=anna"), 403)
    assert viewer.get("/datasets/letters/agreement?criterion=c_1&raters=ann,ben").status_code == 200
    assert caller_of(ann, "data:read").get("/datasets/letters/agreement?criterion=c_1&raters=anna").status_code == 200


def test_strangers_find_nothing(labelled: Caller, charlie: Caller):
    problem(charlie.get("/datasets/letters/agreement?criterion=c_1"), 404)
