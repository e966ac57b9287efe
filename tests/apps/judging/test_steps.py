"""What scoring steps do to stored verdicts: before and after, diagnostics, and one answer step by step."""

import pytest

from apps.accounts.models import Workspace
from apps.accounts.permissions import Actor, Role
from apps.judging import queries
from apps.judging.models import Call, JudgeVersion, PinnedAnswer
from apps.rubrics import services as rubrics
from apps.rubrics.models import RubricVersion
from tests import factories

pytestmark = pytest.mark.django_db
VALUES = {"p-a": [(1.0, 0.0), (0.0, 0.0)], "p-b": [(0.0, 1.0), (0.0, 0.5)], "p-c": [(1.0, 1.0), (1.0, 1.0)]}
PLACE = "/w/clinic/runs/steps/letters/{}/"


@pytest.fixture
def author(workspace: Workspace) -> Actor:
    return factories.make_actor(Role.AUTHOR, workspace=workspace, username="ada")


@pytest.fixture
def draft(author: Actor, workspace: Workspace) -> RubricVersion:
    """Three prompts with two pinned answers each: with a spread, below nought, and all alike."""
    version = rubrics.create_rubric(by=author, document=factories.make_document(), slug="letters")
    judge = factories.make_judge(workspace=workspace, is_default=True)
    for name, answers in VALUES.items():
        prompt = factories.make_prompt(dataset=factories.make_dataset(workspace=workspace, slug=name), external_id=name)
        for n, (drug, blame) in enumerate(answers):
            answer = factories.make_response(prompt=prompt, external_id=f"{name}-{n}", text=f"Answer {name} {n}.")
            subject = factories.make_subject(responses=[answer])
            factories.make_verdicts(version, judge, subject, {"c_drug": drug, "c_blame": blame})
            PinnedAnswer.objects.create(rubric=version.rubric, subject=subject, by=author.user)
    return version


def reward_absence(author: Actor, version: RubricVersion) -> None:
    step = {"step": "weighted", "negatives": "reward_absence", "normalise": "positive_weight"}
    rubrics.set_step(by=author, version=version, place=1, step=step)


def test_without_judged_answers_there_is_nothing_and_the_page_says_so(author: Actor) -> None:
    version = rubrics.create_rubric(by=author, document=factories.make_document(), slug="letters")
    assert queries.steps_effect(version) is None
    browser = factories.signed_in(author)
    assert "Once a judge has read some answers" in browser.get(PLACE.format(1)).text
    assert "Choose a judged answer here" in browser.get(f"{PLACE.format(1)}trace/").text


def test_scores_move_against_weighted_points_and_against_the_version_before(
    author: Actor, draft: RubricVersion
) -> None:
    reward_absence(author, draft)
    draft.refresh_from_db()
    found = queries.steps_effect(draft)
    assert found is not None
    assert (found.against, found.pinned, found.movement.compared, found.movement.moved) == ("plain", True, 6, 5)
    assert found.histogram is not None
    assert sum(found.histogram.before) == sum(found.histogram.after) == 6
    second = rubrics.new_draft(by=author, rubric=draft.rubric, source=draft)
    against_parent = queries.steps_effect(second)
    assert against_parent is not None
    assert (against_parent.against, against_parent.movement.moved) == ("parent", 0)
    again = queries.steps_effect(second, against="plain")
    assert again is not None
    assert (again.against, again.movement.moved) == ("plain", 5)


def test_diagnostics_name_what_teaches_nothing(author: Actor, draft: RubricVersion) -> None:
    found = queries.steps_effect(draft)
    assert found is not None
    assert (found.diagnostics.prompts, found.diagnostics.level, found.level) == (3, 1, ("p-c",))
    assert found.diagnostics.level_shown == 2
    shown = factories.signed_in(author).get(PLACE.format(1)).text
    assert "33\u00a0% (1 of 3)" in shown
    assert "Without a spread: p-c." in shown
    assert "Clamping to 0–1 would make 1 more so." in shown


def test_one_answer_is_told_step_by_step(author: Actor, draft: RubricVersion) -> None:
    browser = factories.signed_in(author)
    shown = browser.get(f"{PLACE.format(1)}trace/").text
    assert "Value × weight of each criterion" in shown
    chosen = PinnedAnswer.objects.order_by("pk")[1].subject_id
    other = browser.get(f"{PLACE.format(1)}trace/?subject={chosen}").text
    assert f'<option value="{chosen}" selected>' in other
    assert browser.get(f"{PLACE.format(1)}trace/?subject=odd").status_code == 200


@pytest.mark.parametrize("step", [{"step": "saturate"}, {"step": "tiers"}, {"step": "difficulty"}])
def test_steps_that_prepare_are_told_too(author: Actor, draft: RubricVersion, step: dict[str, str]) -> None:
    rubrics.add_step(by=author, version=draft, step=step)
    answer = factories.signed_in(author).get(f"{PLACE.format(1)}trace/")
    assert answer.status_code == 200
    assert "becomes" in answer.text or "nothing changes" in answer.text


def test_a_suggestion_is_scored_without_touching_the_draft(
    author: Actor, draft: RubricVersion, workspace: Workspace
) -> None:
    annotator = factories.make_actor(Role.ANNOTATOR, workspace=workspace, username="nora")
    step = {"step": "weighted", "negatives": "reward_absence", "normalise": "positive_weight"}
    rubrics.set_step(by=annotator, version=draft, place=1, step=step, keep=rubrics.as_suggestion)
    browser = factories.signed_in(annotator)
    assert "5 of 6 scores" in browser.get(f"{PLACE.format(1)}?suggest=1").text
    assert "0 of 6 scores" in browser.get(PLACE.format(1)).text


def test_strangers_see_nothing_and_no_judge_is_asked(author: Actor, draft: RubricVersion) -> None:
    stranger = factories.make_actor(Role.ADMIN, workspace=factories.make_workspace(slug="other"), username="sid")
    for path in (PLACE.format(1), f"{PLACE.format(1)}trace/"):
        assert factories.signed_in(stranger).get(path).status_code == 404
        factories.signed_in(author).get(path)
    assert Call.objects.count() == 0
    assert JudgeVersion.objects.count() == 1


def test_the_number_of_queries_does_not_grow(author: Actor, draft: RubricVersion) -> None:
    browser = factories.signed_in(author)
    few = factories.count_queries(browser, PLACE.format(1))
    judge = JudgeVersion.objects.get()
    prompt = factories.make_prompt(dataset=factories.make_dataset(workspace=draft.rubric.workspace, slug="more"))
    for n in range(20):
        subject = factories.make_subject(responses=[factories.make_response(prompt=prompt, text=f"More {n}.")])
        factories.make_verdicts(draft, judge, subject, {"c_drug": n % 2, "c_blame": 0.0})
        PinnedAnswer.objects.create(rubric=draft.rubric, subject=subject, by=author.user)
    assert factories.count_queries(browser, PLACE.format(1)) <= few + 2
