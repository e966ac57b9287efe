"""What a queue will hold: what its rule draws, items whose answer is known, repeats, and the order of all."""

import dataclasses
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from django.db.models import Sum

from apps.datasets.models import Response, SubjectKind
from apps.judging.models import Run, RunItem
from apps.review.models import Gold, Queue, Review
from apps.review.queries import drawing
from apps.review.queries.drawing import Wish
from apps.review.queries.pool import Candidate, Draw
from apps.rubrics import queries as rubrics
from apps.rubrics.models import RubricVersion
from domain import rubric, sampling
from domain.draws import MOST_NAMED, SIZE

DISTANCE = 20
MOST_VERSIONS = 200
MANY_VERDICTS = 200_000
MANY_ITEMS = 5_000
RECENT = 200
ENOUGH = 10
GUESSED = {
    Queue.Task.VERDICT: 25, Queue.Task.RESPONSE: 90, Queue.Task.PAIR: 60, Queue.Task.RANKING: 120,
    Queue.Task.RATING: 30, Queue.Task.SPANS: 180, Queue.Task.CRITIQUE: 180, Queue.Task.NECESSITY: 20,
    Queue.Task.TRIAGE: 40,
}  # fmt: skip
"""Seconds a decision where this workspace has not measured any yet."""


@dataclass(frozen=True)
class Plan:
    """What a queue will hold, in order: `known` are drawn items with gold, by number; `seeds` come beside them."""

    draw: Draw
    known: dict[int, int] = field(default_factory=dict)
    seeds: list[tuple[Candidate, int]] = field(default_factory=list)
    places: list[sampling.Place] = field(default_factory=list)

    @property
    def gold(self) -> int:
        """How many items have a known answer."""
        return len(self.known) + len(self.seeds)

    @property
    def repeats(self) -> int:
        """How many items come once more."""
        return sum(one.sort is sampling.Sort.REPEAT for one in self.places)


@dataclass(frozen=True)
class Effort:
    """How long one decision takes: measured here, or guessed."""

    seconds: float
    measured: int

    def hours(self, decisions: int) -> float:
        """The hours of so many decisions."""
        return decisions * self.seconds / 3600


def plan(wish: Wish, *, one_in: int = 1) -> Plan:
    """Draw, put in what is known, and lay it out; nothing is written."""
    draw = drawing.draw(wish, one_in=one_in)
    known, seeds = _gold(wish, draw.chosen)
    groups = [one.subject or one.members or n for n, one in enumerate(draw.chosen)]
    repeats = round(wish.repeat_share * len(groups))
    places = sampling.laid_out(groups, extras=len(seeds), repeats=repeats, distance=DISTANCE, seed=wish.seed)
    return Plan(draw, known, seeds, places)


def effort(workspace_id: int, task: str) -> Effort:
    """The median of the last decisions of this kind here, where there are enough of them."""
    rows = Review.objects.filter(item__queue__workspace=workspace_id, item__queue__task=task, seconds__gt=0)
    seconds = [each for each in rows.order_by("-pk").values_list("seconds", flat=True)[:RECENT] if each]
    if len(seconds) < ENOUGH:
        return Effort(GUESSED[Queue.Task(task)], 0)
    return Effort(median(seconds), len(seconds))


def verdict_count(run: Run) -> int:
    """About how many verdicts a run has."""
    found = RunItem.objects.filter(run=run).aggregate(scored=Sum("scored"), unscored=Sum("unscored"))
    return (found["scored"] or 0) + (found["unscored"] or 0)


