"""Verdicts that were given elsewhere: stored with the data, measured, never asked for more."""

import dataclasses
import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.accounts import services as accounts
from apps.accounts.permissions import Actor, Role
from apps.datasets import services as datasets
from apps.datasets.services import storing
from apps.datasets.services.rows import PreferenceRow
from apps.judging import queries
from apps.judging import services as judging
from apps.judging.models import Judge, JudgeVersion, Score, Verdict
from domain import errors
from tests import factories
from tests.apps.judging.conftest import Clinic, work

pytestmark = pytest.mark.django_db
ASKED = {"id": "x:0", "subset": "s", "input": "Say hi.", "output_1": "Hi.", "output_2": "No.", "label": 1}


def judged(**winners: list[int | None]) -> dict[str, object]:
    return {"id": "x:0", "label": 1, "verdicts": {judge: {"winner": said} for judge, said in winners.items()}}


def load(by: Actor, *records: object) -> datasets.DatasetImport:
    data = "\n".join(map(json.dumps, records)).encode()
    return datasets.import_dataset(by=by, slug="pairs", format="llmbar", data=data)


@pytest.fixture
def alice() -> Actor:
    return factories.make_actor(Role.AUTHOR, username="alice", workspace=factories.make_workspace(slug="bench"))


def test_verdicts_are_stored_under_their_judges_with_scores(alice: Actor):
    done = load(alice, ASKED, judged(good=[1, 1], torn=[1, 2], mute=[None, None]))
    assert Verdict.objects.count() == Score.objects.count() == 6
    assert "6 verdicts of 3 judges were stored, 2 of them unscored." in done.followed
    mute = Verdict.objects.filter(judge_version__model="mute")
    assert {(row.status, row.value) for row in mute} == {("unparseable", None)}
    assert not Score.objects.filter(judge_version__model="mute", raw__isnull=False).exists()
    measured = {row.judge.model: row for row in queries.accuracies(done.dataset)}
    assert measured["good"].measures["both_strict"].value == 1
    assert (measured["torn"].measures["pairs_strict"].value, measured["torn"].measures["steady"].value) == (0.5, 0)
    assert (measured["mute"].measures["pairs_lenient"].value, measured["mute"].unscored) == (0, 2)


def test_a_judge_elsewhere_is_not_offered_and_cannot_be_asked(alice: Actor):
    load(alice, ASKED, judged(good=[1, 1]))
    version = JudgeVersion.objects.get(model="good")
    assert version.engine == "recorded"
    assert not queries.judge_choices(alice) and not queries.list_judges(alice)
    for ref in (str(version), version.judge.name):
        with pytest.raises(errors.Invalid) as caught:
            queries.judge_by_ref(alice, ref)
        assert caught.value.code == "judge_recorded"


def test_verdicts_on_unknown_responses_undo_the_import(alice: Actor):
    with pytest.raises(errors.Invalid, match="x:0/1"):
        load(alice, judged(good=[1, 1]))
    assert not Judge.objects.exists() and not Verdict.objects.exists()


def test_a_name_that_another_judge_has_is_no_place_for_verdicts(alice: Actor):
    load(alice, ASKED, judged(good=[1, 1]))
    taken = JudgeVersion.objects.get(model="good").judge.name
    bob = factories.make_actor(Role.AUTHOR, username="bob", workspace=factories.make_workspace(slug="other"))
    factories.make_judge(workspace=bob.workspace, name=taken)
    with pytest.raises(errors.Conflict, match="rename"):
        load(bob, ASKED, judged(good=[1, 1]))


def test_importing_again_adds_only_what_is_new_and_changes_no_verdict(alice: Actor):
    load(alice, ASKED, judged(good=[1, 1], mute=[None, 1]))
    load(alice, judged(good=[2, 2], mute=[1, 1]))
    found = {
        (row.judge_version.model, row.value) for row in Verdict.objects.select_related("judge_version").order_by("pk")
    }
    assert found == {("good", 1.0), ("good", 0.0), ("mute", 1.0), ("mute", 0.0)}
    assert Verdict.objects.filter(judge_version__model="good", value=1.0).count() == 1


