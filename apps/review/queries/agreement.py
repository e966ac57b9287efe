"""One figure of agreement on a data set, as a caller asks for it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from apps.accounts.permissions import Actor
from apps.datasets import queries as datasets
from apps.datasets.models import Dataset, Rater
from apps.review import permissions
from apps.review.queries import ratings
from domain import agreement, errors

if TYPE_CHECKING:
    from apps.review.queries.ratings import Said

SEED = 20
SORTS = "sort:"
PREFERENCES = "preferences"
WHOLE = "the whole response"


@dataclass(frozen=True)
class Agreement:
    """A figure, whose ratings it rests on, and what was left out."""

    measured: agreement.Measured
    criterion: str | None
    raters: tuple[tuple[str, ...], ...]
    abstained: int
    assisted: int
    undecided: int


def agreement_of(
    actor: Actor, dataset: Dataset, *, metric: str = "", criterion: str | None = None, of: str = "labels",
    level: str = "", raters: str = "", repeats: str = "first",
) -> Agreement:  # fmt: skip
    """How far raters agree on a criterion of a data set (none: on whole responses), or on which response is better.

    `raters` names voices with commas: a rater, `sort:human`, `sort:crowd`, `sort:model`, `judge:name@1`; empty is all
    people. Members by name and judges are for authors; everybody may ask for themself. With `~` between two lists each
    side becomes one rater: by majority where the level is nominal, else by mean. `repeats`: only the `first` rating of
    a rater counts, or `each` is an item of its own, as where the same text came from two systems. Raises Invalid for a
    name, metric, level or criterion that is not there, NotAllowed for voices of others.
    """
    chosen = _metric(metric)
    said = _said(dataset, criterion, of, raters)
    if repeats not in ("first", "each"):
        raise errors.Invalid("`repeats` is first or each.", code="repeats_unknown")
    said = ratings.each_repeat(said) if repeats == "each" else said
    sides = [_side(actor, said, text) for text in raters.split("~")]
    if len(sides) > 2:
        raise errors.Invalid("At most two sides can be compared.", code="raters_invalid")
    undecided = 0
    if len(sides) == 1:
        table = ratings.table_of(said, said.of(sides[0]))
        measured_at = _level(level, table)
    else:
        first, second = ratings.shared_tables(said, said.of(sides[0]), said.of(sides[1]))
        measured_at = _level(level, ratings.table_of(said, said.of([*sides[0], *sides[1]])))
        merging: agreement.Merging = "majority" if measured_at == "nominal" else "mean"
        table, undecided = agreement.sides(first, second, merging=merging)
    return Agreement(
        measured=agreement.measure(table, chosen, level=measured_at, seed=SEED),
        criterion=criterion,
        raters=tuple(tuple(said.voices[n].key for n in side) for side in sides),
        abstained=said.abstained,
        assisted=said.assisted,
        undecided=undecided,
    )


def _metric(metric: str) -> agreement.Metric:
    if not metric:
        return agreement.Metric.ALPHA
    if metric not in set(agreement.Metric):
        raise errors.Invalid(
            f"There is no metric “{metric}”; known are {', '.join(agreement.Metric)}.", code="metric_unknown"
        )
    return agreement.Metric(metric)


def _level(level: str, table: agreement.Table) -> agreement.Level:
    if not level:
        return agreement.level_of(table)
    for known in agreement.LEVELS:
        if known == level:
            return known
    raise errors.Invalid(f"There is no level “{level}”; known are {', '.join(agreement.LEVELS)}.", code="level_unknown")


def _said(dataset: Dataset, criterion: str | None, of: str, raters: str) -> "Said":
    if of not in ("labels", PREFERENCES):
        raise errors.Invalid("`of` is labels or preferences.", code="of_unknown")
    if of == PREFERENCES:
        said, pairs = ratings.of_preferences(dataset)
        return ratings.with_pair_judges(said, pairs, dataset) if ratings.JUDGE in raters else said
    said = ratings.of_labels(dataset, criterion)
    if not len(said.items):
        known = [name for name in datasets.label_counts(dataset) if name]
        names = f"; there are labels on {', '.join(known[:20])}" if known else ""
        raise errors.Invalid(
            f"There are no labels on {f'“{criterion}”' if criterion else WHOLE} here{names}.", code="criterion_unknown"
        )
    return ratings.with_judges(said, criterion, dataset) if ratings.JUDGE in raters else said


def _side(actor: Actor, said: "Said", text: str) -> list[int]:
    """The places of the voices that a list names."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    if not names:
        return [n for n, voice in enumerate(said.voices) if voice.sort in (Rater.Sort.HUMAN, Rater.Sort.CROWD)]
    found: list[int] = []
    for name in names:
        sort = name.removeprefix(SORTS) if name.startswith(SORTS) else None
        places = [n for n, voice in enumerate(said.voices) if (voice.sort == sort if sort else voice.key == name)]
        if not places:
            known = ", ".join(voice.key for voice in said.voices[:20])
            raise errors.Invalid(f"“{name}” rated nothing here; raters are {known}.", code="rater_unknown")
        if sort is None:
            for place in places:
                permissions.check_may_see_voice(actor, user=said.voices[place].user, judge=said.voices[place].judges)
        found.extend(place for place in places if place not in found)
    return found
