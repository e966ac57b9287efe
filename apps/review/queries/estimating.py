"""True rates: what people would say of all answers, from few labels of theirs and many verdicts of a judge."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Count

from apps.accounts.permissions import Actor
from apps.datasets.models import Dataset, Rater, Subject, SubjectKind
from apps.judging.models import JudgeVersion, Verdict
from apps.review import permissions
from apps.review.models import Review
from apps.review.queries import ratings
from domain import draws, errors
from domain.agreement import powered

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from apps.review.queries.ratings import Said

    Numbers = npt.NDArray[np.float64]
    Mask = npt.NDArray[np.bool_]

MOST_CRITERIA = 60
MOST_MODELS = 60
HALF = 0.05
UNLIKELY = 0.01


class Drawn(IntEnum):
    """Of what a label is a chance sample: of nothing, of the answers of its model, or of all answers."""

    CHOSEN = 0
    OF_MODEL = 1
    OF_ALL = 2


class Source(NamedTuple):
    """Who judges: a judge with verdicts, or a model that labelled; and how many verdicts on what people labelled."""

    key: str
    name: str
    verdicts: int


@dataclass(frozen=True)
class Row:
    """One estimate, or why there is none; over the answers of one model, or of all (None).

    `unjudged` are labelled answers without a verdict to set beside, `unscored` answers that the judge could not read,
    `chosen` labels that were not drawn by chance; none of them counts. `likely` is how likely the labelled answers
    look so different to the judge by chance.
    """

    criterion: str | None
    model: str | None
    found: powered.Powered | None
    needed: powered.Needed | None
    reason: str
    labels: int
    verdicts: int
    unjudged: int
    unscored: int
    chosen: int
    likely: float | None

    @property
    def doubtful(self) -> bool:
        """Whether the labelled answers are hardly a chance sample."""
        return self.likely is not None and self.likely < UNLIKELY


@dataclass(frozen=True)
class Estimates:
    """The estimates of a data set by one judge: each criterion, and one of them model by model."""

    sources: tuple[Source, ...]
    judge: Source | None
    half: float
    rows: tuple[Row, ...]
    more: int
    criterion: str | None
    closely: tuple[Row, ...]
    more_models: int


def estimates_of(
    actor: Actor, dataset: Dataset, *, judge: str = "", criterion: str | None = None, half: float = HALF
) -> Estimates:
    """True mean values on a data set by criterion, and by model on `criterion` (else the one with most labels).

    What people say of an answer is the mean of their blind first labels. `judge` is the key of a source, the one with
    most verdicts where left out; `half` the half-width that the numbers of labels are for. Raises Invalid for a judge
    or criterion that is not there or a half-width outside (0, 0.5], NotAllowed for those who decide blind.
    """
    permissions.check_may_estimate(actor)
    if not (math.isfinite(half) and 0 < half <= 0.5):
        raise errors.Invalid("The half-width lies above 0 and is at most 0.5.", code="width_invalid")
    said = ratings.of_all_labels(dataset)
    people = {name: _labels(one) for name, one in said.items()}
    people = {name: one for name, one in people.items() if one.values}
    sources = _sources(dataset, said, people)
    chosen = _named(sources, judge)
    if chosen is None:
        return Estimates((), None, half, (), 0, criterion, (), 0)
    judged = _judged(dataset, chosen.key, said, list(people))
    known = [name for name in people if name in judged]
    if criterion is not None and criterion not in known:
        raise errors.Invalid(
            f"There are not both labels and verdicts of {chosen.name} on “{criterion}”.", code="criterion_unknown"
        )
    closely = criterion if criterion is not None or None in known else known[0]
    models = _models(dataset)
    drawn = _drawn(dataset)
    columns = {name: _columns(people[name], judged[name], models, drawn) for name in {*known[:MOST_CRITERIA], closely}}
    rows = [_row(columns[name], name, None, half) for name in known[:MOST_CRITERIA]]
    ranked = _ranked(columns[closely])
    apart = [_row(columns[closely], closely, model, half) for model in ranked[:MOST_MODELS]]
    return Estimates(
        sources=tuple(sources), judge=chosen, half=half, rows=tuple(rows), more=max(len(known) - MOST_CRITERIA, 0),
        criterion=closely, closely=tuple(apart), more_models=max(len(ranked) - MOST_MODELS, 0),
    )  # fmt: skip


class _Labels(NamedTuple):
    """People's labels that count, one an entry, and the subjects of those without a value."""

    subjects: Sequence[int]
    values: Sequence[float]
    reviews: Sequence[int | None]


