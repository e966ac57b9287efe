"""What one judge of one run said of each answer, in a constant number of queries."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from apps.datasets.models import Dataset, Prompt, SubjectKind, SubjectMember
from apps.judging import queries as judging
from apps.judging.models import RunItem, Score
from apps.judging.queries import Side
from apps.rubrics import queries as rubric_queries
from apps.rubrics.models import RubricVersion
from domain import errors
from domain import rubric as rubrics
from domain.rubric import Criterion
from domain.selection import CriterionRate

MOST_PREVIEWED = 50_000
SINGLE = (SubjectKind.RESPONSE, SubjectKind.LIST, SubjectKind.TRAJECTORY)
_RATES = """
SELECT i.version_id, k.place, count(*) FILTER (WHERE v.status = 'ok'),
       count(*) FILTER (WHERE v.status = 'ok' AND v.value >= 0.5),
       count(*) FILTER (WHERE v.key IS NULL OR v.status NOT IN ('ok', 'not_applicable'))
  FROM judging_runitem i
  JOIN datasets_subject s ON s.id = i.subject_id AND s.kind = ANY(%(kinds)s)
 CROSS JOIN LATERAL unnest(i.verdict_keys) WITH ORDINALITY AS k(key, place)
  LEFT JOIN judging_verdict v ON v.key = k.key
 WHERE i.run_id = %(run)s AND i.judge_version_id = %(judge)s AND i.asked = '{}'
   AND (%(version)s::bigint IS NULL OR i.version_id = %(version)s)
 GROUP BY i.version_id, k.place
"""


@dataclass(frozen=True)
class Answer:
    """An answer with its scores, one a sample; None where the judge gave none."""

    response: int
    subject: int
    scores: tuple[float | None, ...]

    @property
    def mean(self) -> float | None:
        """The mean of the scores there are."""
        known = [score for score in self.scores if score is not None]
        return sum(known) / len(known) if known else None


@dataclass(frozen=True)
class Source:
    """The answers of a side by prompt, in the order they were judged."""

    side: Side
    dataset: Dataset
    answers: Mapping[int, tuple[Answer, ...]]
    versions: Mapping[int, int]
    """The version that each prompt was judged under."""
    named: Mapping[int, str]
    """The ids of prompts as they were imported."""
    cut: bool = False
    _rubrics: dict[int, rubrics.Rubric] = field(default_factory=dict)
    _digests: dict[int, str] = field(default_factory=dict)
    _versions: dict[int, RubricVersion] = field(default_factory=dict)

    @property
    def unscored(self) -> int:
        """Answers without any score."""
        return sum(answer.mean is None for answers in self.answers.values() for answer in answers)

    def means(self, prompt: int) -> list[float | None]:
        """The score of each answer to a prompt."""
        return [answer.mean for answer in self.answers[prompt]]

    def mean(self, prompt: int) -> float | None:
        """The mean score of the answers to a prompt that have one."""
        known = [mean for mean in self.means(prompt) if mean is not None]
        return sum(known) / len(known) if known else None

    def all_versions(self) -> dict[int, RubricVersion]:
        """Every version of the run and of its prompts, read once."""
        if not self._versions:
            keys = {*self.versions.values(), *self.side.run.versions.values_list("pk", flat=True)}
            self._versions.update(RubricVersion.objects.select_related("rubric").in_bulk(keys))
        return self._versions

    def rubric(self, version: int) -> rubrics.Rubric:
        """What a version says, read once."""
        if version not in self._rubrics:
            self._rubrics[version] = rubric_queries.domain_rubric(self.all_versions()[version])
        return self._rubrics[version]

    def digest(self, version: int) -> str:
        """The digest of a version, of a draft that of its present content."""
        if version not in self._digests:
            self._digests[version] = judging.digest_of(self.all_versions()[version])
        return self._digests[version]

    def prompt_hashes(self) -> dict[int, str]:
        """The hash of each prompt's messages: equal ones say the same."""
        return dict(Prompt.objects.filter(pk__in=self.answers).values_list("pk", "hash"))

    def rates(self) -> dict[int, list[tuple[Criterion, CriterionRate]]]:
        """How often each criterion of each version is credited: met, or not met where it is a pitfall."""
        side = self.side
        asked: dict[str, Any] = {
            "kinds": list(SINGLE), "run": side.run.pk, "judge": side.judge.pk,
            "version": side.version.pk if side.version else None,
        }  # fmt: skip
        counted: dict[int, dict[int, tuple[int, int, int]]] = defaultdict(dict)
        with connection.cursor() as cursor:
            cursor.execute(_RATES, asked)
            for version, place, scored, met, unscored in cursor.fetchall():
                counted[version][place - 1] = (scored, met, unscored)
        known = self.all_versions()
        return {
            version: [
                (one, _rate(one, places.get(n, (0, 0, 0)))) for n, one in enumerate(self.rubric(version).criteria)
            ]
            for version, places in counted.items()
            if version in known
        }