def _gold(wish: Wish, drawn: Sequence[Candidate]) -> tuple[dict[int, int], list[tuple[Candidate, int]]]:
    """Drawn items whose answer is known, and others of the same source, until the share is reached."""
    wanted = round(wish.gold_share * len(drawn))
    if not wanted or wish.task != Queue.Task.VERDICT:
        return {}, []
    settled = _settled(wish.place, drawn)
    chance = random.Random(wish.seed)
    own = [n for n, one in enumerate(drawn) if (one.subject, one.version, one.criterion) in settled]
    known = {
        n: settled[drawn[n].subject, drawn[n].version, drawn[n].criterion]
        for n in chance.sample(own, min(wanted, len(own)))
    }
    taken = {(one.subject, one.version, one.criterion) for one in drawn}
    free = sorted(key for key in settled if key not in taken)
    picked = chance.sample(free, min(wanted - len(known), len(free), MOST_NAMED))
    return known, [(one, settled[_key(one)]) for one in _candidates(wish, picked)]


Key = tuple[int | None, int | None, str]


def _key(one: Candidate) -> Key:
    return one.subject, one.version, one.criterion


def _settled(place: drawing.Place, drawn: Iterable[Candidate]) -> dict[Key, int]:
    """Current gold on answers of the source: subject, version and criterion → its key."""
    digests: dict[str, list[tuple[int, str]]] = {}
    for version in _versions(drawn):
        for name, digest in rubric.criterion_digests(rubrics.domain_rubric(version), "isolated").items():
            digests.setdefault(digest, []).append((version.pk, name))
    rows = Gold.objects.filter(criterion_digest__in=sorted(digests), superseded_by=None, value__isnull=False)
    rows = rows.filter(subject__kind=SubjectKind.RESPONSE)
    if place.run is not None:
        rows = rows.filter(workspace=place.run.workspace_id, subject__run_items__run=place.run).distinct()
    elif place.dataset is not None:
        rows = rows.filter(workspace=place.dataset.workspace_id, subject__prompt__dataset=place.dataset)
    return {
        (subject, version, name): key
        for key, subject, digest in rows.values_list("pk", "subject_id", "criterion_digest")
        for version, name in digests[digest]
    }


def _versions(drawn: Iterable[Candidate]) -> list[RubricVersion]:
    used = sorted({one.version for one in drawn if one.version is not None})[:MOST_VERSIONS]
    rows = RubricVersion.objects.filter(pk__in=used).select_related("rubric")
    return list(rows.prefetch_related("groups", "guidelines", "criteria"))


def _candidates(wish: Wish, picked: Sequence[Key]) -> list[Candidate]:
    """The picked ones with the judges' verdicts on them, so that they look like all others."""
    if not picked or wish.place.run is None:
        return [Candidate(subject, version, name) for subject, version, name in picked]
    rule = {
        "kind": "picked",
        "size": len(picked) * len({name for _, _, name in picked}),
        "subjects": sorted({subject for subject, _, _ in picked if subject is not None}),
        "criteria": sorted({name for _, _, name in picked}),
    }
    found = drawing.draw(dataclasses.replace(wish, rule=rule))
    wanted = set(picked)
    return [one for one in found.chosen if _key(one) in wanted]


def is_long(place: drawing.Place, rule: Mapping[str, Any]) -> bool:
    """Whether drawing takes so long that a worker should do it."""
    if int(rule.get("size", SIZE)) > MANY_ITEMS:
        return True
    if place.run is not None:
        return verdict_count(place.run) > MANY_VERDICTS
    answers = Response.objects.filter(prompt__dataset=place.dataset)
    return place.dataset is not None and answers.count() > MANY_VERDICTS


def next_position(queue: Queue) -> int:
    """Where the next item of a queue goes."""
    last = queue.items.order_by("-position").values_list("position", flat=True).first()
    return 0 if last is None else last + 1


def place_of(queue: Queue) -> drawing.Place:
    """What a stored queue is drawn from."""
    return drawing.Place(queue.run, queue.dataset, queue.version, queue.proposal)


def wish_of(queue: Queue, *, rule: Mapping[str, Any], seed: int) -> Wish:
    """What a stored queue is to hold, or to get beside what it has."""
    place = place_of(queue)
    beside = None if queue.state == Queue.State.DRAWING else queue.pk
    return Wish(place, queue.task, rule, seed, queue.gold_share, queue.repeat_share, beside)
