"""What the agreement page of a data set or a queue says: every criterion, and one of them closely."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from apps.datasets.models import Dataset, Label
from apps.review.models import Gold, Queue, Review
from apps.review.queries import ratings
from domain import agreement, cascades, errors

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from apps.review.queries.ratings import Said

    Numbers = npt.NDArray[np.float64]

SEED = 20
MOST_CRITERIA = 60
MOST_RATERS = 30
LEAST_SHARED = 5
MOST_CELLS, RESAMPLES = 20_000, 100
LABELS, PREFERENCES = "labels", "preferences"
Metric = agreement.Metric


@dataclass(frozen=True)
class CriterionRow:
    """How far people agree on one criterion."""

    criterion: str | None
    alpha: agreement.Measured
    percent: agreement.Measured
    ac1: agreement.Measured
    abstained: int
    assisted: int

    @property
    def cannot(self) -> bool:
        """Whether people themselves do not agree."""
        return agreement.cannot_agree(self.alpha)


@dataclass(frozen=True)
class JudgeRow:
    """People (their majority, or mean) against one judge."""

    judge: str
    percent: agreement.Measured
    kappa: agreement.Measured
    undecided: int
    unscored: int


@dataclass(frozen=True)
class RaterRow:
    """How well one person rates: against others, against gold, against themself, and by Dawid and Skene."""

    voice: ratings.Voice
    given: int
    differs: float | None
    accuracy: float | None
    gold: float | None
    gold_items: int
    gold_ends: tuple[float, float] | None
    repeats: float | None
    repeated: int
    seconds: float | None


@dataclass(frozen=True)
class Confusion:
    """How often which two values were given to one item."""

    levels: list[float]
    counts: list[list[float]]
    rows: str
    columns: str


@dataclass(frozen=True)
class Closely:
    """One criterion in detail."""

    criterion: str | None
    level: agreement.Level
    pair_metric: agreement.Metric
    coefficients: list[agreement.Measured]
    voices: list[ratings.Voice]
    matrix: list[agreement.Between]
    judges: list[JudgeRow]
    confusion: Confusion | None
    drift: list[agreement.Window]
    anchoring: list[tuple[str, agreement.Anchoring]]
    speed: list[agreement.Speed]
    settling: list[agreement.Settled]
    raters: list[RaterRow]
    policy: agreement.Policy


@dataclass(frozen=True)
class Dashboard:
    """The agreement of people on all criteria, who differs where, and one criterion closely."""

    rows: list[CriterionRow]
    more: int
    people: list[ratings.Voice]
    differing: dict[str | None, dict[str, agreement.Differing]]
    closely: Closely | None
    of: str = LABELS
    other: str = ""


def dataset_dashboard(dataset: Dataset, criterion: str | None = None, of: str = "") -> Dashboard:
    """Agreement on the labels of a data set; closely on the criterion named, or on the one with most labels.

    `of` is labels or preferences (which of two responses is better), what there is where left out; `other` names the
    one not shown where there is that, too. Raises Invalid for anything else.
    """
    if of not in ("", LABELS, PREFERENCES):
        raise errors.Invalid("`of` is labels or preferences.", code="of_unknown")
    ordered = dataset.preferences.filter(rater__isnull=False).exists()
    labelled = dataset.labels.exists()
    if of == PREFERENCES or (not of and ordered and not labelled):
        said, pairs = ratings.of_preferences(dataset)
        found = _dashboard({None: said}, None, dataset, pairs)
        return replace(found, of=PREFERENCES, other=LABELS if labelled else "")
    found = _dashboard(ratings.of_all_labels(dataset), criterion, dataset)
    return replace(found, other=PREFERENCES if ordered else "")


def queue_dashboard(queue: Queue, criterion: str | None = None) -> Dashboard:
    """Agreement on the decisions of a queue."""
    dataset = queue.dataset or (queue.run.dataset if queue.run else None)
    found: dict[str | None, Said] = {}
    found.update(ratings.of_queue(queue))
    return _dashboard(found, criterion, dataset)


def _dashboard(
    found: Mapping[str | None, "Said"], criterion: str | None, dataset: Dataset | None,
    pairs: Sequence[tuple[int, int]] | None = None,
) -> Dashboard:  # fmt: skip
    said = {name: _of_people(one) for name, one in found.items()}
    said = {name: one for name, one in said.items() if len(one.values)}
    tables = {name: ratings.table_of(one, one.blind) for name, one in said.items()}
    ranked = sorted(tables, key=lambda name: (-_shared(tables[name]), name or ""))
    if criterion and criterion not in said:
        raise errors.NotFound(f"Nobody rated “{criterion}” here.", code="criterion_unknown")
    chosen = criterion or (ranked[0] if ranked else None)
    shown = ranked[:MOST_CRITERIA]
    differing = {name: _differing(said[name]) for name in shown}
    people = {voice.key: voice for name in shown for voice in said[name].voices}
    return Dashboard(
        rows=[_row(name, said[name], tables[name]) for name in shown],
        more=len(ranked) - len(shown),
        people=sorted(people.values(), key=lambda voice: voice.name)[:MOST_RATERS],
        differing=differing,
        closely=_closely(chosen, said[chosen], dataset, pairs) if chosen in said else None,
    )


def _row(name: str | None, said: "Said", table: agreement.Table) -> CriterionRow:
    level = agreement.level_of(table)
    wanted = [(metric, level) for metric in (Metric.ALPHA, Metric.PERCENT, Metric.AC1)]
    alpha, percent, ac1 = agreement.measure_each(table, wanted, seed=SEED)
    return CriterionRow(
        criterion=name,
        alpha=alpha,
        percent=percent,
        ac1=ac1,
        abstained=said.abstained,
        assisted=said.assisted,
    )


def _closely(
    name: str | None, said: "Said", dataset: Dataset | None, pairs: Sequence[tuple[int, int]] | None
) -> Closely:
    table = ratings.table_of(said, said.blind)
    level = agreement.level_of(table)
    pair_metric = Metric.KAPPA if level == "nominal" else Metric.KAPPA_QUADRATIC
    judged = _with_judges(said, name, dataset, pairs)
    active = _most_active(said)
    both = [n for n, voice in enumerate(judged.voices) if n in active or voice.judges]
    kept = judged.of(both)
    matrix = agreement.matrix(ratings.table_of(judged, kept), pair_metric, seed=SEED)
    places = _renumbered(judged, kept)
    judges = _judges(judged, level, pair_metric)
    return Closely(
        criterion=name,
        level=level,
        pair_metric=pair_metric,
        coefficients=_coefficients(table),
        voices=[judged.voices[n] for n in places],
        matrix=[one for one in matrix if one.n_items >= LEAST_SHARED],
        judges=judges,
        confusion=_confusion(judged, table),
        drift=agreement.drift(table, said.at[said.first]) if said.at.any() else [],
        anchoring=_anchoring(judged),
        speed=agreement.speed(table, _seconds(said)[said.first]),
        settling=agreement.settling(table),
        raters=_raters(said, table, {} if pairs is not None else _gold(name, said)),
        policy=agreement.policy(Metric.ALPHA, level),
    )


def _with_judges(
    said: "Said", name: str | None, dataset: Dataset | None, pairs: Sequence[tuple[int, int]] | None
) -> "Said":
    if dataset is None:
        return said
    if pairs is not None:
        return ratings.with_pair_judges(said, pairs, dataset)
    return ratings.with_judges(said, name, dataset)


def _coefficients(table: agreement.Table) -> list[agreement.Measured]:
    """Every coefficient, alpha at each level.

    Those of two raters have no interval where there are many pairs of raters, and no value beyond what can be paired.
    """
    wanted: list[tuple[Metric, agreement.Level]] = [
        (metric, level)
        for metric in Metric
        for level in (agreement.LEVELS if metric is Metric.ALPHA else agreement.LEVELS[:1])
    ]
    rest = agreement.measure_each(table, [one for one in wanted if not one[0].of_two], seed=SEED)
    cells = table.n_raters * (table.n_raters - 1) // 2 * len(set(table.values.tolist())) ** 2
    try:
        two = agreement.measure_each(
            table, [one for one in wanted if one[0].of_two], seed=SEED,
            resamples=RESAMPLES if cells <= MOST_CELLS else 0,
        )  # fmt: skip
    except errors.Invalid:
        two = []
    found = {(one.metric, one.level): one for one in [*rest, *two]}
    return [found[one] for one in wanted if one in found]


def _of_people(said: "Said") -> "Said":
    """Without models that labelled."""
    people = said.of(n for n, voice in enumerate(said.voices) if voice.sort != "model")
    if people.all():
        return said
    reviews = [key for key, kept in zip(said.reviews, people, strict=True) if kept]
    return replace(
        said, items=said.items[people], raters=said.raters[people], values=said.values[people],
        blind=said.blind[people], repeats=said.repeats[people], at=said.at[people], reviews=reviews,
    )  # fmt: skip


def _shared(table: agreement.Table) -> int:
    import numpy as np

    return int((np.bincount(table.items, minlength=table.n_items) > 1).sum())


def _most_active(said: "Said") -> set[int]:
    import numpy as np

    number = np.bincount(said.raters[said.first], minlength=len(said.voices))
    return {int(n) for n in np.argsort(-number, kind="stable")[:MOST_RATERS] if number[n]}


def _renumbered(said: "Said", chosen: "npt.NDArray[np.bool_]") -> list[int]:
    """The places of voices in the order in which a table of the chosen ratings numbers them."""
    import numpy as np

    found: list[int] = np.unique(said.raters[chosen & said.first]).tolist()
    return found


def _differing(said: "Said") -> dict[str, agreement.Differing]:
    table = ratings.table_of(said, said.blind)
    names = [said.voices[n].key for n in _renumbered(said, said.blind)]
    return dict(zip(names, agreement.differing(table), strict=True))


def _judges(said: "Said", level: agreement.Level, metric: agreement.Metric) -> list[JudgeRow]:
    import numpy as np

    people = said.of(n for n, voice in enumerate(said.voices) if not voice.judges)
    merging: agreement.Merging = "majority"
    found = []
    for place, voice in enumerate(said.voices):
        if not voice.judges:
            continue
        mine = said.of([place])
        table, undecided = agreement.sides(*ratings.shared_tables(said, people, mine), merging=merging)
        found.append(
            JudgeRow(
                judge=voice.name,
                percent=agreement.measure(table, Metric.PERCENT, level=level, seed=SEED),
                kappa=agreement.measure(table, metric, level=level, seed=SEED),
                undecided=undecided,
                unscored=int((mine & ~np.isfinite(said.values)).sum()),
            )
        )
    return found


def _confusion(judged: "Said", table: agreement.Table) -> Confusion | None:
    """People's majority against the judge with most verdicts; among people where there is no judge."""
    import numpy as np

    judges = [n for n, voice in enumerate(judged.voices) if voice.judges]
    if not judges:
        given, among = agreement.confusion(table)
        return Confusion(given, among.tolist(), "one person", "another person") if among.sum() else None
    number = np.bincount(judged.raters, minlength=len(judged.voices))
    judge = max(judges, key=lambda n: int(number[n]))
    people = judged.of(n for n, voice in enumerate(judged.voices) if not voice.judges)
    both, _ = agreement.sides(*ratings.shared_tables(judged, people, judged.of([judge])), merging="majority")
    levels = np.unique(both.values)
    if not len(levels):
        return None
    counts = np.zeros((len(levels), len(levels)))
    first, second = (both.values[both.raters == n] for n in (0, 1))
    np.add.at(counts, (np.searchsorted(levels, first), np.searchsorted(levels, second)), 1)
    return Confusion(levels.tolist(), counts.tolist(), "majority of people", judged.voices[judge].name)