def test_only_authors_record_verdicts_and_strangers_see_none(alice: Actor):
    load(alice, ASKED, judged(good=[1, 1]))
    annotator = factories.make_actor(Role.ANNOTATOR, username="bob", workspace=alice.workspace)
    with pytest.raises(errors.NotAllowed):
        judging.record_verdicts(by=annotator, dataset=load(alice, ASKED).dataset, rubrics=(), verdicts=())
    charlie = factories.make_actor(Role.ADMIN, username="charlie", workspace=factories.make_workspace(slug="third"))
    assert queries.datasets_with_preferences(charlie) == []


def test_answers_of_own_judges_are_measured_too(clinic: Clinic):
    better, worse = (subject.members.get().response for subject in clinic.subjects)
    row = PreferenceRow("f1", better.prompt.external_id, ((better.external_id, 1), (worse.external_id, 2)))
    storing.store_preferences(clinic.dataset, [row])
    judging.start_run(
        by=clinic.author, name="run", versions=[clinic.version], dataset=clinic.dataset, judges=[clinic.judge]
    )
    work()
    (found,) = queries.accuracies(clinic.dataset)
    assert not found.compares and not found.recorded
    raws = {score.subject_id: score.raw for score in Score.objects.all()}
    assert len(raws) == 2
    won = (raws[clinic.subjects[0].pk] or 0) > (raws[clinic.subjects[1].pk] or 0)
    assert found.measures["best_strict"].value == found.measures["wins_strict"].value == won
    assert queries.accuracies(clinic.dataset, tag="other") == []


def test_raters_who_disagree_evenly_make_no_comparison(alice: Actor):
    dataset = load(alice, ASKED, judged(good=[1, 1])).dataset
    against = PreferenceRow("f2", "x:0", (("x:0/2", 1), ("x:0/1", 2)), rater="Bob")
    storing.store_preferences(dataset, [against])
    assert queries.accuracies(dataset) == []
    storing.store_preferences(dataset, [dataclasses.replace(against, external_id="f3", rater="Ann")])
    (row,) = queries.accuracies(dataset)
    assert row.measures["pairs_strict"].value == 0


def test_the_page_shows_judges_by_policy_and_tag_in_a_constant_number_of_queries(alice: Actor):
    browser = factories.signed_in(alice)
    where = reverse("judges:accuracy", args=[alice.workspace.slug])
    assert "No preferences yet" in browser.get(where).content.decode()
    load(alice, ASKED)
    assert "Nobody has judged these answers yet" in browser.get(where).content.decode()
    load(alice, judged(good=[1, 1], torn=[1, 2]))
    page = browser.get(where, {"dataset": "pairs", "ties": "strict", "tag": "subset:s"}).content.decode()
    assert page.index("good") < page.index("torn")
    assert "100.0" in page and "50.0" in page
    with CaptureQueriesContext(connection) as few:
        browser.get(where)
    crowd: dict[str, list[int | None]] = {f"judge{n}": [1, 1] for n in range(20)}
    load(alice, judged(**crowd))
    with CaptureQueriesContext(connection) as many:
        browser.get(where)
    assert len(many) == len(few)
    assert browser.get(where, {"ties": "coin"}).status_code == 422
    assert browser.get(where, {"dataset": "other"}).status_code == 404
    stranger = factories.signed_in(
        factories.make_actor(Role.ADMIN, username="charlie", workspace=factories.make_workspace(slug="third"))
    )
    assert stranger.get(where).status_code == 404


def test_rest_serves_the_same_figures(alice: Actor):
    load(alice, ASKED, judged(good=[1, 1]))
    issued = accounts.issue_token(by=alice, name="reader", scopes=["data:read"], expires_at=None)
    caller = Client(headers={"Authorization": f"Bearer {issued.secret}"})
    found = caller.get("/api/v1/datasets/pairs/accuracy").json()
    (row,) = found["results"]
    assert (row["model"], row["compares"], row["recorded"]) == ("good", True, True)
    assert row["measures"]["both_strict"] == {"value": 1.0, "low": 1.0, "high": 1.0, "items": 1}
    assert caller.get("/api/v1/datasets/others/accuracy").status_code == 404
