"""Who said what of what: people's labels, preferences and decisions, and judges' verdicts, as columns of numbers."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models.functions import Coalesce, Extract

from apps.accounts.models import User
from apps.datasets import queries as datasets
from apps.datasets.models import Dataset, Label, Rater, Subject, SubjectKind, SubjectMember
from apps.judging.models import JudgeVersion, Verdict, VerdictStatus
from apps.review.models import Queue, Review
from domain import agreement

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Codes = npt.NDArray[np.int64]
    Mask = npt.NDArray[np.bool_]
    Numbers = npt.NDArray[np.float64]

JUDGE = "judge:"


@dataclass(frozen=True)
class Voice:
    """Somebody who rates: a person, a crowd position, a model that labelled, or a judge."""

    key: str
    name: str
    sort: str
    user: int | None = None

    @property
    def judges(self) -> bool:
        """Whether it is a judge with verdicts."""
        return self.key.startswith(JUDGE)


Named = Callable[[Sequence[int]], list[Voice]]


@dataclass(frozen=True)
class Said:
    """Ratings of one question, column by column; a value is NaN where nobody could decide."""

    voices: list[Voice]
    items: "Codes"
    raters: "Codes"
    values: "Numbers"
    blind: "Mask"
    repeats: "Codes"
    at: "Numbers"
    reviews: list[int | None] = field(default_factory=list)

    @property
    def first(self) -> "Mask":
        """What counts: a value, given blind, the first time."""
        import numpy as np

        return np.asarray(self.blind & (self.repeats == 0) & np.isfinite(self.values))

    @property
    def abstained(self) -> int:
        """Blind first answers without a value."""
        import numpy as np

        return int((self.blind & (self.repeats == 0) & ~np.isfinite(self.values)).sum())

    @property
    def assisted(self) -> int:
        """Answers given after a suggestion was seen: kept apart."""
        return int((~self.blind).sum())

    def of(self, voices: Iterable[int]) -> "Mask":
        """Which ratings are by these voices (by place)."""
        import numpy as np

        return np.isin(self.raters, list(voices))


def of_labels(dataset: Dataset, criterion: str | None) -> Said:
    """The labels of a data set on one criterion, or on whole responses."""
    found = datasets.label_columns(dataset, criterion).get(criterion)
    return said_of(found) if found is not None else _nothing()


def of_all_labels(dataset: Dataset) -> dict[str | None, Said]:
    """The labels of a data set by criterion, most labelled first."""
    found = datasets.label_columns(dataset)
    ranked = sorted(found.items(), key=lambda pair: (-len(pair[1].values), pair[0] or ""))
    named = _once(_voices, [columns for _, columns in ranked])
    return {criterion: said_of(columns, named) for criterion, columns in ranked}


def said_of(columns: datasets.LabelColumns, named: Named | None = None) -> Said:
    """Columns of labels as numbers; `named` makes voices of the keys of raters, of data sets unless given."""
    import numpy as np

    seen, places = np.unique(np.asarray(columns.raters, dtype=np.int64), return_inverse=True)
    return Said(
        voices=(named or _voices)(seen.tolist()),
        items=np.asarray(columns.subjects, dtype=np.int64),
        raters=places.astype(np.int64),
        values=np.asarray(columns.values, dtype=float),
        blind=np.asarray(columns.modes) == Label.Mode.BLIND.value,
        repeats=np.asarray(columns.repeats, dtype=np.int64),
        at=np.asarray(columns.at, dtype=float),
        reviews=columns.reviews,
    )


def of_preferences(dataset: Dataset) -> tuple[Said, list[tuple[int, int]]]:
    """Which of two responses people prefer, and the pairs by item."""
    import numpy as np

    rows = datasets.preferred_pairs(dataset)
    pairs = sorted({row.responses for row in rows})
    places = {pair: n for n, pair in enumerate(pairs)}
    raters = sorted({row.rater for row in rows})
    voices = {key: n for n, key in enumerate(raters)}
    said = Said(
        voices=_voices(raters),
        items=np.array([places[row.responses] for row in rows], dtype=np.int64),
        raters=np.array([voices[row.rater] for row in rows], dtype=np.int64),
        values=np.array([row.value for row in rows], dtype=float),
        blind=np.array([row.blind for row in rows], dtype=bool),
        repeats=np.array([row.repeat for row in rows], dtype=np.int64),
        at=np.zeros(len(rows)),
        reviews=[None] * len(rows),
    )
    return said, pairs


def of_queue(queue: Queue) -> dict[str, Said]:
    """What people decided in a queue before anything was revealed, by criterion."""
    rows = Review.objects.filter(item__queue=queue).annotate(
        epoch=Extract("created_at", "epoch"),
        place=Coalesce("item__subject_id", -1 * Coalesce("item__repeat_of_id", "item_id")),
    )
    grouped = rows.order_by("item__criterion").values("item__criterion")
    found = grouped.annotate(
        all_subjects=ArrayAgg("place"), all_raters=ArrayAgg("by_id"), all_values=ArrayAgg("value"),
        all_modes=ArrayAgg("mode"), all_repeats=ArrayAgg("repeat"), all_at=ArrayAgg("epoch"),
        all_reviews=ArrayAgg("pk"),
    ).values_list("item__criterion", *(f"all_{name}" for name in datasets.LabelColumns._fields))  # fmt: skip
    columns = {criterion: datasets.LabelColumns(*rest) for criterion, *rest in found}
    named = _once(_people, columns.values())
    return {criterion: said_of(one, named) for criterion, one in columns.items()}


def with_judges(said: Said, criterion: str | None, dataset: Dataset) -> Said:
    """The same with the judges' verdicts on the same subjects and criterion, each judge as a voice.

    Of several verdicts of a judge on one subject (other wordings, other settings of the protocol) the newest counts,
    and of its samples the first. What has the same content is one subject to a judge.
    """
    subjects = _contents(dataset, set(said.items.tolist()))
    return _joined(said, _of_subjects(subjects, _verdicts(dataset, criterion=criterion or "")))


def with_pair_judges(said: Said, pairs: Sequence[tuple[int, int]], dataset: Dataset) -> Said:
    """Preferences with the verdicts of judges on the same two responses.

    A verdict on the turned pair is turned round; where a judge was asked in both orders its mean counts.
    """
    members: dict[int, list[int]] = {}
    placed = SubjectMember.objects.filter(subject__prompt__dataset=dataset, subject__kind=SubjectKind.PAIR)
    for subject, response in placed.order_by("subject", "position").values_list("subject", "response"):
        members.setdefault(subject, []).append(response)
    places = {pair: n for n, pair in enumerate(pairs)}
    given: dict[tuple[int, int], list[float | None]] = {}
    verdicts = _of_subjects(_contents(dataset, set(members)), _verdicts(dataset, subject__kind=SubjectKind.PAIR))
    for (judge, subject), degree in verdicts.items():
        first, second = members[subject]
        turned = first > second
        place = places.get((second, first) if turned else (first, second))
        if place is not None:
            given.setdefault((judge, place), []).append(1 - degree if turned and degree is not None else degree)
    return _joined(said, {key: _mean(values) for key, values in given.items()})


def degrees_of_judge(
    dataset: Dataset, judge: str, criteria: Iterable[str | None]
) -> dict[str | None, dict[int, float | None]]:
    """What a judge (`name@1`) says of each answer of a data set by criterion; None where it is unscored.

    The newest first sample counts. What has the same content is one subject to a judge.
    """
    name, _, number = judge.rpartition("@")
    wanted = {criterion or "": criterion for criterion in criteria}
    given: dict[str, list[_Verdict]] = {}
    for one in _verdicts(
        dataset, criterion__in=list(wanted), judge_version__judge__name=name, judge_version__number=number,
        subject__kind=SubjectKind.RESPONSE,
    ):  # fmt: skip
        given.setdefault(one.criterion, []).append(one)
    subjects = _contents(dataset)
    return {
        wanted[criterion]: {subject: degree for (_, subject), degree in _of_subjects(subjects, verdicts).items()}
        for criterion, verdicts in given.items()
    }


def each_repeat(said: Said) -> Said:
    """The same with each repeat as an item of its own."""
    import numpy as np

    spread = int(said.repeats.max(initial=0)) + 1
    return replace(said, items=said.items * spread + said.repeats, repeats=np.zeros_like(said.repeats))


def table_of(said: Said, chosen: "Mask") -> agreement.Table:
    """The chosen ratings that count, as a table."""
    kept = chosen & said.first
    return agreement.of_triples(said.items[kept], said.raters[kept], said.values[kept])


def shared_tables(said: Said, first: "Mask", second: "Mask") -> tuple[agreement.Table, agreement.Table]:
    """Two groups of ratings as tables that number their items alike."""
    import numpy as np

    codes = np.unique(said.items, return_inverse=True)[1].astype(np.int64)
    one, other = first & said.first, second & said.first
    return (
        agreement.Table(codes[one], said.raters[one], said.values[one]),
        agreement.Table(codes[other], said.raters[other], said.values[other]),
    )


def _contents(dataset: Dataset, wanted: set[int] | None = None) -> dict[str, list[int]]:
    """The wanted subjects of a data set (all: None) by their content."""
    found: dict[str, list[int]] = {}
    for key, content in Subject.objects.filter(prompt__dataset=dataset).values_list("pk", "hash"):
        if wanted is None or key in wanted:
            found.setdefault(content, []).append(key)
    return found


class _Verdict(NamedTuple):
    judge: int
    subject: int
    content: str
    sample: int
    degree: float | None
    criterion: str


def _verdicts(dataset: Dataset, **chosen: Any) -> Iterator[_Verdict]:
    """Verdicts, later samples first, then oldest first; the degree is None where unscored."""
    rows = Verdict.objects.filter(subject__prompt__dataset=dataset, **chosen).order_by("-sample", "judged_at")
    for judge, subject, content, sample, status, value, criterion in rows.values_list(
        "judge_version", "subject", "subject__hash", "sample", "status", "value", "criterion"
    ):
        yield _Verdict(judge, subject, content, sample, value if status == VerdictStatus.OK else None, criterion)


def _of_subjects(
    subjects: Mapping[str, list[int]], verdicts: Iterable[_Verdict]
) -> dict[tuple[int, int], float | None]:
    """What each judge says of each subject: its own first sample, else the first sample of the same content."""
    own: dict[tuple[int, int], float | None] = {}
    alike: dict[tuple[int, int], float | None] = {}
    for one in verdicts:
        for subject in subjects.get(one.content, ()):
            if subject == one.subject:
                own[one.judge, subject] = one.degree
            elif one.sample == 0:
                alike[one.judge, subject] = one.degree
    return alike | own


def _joined(said: Said, verdicts: Mapping[tuple[int, int], float | None]) -> Said:
    import numpy as np

    judges = sorted({judge for judge, _ in verdicts})
    names = JudgeVersion.objects.select_related("judge").in_bulk(judges)
    start = len(said.voices)
    places = {judge: start + n for n, judge in enumerate(judges)}
    count = len(verdicts)
    return Said(
        voices=[*said.voices, *(Voice(f"{JUDGE}{names[key]}", str(names[key]), "judge") for key in judges)],
        items=np.concatenate([said.items, np.array([item for _, item in verdicts], dtype=np.int64)]),
        raters=np.concatenate([said.raters, np.array([places[judge] for judge, _ in verdicts], dtype=np.int64)]),
        values=np.concatenate([said.values, np.array(list(verdicts.values()), dtype=float)]),
        blind=np.concatenate([said.blind, np.ones(count, dtype=bool)]),
        repeats=np.concatenate([said.repeats, np.zeros(count, dtype=np.int64)]),
        at=np.concatenate([said.at, np.zeros(count)]),
        reviews=[*said.reviews, *([None] * count)],
    )


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def _voices(keys: Sequence[int]) -> list[Voice]:
    found = datasets.raters_of(keys)
    return [Voice(found[key].name, found[key].name, found[key].sort, found[key].user_id) for key in keys]


def _once(named: Named, columns: Iterable[datasets.LabelColumns]) -> Named:
    """The same voices from one look at everybody in several columns."""
    keys = sorted({key for one in columns for key in one.raters})
    known = dict(zip(keys, named(keys), strict=True))
    return lambda wanted: [known[key] for key in wanted]


def _people(keys: Sequence[int]) -> list[Voice]:
    found = User.objects.in_bulk(keys)
    return [Voice(found[key].username, found[key].name, Rater.Sort.HUMAN, key) for key in keys]


def _nothing() -> Said:
    return said_of(datasets.LabelColumns([], [], [], [], [], [], []))