def _anchoring(judged: "Said") -> list[tuple[str, agreement.Anchoring]]:
    """For each judge, how often people say what it says: decided blind, and with its verdict in view from the start."""
    import numpy as np

    reviews = [key for key in judged.reviews if key is not None]
    changed = set(
        Review.objects.filter(pk__in=reviews, mode=Label.Mode.BLIND).values_list("pk", flat=True)
        if not judged.blind.all()
        else ()
    )
    after = np.array([key in changed for key in judged.reviews])
    shown = ~judged.blind & ~after & np.isfinite(judged.values)
    found = []
    for place, voice in enumerate(judged.voices):
        if voice.judges:
            mine = judged.of([place]) & judged.first
            said = dict(zip(judged.items[mine].tolist(), judged.values[mine].tolist(), strict=True))
            people = judged.of(n for n, one in enumerate(judged.voices) if not one.judges)
            measured = agreement.anchoring(
                _equal(judged, people & judged.first, said), _equal(judged, people & shown, said)
            )
            if measured is not None:
                found.append((voice.name, measured))
    return found


def _equal(said: "Said", chosen: "npt.NDArray[np.bool_]", judge: Mapping[int, float]) -> tuple[int, int]:
    pairs = [
        (value, judge[item])
        for item, value in zip(said.items[chosen].tolist(), said.values[chosen].tolist(), strict=True)
        if item in judge
    ]
    return sum(abs(one - other) < 1e-9 for one, other in pairs), len(pairs)


