"""What a queue would hold, before it is made: how much of what, how long it takes, and a few of its items."""

import dataclasses
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from apps.datasets.models import Response, SubjectMember
from apps.review.queries import planning
from apps.review.queries.drawing import Wish
from apps.review.queries.pool import Candidate
from apps.rubrics.models import Criterion, Hunk, RubricVersion
from domain import draws, sampling, subjects

SHOWN = 3
MOST_LOOKED_AT = 100_000
EXCERPT = 120
MOST_COUNTED = 5_000
MOST_PARTS = 8


@dataclass(frozen=True)
class Part:
    """How many of the drawn items are of one sort; `found` is how many there are to draw from, where that is known."""

    name: str
    drawn: int
    found: int | None = None


@dataclass(frozen=True)
class Sample:
    """One item as a line: where it comes from, what is asked, and how its answer begins."""

    source: str
    question: str
    excerpt: str


@dataclass(frozen=True)
class Preview:
    """What a queue would hold; where `one_in` is above one the figures are carried over from a part of the run."""

    drawn: int
    gold: int
    gold_wanted: int
    repeats: int
    overlap: int
    candidates: int
    one_in: int
    is_long: bool
    effort: planning.Effort
    strata: list[Part]
    criteria: list[Part]
    models: list[Part]
    samples: list[Sample]

    @property
    def items(self) -> int:
        """All places of the queue."""
        return self.drawn + self.gold + self.repeats

    @property
    def decisions(self) -> int:
        """Answers wanted of people in all."""
        return self.items * self.overlap

    @property
    def hours(self) -> float:
        """How long they take together."""
        return self.effort.hours(self.decisions)


def preview(wish: Wish, *, workspace_id: int, overlap: int) -> Preview:
    """Draw without storing anything; of a very large run one answer in several is looked at."""
    run, one_in = wish.place.run, 1
    verdicts = planning.verdict_count(run) if run is not None else 0
    if verdicts > planning.MANY_VERDICTS:
        one_in = math.ceil(verdicts / MOST_LOOKED_AT)
    rule = draws.rule(wish.rule, wish.place.source)
    looked = dataclasses.replace(rule, size=min(rule.size, MOST_COUNTED))
    plan = planning.plan(dataclasses.replace(wish, rule=looked.stored()), one_in=one_in)
    taken, candidates = plan.draw.chosen, plan.draw.candidates * one_in
    drawn = min(rule.size, candidates)
    scale = drawn / len(taken) if taken else 0.0
    return Preview(
        drawn=drawn,
        gold=round(len(plan.seeds) * scale),
        gold_wanted=round(wish.gold_share * drawn),
        repeats=round(plan.repeats * scale),
        overlap=overlap,
        candidates=candidates,
        one_in=one_in,
        is_long=planning.is_long(wish.place, rule.stored()),
        effort=planning.effort(workspace_id, wish.task),
        strata=[
            Part(name, round(number * scale), plan.draw.strata.get(name, 0) * one_in)
            for name, number in Counter(one.stratum for one in taken).most_common(MOST_PARTS)
            if name
        ],
        criteria=_criteria(taken, scale),
        models=_models(taken, scale),
        samples=_samples(plan),
    )


def _criteria(taken: Sequence[Candidate], scale: float) -> list[Part]:
    counted = Counter((one.version, one.criterion) for one in taken if one.criterion)
    texts = _texts(taken)
    by_text: Counter[str] = Counter()
    for key, number in counted.items():
        by_text[texts.get(key, key[1])] += number
    return _parts(by_text, scale)


def _models(taken: Sequence[Candidate], scale: float) -> list[Part]:
    by_subject = Counter(one.subject for one in taken if one.subject is not None)
    counted: Counter[str] = Counter()
    members = SubjectMember.objects.filter(subject__in=by_subject).values_list("subject_id", "response__model")
    for subject, model in members:
        counted[model or "not named"] += by_subject[subject]
    by_response = Counter(key for one in taken if one.subject is None for key in one.members)
    for key, model in Response.objects.filter(pk__in=by_response).values_list("pk", "model"):
        counted[model or "not named"] += by_response[key]
    return _parts(counted, scale)


def _parts(counted: Counter[str], scale: float) -> list[Part]:
    """The largest parts, and what is left as one."""
    most = counted.most_common(MOST_PARTS)
    parts = [Part(name, round(number * scale)) for name, number in most]
    rest = counted.total() - sum(number for _, number in most)
    return [*parts, Part(f"{len(counted) - len(most)} others", round(rest * scale))] if rest else parts


def _texts(taken: Iterable[Candidate]) -> dict[tuple[int | None, str], str]:
    keys = {one.version for one in taken if one.version is not None and one.criterion}
    rows = Criterion.objects.filter(version__in=keys, criterion_id__in={one.criterion for one in taken})
    return {(version, name): text for version, name, text in rows.values_list("version_id", "criterion_id", "text")}


def _samples(plan: planning.Plan) -> list[Sample]:
    """The first drawn items as people will get them."""
    order = [one.number for one in plan.places if one.sort is sampling.Sort.DRAWN]
    first = [plan.draw.chosen[number] for number in order[:SHOWN]]
    texts = _texts(first)
    versions = _versions(one.version for one in first)
    hunks = _hunks(one.payload.get("hunk") for one in first)
    return [
        Sample(
            source=_source(responses) if (responses := _responses(one)) else versions.get(one.version, ""),
            question=texts.get((one.version, one.criterion), one.criterion) or hunks.get(one.payload.get("hunk"), ""),
            excerpt=" · ".join(_excerpt(each) for each in responses[:2]),
        )
        for one in first
    ]


def _versions(keys: Iterable[int | None]) -> dict[int | None, str]:
    rows = RubricVersion.objects.select_related("rubric").filter(pk__in={key for key in keys if key is not None})
    return {row.pk: str(row) for row in rows}


def _hunks(keys: Iterable[int | None]) -> dict[int | None, str]:
    return {row.pk: str(row) for row in Hunk.objects.filter(pk__in={key for key in keys if key is not None})}


def _responses(one: Candidate) -> list[Response]:
    rows = Response.objects.select_related("prompt")
    if one.subject is None:
        found = rows.in_bulk(one.members)
        return [found[key] for key in one.members]
    return list(rows.filter(memberships__subject=one.subject).order_by("memberships__position"))


def _source(responses: Sequence[Response]) -> str:
    names = ", ".join(one.model or one.external_id for one in responses[:3])
    more = f" and {len(responses) - 3} more" if len(responses) > 3 else ""
    return f"{responses[0].prompt.external_id}: {names}{more}"


def _excerpt(response: Response) -> str:
    text = " ".join(subjects.text_of(response.parts).split())
    return text if len(text) <= EXCERPT else f"{text[:EXCERPT].rstrip()}…"
