"""Which answers stand beside the editor of a rubric, and which may be pinned there."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from apps.datasets.models import Dataset, Response, Subject, SubjectKind
from apps.jobs.models import JobState
from apps.judging.models import JudgeVersion, PinnedAnswer, RunItem
from apps.judging.queries import estimates, judges
from domain import errors

if TYPE_CHECKING:
    from apps.accounts.permissions import Actor
    from apps.judging.queries.live import PinnedScore, VersionScores
    from apps.rubrics.models import Rubric, RubricVersion

LOOKED_AT = 400
UNDER_WAY = (JobState.QUEUED, JobState.RUNNING)


@dataclass(frozen=True)
class InView:
    """An answer beside the editor: pinned there by somebody, or among those judged last."""

    subject: Subject
    item: RunItem | None = None
    pin: PinnedAnswer | None = None


def pins_of(rubric: "Rubric") -> list[PinnedAnswer]:
    """The answers pinned to a rubric with their texts and who pinned them, in the order they were pinned."""
    rows = PinnedAnswer.objects.filter(rubric=rubric).select_related("subject__prompt__dataset", "by")
    return list(rows.prefetch_related("subject__members__response").order_by("pk"))


def text_key(response: Response) -> tuple[int, str]:
    """What two responses of one prompt share when they are judged as one: the prompt and the text."""
    return response.prompt_id, response.hash


def pins_by_text(pins: Iterable[PinnedAnswer]) -> dict[tuple[int, str], PinnedAnswer]:
    """Pins by what `text_key` says of their response."""
    return {text_key(member.response): pin for pin in pins for member in pin.subject.members.all()}


def pins_on(response: Response) -> dict[int, PinnedAnswer]:
    """The pins of an answer, whichever response of its text was pinned, by the key of the rubric."""
    rows = PinnedAnswer.objects.filter(
        subject__prompt=response.prompt_id, subject__members__response__hash=response.hash
    )
    return {pin.rubric_id: pin for pin in rows.select_related("by")}


def pinnable(actor: "Actor", version: "RubricVersion", *, q: str = "", dataset: str = "") -> QuerySet[Response]:
    """Responses that may be pinned: of the prompt a version is bound to, else of the library and of trials.

    `q` looks for words in the answer, its id, its model or the id of its prompt.
    """
    kinds = (Dataset.Purpose.LIBRARY, Dataset.Purpose.SCRATCH)
    found = Response.objects.filter(
        prompt__dataset__workspace=actor.workspace, prompt__dataset__archived_at__isnull=True,
        prompt__dataset__purpose__in=kinds,
    )  # fmt: skip
    if version.prompt_id is not None:
        found = found.filter(prompt=version.prompt_id)
    elif version.scope == "prompt":
        found = found.filter(prompt__external_id=version.scope_ref.get("prompt_id", ""))
    if dataset:
        found = found.filter(prompt__dataset__slug=dataset)
    words = q.replace("\x00", "").strip()
    if words:
        found = found.annotate(text=Cast("parts", TextField())).filter(
            Q(text__icontains=words)
            | Q(external_id__icontains=words)
            | Q(model__icontains=words)
            | Q(prompt__external_id__icontains=words)
        )
    return found.select_related("prompt__dataset").order_by("-prompt_id", "pk")


def judged_dataset(version: "RubricVersion") -> str:
    """The slug of the data set whose answers were judged last under this rubric, or nothing."""
    judged = RunItem.objects.filter(version__rubric=version.rubric_id, run__dataset__archived_at__isnull=True)
    return judged.exclude(run__dataset=None).order_by("-pk").values_list("run__dataset__slug", flat=True).first() or ""


def get_response(actor: "Actor", key: str) -> Response:
    """A response of the workspace by its key, as typed."""
    rows = Response.objects.select_related("prompt__dataset").filter(prompt__dataset__workspace=actor.workspace)
    found = rows.filter(pk=int(key)).first() if key.isdecimal() and len(key) < 19 else None
    if found is None:
        raise errors.NotFound("There is no such answer in this workspace.", code="answer_unknown")
    return found


def judge_of(version: "RubricVersion") -> JudgeVersion | None:
    """The judge that judged under this rubric last, else the workspace's default."""
    done = RunItem.objects.filter(version__rubric=version.rubric_id, state=RunItem.State.DONE)
    latest = done.filter(subject__kind=SubjectKind.RESPONSE).order_by("-id").first()
    if latest is None:
        return judges.default_of(version.rubric.workspace)
    return JudgeVersion.objects.select_related("judge").get(pk=latest.judge_version_id)


def in_view(version: "RubricVersion", judge: JudgeVersion | None, limit: int) -> list[InView]:
    """The pinned answers of the rubric; where none is pinned, those judged last, those of one prompt together."""
    pinned = pins_of(version.rubric)
    if not pinned:
        return [InView(item.subject, item) for item in _judged_last(version, judge, limit)] if judge else []
    newest: dict[int, RunItem] = {}
    for item in _judged(version, judge).filter(subject__in=[pin.subject_id for pin in pinned]).order_by("pk"):
        newest[item.subject_id] = item
    return [InView(pin.subject, newest.get(pin.subject_id), pin) for pin in pinned]


def _judged(version: "RubricVersion", judge: JudgeVersion | None) -> QuerySet[RunItem]:
    return RunItem.objects.filter(
        version__rubric=version.rubric_id, judge_version=judge, state=RunItem.State.DONE, sample=0,
        subject__kind="response",
    )  # fmt: skip


def _judged_last(version: "RubricVersion", judge: JudgeVersion, limit: int) -> list[RunItem]:
    """The newest item of each of the answers judged last, those of one prompt together."""
    by_prompt: dict[int, dict[int, int]] = {}
    judged = _judged(version, judge).order_by("-pk")
    for pk, subject, prompt in judged.values_list("pk", "subject", "subject__prompt")[:LOOKED_AT]:
        by_prompt.setdefault(prompt, {}).setdefault(subject, pk)
    fullest = sorted(by_prompt.values(), key=len, reverse=True)
    chosen = [pk for answers in fullest for pk in answers.values()][:limit]
    items = RunItem.objects.filter(pk__in=chosen).select_related("subject__prompt")
    return list(items.prefetch_related("subject__members__response"))


def in_view_running(version: "RubricVersion", answers: "Iterable[PinnedScore]") -> bool:
    """Whether a run under way judges one of these answers under this version."""
    chosen = [answer.subject.pk for answer in answers if answer.missing]
    waiting = RunItem.objects.filter(version=version, subject__in=chosen, state=RunItem.State.WAITING)
    return bool(chosen) and waiting.filter(run__job__state__in=UNDER_WAY).exists()


def missing_estimate(version: "RubricVersion", scores: "VersionScores") -> estimates.Estimate | None:
    """What judging the answers in view would cost, where a verdict is missing and there is a judge."""
    lacking = [(version, answer.subject) for answer in scores.answers if answer.missing]
    return estimates.estimate([(scores.judge, lacking)], 1) if lacking and scores.judge else None