def _seconds(said: "Said") -> "Numbers":
    import numpy as np

    keys = [key for key in said.reviews if key is not None]
    taken = dict(Review.objects.filter(pk__in=keys).values_list("pk", "seconds")) if keys else {}
    return np.array([taken.get(key) or np.nan if key is not None else np.nan for key in said.reviews], dtype=float)


def _raters(said: "Said", table: agreement.Table, gold: Mapping[int, float]) -> list[RaterRow]:
    import numpy as np

    places = _renumbered(said, said.blind)
    differing = agreement.differing(table)
    try:
        known = [one.accuracy for one in agreement.dawid_skene(table).raters]
    except errors.Invalid:
        known = [None] * len(places)  # type: ignore[list-item]
    seconds = _seconds(said)
    rows = []
    for n, place in enumerate(places):
        mine = said.of([place])
        taken = seconds[mine & np.isfinite(seconds)]
        repeats, repeated = _repeats(said, mine)
        equal, compared = _equal(said, mine & said.first, gold)
        rows.append(
            RaterRow(
                voice=said.voices[place],
                given=int((mine & said.first).sum()),
                differs=differing[n].differs,
                accuracy=known[n],
                gold=equal / compared if compared else None,
                gold_items=compared,
                gold_ends=cascades.wilson(equal, compared) if compared else None,
                repeats=repeats,
                repeated=repeated,
                seconds=float(np.median(taken)) if len(taken) else None,
            )
        )
    return sorted(rows, key=lambda row: -row.given)


def _gold(name: str | None, said: "Said") -> dict[int, float]:
    """Settled values that do not rest on the raters' own agreement."""
    rows = Gold.objects.filter(
        subject__in=sorted(set(said.items.tolist())), criterion=name or "", superseded_by=None, value__isnull=False
    ).exclude(provenance__how="agreement")
    return {subject: value for subject, value in rows.values_list("subject", "value") if value is not None}


def _repeats(said: "Said", mine: "npt.NDArray[np.bool_]") -> tuple[float | None, int]:
    """How often a person says the same again."""
    import numpy as np

    counted = mine & said.blind & np.isfinite(said.values)
    first = counted & (said.repeats == 0)
    before = dict(zip(said.items[first].tolist(), said.values[first].tolist(), strict=True))
    equal, compared = _equal(said, counted & (said.repeats > 0), before)
    return (equal / compared if compared else None), compared