def load(side: Side, *, most: int | None = None) -> Source:
    """What the judge said of each answer of the run; pairs and steps are not answers and are left out.

    A prompt that was judged under several rubrics counts with the first. With `most` only so many items are read.
    """
    dataset = side.run.dataset
    if dataset is None:
        raise errors.Conflict("This run has no data set, so it has no texts to export.", code="run_without_dataset")
    items = _items(side)
    rows = items.order_by("index").values_list(
        "subject", "version", "sample", "subject__prompt", "subject__prompt__external_id"
    )
    read = list(rows if most is None else rows[: most + 1])
    cut = most is not None and len(read) > most
    read = read[:most] if cut else read
    scores, responses = _scores(side, items), _responses(items)
    found: dict[int, dict[int, list[float | None]]] = defaultdict(lambda: defaultdict(list))
    versions: dict[int, int] = {}
    named: dict[int, str] = {}
    for subject, version, sample, prompt, external_id in read:
        if subject not in responses or versions.setdefault(prompt, version) != version:
            continue
        named[prompt] = external_id
        found[prompt][subject].append(scores.get((subject, version, sample)))
    answers = {
        prompt: tuple(Answer(responses[subject], subject, tuple(each)) for subject, each in by_subject.items())
        for prompt, by_subject in found.items()
    }
    return Source(side, dataset, answers, versions, named, cut)


def _items(side: Side) -> QuerySet[RunItem]:
    items = RunItem.objects.filter(run=side.run, judge_version=side.judge, subject__kind__in=SINGLE)
    return items if side.version is None else items.filter(version=side.version)


def _scores(side: Side, items: QuerySet[RunItem]) -> dict[tuple[int, int, int], float | None]:
    """Stored raw scores by subject, version and sample; of a draft those of its present content."""
    rows = Score.objects.filter(
        judge_version=side.judge, subject__in=items.values("subject"), version__in=items.values("version"),
        profile=None, artefacts=[],
    )  # fmt: skip
    if side.version is not None:
        rows = rows.filter(digest=judging.digest_of(side.version))
    return {(subject, version, sample): raw for subject, version, sample, raw in rows.values_list(
        "subject", "version", "sample", "raw"
    )}  # fmt: skip


def _responses(items: QuerySet[RunItem]) -> dict[int, int]:
    """The response that each subject is about."""
    members = SubjectMember.objects.filter(subject__in=items.values("subject")).values_list(
        "subject", "position", "response", "subject__kind", "subject__step"
    )
    return {
        subject: response
        for subject, position, response, kind, step in members
        if position == (step or 0 if kind == SubjectKind.LIST else 0)
    }


def _rate(criterion: Criterion, counted: tuple[int, int, int]) -> CriterionRate:
    scored, met, unscored = counted
    credited = scored - met if criterion.is_pitfall else met
    return CriterionRate(credited / scored if scored else None, scored, unscored)
