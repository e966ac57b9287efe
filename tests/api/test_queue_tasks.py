"""Answers to the tasks of queues over REST: claimed as shown, checked, stored."""

import pytest

from apps.accounts.permissions import Role
from apps.datasets.models import Label, Preference, SubjectKind
from apps.review.models import Queue, Review
from tests import factories
from tests.api.conftest import Caller, caller_of, problem
from tests.apps.review.conftest import answers_to_one_prompt, make_queue, together

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann(workspace) -> Caller:
    return caller_of(
        factories.make_actor(Role.ANNOTATOR, workspace=workspace, username="ann"), "reviews:write", "data:read"
    )


def claimed(bob: Caller, ann: Caller, task, kind, texts, **more):
    subject = together(kind, answers_to_one_prompt(bob.actor, texts))
    queue = make_queue(bob.actor, task, [{"subject": subject, **more}])
    body = ann.post(f"/queues/{queue.pk}/claim").json()
    assert body["task"] == task
    return body, f"/review-items/{body['item']}/answer"


def test_a_pair_is_answered_in_the_order_shown(bob: Caller, ann: Caller):
    body, at = claimed(bob, ann, Queue.Task.PAIR, SubjectKind.PAIR, ["First.", "Second."])
    assert sorted(body["responses"]) == ["First.", "Second."]
    assert [one["strength"] for one in body["choices"]] == [-3, -2, -1, 0, 1, 2, 3]
    problem(ann.post(at, {"strength": 3}), 422, "note_missing")
    problem(ann.post(at, {"strength": 9, "note": "x"}), 422, "value_not_offered")
    problem(ann.post(at, {"strength": "much", "note": "x"}), 422, pointer="/strength")
    problem(ann.post(at, {"strongth": 1, "note": "x"}), 422, pointer="/strongth")
    answer = ann.post(at, {"strength": 3, "note": "The second one answers."})
    assert answer.status_code == 200, answer.content
    assert answer.json()["answer"]["shown"] in ([0, 1], [1, 0])
    best = Preference.objects.get().members.get(rank=1).response
    assert best.parts[0]["text"] == body["responses"][1]


def test_a_ranking_is_answered_in_the_order_shown(bob: Caller, ann: Caller):
    body, at = claimed(bob, ann, Queue.Task.RANKING, SubjectKind.LIST, ["1.", "2.", "3."])
    problem(ann.post(at, {"ranks": [1, 2]}), 422, "ranks_invalid")
    problem(ann.post(at, {"ranks": [1, 2, "c"]}), 422)
    assert ann.post(at, {"ranks": [2, 1, 1]}).status_code == 200
    members = Preference.objects.get().members.select_related("response")
    assert {one.response.parts[0]["text"]: one.rank for one in members} == dict(
        zip(body["responses"], [2, 1, 1], strict=True)
    )


def test_a_rating(bob: Caller, ann: Caller):
    body, at = claimed(bob, ann, Queue.Task.RATING, SubjectKind.RESPONSE, ["Fine."], criterion="coherence")
    assert (body["aspect"], [one["level"] for one in body["choices"]]) == ("coherence", [1, 2, 3, 4, 5])
    problem(ann.post(at, {"level": 0}), 422, "value_not_offered")
    problem(ann.post(at, {}), 422, "value_not_offered")
    assert ann.post(at, {"level": 2}).json()["value"] == 2.0
    assert Label.objects.get().criterion == "coherence"


def test_marked_errors(bob: Caller, ann: Caller):
    body, at = claimed(bob, ann, Queue.Task.SPANS, SubjectKind.RESPONSE, ["Das ist gut."])
    assert "Fluency/Punctuation" in body["categories"]
    problem(ann.post(at, {}), 422, "errors_invalid")
    problem(ann.post(at, {"errors": [{"category": "x", "severity": "Major"}]}), 422, "category_unknown")
    row = {"category": "Fluency/Punctuation", "severity": "Minor", "start": 11, "end": 12}
    assert ann.post(at, {"errors": [row]}).json()["value"] == -0.1


def test_a_critique_and_what_cannot_be_decided(bob: Caller, ann: Caller):
    _, at = claimed(bob, ann, Queue.Task.CRITIQUE, SubjectKind.RESPONSE, ["Hm."])
    problem(ann.post(at, {"spans": []}), 422, "note_missing")
    assert ann.post(at, {"undecided": True, "note": "It is in Hungarian."}).json()["answer"] == {"undecided": True}
    assert Review.objects.get().note == "It is in Hungarian."


def test_a_vote_on_a_criterion(bob: Caller, ann: Caller):
    version = factories.make_version(workspace=bob.actor.workspace)
    queue = make_queue(bob.actor, Queue.Task.NECESSITY, [{"version": version, "criterion": "c_drug"}])
    body = ann.post(f"/queues/{queue.pk}/claim").json()
    assert body["criterion"]["id"] == "c_drug"
    at = f"/review-items/{body['item']}/answer"
    problem(ann.post(at, {"vote": "maybe"}), 422, "value_not_offered")
    problem(ann.post(at, {"vote": "unsure"}), 422, "note_missing")
    assert ann.post(at, {"vote": "needed"}).json()["value"] == 1.0
