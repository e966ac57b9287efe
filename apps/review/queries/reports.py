"""How far people agree with the judge and among themselves in a queue."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from apps.judging.models import JudgeVersion, Verdict, VerdictStatus
from apps.review.models import Queue, Review, ReviewItem
from apps.review.queries.items import criteria_of
from domain import agreement
from domain.decisions import UNDECIDED

BATCH = 5_000
SEED = 20
Metric = agreement.Metric


@dataclass(frozen=True)
class JudgeAgreement:
    """People's first decisions against one judge's verdicts."""

    judge: str
    items: int
    equal: float | None
    kappa: float | None
    low: float | None
    high: float | None
    higher: int
    lower: int
    unscored: int


@dataclass(frozen=True)
class CriterionAgreement:
    """The same for one criterion, over all judges, and among people."""

    criterion: str
    text: str
    items: int
    judge_equal: float | None
    people_items: int
    people_equal: float | None


@dataclass(frozen=True)
class QueueReport:
    """What the decisions of a queue say."""

    decisions: int
    people: int
    undecided: int
    changed: int
    seconds: float | None
    shared: int
    alpha: agreement.Measured
    judges: list[JudgeAgreement]
    criteria: list[CriterionAgreement]


def report(queue: Queue) -> QueueReport:
    """Agreement over all decisions so far; what a person changed after the reveal does not count here."""
    reviews = list(
        Review.objects.filter(item__queue=queue).order_by("pk").only(
            "item_id", "by_id", "value", "payload", "after", "seconds"
        )
    )  # fmt: skip
    decided = ReviewItem.objects.filter(queue=queue, reviews__isnull=False).distinct()
    items = {item.pk: item for item in decided.select_related("version__rubric")}
    table: dict[int, dict[int, float]] = defaultdict(dict)
    for review in reviews:
        if review.value is not None:
            table[review.item_id][review.by_id] = review.value
    people = sorted({review.by_id for review in reviews})
    rows = {key: [table[key].get(person) for person in people] for key in items if key in table}
    verdicts = _verdicts(queue, items)
    people_table = agreement.of_rows(rows.values())
    seconds = [review.seconds for review in reviews if review.seconds]
    return QueueReport(
        decisions=len(reviews),
        people=len(people),
        undecided=sum(_undecided(review, queue.task) for review in reviews),
        changed=sum(review.after == Review.After.CHANGED for review in reviews),
        seconds=median(seconds) if seconds else None,
        shared=sum(len(given) > 1 for given in table.values()),
        alpha=agreement.measure(people_table, Metric.ALPHA, level=agreement.level_of(people_table), seed=SEED),
        judges=_judges(rows, verdicts),
        criteria=_criteria(rows, items, verdicts),
    )


def _undecided(review: Review, task: str) -> bool:
    """Of orders, critiques and votes the number alone does not say whether somebody could decide."""
    return review.value is None if task == Queue.Task.VERDICT else bool(review.payload.get(UNDECIDED))


def _verdicts(queue: Queue, items: Mapping[int, ReviewItem]) -> dict[int, list[Verdict]]:
    owners = {key: item.pk for item in items.values() for key in item.verdict_keys}
    keys = list(owners)
    found: dict[int, list[Verdict]] = defaultdict(list)
    for start in range(0, len(keys), BATCH):
        rows = Verdict.objects.filter(workspace=queue.workspace_id, key__in=keys[start : start + BATCH])
        for verdict in rows.only("key", "judge_version_id", "status", "value", "sample"):
            found[owners[verdict.key]].append(verdict)
    return found


def _judges(rows: Mapping[int, list[float | None]], verdicts: Mapping[int, list[Verdict]]) -> list[JudgeAgreement]:
    pairs: dict[int, list[tuple[float, float]]] = defaultdict(list)
    unscored: dict[int, int] = defaultdict(int)
    for key, given in rows.items():
        people = [value for value in given if value is not None]
        for verdict in verdicts.get(key, []):
            if verdict.status == VerdictStatus.OK and verdict.value is not None:
                pairs[verdict.judge_version_id].extend((value, verdict.value) for value in people)
            else:
                unscored[verdict.judge_version_id] += 1
    judges = JudgeVersion.objects.select_related("judge").in_bulk(sorted({*pairs, *unscored}))
    return [_judge(str(judges[key]), pairs[key], unscored[key]) for key in sorted(judges)]


def _judge(name: str, pairs: Sequence[tuple[float, float]], unscored: int) -> JudgeAgreement:
    table = agreement.of_rows(pairs)
    equal, kappa = agreement.measure_each(table, [(Metric.PERCENT, "nominal"), (Metric.KAPPA, "nominal")], seed=SEED)
    return JudgeAgreement(
        judge=name,
        items=len(pairs),
        equal=equal.value,
        kappa=kappa.value,
        low=equal.low,
        high=equal.high,
        higher=sum(judge > person for person, judge in pairs),
        lower=sum(judge < person for person, judge in pairs),
        unscored=unscored,
    )


def _criteria(
    rows: Mapping[int, list[float | None]], items: Mapping[int, ReviewItem], verdicts: Mapping[int, list[Verdict]]
) -> list[CriterionAgreement]:
    grouped: dict[str, list[int]] = defaultdict(list)
    for key in rows:
        grouped[items[key].criterion].append(key)
    texts = {
        items[key].criterion: said.text
        for key, said in criteria_of(items[keys[0]] for keys in grouped.values()).items()
    }
    return [_criterion(name, texts.get(name, ""), keys, rows, verdicts) for name, keys in sorted(grouped.items())]


def _criterion(
    name: str,
    text: str,
    keys: Sequence[int],
    rows: Mapping[int, list[float | None]],
    verdicts: Mapping[int, list[Verdict]],
) -> CriterionAgreement:
    pairs = [
        [value, verdict.value]
        for key in keys
        for verdict in verdicts.get(key, [])
        if verdict.status == VerdictStatus.OK
        for value in rows[key]
        if value is not None
    ]
    shared = [rows[key] for key in keys if sum(value is not None for value in rows[key]) > 1]
    return CriterionAgreement(
        criterion=name,
        text=text,
        items=len(keys),
        judge_equal=_equal(pairs),
        people_items=len(shared),
        people_equal=_equal(shared),
    )


def _equal(rows: Sequence[Sequence[float | None]]) -> float | None:
    return agreement.measure(agreement.of_rows(rows), Metric.PERCENT, resamples=0).value
