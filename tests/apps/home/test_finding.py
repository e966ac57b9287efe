"""The palette finds what a person may see, by all the words, in few queries."""

import pytest
from django.urls import reverse

from apps.accounts.permissions import Actor, Role
from apps.home import queries
from apps.rubrics.models import RubricSet
from apps.training.models import Release, TrainingRun
from tests import factories

pytestmark = pytest.mark.django_db
URL = reverse("home:find", args=["clinic"])


def found(actor: Actor, words: str) -> list[tuple[str, str]]:
    return [(one.group, one.label) for one in queries.find(actor, words) if one.group != "Go to"]


def test_it_finds_by_all_words_in_name_or_title(alice: Actor) -> None:
    factories.make_rubric(workspace=alice.workspace, slug="ward-letters", title="Discharge 100%")
    factories.make_rubric(workspace=alice.workspace, slug="mail", title="Customer mail")
    factories.make_dataset(workspace=alice.workspace, slug="ward", title="Ward answers")
    assert found(alice, "  LETTERS dis ") == [("Rubrics", "Discharge 100%")]
    assert found(alice, "ward") == [("Rubrics", "Discharge 100%"), ("Data sets", "Ward answers")]
    assert found(alice, "%") == [("Rubrics", "Discharge 100%")]
    assert found(alice, "nobody") == found(alice, "\x00") == []


def test_pages_follow_the_role(alice: Actor, workspace) -> None:
    viewer = factories.make_actor(Role.VIEWER, workspace=workspace)
    everything = {one.label for one in queries.find(alice, "")}
    assert {"Home", "Rubrics", "Members", "Your keys"} <= everything
    assert "Members" not in {one.label for one in queries.find(viewer, "")}
    assert [one.label for one in queries.find(alice, "your keys")] == ["Your keys"]


def test_strangers_find_nothing_of_others(alice: Actor, charlie: Actor) -> None:
    factories.make_rubric(workspace=alice.workspace, title="Secret letters")
    assert factories.signed_in(charlie).get(URL, {"q": "secret"}).status_code == 404
    assert found(charlie, "secret") == []
    body = factories.signed_in(alice).get(URL, {"q": "secret"}).json()["results"]
    assert body[0]["label"] == "Secret letters"
    assert factories.signed_in(alice).post(URL).status_code == 405


def test_it_finds_all_that_has_a_name(alice: Actor, charlie: Actor) -> None:
    workspace, by = alice.workspace, alice.user
    factories.make_queue(workspace=workspace, name="Ward doubts")
    factories.make_judge(workspace=workspace, name="ward-reader", is_default=True)
    Release.objects.create(workspace=workspace, name="ward-spring", digest="sha256:0", created_by=by)
    run = TrainingRun.objects.create(workspace=workspace, name="GRPO on the ward", policy_model="qwen", created_by=by)
    prompts = RubricSet.objects.create(workspace=workspace, name="ward-prompts", title="Ward prompts", created_by=by)
    prompts.versions.create(number=1)
    assert found(alice, "ward") == [
        ("Rubric sets", "Ward prompts"), ("Review queues", "Ward doubts"), ("Releases", "ward-spring"),
        ("Training runs", "GRPO on the ward"), ("Judges", "ward-reader"),
    ]  # fmt: skip
    assert [one.url for one in queries.find(alice, "grpo")] == [reverse("training:run", args=["clinic", run.pk])]
    assert [one.hint for one in queries.find(alice, "reader")] == ["default"]
    assert found(alice, "qwen") == [("Training runs", "GRPO on the ward")]
    browser = factories.signed_in(alice)
    for one in [one for one in queries.find(alice, "ward") if one.group != "Training runs"]:
        assert browser.get(one.url, follow=True).status_code == 200, one
    assert found(charlie, "ward") == []
    viewer = factories.make_actor(Role.VIEWER, workspace=workspace)
    assert "Review queues" not in {group for group, _ in found(viewer, "ward")}
    assert len(found(viewer, "ward")) == 4


def test_it_asks_little(alice: Actor, django_assert_max_num_queries) -> None:
    for number in range(20):
        factories.make_rubric(workspace=alice.workspace, title=f"Letters {number}")
    with django_assert_max_num_queries(9):
        assert len(found(alice, "letters")) == 6
