"""A judged run with two criteria on some answers, and people who decide."""

import uuid
from types import SimpleNamespace

import pytest

from apps.accounts.permissions import Role
from apps.datasets import services as datasets
from apps.datasets.models import Subject
from apps.judging.models import Run, RunItem, Score, Verdict, VerdictStatus
from apps.review import services
from apps.review.models import Claim, Queue, ReviewItem
from apps.rubrics import queries as rubric_queries
from tests import factories

SECRET = "the judge finds a dose of 5 mg"


def judged(version, judge, subject, index, run, values):
    keys = [uuid.uuid4() for _ in values]
    for key, criterion, (status, value, share) in zip(
        keys, rubric_queries.domain_rubric(version).criteria, values, strict=True
    ):
        Verdict.objects.create(
            key=key, workspace=subject.workspace, judge_version=judge, subject=subject, criterion=criterion.id,
            criterion_digest="sha256:x", fingerprint=judge.fingerprint, strategy="label_distribution",
            protocol="isolated", status=status, value=value, probability=share,
            distribution=[[" Yes", share], [" No", 1 - share]] if share is not None else [],
            evidence=[{"start": 0, "end": 9, "text": "Take 5 mg"}], rationale=SECRET,
        )  # fmt: skip
    RunItem.objects.create(
        run=run, index=index, version=version, judge_version=judge, subject=subject, state=RunItem.State.DONE,
        verdict_keys=keys,
    )  # fmt: skip
    Score.objects.create(
        key=uuid.uuid4(), workspace=subject.workspace, version=version, judge_version=judge, subject=subject,
        digest=version.digest or "sha256:y", status="ok", raw=index / 10,
    )  # fmt: skip


def take(actor, queue) -> Claim:
    """The person's next claim, which must be there."""
    claim = services.claim(by=actor, queue=queue)
    assert claim is not None
    return claim


def make_run(author, answers=6):
    workspace = author.workspace
    dataset = factories.make_dataset(workspace=workspace)
    version = factories.make_version(workspace=workspace, status="approved")
    judge = factories.make_judge(workspace=workspace)
    run = Run.objects.create(workspace=workspace, name="A run", dataset=dataset, created_by=author.user)
    prompt = factories.make_prompt(dataset=dataset)
    for n in range(answers):
        factories.make_response(prompt=prompt, text=f"Take 5 mg of drug {n} each morning.", external_id=f"r{n}")
    for n, subject in enumerate(datasets.subjects_of(dataset)):
        values = [
            (VerdictStatus.OK, 1.0 if n % 2 else 0.0, 0.5 + 0.08 * n),
            (VerdictStatus.OK, 0.0, 0.1) if n else (VerdictStatus.UNPARSEABLE, None, None),
        ]
        judged(version, judge, subject, n, run, values)
    return SimpleNamespace(run=run, dataset=dataset, version=version, judge=judge)


@pytest.fixture
def alice(db):
    return factories.make_actor(username="alice")


@pytest.fixture
def bob(db):
    return factories.make_actor(Role.ANNOTATOR, username="bob")


@pytest.fixture
def cleo(db):
    return factories.make_actor(Role.ANNOTATOR, username="cleo")


@pytest.fixture
def charlie(db):
    return factories.make_actor(Role.ADMIN, username="charlie", workspace=factories.make_workspace(slug="elsewhere"))


@pytest.fixture
def setting(alice):
    return make_run(alice)


@pytest.fixture
def queue(alice, setting):
    return services.create_queue(
        by=alice, run=setting.run, name="Second look", rule={"kind": "random", "size": 100}, overlap=2, seed=3
    )


def make_queue(author, task, items, *, overlap=1, **more):
    """A queue of one task with these items, as drawing makes them."""
    queue = Queue.objects.create(
        workspace=author.workspace, name=f"{task} queue", task=task, overlap=overlap, created_by=author.user, **more
    )
    for position, item in enumerate(items):
        ReviewItem.objects.create(queue=queue, position=position, seats=overlap, **item)
    return queue


def answers_to_one_prompt(author, texts, **more):
    """Responses to one prompt of a new data set, with their subjects of a kind."""
    dataset = factories.make_dataset(workspace=author.workspace, **more)
    prompt = factories.make_prompt(dataset=dataset)
    return [
        factories.make_response(prompt=prompt, text=text, external_id=f"a{n}", model=f"model-{n % 2}")
        for n, text in enumerate(texts)
    ]


def together(kind, responses):
    """The subject of responses in this order."""
    dataset = responses[0].prompt.dataset
    [key] = datasets.of_orders(dataset, kind, [responses])
    return Subject.objects.get(pk=key)
