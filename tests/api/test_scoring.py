"""The scoring of a version over REST: its steps in words, and what groups can learn from its scores."""

import pytest

from apps.judging.models import PinnedAnswer
from apps.rubrics import services
from tests import factories
from tests.api.conftest import Caller, caller_of, problem

pytestmark = pytest.mark.django_db
PLACE = "/rubrics/letters/versions/1/scoring"


@pytest.fixture
def version(bob: Caller):
    return services.create_rubric(by=bob.actor, document=factories.make_document(), slug="letters")


def test_the_steps_are_told_and_bounded(bob: Caller, version) -> None:
    body = bob.get(PLACE).json()
    assert [(one["step"], one["phase"]) for one in body["steps"]] == [("weighted", "reduce"), ("gate", "limit")]
    assert "added up" in body["steps"][0]["reading"]
    assert (body["high"], body["way"], body["needs_group"], body["diagnostics"]) == (1.0, "up", False, None)


def test_diagnostics_come_with_judged_answers(bob: Caller, version) -> None:
    judge = factories.make_judge(workspace=bob.actor.workspace, is_default=True)
    prompt = factories.make_prompt(dataset=factories.make_dataset(workspace=bob.actor.workspace))
    for n, drug in enumerate((1.0, 1.0)):
        subject = factories.make_subject(responses=[factories.make_response(prompt=prompt, text=f"Answer {n}.")])
        factories.make_verdicts(version, judge, subject, {"c_drug": drug, "c_blame": 0.0})
        PinnedAnswer.objects.create(rubric=version.rubric, subject=subject, by=bob.actor.user)
    found = bob.get(PLACE).json()["diagnostics"]
    assert (found["answers"], found["prompts"], found["level"], found["zero_advantage"]) == (2, 1, 1, 1.0)
    assert (found["judge"], found["pinned"], found["effective_criteria"]) == (str(judge), True, None)
    assert [one["criterion"] for one in found["parts"]] == ["c_drug", "c_blame"]


def test_every_kind_of_step_says_what_it_does(bob: Caller) -> None:
    kinds = {one["step"]: one for one in bob.get("/scoring-steps").json()["results"]}
    assert {"gate", "weighted", "tree"} <= kinds.keys()
    for name, kind in kinds.items():
        for part in ("title", "help", "unscored", "range", "monotone"):
            assert kind[part], (name, part)
        assert all(one["help"] for one in kind["parameters"]), name
    assert kinds["weighted"]["parameters"][0]["schema"]["enum"] == ["subtract", "reward_absence"]


def test_strangers_and_tokens_without_the_scope_see_nothing(bob: Caller, charlie: Caller, version) -> None:
    problem(charlie.get(PLACE), 404)
    problem(caller_of(bob.actor, "data:read").get(PLACE), 403)
