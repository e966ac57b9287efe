"""What is known to be true of answers: what people settled on, else what raters said blind; beside it the judges."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING

from apps.datasets.models import Label, Subject
from apps.judging import registry
from apps.judging.models import JudgeVersion, Verdict
from apps.judging.queries import keys, stored
from apps.rubrics.models import RubricVersion
from domain import verdicts

if TYPE_CHECKING:
    pass

Place = tuple[int, str]
"""A subject and a criterion's id."""
BATCH = 5_000


@dataclass(frozen=True)
class Truth:
    """A known degree in [0, 1]; `settled` where people agreed on it, else the mean of blind labels."""

    value: float
    settled: bool
    prompt: str


def known_values(version: RubricVersion) -> dict[Place, Truth]:
    """All that is known on the criteria of a version, in its workspace.

    Settled values go by the criterion's wording; labels by its id, and only those that are degrees from 0 to 1.
    """
    digests = keys.criterion_digests(version, "isolated")
    ids = {digest: name for name, digest in digests.items()}
    workspace = version.rubric.workspace_id
    gold = {
        (subject, ids[digest]): value
        for (subject, digest), value in registry.settled(workspace, sorted(ids)).items()
        if digest in ids
    }
    said: dict[Place, list[float]] = defaultdict(list)
    labels = Label.objects.filter(
        dataset__workspace=workspace, criterion__in=sorted(digests), value__gte=0, value__lte=1, mode=Label.Mode.BLIND
    )
    for subject, criterion, value in labels.values_list("subject_id", "criterion", "value"):
        if criterion is not None and value is not None:
            said[subject, criterion].append(value)
    values = {place: fmean(given) for place, given in said.items()} | gold
    prompts = _prompts({subject for subject, _ in values})
    return {place: Truth(value, place in gold, str(prompts[place[0]])) for place, value in values.items()}


def said_by(
    version: RubricVersion, judge: JudgeVersion, places: Mapping[Place, Truth]
) -> dict[Place, verdicts.Verdict]:
    """What a judge said where something is known: its first verdict, by any version of the same fingerprint."""
    digests = keys.asked_digests(version, judge)
    names: dict[str, list[str]] = defaultdict(list)
    for name, digest in digests.items():
        names[digest].append(name)
    subjects = sorted({subject for subject, _ in places})
    found: dict[Place, verdicts.Verdict] = {}
    for start in range(0, len(subjects), BATCH):
        rows = Verdict.objects.filter(
            workspace=version.rubric.workspace_id, fingerprint=judge.fingerprint, criterion_digest__in=sorted(names),
            subject__in=subjects[start : start + BATCH], sample=0,
        )  # fmt: skip
        for row in rows:
            for name in names[row.criterion_digest]:
                if (row.subject_id, name) in places:
                    found[row.subject_id, name] = stored.as_domain(row, name)
    return found


def versions_judged_by(judge: JudgeVersion, *, limit: int = 50) -> list[RubricVersion]:
    """The rubric versions under which a judge gave verdicts, newest first."""
    used = judge.judge.workspace.runs.filter(items__judge_version=judge).values("items__version")
    rows = RubricVersion.objects.filter(pk__in=used).select_related("rubric").order_by("-pk")
    return list(rows[:limit])


def _prompts(subjects: Sequence[int] | set[int]) -> dict[int, int]:
    wanted = sorted(subjects)
    found: dict[int, int] = {}
    for start in range(0, len(wanted), BATCH):
        rows = Subject.objects.filter(pk__in=wanted[start : start + BATCH])
        found.update(rows.values_list("pk", "prompt_id"))
    return found
