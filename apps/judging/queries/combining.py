"""One score of several judges' verdicts: by a jury, or as a cascade left it, with who said what."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from apps.judging.models import JudgeVersion, Run, RunItem
from apps.judging.queries import artefacts, keys, scored
from apps.judging.queries.results import PENDING, RELATED, CriterionResult, Result, results
from apps.rubrics.models import FittedArtefact, RubricVersion
from domain import juries, rubric, scoring, verdicts

BATCH = 200


@dataclass(frozen=True)
class Vote:
    """What one judge said on one criterion; `dissents` where it says otherwise than the whole."""

    judge: JudgeVersion
    index: int
    stage: int
    found: CriterionResult
    dissents: bool


@dataclass(frozen=True)
class CombinedCriterion:
    """One criterion with the combined verdict and the votes behind it."""

    number: int
    criterion: rubric.Criterion
    share: float
    verdict: verdicts.Verdict
    votes: tuple[Vote, ...]
    contribution: float | None

    @property
    def status(self) -> str:
        """The verdict's status."""
        return self.verdict.status.value

    @property
    def dissenting(self) -> int:
        """How many judges say otherwise."""
        return sum(vote.dissents for vote in self.votes)


@dataclass(frozen=True)
class Combined:
    """What several judges together say of one answer; no score while one of them is still to come."""

    items: tuple[RunItem, ...]
    version: RubricVersion
    rubric: rubric.Rubric
    digest: str
    artefacts: tuple[str, ...]
    score: scoring.Score | None
    criteria: tuple[CombinedCriterion, ...]
    verdict_keys: tuple[Any, ...]

    @property
    def item(self) -> RunItem:
        """The first judge's item, which names answer and sample."""
        return self.items[0]

    @property
    def title(self) -> str:
        """What the answer is called."""
        return " and ".join(member.response.external_id for member in self.item.subject.members.all())

    @property
    def reward(self) -> float | None:
        """The raw score, or nothing."""
        return self.score.raw if self.score else None

    @property
    def status(self) -> str:
        """As of a single result."""
        return self.score.status if self.score else PENDING

    @property
    def dissenting(self) -> int:
        """Criteria on which some judge says otherwise."""
        return sum(bool(one.dissenting) for one in self.criteria)


def combined_pages(run: Run, *, first: int = 0, last: int | None = None) -> Iterator[list[Combined]]:
    """All answers of a run in batches, in the order in which its first judge has them."""
    if run.combination is None:
        return
    leading = RunItem.objects.filter(run=run, stage=1, judge_version=_first_judge(run), index__gte=first)
    if last is not None:
        leading = leading.filter(index__lte=last)
    places = leading.order_by("index").values_list("pk", flat=True)
    for start in itertools.count(0, BATCH):
        part = list(places[start : start + BATCH])
        if not part:
            return
        yield combined(run, RunItem.objects.filter(pk__in=part).order_by("index"))


def combined(run: Run, leading: Iterable[RunItem]) -> list[Combined]:
    """What the judges of a run say together of some answers, given by any of their items; in that order."""
    assert run.combination is not None
    asked = list(leading)
    wanted = {_place(item) for item in asked}
    rows = RunItem.objects.filter(run=run, subject__in={item.subject_id for item in asked})
    items = [
        item
        for item in rows.select_related(*RELATED).prefetch_related("subject__members__response").order_by("index")
        if _place(item) in wanted
    ]
    named = list(run.calibrations.all())
    found = results(items, curves=artefacts.curves_of(named))
    groups: dict[tuple[int, int, int], list[Result]] = {}
    for result in found:
        groups.setdefault(_place(result.item), []).append(result)
    digests = (run.combination.digest, *(one.digest for one in named))
    reader = keys.Reader()
    return [_combined(groups[place], run.combination, digests, reader) for place in dict.fromkeys(map(_place, asked))]


def leading_items(run: Run) -> Any:
    """The items that stand for an answer each: those of the first judge."""
    return RunItem.objects.filter(run=run, stage=1, judge_version=_first_judge(run)).order_by("index")


def _first_judge(run: Run) -> Any:
    return RunItem.objects.filter(run=run, stage=1).order_by("index").values("judge_version")[:1]


def _place(item: RunItem) -> tuple[int, int, int]:
    return item.version_id, item.subject_id, item.sample


def _combined(group: Sequence[Result], way: FittedArtefact, digests: tuple[str, ...], reader: keys.Reader) -> Combined:
    leader = group[0]
    item = leader.item
    reason = next((one.item.content_reason for one in group if one.item.content_reason), "")
    open_ = any(one.item.state in {RunItem.State.WAITING, RunItem.State.CANCELLED} for one in group)
    names = {} if reason else reader.criterion_digests(item.version, "isolated")
    found = {} if reason else {c.id: _verdict(c, group, way, names[c.id]) for c in leader.rubric.criteria}
    score = None
    if not open_:
        score = scored.score_of(item.subject, item.judge_version, leader.rubric, found, content_reason=reason or None)
    given = score.contributions if score else {}
    shares = rubric.shares(leader.rubric)
    criteria = tuple(
        CombinedCriterion(
            number, criterion, shares[criterion.id], found[criterion.id],
            _votes(criterion, group, found[criterion.id]), given.get(criterion.id),
        )
        for number, criterion in enumerate(leader.rubric.criteria, start=1)
        if criterion.id in found
    )  # fmt: skip
    used = tuple(one.row.key for result in group for one in result.criteria if one.row is not None)
    return Combined(
        tuple(one.item for one in group), item.version, leader.rubric, leader.digest, digests, score, criteria, used
    )


def _verdict(
    criterion: rubric.Criterion, group: Sequence[Result], way: FittedArtefact, digest: str
) -> verdicts.Verdict:
    """By the jury's rule; of a cascade what the last judge that was asked says, even where that is nothing."""
    said = [
        (result.item, one.verdict) for result in group for one in result.criteria if one.criterion.id == criterion.id
    ]
    if criterion.kind is rubric.Kind.CHECK:
        return next((one for _, one in said if one is not None), _unasked(criterion))
    if way.kind == artefacts.CASCADE:
        last = max(said, key=lambda pair: pair[0].stage)[1]
        return _unasked(criterion) if last is None else last
    votes = {item.judge_version.fingerprint: one for item, one in said}
    return juries.combine(criterion, votes, artefacts.jury_of(way), digest=digest)


def _unasked(criterion: rubric.Criterion) -> verdicts.Verdict:
    return verdicts.unscored(criterion.id, verdicts.Status.CANNOT_ASSESS, "No judge was asked about it.")


def _votes(criterion: rubric.Criterion, group: Sequence[Result], whole: verdicts.Verdict) -> tuple[Vote, ...]:
    return tuple(
        Vote(
            result.item.judge_version, result.item.index, result.item.stage, one,
            juries.dissents(criterion, whole, one.verdict),
        )
        for result in group
        for one in result.criteria
        if one.criterion.id == criterion.id
    )  # fmt: skip