class _Columns(NamedTuple):
    """All judged or labelled answers: the mean of labels (NaN: none), the verdict (NaN: none), the model."""

    labels: "Numbers"
    labels_of_model: "Numbers"
    any_label: "Mask"
    judged: "Numbers"
    unscored: "Mask"
    models: Sequence[str]


def _labels(said: "Said") -> _Labels:
    people = said.first & said.of(n for n, voice in enumerate(said.voices) if voice.sort != Rater.Sort.MODEL)
    reviews = [key for key, kept in zip(said.reviews, people, strict=True) if kept]
    return _Labels(said.items[people].tolist(), said.values[people].tolist(), reviews)


def _sources(dataset: Dataset, said: Mapping[str | None, "Said"], people: Mapping[str | None, _Labels]) -> list[Source]:
    """Judges and models with a word on a criterion that people labelled, those with most first."""
    number: dict[tuple[str, str], int] = defaultdict(int)
    names = {name or "" for name in people}
    rows = Verdict.objects.filter(
        subject__prompt__dataset=dataset, subject__kind=SubjectKind.RESPONSE, criterion__in=names, sample=0
    )
    counted = rows.values_list("judge_version").annotate(number=Count("pk")).order_by("judge_version")
    found = dict(counted)
    for key, version in JudgeVersion.objects.select_related("judge").in_bulk(list(found)).items():
        number[f"{ratings.JUDGE}{version}", str(version)] = found[key]
    for name in people:
        for place, voice in enumerate(said[name].voices):
            if voice.sort == Rater.Sort.MODEL:
                number[voice.key, voice.name] += int((said[name].first & said[name].of([place])).sum())
    ranked = sorted(number.items(), key=lambda pair: (-pair[1], pair[0]))
    return [Source(key, name, count) for (key, name), count in ranked if count]


def _named(sources: Sequence[Source], judge: str) -> Source | None:
    if not judge:
        return sources[0] if sources else None
    for one in sources:
        if judge in (one.key, one.name):
            return one
    known = ", ".join(one.key for one in sources[:20]) or "none"
    raise errors.Invalid(
        f"“{judge}” judged nothing that people labelled here; there are {known}.", code="judge_unknown"
    )


def _judged(
    dataset: Dataset, key: str, said: Mapping[str | None, "Said"], criteria: Iterable[str | None]
) -> dict[str | None, dict[int, float | None]]:
    """What a source says of each answer by criterion; None where it could not decide."""
    names = list(criteria)
    if key.startswith(ratings.JUDGE):
        return ratings.degrees_of_judge(dataset, key.removeprefix(ratings.JUDGE), names)
    found: dict[str | None, dict[int, float | None]] = {}
    for name in names:
        one = said[name]
        mine = one.of(n for n, voice in enumerate(one.voices) if voice.key == key) & one.blind & (one.repeats == 0)
        if mine.any():
            pairs = zip(one.items[mine].tolist(), one.values[mine].tolist(), strict=True)
            found[name] = {subject: value if math.isfinite(value) else None for subject, value in pairs}
    return found


def _models(dataset: Dataset) -> dict[int, str]:
    """The model that wrote each answer."""
    rows = Subject.objects.filter(prompt__dataset=dataset, kind=SubjectKind.RESPONSE)
    return {subject: model or "" for subject, model in rows.values_list("pk", "members__response__model")}


