"""Two runs side by side: the same answers under two judges, two versions, or at two times."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from django.db.models import Q, Sum

from apps.datasets.models import Prompt, SubjectMember
from apps.judging.models import Call, JudgeVersion, Run, RunItem, Score, Verdict
from apps.judging.queries import keys
from apps.judging.queries.runs import SHOWN
from apps.rubrics.models import RubricVersion
from domain import agreement, errors, scoring

if TYPE_CHECKING:
    from apps.accounts.permissions import Actor

Floats = npt.NDArray[np.float64]

MOST_ANSWERS = 2_000
MOVERS = 20
TRUE_FROM = 0.5
_DECIDED = ("ok", "not_applicable")


@dataclass(frozen=True)
class Side:
    """One judge and one rubric version of one run; without a version all that were bound to the prompts."""

    run: Run
    judge: JudgeVersion
    version: RubricVersion | None

    @property
    def ref(self) -> str:
        """How a side is named in an address."""
        return f"{self.run.pk}.{self.judge.pk}.{self.version.pk if self.version else 'all'}"

    def __str__(self) -> str:
        return f"{self.run.name} · {self.judge} · {self.version or self.run.set_version or 'rubrics of the prompts'}"


@dataclass(frozen=True)
class _Place:
    """Where a subject stands in a side."""

    index: int
    version: int
    keys: list[uuid.UUID]


@dataclass(frozen=True)
class CriterionSides:
    """A criterion of the same id on both sides: answers decided on both, and how they differ.

    `flipped` values lie on different sides of one half; `kappa` is Cohen's over these two halves.
    """

    number: int
    text: str
    both: int
    flipped: int
    kappa: float | None
    mean_first: float | None
    mean_second: float | None
    unscored_first: int
    unscored_second: int


@dataclass(frozen=True)
class Moved:
    """An answer with its score on either side."""

    title: str
    first_index: int
    second_index: int
    first: float | None
    second: float | None


@dataclass(frozen=True)
class Cost:
    """Calls, tokens and seconds of model time of a side; what was stored before cost nothing."""

    calls: int
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    seconds: float


@dataclass(frozen=True)
class Comparison:
    """Two sides on the answers that both judged; `shared` of them, of which at most a part was looked at."""

    first: Side
    second: Side
    shared: int
    looked_at: int
    movement: scoring.Movement
    criteria: tuple[CriterionSides, ...]
    movers: tuple[Moved, ...]
    points: tuple[tuple[float, float, str], ...]
    flattened: tuple[str, ...]
    costs: tuple[Cost, Cost]


def sides_of(actor: "Actor", *, most: int = 60, purposes: Iterable[str] = SHOWN) -> list[Side]:
    """The sides of the newest runs that a person may compare, newest first."""
    runs = Run.objects.filter(workspace=actor.workspace, purpose__in=purposes).order_by("-created_at")[:most]
    return [side for run in runs.prefetch_related("judges__judge", "versions__rubric") for side in _sides(run)]


def side(actor: "Actor", ref: str) -> Side:
    """The side that a reference names: `run`, or `run.judge.version` where a run has several."""
    run_id, *rest = ref.split(".")
    try:
        run = Run.objects.filter(workspace=actor.workspace, pk=uuid.UUID(run_id)).first()
    except ValueError:
        run = None
    found = next((one for one in _sides(run) if not rest or one.ref == ref), None) if run else None
    if found is None:
        raise errors.NotFound("There is no such run, judge and rubric version to compare.", code="run_unknown")
    return found


def compare(first: Side, second: Side) -> Comparison:
    """Compare two sides on the answers of both, from stored scores and verdicts, with no judge call."""
    items = {one.ref: _items(one) for one in (first, second)}
    shared = [subject for subject in items[first.ref] if subject in items[second.ref]]
    seen = shared[:: max(1, -(-len(shared) // MOST_ANSWERS))]
    prompts = dict(SubjectMember.objects.filter(subject__in=seen, position=0).values_list("subject", "subject__prompt"))
    before, after = (_scores(one, seen, items[one.ref]) for one in (first, second))
    moved = scoring.compare(before, after, [prompts[subject] for subject in seen])
    places = [(items[first.ref][subject], items[second.ref][subject]) for subject in seen]
    titles = _titles(seen)
    named = dict(Prompt.objects.filter(pk__in=moved.flattened).values_list("pk", "external_id"))
    pairs = zip(seen, before, after, strict=True)
    return Comparison(
        first=first,
        second=second,
        shared=len(shared),
        looked_at=len(seen),
        movement=moved,
        criteria=tuple(_criteria(first, second, places)),
        movers=tuple(_movers(seen, places, before, after, titles)),
        points=tuple(
            (float(one), float(other), titles.get(subject, ""))
            for subject, one, other in pairs
            if not np.isnan(one) and not np.isnan(other)
        ),
        flattened=tuple(named[prompt] for prompt in moved.flattened),
        costs=(_cost(first), _cost(second)),
    )


def _sides(run: Run) -> list[Side]:
    judges = list(run.judges.select_related("judge").order_by("pk"))
    versions: list[RubricVersion | None] = list(run.versions.select_related("rubric").order_by("pk"))
    return [Side(run, judge, version) for judge in judges for version in versions or [None]]


def _items(one: Side) -> dict[int, _Place]:
    """Where each subject stands that was judged."""
    rows = RunItem.objects.filter(run=one.run, judge_version=one.judge, sample=0)
    if one.version is not None:
        rows = rows.filter(version=one.version)
    done = rows.filter(state__in=(RunItem.State.DONE, RunItem.State.FAILED)).order_by("index")
    held = done.values_list("subject", "index", "version", "verdict_keys")
    return {subject: _Place(index, version, kept) for subject, index, version, kept in held}


def _scores(one: Side, subjects: Sequence[int], items: Mapping[int, _Place]) -> Floats:
    """The stored raw score of each subject; of a draft that was edited since, that of its present content."""
    versions = {items[subject].version for subject in subjects}
    rows = Score.objects.filter(
        version__in=versions, judge_version=one.judge, subject__in=subjects, sample=0, profile=None, artefacts=[]
    )
    if one.version is not None:
        rows = rows.filter(digest=keys.digest_of(one.version))
    raws = {
        subject: raw
        for subject, version, raw in rows.values_list("subject", "version", "raw")
        if items[subject].version == version
    }
    return np.array([np.nan if raws.get(subject) is None else raws[subject] for subject in subjects], dtype=float)


def _criteria(first: Side, second: Side, places: Sequence[tuple[_Place, _Place]]) -> Iterable[CriterionSides]:
    if first.version is None or second.version is None:
        return
    reader = keys.Reader()
    old, new = (reader.rubric(version).criteria for version in (first.version, second.version))
    where = {criterion.id: place for place, criterion in enumerate(new)}
    wanted = {key for one, other in places for key in (*one.keys, *other.keys)}
    rows = Verdict.objects.filter(key__in=wanted).values_list("key", "value", "status")
    known = {key: (value, status) for key, value, status in rows}
    for place, criterion in enumerate(old):
        if criterion.id not in where:
            continue
        pairs = [(_known(known, one, place), _known(known, other, where[criterion.id])) for one, other in places]
        yield _criterion(place + 1, criterion.text, pairs)


Found = tuple[float | None, str] | None


def _known(known: Mapping[uuid.UUID, tuple[float | None, str]], held: _Place, place: int) -> Found:
    return known.get(held.keys[place]) if place < len(held.keys) else None


def _criterion(number: int, text: str, pairs: Sequence[tuple[Found, Found]]) -> CriterionSides:
    both = [
        (one[0], other[0])
        for one, other in pairs
        if one is not None and other is not None and one[0] is not None and other[0] is not None
    ]
    halves = [(float(one >= TRUE_FROM), float(other >= TRUE_FROM)) for one, other in both]
    return CriterionSides(
        number=number,
        text=text,
        both=len(both),
        flipped=sum(one != other for one, other in halves),
        kappa=agreement.cohen_kappa([one for one, _ in halves], [other for _, other in halves]) if halves else None,
        mean_first=float(np.mean([one for one, _ in both])) if both else None,
        mean_second=float(np.mean([other for _, other in both])) if both else None,
        unscored_first=sum(one is None or one[1] not in _DECIDED for one, _ in pairs),
        unscored_second=sum(other is None or other[1] not in _DECIDED for _, other in pairs),
    )


def _movers(
    subjects: Sequence[int],
    places: Sequence[tuple[_Place, _Place]],
    before: Floats,
    after: Floats,
    titles: dict[int, str],
) -> Iterable[Moved]:
    """Answers that have a score on one side only first, then by how far they moved."""
    change = np.where(np.isnan(before) & np.isnan(after), 0.0, np.abs(after - before))
    change = np.where(np.isnan(change), np.inf, change)
    for place in np.argsort(-change, kind="stable")[:MOVERS]:
        if change[place] > scoring.SAME:
            one, other = places[place]
            yield Moved(
                titles.get(subjects[place], ""), one.index, other.index, _number(before[place]), _number(after[place])
            )


def _titles(subjects: Sequence[int]) -> dict[int, str]:
    """Prompt and responses of each subject, in their order."""
    rows = SubjectMember.objects.filter(subject__in=subjects).order_by("subject", "position")
    found: dict[int, str] = {}
    for subject, prompt, response in rows.values_list(
        "subject", "response__prompt__external_id", "response__external_id"
    ):
        found[subject] = f"{found[subject]}, {response}" if subject in found else f"{prompt} / {response}"
    return found


def _cost(one: Side) -> Cost:
    sums = Call.objects.filter(Q(run=one.run) & Q(judge_version=one.judge)).aggregate(
        calls=Sum("http_calls", default=0),
        prompt_tokens=Sum("prompt_tokens", default=0),
        cached_tokens=Sum("cached_tokens", default=0),
        completion_tokens=Sum("completion_tokens", default=0),
        seconds=Sum("seconds", default=0.0),
    )
    return Cost(**sums)


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
