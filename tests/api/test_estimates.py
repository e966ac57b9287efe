"""True means over REST: by criterion, by model, and what is refused."""

import pytest

from apps.accounts.permissions import Role
from apps.datasets import services as datasets
from apps.judging.models import Verdict
from tests import factories
from tests.api.conftest import Caller, caller_of, problem
from tests.apps.review.test_estimating import said_by_judge

pytestmark = pytest.mark.django_db
URL = "/datasets/letters/estimates"


@pytest.fixture
def judged(bob: Caller):
    dataset = factories.make_dataset(workspace=bob.actor.workspace, slug="letters")
    judge = factories.make_judge(workspace=bob.actor.workspace, name="reader")
    prompt = factories.make_prompt(dataset=dataset)
    for n in range(60):
        factories.make_response(prompt=prompt, text=f"Answer {n}.", external_id=f"r{n}", model="ab"[n % 2])
    subjects = datasets.subjects_of(dataset)
    Verdict.objects.bulk_create([said_by_judge(judge, one, float(n % 4 > 0)) for n, one in enumerate(subjects)])
    labels = [
        {"response_id": f"r{n}", "rater": "ann", "criterion": "clear", "value": float(n % 4 > 1)} for n in range(24)
    ]
    assert bob.post("/datasets/letters/labels", {"labels": labels}).status_code == 201
    return bob


def test_by_criterion_and_by_model(judged: Caller):
    found = judged.get(URL).json()
    assert (found["judge"], found["judges"], found["half_width"]) == ("judge:reader@1", ["judge:reader@1"], 0.05)
    (one,) = found["estimates"]
    assert (one["criterion"], one["model"], one["n_labels"], one["n_verdicts"]) == ("clear", None, 24, 60)
    assert one["low"] < one["value"] < one["high"]
    assert one["judge_alone"]["value"] == pytest.approx(0.75)
    assert one["labels_alone"]["value"] == pytest.approx(0.5)
    assert one["bias"] == pytest.approx(0.75 - one["value"])
    assert one["needed"]["with_judge"] <= one["needed"]["alone"]
    assert one["drawn_by_chance"] is True
    apart = judged.get(f"{URL}?by=model&criterion=clear&half_width=0.2").json()
    assert [row["model"] for row in apart["estimates"]] == ["a", "b"]
    assert apart["half_width"] == 0.2


def test_too_few_labels_are_no_number(judged: Caller):
    dataset = judged.actor.workspace.datasets.get()
    dataset.labels.exclude(pk__in=list(dataset.labels.values_list("pk", flat=True))[:5]).delete()
    (one,) = judged.get(URL).json()["estimates"]
    assert (one["value"], one["labels_alone"], one["needed"]) == (None, None, None)
    assert "at least 10" in one["reason"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("by=luck", "by_unknown"),
        ("judge=judge:none@1", "judge_unknown"),
        ("criterion=none", "criterion_unknown"),
        ("half_width=much", "width_invalid"),
        ("half_width=nan", "width_invalid"),
        ("half_width=0.9", "width_invalid"),
    ],
)
def test_what_is_not_there_is_said(judged: Caller, query: str, code: str):
    assert problem(judged.get(f"{URL}?{query}"), 422)["code"] == code


def test_who_may_ask(judged: Caller, charlie: Caller):
    workspace = judged.actor.workspace
    problem(charlie.get(URL), 404)
    annotator = caller_of(factories.make_actor(Role.ANNOTATOR, username="nan", workspace=workspace), "data:read")
    problem(annotator.get(URL), 403)


def test_nothing_judged_is_nothing_to_estimate(bob: Caller):
    factories.make_dataset(workspace=bob.actor.workspace, slug="letters")
    assert bob.get(URL).json() == {"judge": None, "judges": [], "half_width": 0.05, "estimates": []}