def _drawn(dataset: Dataset) -> dict[int, Drawn]:
    """Of what the answer of each review of a data set is a chance sample."""
    rows = Review.objects.filter(item__subject__prompt__dataset=dataset)
    return {
        key: Drawn.CHOSEN if known else _by_rule(rule)
        for key, known, rule in rows.values_list("pk", "item__is_gold", "item__queue__rule")
    }


def _by_rule(rule: Mapping[str, Any]) -> Drawn:
    """What a queue's rule draws by chance: strata by criterion do within each, by model within a model."""
    kind, by, even = rule.get("kind", "random"), rule.get("by", draws.By.CRITERION), not rule.get("proportional")
    if kind not in ("random", "stratified") or rule.get("tags"):
        return Drawn.CHOSEN
    if kind == "stratified" and even and by == draws.By.SCORE_BAND:
        return Drawn.CHOSEN
    within = rule.get("models") or (kind == "stratified" and even and by == draws.By.MODEL)
    return Drawn.OF_MODEL if within else Drawn.OF_ALL


def _columns(
    people: _Labels, judged: Mapping[int, float | None], models: Mapping[int, str], drawn: Mapping[int, Drawn]
) -> _Columns:
    """Answers as columns. What was labelled outside of the studio counts as drawn by chance."""
    import numpy as np

    subjects = np.array(sorted({*judged, *people.subjects} & models.keys()), dtype=np.int64)
    kept = np.isin(people.subjects, subjects)
    places = np.searchsorted(subjects, np.asarray(people.subjects, dtype=np.int64)[kept])
    values = np.asarray(people.values, dtype=float)[kept]
    how = np.array([Drawn.OF_ALL if key is None else drawn.get(key, Drawn.CHOSEN) for key in people.reviews])[kept]

    def means(least: Drawn) -> "Numbers":
        counts = np.bincount(places[how >= least], minlength=len(subjects))
        sums = np.bincount(places[how >= least], weights=values[how >= least], minlength=len(subjects))
        return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)

    return _Columns(
        labels=means(Drawn.OF_ALL),
        labels_of_model=means(Drawn.OF_MODEL),
        any_label=np.bincount(places, minlength=len(subjects)) > 0,
        judged=np.array([judged.get(key) for key in subjects.tolist()], dtype=float),
        unscored=np.array([key in judged and judged[key] is None for key in subjects.tolist()], dtype=bool),
        models=[models[key] for key in subjects.tolist()],
    )


def _ranked(columns: _Columns) -> list[str]:
    """The models, those with most labels first."""
    number: dict[str, int] = defaultdict(int)
    for model, labelled in zip(columns.models, columns.any_label.tolist(), strict=True):
        number[model] += labelled
    return sorted(number, key=lambda model: (-number[model], model))


def _row(columns: _Columns, criterion: str | None, model: str | None, half: float) -> Row:
    import numpy as np

    mine = np.ones(len(columns.judged), dtype=bool) if model is None else np.array(columns.models) == model
    labels = columns.labels if model is None else columns.labels_of_model
    scored = mine & np.isfinite(columns.judged)
    both = scored & np.isfinite(labels)
    sample = labels[both], columns.judged[both], columns.judged[scored & ~both]
    found = needed = None
    reason = ""
    try:
        found, needed = powered.mean(*sample), powered.needed(*sample, half=half)
    except errors.Invalid as refused:
        reason = refused.message
    return Row(
        criterion=criterion, model=model, found=found, needed=needed, reason=reason,
        labels=int(both.sum()), verdicts=int(scored.sum()),
        unjudged=int((mine & columns.any_label & ~np.isfinite(columns.judged)).sum()),
        unscored=int((mine & columns.unscored).sum()),
        chosen=int((mine & columns.any_label & ~np.isfinite(labels)).sum()),
        likely=powered.likely_by_chance(sample[1], sample[2]),
    )  # fmt: skip
