"""Sliders: answers ranked anew from stored verdicts, what it costs, what may go."""

import json

import pytest
from django.test import Client

from apps.accounts.permissions import Role
from apps.datasets.models import Label, Rater
from apps.judging import pages, queries
from apps.judging.models import Call, RunItem, Verdict
from apps.rubrics import services as rubrics
from apps.rubrics.models import RubricVersion
from domain import errors
from tests import factories
from tests.apps.judging.conftest import Clinic
from tests.apps.judging.test_fitting import order, start_run
from tests.apps.judging.test_weighing import url

pytestmark = pytest.mark.django_db
VALUES = ({"c_drug": 0.5, "c_blame": 1.0}, {"c_drug": 0.4, "c_blame": 0.0}, {"c_drug": 0.3, "c_blame": 0.1})


@pytest.fixture
def judged(clinic: Clinic) -> Clinic:
    """Three answers of one prompt with known verdicts, and the two of the clinic."""
    prompt = factories.make_prompt(dataset=clinic.dataset)
    for place, said in enumerate(VALUES):
        response = factories.make_response(prompt=prompt, text=f"answer {place}", external_id=f"a{place}")
        factories.make_verdicts(clinic.version, clinic.judge, factories.make_subject(responses=[response]), said)
    start_run(clinic)
    return clinic


def named(found: queries.Ranking | None) -> list[tuple[str, int, int]]:
    """The answers with their places and how far they climbed."""
    assert found is not None
    return [(one.title, one.rank, one.climbed) for one in found.places]


def test_other_weights_rank_otherwise_without_a_call(judged: Clinic) -> None:
    calls, verdicts = Call.objects.count(), Verdict.objects.count()
    assert named(queries.ranking_of(judged.version, {"c_drug": 1.0, "c_blame": 0.0})) == [
        ("a0", 1, 2), ("a1", 2, -1), ("a2", 3, -1),
    ]  # fmt: skip
    there = queries.ranking_of(judged.version, {"c_drug": 1.0, "c_blame": 0.0})
    assert there is not None
    assert there.movement.flipped == 2
    assert (there.ndcg, there.labelled) == (None, 0)
    assert (Call.objects.count(), Verdict.objects.count()) == (calls, verdicts)


def test_a_labelled_order_is_compared_with(judged: Clinic) -> None:
    items = RunItem.objects.filter(subject__members__response__external_id__startswith="a").order_by("subject")
    rater = Rater.objects.create(workspace=judged.author.workspace, name="Ann")
    for item, value in zip(items, (3.0, 2.0, 1.0), strict=True):
        Label.objects.create(dataset=judged.dataset, subject=item.subject, rater=rater, value=value)
    found = queries.ranking_of(judged.version, {"c_drug": 1.0, "c_blame": 0.0})
    assert found is not None
    assert (found.ndcg, found.labelled) == (1.0, 1)
    assert found.ndcg_before is not None
    assert found.ndcg_before < 1


def test_comparisons_give_an_order_too(judged: Clinic) -> None:
    items = RunItem.objects.filter(subject__members__response__external_id__startswith="a").order_by("subject")
    responses = [item.subject.members.get().response for item in items]
    order(judged.dataset, responses)
    found = queries.ranking_of(judged.version, {"c_drug": 1.0, "c_blame": 0.0})
    assert found is not None
    assert found.ndcg == 1.0


def test_the_meter_counts_and_names_what_may_go(judged: Clinic) -> None:
    found = queries.compactness_of(judged.version, {"c_drug": 1.0, "c_blame": 0.0})
    assert (found.weighing, found.criteria, found.droppable) == (1, 2, ())
    assert found.cost is not None
    both = queries.compactness_of(judged.version, {"c_drug": 1.0, "c_blame": 0.01})
    assert both.droppable == ("c_blame",)
    assert both.cost is not None
    assert both.cost_after is not None
    assert both.cost.completion_tokens == 2 * both.cost_after.completion_tokens
    assert both.cost.prompt_tokens > both.cost_after.prompt_tokens


def test_the_page_and_its_ranking(judged: Clinic, django_assert_max_num_queries) -> None:
    browser: Client = factories.signed_in(judged.author)
    page = browser.get(url(judged.version, "sliders/")).content.decode()
    assert page.count('type="range"') == 2
    assert "Criteria that count" in page
    body = {"shares": json.dumps({"c_drug": 0.98, "c_blame": 0.02}), "compact": "1"}
    with django_assert_max_num_queries(30):
        part = browser.post(url(judged.version, "rank/"), body).content.decode()
    assert "▲ 2" in part
    assert "May go: 2." in part
    for bad in ("", "{}", '{"c_no": 1}', '{"c_drug": -1}', '{"c_drug": 0}'):
        assert browser.post(url(judged.version, "rank/"), {"shares": bad}).status_code == 422, bad
    one = RunItem.objects.filter(subject=judged.subjects[0]).get()
    part = browser.post(url(judged.version, "rank/"), body | {"prompt": str(one.subject.prompt_id)}).content.decode()
    assert "bisoprolol" in part


def test_groups_slide_as_one_and_a_tree_inside_its_groups(judged: Clinic) -> None:
    draft = rubrics.new_draft(by=judged.author, rubric=judged.version.rubric, source=judged.version)
    rubrics.add_group(by=judged.author, version=draft, title="Care", weight=2.0)
    care = draft.groups.get().group_id
    for name in ("c_drug", "c_blame"):
        rubrics.edit_criterion(by=judged.author, version=draft, criterion_id=name, changes={"group": care})
    rubrics.add_criterion(by=judged.author, version=draft, values={"id": "c_short", "text": "Is short.", "weight": 2})
    draft = RubricVersion.objects.select_related("rubric__workspace").get(pk=draft.pk)
    found = pages.sliders(judged.author, draft, {})
    assert [(one.key, round(one.share, 3)) for one in found["sliders"]] == [(care, 0.8), ("c_short", 0.2)]
    assert found["sliders"][0].members == pytest.approx({"c_drug": 0.75, "c_blame": 0.25})
    inside = pages.sliders(judged.author, draft, {"scope": f"in-{care}"})
    assert [(one.key, round(one.share, 3)) for one in inside["sliders"]] == [("c_drug", 0.75), ("c_blame", 0.25)]
    assert inside["fixed"]["room"] == pytest.approx(0.8)
    rubrics.edit_version(by=judged.author, version=draft, changes={"scoring": [{"step": "tree"}]})
    draft = RubricVersion.objects.select_related("rubric__workspace").get(pk=draft.pk)
    tree = pages.sliders(judged.author, draft, {})
    assert [name for name, _ in tree["scopes"]] == [f"in-{care}"]


def test_strangers_find_no_sliders(judged: Clinic) -> None:
    stranger = factories.signed_in(factories.make_actor(workspace=factories.make_workspace(slug="elsewhere")))
    assert stranger.get(url(judged.version, "sliders/")).status_code == 404
    viewer = factories.make_actor(Role.VIEWER, workspace=judged.author.workspace, username="dora")
    assert factories.signed_in(viewer).get(url(judged.version, "sliders/")).status_code == 200
    with pytest.raises(errors.Invalid):
        queries.from_shares(judged.version, {"c_no": 1.0})
