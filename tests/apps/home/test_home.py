"""The sample workspace and the pages that gather from many apps."""

import pytest
from django.urls import reverse

from apps.accounts.models import User, Workspace
from apps.accounts.permissions import Actor, Role
from apps.datasets.models import Label, Response
from apps.home import services
from apps.jobs import services as jobs
from apps.jobs.models import JobState
from apps.judging.models import Judge
from apps.rubrics.models import Rubric, RubricVersion
from apps.training.models import Release
from tests import factories

pytestmark = pytest.mark.django_db


def test_the_sample_has_something_for_every_screen() -> None:
    told = services.load_sample(with_run=False)
    assert set(told) == {"workspace", "judge", "token", "users"}
    assert set(told["users"]) == {"author", "approver", "annotator", "admin"}
    assert Rubric.objects.count() == 3
    assert sorted(RubricVersion.objects.values_list("status", flat=True)) == [
        "approved", "approved", "draft", "in_review",
    ]  # fmt: skip
    assert Response.objects.count() == 72
    assert Label.objects.count() > 600
    assert Release.objects.get().entries.count() == 2
    assert Judge.objects.get(name=told["judge"]).is_default
    for person in told["users"].values():
        assert User.objects.get(username=person["username"]).check_password(person["password"])


def test_loading_again_changes_passwords_and_token_and_nothing_else() -> None:
    first, second = services.load_sample(with_run=False), services.load_sample(with_run=False)
    assert first["token"] != second["token"]
    assert first["users"]["admin"]["password"] != second["users"]["admin"]["password"]
    assert Workspace.objects.count() == 1
    assert Rubric.objects.count() == 3
    assert Workspace.objects.get().tokens.filter(revoked_at=None).count() == 1


def test_home_says_what_waits_for_whom() -> None:
    services.load_sample(with_run=False)
    workspace = Workspace.objects.get()
    texts = {}
    for member in workspace.memberships.select_related("user"):
        client = factories.signed_in(Actor(member.user, workspace, Role(member.role)))
        texts[member.role] = client.get(reverse("home:home", args=[workspace.slug])).content.decode()
    assert "1 by me" in texts["approver"]
    assert "customer-mail" in texts["approver"].split("Waiting for approval")[1]
    assert "discharge-letters" in texts["author"].split("My drafts")[1]
    assert "by me" not in texts["annotator"]


def test_home_is_closed_to_strangers(alice: Actor, charlie: Actor) -> None:
    url = reverse("home:home", args=[alice.workspace.slug])
    assert factories.signed_in(alice).get(url).status_code == 200
    assert factories.signed_in(charlie).get(url).status_code == 404


def test_background_work_can_be_steered_by_authors_only(alice: Actor, bob: Actor) -> None:
    job = jobs.create_job(
        by=alice, workspace=alice.workspace, kind="judge", shards=[{"first": 0, "last": 0}], title="Big"
    )
    steer = reverse("home:job-steer", args=[alice.workspace.slug, job.pk, "pause"])
    assert factories.signed_in(bob).post(steer).status_code == 403
    assert factories.signed_in(alice).post(steer).status_code == 302
    job.refresh_from_db()
    assert job.state == JobState.PAUSED
    page = factories.signed_in(bob).get(reverse("home:jobs", args=[alice.workspace.slug])).content.decode()
    assert "Big" in page
    assert "Resume" not in page


def test_the_job_list_asks_the_same_few_questions_for_many_jobs(alice: Actor) -> None:
    client = factories.signed_in(alice)
    url = reverse("home:jobs", args=[alice.workspace.slug])

    def make() -> None:
        parts = [{"first": 0, "last": 0}] * 3
        jobs.create_job(by=alice, workspace=alice.workspace, kind="judge", shards=parts, title="Many")

    make()
    few = factories.count_queries(client, url)
    for _ in range(6):
        make()
    assert factories.count_queries(client, url) == few
