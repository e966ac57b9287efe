"""The sample workspace and the pages that gather from many apps."""

import uuid

import pytest
from django.urls import reverse

from apps.accounts.models import User, Workspace
from apps.accounts.permissions import Actor, Role
from apps.audit import services as audit_services
from apps.audit.models import Audit
from apps.datasets import services as datasets
from apps.datasets.models import Dataset, Label, Response
from apps.home import services
from apps.home.services import sample
from apps.jobs import leases, runners
from apps.jobs import services as jobs
from apps.jobs.models import Job, JobState, Shard
from apps.judging.models import Judge, JudgeVersion, Run, RunItem, Score
from apps.review.models import Queue
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


def test_once_the_sample_is_judged_it_is_audited_and_waits_to_be_reviewed() -> None:
    services.load_sample(with_run=False)
    workspace = Workspace.objects.get()
    author, admin = (
        Actor(row.user, workspace, Role(row.role))
        for row in workspace.memberships.filter(role__in=["author", "admin"]).order_by("-role")
    )
    assert services.complete_sample() == 0
    run = _judged(author)
    assert services.complete_sample() == 1
    while (lease := leases.claim()) is not None:
        runners.run(lease)
    found = list(Audit.objects.filter(result__isnull=False))
    assert len(found) >= 5 and all(audit.version == run.versions.get() and audit.seed == 7 for audit in found)
    assert {"length_bias", "items"} <= {audit.kind for audit in found}
    assert audit_services.run_again(by=author, audit=found[0]).agreement == "same"
    card = factories.signed_in(admin).get(reverse("audit:home", args=[workspace.slug])).content.decode()
    assert "29 of 29" not in card and "small-local-model" in card
    assert services.complete_sample() == 0 and Queue.objects.get().run == run


def _judged(author: Actor) -> Run:
    """The sample's run as if the judge had read the letters."""
    version = RubricVersion.objects.get(rubric__slug="discharge-letters", number=1)
    judge = JudgeVersion.objects.get(judge__name="small-local-model")
    dataset = Dataset.objects.get(slug="discharge-letters")
    job = jobs.create_job(by=author, workspace=author.workspace, kind="judge", shards=[{}], title="Run")
    run = Run.objects.create(
        workspace=author.workspace, name=sample.RUN_NAME, dataset=dataset, created_by=author.user, job=job
    )
    run.judges.add(judge)
    run.versions.add(version)
    names = list(version.criteria.order_by("position").values_list("criterion_id", flat=True))
    for index, subject in enumerate(datasets.subjects_of(dataset)):
        share = (index * 7 % 10) / 10
        said = {name: float(place < share * len(names)) for place, name in enumerate(names)}
        verdicts = factories.make_verdicts(
            version, judge, subject, said, distribution=[[" Yes", 0.4 + share / 5], [" No", 0.6 - share / 5]]
        )
        RunItem.objects.create(
            run=run, index=index, version=version, judge_version=judge, subject=subject, state=RunItem.State.DONE,
            verdict_keys=[one.key for one in verdicts],
        )  # fmt: skip
        Score.objects.create(
            key=uuid.uuid4(), workspace=author.workspace, version=version, judge_version=judge, subject=subject,
            digest=version.digest, status="ok", raw=share,
        )  # fmt: skip
    Shard.objects.filter(job=job).update(state="done")
    Job.objects.filter(pk=job.pk).update(state=JobState.DONE)
    return run


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
