"""What one shard has to judge, read in a handful of queries."""

import itertools
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from apps.datasets.models import SubjectKind
from apps.jobs.models import Shard
from apps.judging.models import JudgeVersion, RunItem
from apps.judging.queries import keys
from domain import rubric as rubrics
from domain import subjects, verdicts

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
    def criteria(self) -> list[rubrics.Criterion]:
        """The criteria that are asked about: all of the rubric, or in a later stage of a cascade those in doubt."""
        return [criterion for criterion in self.rubric.criteria if criterion.id in self.keys]

    @property
    def prompt(self) -> "Prompt":
        """What was asked."""
        return self.subject.prompt

    @property
    def member(self) -> int | None:
        """Which member of its subject the verdicts are about; none where they are about a pair."""
        return self.subject.judged_member

    @property
    def response(self) -> "Response | None":
        """The answer that the verdicts are about; none where they are about two."""
        return None if self.member is None else self.members[self.member]

    @property
    def shown(self) -> tuple[int, ...]:
        """The places of the members that a judge is shown: of a list those that have something to judge."""
        if self.subject.kind != SubjectKind.LIST:
            return tuple(range(len(self.members)))
        return tuple(place for place, response in enumerate(self.members) if self._is_judged(response))

    def _is_judged(self, response: "Response") -> bool:
        text = subjects.text_of(response.parts)
        return subjects.is_text_only(response.parts) and verdicts.content_gate(self.rubric, text) is None

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
        shown += [response.parts for response in ([self.response] if self.response else self.members)]
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
    for item in items[:1]:
        if item.run.supposed is not None:
            reader.suppose(item.version, rubrics.parse(item.run.supposed))
    return [_work(item, reader) for item in items]


def together(works: Sequence[Work]) -> Iterator[list[Work]]:
    """Works in order, neighbours that are members of one list as one group."""
    for _, group in itertools.groupby(works, key=_list_of):
        yield list(group)


def _list_of(work: Work) -> tuple[Any, ...]:
    """What is the same for the members of one list, and differs for any other two works."""
    if work.subject.kind != SubjectKind.LIST:
        return (work.item.pk,)
    item, members = work.item, tuple(response.pk for response in work.members)
    return (item.version_id, item.judge_version_id, item.sample, members)


def _work(item: RunItem, reader: keys.Reader) -> Work:
    version, judge, subject = item.version, item.judge_version, item.subject
    digests = reader.asked_digests(version, judge)
    verdict_keys = reader.verdict_keys(version, judge, subject, item.sample)
    return Work(
        item=item,
        rubric=reader.rubric(version),
        digest=reader.digest(version),
        judge=judge,
        subject=subject,
        members=tuple(member.response for member in subject.members.all()),
        keys={name: key for name, key in verdict_keys.items() if not item.asked or name in item.asked},
        digests=digests,
    )


def _text(parts: Any) -> str | None:
    return subjects.text_of(parts) or None if parts else None
