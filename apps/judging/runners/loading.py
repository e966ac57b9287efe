"""What one shard has to judge, read in a handful of queries."""

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from apps.jobs.models import Shard
from apps.judging.models import JudgeVersion, RunItem
from apps.judging.queries import keys
from domain import rubric as rubrics
from domain import subjects

if TYPE_CHECKING:
    from apps.datasets.models import Prompt, Response, Subject


@dataclass(frozen=True)
class Work:
    """One answer to judge under one rubric by one judge."""

    item: RunItem
    rubric: rubrics.Rubric
    digest: str
    judge: JudgeVersion
    subject: "Subject"
    members: "tuple[Response, ...]"
    keys: dict[str, uuid.UUID]
    digests: dict[str, str]

    @property
    def prompt(self) -> "Prompt":
        """What was asked."""
        return self.subject.prompt

    @property
    def response(self) -> "Response | None":
        """The answer, where the subject is a single one."""
        single = self.subject.kind == "response" and len(self.members) == 1
        return self.members[0] if single else None

    @property
    def member(self) -> int:
        """Which member of its subject the verdicts are about: 0 unless a list is judged member by member."""
        return self.subject.step or 0 if self.subject.kind == "list" else 0

    @property
    def text(self) -> str:
        """The text of the answer."""
        return subjects.text_of(self.response.parts) if self.response else ""

    @property
    def reference(self) -> str | None:
        """The text of the reference answer, where the prompt has one."""
        return _text(self.prompt.reference)

    @property
    def context(self) -> str | None:
        """The text of the material that belongs to the prompt, where it has any."""
        return _text(self.prompt.context)

    @property
    def is_text_only(self) -> bool:
        """Whether a judge that reads only text sees everything."""
        shown = [turn["parts"] for turn in self.prompt.messages]
        shown += [self.prompt.reference or [], self.prompt.context or []]
        shown += [response.parts for response in self.members]
        return all(subjects.is_text_only(parts) for parts in shown)


def works_of(shard: Shard) -> list[Work]:
    """The items of a shard that still wait, in order."""
    items = list(
        RunItem.objects.filter(
            run__job=shard.job_id,
            index__gte=shard.payload["first"],
            index__lte=shard.payload["last"],
            state=RunItem.State.WAITING,
        )
        .select_related("run", "version", "judge_version", "subject__prompt")
        .prefetch_related("subject__members__response")
        .order_by("index")
    )
    reader = keys.Reader()
    return [_work(item, reader) for item in items]


def _work(item: RunItem, reader: keys.Reader) -> Work:
    version, judge, subject = item.version, item.judge_version, item.subject
    digests = reader.criterion_digests(version, judge.protocol)
    return Work(
        item=item,
        rubric=reader.rubric(version),
        digest=reader.digest(version),
        judge=judge,
        subject=subject,
        members=tuple(member.response for member in subject.members.all()),
        keys=keys.keys_of(digests, judge, subject, item.sample),
        digests=digests,
    )


def _text(parts: Any) -> str | None:
    return subjects.text_of(parts) or None if parts else None
