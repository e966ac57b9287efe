"""Plain functions that make rows, with keyword defaults; they write models, not services: any state can be set."""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import Membership, Token, User, Workspace
from apps.accounts.permissions import Actor, Role
from apps.datasets.models import Dataset, Prompt, Response, Subject, SubjectKind, SubjectMember
from apps.jobs.models import Job
from apps.judging import queries as judging
from apps.judging.models import EngineKind, Judge, JudgeVersion, Verdict
from apps.review.models import Queue, ReviewItem
from apps.rubrics import services
from apps.rubrics.models import (
    Criterion,
    Group,
    Guideline,
    Rubric,
    RubricSetVersion,
    RubricVersion,
    VersionStatus,
)
from domain import rubric as rubrics
from domain import subjects

_numbers = itertools.count(1)
TWO_CRITERIA = (
    {"id": "c_drug", "text": "Names the drug and its dose.", "weight": 3.0, "tier": "essential"},
    {"id": "c_blame", "text": "Blames the patient.", "polarity": "negative", "weight": 1.0},
)


def make_user(*, username: str | None = None, password: str | None = None, **fields: Any) -> User:
    """A person who can sign in only where a password is given; hashing one takes a while."""
    name = username or f"person{next(_numbers)}"
    user = User(username=name, **{"email": f"{name}@example.org", "tour_seen": True, **fields})
    user.set_password(password)
    user.save()
    return user


def make_workspace(*, slug: str = "clinic", name: str | None = None, **fields: Any) -> Workspace:
    """The workspace of this slug, made on the first call."""
    return Workspace.objects.get_or_create(slug=slug, defaults={"name": name or slug.title(), **fields})[0]


def make_member(
    role: Role = Role.AUTHOR, *, user: User | None = None, workspace: Workspace | None = None, **fields: Any
) -> Membership:
    """A person's membership."""
    return Membership.objects.create(
        user=user or make_user(), workspace=workspace or make_workspace(), role=role, **fields
    )


def make_actor(
    role: Role = Role.AUTHOR, *, user: User | None = None, workspace: Workspace | None = None,
    username: str | None = None, scopes: Iterable[str] | None = None, token: Token | None = None,
) -> Actor:  # fmt: skip
    """A member who acts in the browser, or through a token where scopes are given."""
    member = make_member(role, user=user or make_user(username=username), workspace=workspace)
    if scopes is None:
        return Actor(user=member.user, workspace=member.workspace, role=Role(role))
    held = frozenset(scopes)
    token = token or make_token(workspace=member.workspace, created_by=member.user, scopes=sorted(held))
    return Actor(user=member.user, workspace=member.workspace, role=Role(role), scopes=held, token=token)


def make_token(
    *, workspace: Workspace | None = None, created_by: User | None = None, scopes: Sequence[str] = ("rubrics:read",),
    **fields: Any,
) -> Token:  # fmt: skip
    """A token row; for one with a known secret use `accounts.services.issue_token`."""
    number = next(_numbers)
    defaults = {"name": f"token {number}", "prefix": "rs_test", "secret_hash": f"{number:064d}"}
    return Token.objects.create(
        workspace=workspace or make_workspace(),
        created_by=created_by or make_user(),
        scopes=list(scopes),
        **{**defaults, "expires_at": timezone.now() + timedelta(days=1), **fields},
    )


def signed_in(actor: Actor) -> Client:
    """A browser in which this person is signed in."""
    client = Client()
    client.force_login(actor.user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def read_sample(*, by: Actor, set_version: RubricSetVersion, bad: int = 0) -> None:
    """Read the whole sample of a set in review and find its first `bad` rubrics not good."""
    for member in set_version.members.filter(sample_place__isnull=False).order_by("sample_place"):
        ok = (member.sample_place or 0) > bad
        place = member.sample_place or 0
        services.review_sampled(by=by, set_version=set_version, place=place, ok=ok, note="" if ok else "Too vague.")


def count_queries(browser: Client, url: str) -> int:
    """How many queries a page costs, apart from what its first call warms up."""
    browser.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(url).status_code == 200
    return len(captured)


def make_document(*, criteria: Sequence[Mapping[str, Any]] = TWO_CRITERIA, **fields: Any) -> dict[str, Any]:
    """A `rubricstudio/1` document with all keys."""
    given = {"format": rubrics.FORMAT, "title": "Letters", "criteria": [dict(one) for one in criteria], **fields}
    return rubrics.document(rubrics.parse(given))


def make_rubric(
    *, workspace: Workspace | None = None, slug: str | None = None, title: str = "Letters", **fields: Any
) -> Rubric:
    """A rubric without versions."""
    return Rubric.objects.create(
        workspace=workspace or make_workspace(), slug=slug or f"letters-{next(_numbers)}", title=title, **fields
    )


def make_version(
    *, rubric: Rubric | None = None, workspace: Workspace | None = None, status: str = VersionStatus.DRAFT,
    document: Mapping[str, Any] | None = None, created_by: User | None = None, **fields: Any,
) -> RubricVersion:  # fmt: skip
    """A version with the rows of its document, moved on to `status` the way the database allows."""
    rubric = rubric or make_rubric(workspace=workspace)
    whole = dict(document or make_document(title=rubric.title))
    parsed = rubrics.parse(whole)
    version = RubricVersion.objects.create(
        rubric=rubric,
        **{
            "number": rubric.versions.count() + 1, "title": parsed.title or rubric.title, "language": parsed.language,
            "description": parsed.description, "scoring": whole["scoring"], "unscored": whole["unscored"],
            "content_gate": whole["content_gate"], "extensions": whole["extensions"], "created_by": created_by,
            **fields,
        },
    )  # fmt: skip
    _write_parts(version, whole)
    return move_version(version, whole, status)


def _write_parts(version: RubricVersion, document: Mapping[str, Any]) -> None:
    groups: dict[str, Group] = {}
    for position, group in enumerate(document["groups"]):
        groups[group["id"]] = Group.objects.create(
            version=version, group_id=group["id"], title=group["title"], weight=group["weight"], position=position
        )
    for group in document["groups"]:
        if group["parent"]:
            Group.objects.filter(pk=groups[group["id"]].pk).update(parent=groups[group["parent"]])
    Guideline.objects.bulk_create(
        Guideline(version=version, guideline_id=one["id"], text=one["text"], position=position)
        for position, one in enumerate(document["guidelines"])
    )
    Criterion.objects.bulk_create(
        Criterion(
            version=version,
            criterion_id=one["id"],
            position=position,
            group=groups.get(one["group"] or ""),
            check_spec=one["check"],
            **{key: value for key, value in one.items() if key not in {"id", "group", "check"}},
        )
        for position, one in enumerate(document["criteria"])
    )


def move_version(version: RubricVersion, document: Mapping[str, Any], status: str) -> RubricVersion:
    """Freeze a draft and move it on, one allowed step at a time."""
    way = {
        VersionStatus.DRAFT: [],
        VersionStatus.IN_REVIEW: [VersionStatus.IN_REVIEW],
        VersionStatus.APPROVED: [VersionStatus.IN_REVIEW, VersionStatus.APPROVED],
        VersionStatus.RETIRED: [VersionStatus.IN_REVIEW, VersionStatus.RETIRED],
    }[VersionStatus(status)]
    unnamed = {"slug", "version", "status", "digest", "judged_digest"}
    for step in way:
        changes: dict[str, Any] = {"status": step}
        if step == VersionStatus.IN_REVIEW:
            changes |= {"digest": document["digest"], "judged_digest": document["judged_digest"]}
            changes |= {"document": {key: value for key, value in document.items() if key not in unnamed}}
            changes |= {"submitted_at": timezone.now()}
        if step == VersionStatus.APPROVED:
            changes |= {"approved_at": timezone.now()}
        RubricVersion.objects.filter(pk=version.pk).update(**changes)
    version.refresh_from_db()
    return version


def make_dataset(*, workspace: Workspace | None = None, slug: str | None = None, **fields: Any) -> Dataset:
    """An empty data set."""
    slug = slug or f"answers-{next(_numbers)}"
    return Dataset.objects.create(
        workspace=workspace or make_workspace(), slug=slug, **{"title": slug.capitalize(), **fields}
    )


def make_prompt(*, dataset: Dataset | None = None, text: str = "Write a discharge letter.", **fields: Any) -> Prompt:
    """A prompt of one turn."""
    messages = fields.pop("messages", None) or subjects.as_messages(text)
    reference, context = fields.get("reference"), fields.get("context")
    return Prompt.objects.create(
        dataset=dataset or make_dataset(),
        messages=messages,
        **{
            "external_id": f"p{next(_numbers)}",
            "hash": _bare(subjects.parts_hash(messages)),
            "context_hash": _bare(subjects.context_hash(reference, context)),
            **fields,
        },
    )


def make_response(
    *, prompt: Prompt | None = None, text: str = "Take 5 mg of bisoprolol each morning.", **fields: Any
) -> Response:
    """A response of one part."""
    parts = fields.pop("parts", None) or subjects.as_parts(text)
    return Response.objects.create(
        prompt=prompt or make_prompt(),
        parts=parts,
        **{"external_id": f"r{next(_numbers)}", "hash": _bare(subjects.parts_hash(parts)), **fields},
    )


def make_subject(
    *, responses: Sequence[Response] | None = None, kind: str = SubjectKind.RESPONSE, **fields: Any
) -> Subject:
    """A subject with its members in order; one new response where none is given."""
    members = list(responses or [make_response()])
    prompt = members[0].prompt
    digest = subjects.subject_hash(kind, [(f"sha256:{prompt.hash}", f"sha256:{one.hash}") for one in members])
    subject = Subject.objects.create(
        workspace=prompt.dataset.workspace, prompt=prompt, kind=kind, **{"hash": _bare(digest), **fields}
    )
    SubjectMember.objects.bulk_create(
        SubjectMember(subject=subject, position=position, response=one) for position, one in enumerate(members)
    )
    return subject


def make_judge(
    *, workspace: Workspace | None = None, name: str | None = None, is_default: bool = False, **fields: Any
) -> JudgeVersion:
    """The first version of a new judge."""
    judge = Judge.objects.create(
        workspace=workspace or make_workspace(), name=name or f"judge-{next(_numbers)}", is_default=is_default
    )
    return JudgeVersion.objects.create(
        judge=judge,
        **{
            "number": 1, "engine": EngineKind.SERVED, "base_url": "http://127.0.0.1:9/v1", "model": "small",
            "prompt_name": "judge_isolated", "prompt_digest": f"sha256:{0:064d}",
            "fingerprint": f"sha256:{next(_numbers):064d}", **fields,
        },
    )  # fmt: skip


def make_verdicts(
    version: RubricVersion, judge: JudgeVersion, subject: Subject, values: Mapping[str, float], **fields: Any
) -> list[Verdict]:
    """What a judge said of an answer on some criteria of a version, stored under the keys that are looked for."""
    keys = judging.verdict_keys(version, judge, subject)
    digests = judging.criterion_digests(version, judge.protocol)
    return [
        Verdict.objects.create(
            key=keys[name], workspace=judge.judge.workspace, judge_version=judge, subject=subject, criterion=name,
            criterion_digest=digests[name], fingerprint=judge.fingerprint, strategy=judge.strategy,
            protocol=judge.protocol, context_hash=subject.prompt.context_hash,
            **{"status": "ok", "value": value, **fields},
        )
        for name, value in values.items()
    ]  # fmt: skip


def make_job(*, workspace: Workspace | None = None, kind: str = "judging.run", **fields: Any) -> Job:
    """A job without shards."""
    return Job.objects.create(workspace=workspace or make_workspace(), kind=kind, **{"title": "A job", **fields})


def make_queue(*, workspace: Workspace | None = None, **fields: Any) -> Queue:
    """An open review queue without items."""
    return Queue.objects.create(workspace=workspace or make_workspace(), **{"name": "A queue", **fields})


def make_review_item(*, queue: Queue | None = None, subject: Subject | None = None, **fields: Any) -> ReviewItem:
    """One thing to decide."""
    queue = queue or make_queue()
    return ReviewItem.objects.create(
        queue=queue, subject=subject or make_subject(), **{"position": queue.items.count(), **fields}
    )


def _bare(digest: str) -> str:
    return digest.removeprefix("sha256:")
