"""Several judges side by side on one labelled sample: how right, how unanimous with people, how dear."""

import math
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from django.db.models import Count, Q, QuerySet, Sum

from apps.datasets import queries as datasets
from apps.datasets.models import Dataset
from apps.judging.models import Call, JudgeVersion, Run, Verdict
from apps.judging.queries import accuracy as accuracies
from apps.judging.queries import keys, runs
from domain import accuracy, agreement, bakeoff, ensembles, errors
from domain.rubric import Criterion, NumericScale
from domain.verdicts import Status

if TYPE_CHECKING:
    from apps.accounts.permissions import Actor

IN_ONE_GO = 5_000
DECIDED = (Status.OK.value, Status.NOT_APPLICABLE.value)


@dataclass(frozen=True)
class Cost:
    """What a judge cost in the run; `asked` are the verdicts that were read from these calls."""

    calls: int = 0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    seconds: float = 0.0
    asked: int = 0

    @property
    def tokens_a_verdict(self) -> float | None:
        """Prompt tokens that were computed and tokens written, a verdict; None where nothing was asked."""
        spent = self.prompt_tokens - self.cached_tokens + self.completion_tokens
        return spent / self.asked if self.asked else None


@dataclass(frozen=True)
class Agreement:
    """How far a judge agrees with people on one criterion; None where it is not defined."""

    criterion: Criterion
    kappa: float | None
    alpha: float | None
    answers: int


@dataclass
class Contender:
    """One judge in a bake-off; `accuracy` is None where nobody said which of its answers is better."""

    judge: JudgeVersion
    accuracy: accuracies.JudgeAccuracy | None = None
    credits: dict[int, float] = field(default_factory=dict)
    agreements: list[Agreement] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)
    verdicts: int = 0
    cost: Cost = field(default_factory=Cost)

    @property
    def name(self) -> str:
        """What it is called."""
        return str(self.judge)

    @property
    def unscored(self) -> int:
        """Verdicts without a value."""
        return sum(self.reasons.values())


@dataclass(frozen=True)
class EnsembleFigure:
    """Several judges as one, by a rule, on the prompts that all of them scored."""

    rule: ensembles.Rule
    weights: Mapping[str, float]
    measures: Mapping[str, accuracy.Estimate]
    prompts: int


@dataclass(frozen=True)
class Bakeoff:
    """All that came out of a bake-off; `choice` is None until somebody won a comparison."""

    run: Run
    contenders: list[Contender]
    ensembles: list[EnsembleFigure]
    single: EnsembleFigure | None
    choice: bakeoff.Choice | None


def labelled_datasets(actor: "Actor") -> list[Dataset]:
    """Data sets in which people said which answer is better, or labelled criteria, most of it first."""
    found = Dataset.objects.filter(workspace=actor.workspace, archived_at=None)
    counted = found.annotate(
        orders=Count("preferences", distinct=True), labelled=Count("labels", filter=Q(labels__criterion__isnull=False))
    )
    return list(counted.filter(Q(orders__gt=0) | Q(labelled__gt=0)).order_by("-orders", "-labelled", "slug"))


def labelled_prompts(dataset: Dataset) -> list[str]:
    """The names of the prompts that people ordered or labelled, in their order."""
    found = dataset.prompts.filter(Q(preferences__isnull=False) | Q(subjects__labels__criterion__isnull=False))
    return list(dict.fromkeys(found.order_by("pk").values_list("external_id", flat=True)))


def list_bakeoffs(actor: "Actor") -> QuerySet[Run]:
    """The workspace's bake-offs, newest first."""
    return runs.list_runs(actor, purposes=[Run.Purpose.BAKEOFF])


def get_bakeoff(actor: "Actor", run_id: str | uuid.UUID) -> Run:
    """One bake-off of the workspace; raises NotFound, also for a run that compares no judges."""
    run = runs.get_run(actor, run_id)
    if run.purpose != Run.Purpose.BAKEOFF:
        raise errors.NotFound("There is no such comparison of judges in this workspace.", code="bakeoff_unknown")
    return run


def is_ordered(run: Run) -> bool:
    """Whether people said of the data set of a bake-off which answers are better."""
    return run.dataset is not None and run.dataset.preferences.filter(criterion=None).exists()


def bakeoff_of(run: Run) -> Bakeoff:
    """What a bake-off found so far."""
    assert run.dataset is not None
    better = accuracies.better_of(run.dataset)
    scores = accuracies.scores_of(run.dataset, better.keys(), run)
    version = run.versions.select_related("rubric").get()
    contenders = {judge.pk: Contender(judge) for judge in run.judges.select_related("judge").order_by("pk")}
    for (judge, _, compares), by_prompt in scores.items():
        one = contenders[judge]
        one.accuracy = accuracies.of_judge(one.judge, version, compares, by_prompt, better)
        one.credits = _credits(compares, by_prompt, better)
    _read_verdicts(run, contenders)
    tables = _tables(scores, contenders)
    figures, single = _ensembles(tables, contenders, better)
    rivals = [bakeoff.Contender(one.name, one.credits, one.cost.tokens_a_verdict) for one in contenders.values()]
    return Bakeoff(run, list(contenders.values()), figures, single, bakeoff.choose(rivals))


def _credits(
    compares: bool,
    by_prompt: Mapping[int, Mapping[accuracies.Order, float | None]],
    better: Mapping[int, set[tuple[int, int]]],
) -> dict[int, float]:
    """The share of comparisons won on each prompt, a tie counting half."""
    found: dict[int, float] = {}
    for prompt, scored in by_prompt.items():
        if compares:
            asked = [value for pair in accuracies.pairs_of(scored, better[prompt]) for value in pair if _asked(value)]
            if asked:
                found[prompt] = sum(accuracy.preferred(value, accuracy.Ties.SPLIT) for value in asked) / len(asked)
        elif group := accuracies.group_of(scored, better[prompt]):
            found[prompt] = accuracy.wins(group, accuracy.Ties.SPLIT)
    return found


def _asked(value: float | None) -> bool:
    """Whether an order was asked; a reply that could not be read (None) was."""
    return value is None or not math.isnan(value)


def _read_verdicts(run: Run, contenders: Mapping[int, Contender]) -> None:
    """Count verdicts and their reasons, compare them with people's labels, and add up what they cost."""
    rubric = keys.Reader().rubric(run.versions.get())
    gold = _gold(run, {criterion.id: criterion for criterion in rubric.criteria})
    said: dict[int, dict[str, list[tuple[float, float]]]] = defaultdict(lambda: defaultdict(list))
    asked: dict[int, Counter[int]] = defaultdict(Counter)
    for judge, subject, place, status, value, call in _verdicts(run):
        one = contenders[judge]
        one.verdicts += 1
        if status not in DECIDED:
            one.reasons[status] += 1
        if call is not None:
            asked[judge][call] += 1
        criterion = rubric.criteria[place]
        human = gold.get((subject, criterion.id))
        if value is not None and human is not None:
            said[judge][criterion.id].append((value, human))
    for judge, one in contenders.items():
        one.agreements = [_agreement(c, said[judge][c.id]) for c in rubric.criteria if said[judge][c.id]]
        one.cost = _cost(run, judge, asked[judge])


def _verdicts(run: Run) -> Iterator[tuple[int, int, int, str, float | None, int | None]]:
    """(judge, subject, place of the criterion, status, value, call) of each verdict of a run."""
    places: dict[uuid.UUID, list[tuple[int, int, int]]] = defaultdict(list)
    for judge, subject, held in run.items.values_list("judge_version", "subject", "verdict_keys"):
        for place, key in enumerate(held):
            places[key].append((judge, subject, place))
    wanted = iter(places)
    while part := list(islice(wanted, IN_ONE_GO)):
        rows = Verdict.objects.filter(key__in=part).values_list("key", "status", "value", "call_id")
        for key, status, value, call in rows:
            for where in places[key]:
                yield (*where, status, value, call)


def _gold(run: Run, criteria: Mapping[str, Criterion]) -> dict[tuple[int, str], float]:
    """What people say of an answer on a criterion, in [0, 1]: the mean of their labels."""
    assert run.dataset is not None
    given: dict[tuple[int, str], list[float]] = defaultdict(list)
    for name, subject, _, value in datasets.labels_by_criterion(run.dataset):
        if name is not None and name in criteria and (degree := degree_of(criteria[name], value)) is not None:
            given[subject, name].append(degree)
    return {where: sum(values) / len(values) for where, values in given.items()}


def degree_of(criterion: Criterion, value: float) -> float | None:
    """A label in the criterion's own unit as a degree in [0, 1]; None where it is no value of its scale."""
    scale = criterion.levels
    degree = (value - scale.min) / (scale.max - scale.min) if isinstance(scale, NumericScale) else value
    return degree if 0 <= degree <= 1 else None


def _agreement(criterion: Criterion, both: list[tuple[float, float]]) -> Agreement:
    """Kappa of which side of ½ they are on, and alpha of the degrees themselves."""
    sides = [(float(value > 0.5), float(human > 0.5)) for value, human in both]
    kappa = agreement.cohen_kappa([one for one, _ in sides], [other for _, other in sides])
    return Agreement(criterion, kappa, agreement.krippendorff_alpha(both, level="interval"), len(both))


def _cost(run: Run, judge: int, asked: Counter[int]) -> Cost:
    calls = Call.objects.filter(run=run, judge_version=judge)
    own = set(calls.values_list("pk", flat=True))
    spent = calls.aggregate(
        calls=Sum("http_calls"), prompt=Sum("prompt_tokens"), cached=Sum("cached_tokens"),
        written=Sum("completion_tokens"), seconds=Sum("seconds"),
    )  # fmt: skip
    return Cost(
        calls=spent["calls"] or 0,
        prompt_tokens=spent["prompt"] or 0,
        cached_tokens=spent["cached"] or 0,
        completion_tokens=spent["written"] or 0,
        seconds=spent["seconds"] or 0.0,
        asked=sum(count for call, count in asked.items() if call in own),
    )


def _tables(
    scores: Mapping[tuple[int, int, bool], Mapping[int, Mapping[accuracies.Order, float | None]]],
    contenders: Mapping[int, Contender],
) -> dict[str, ensembles.Table]:
    """The scores of the judges that score answers one by one, by their names."""
    return {
        contenders[judge].name: {
            prompt: {order[0]: raw for order, raw in scored.items()} for prompt, scored in by_prompt.items()
        }
        for (judge, _, compares), by_prompt in scores.items()
        if not compares
    }


def _ensembles(
    tables: Mapping[str, ensembles.Table],
    contenders: Mapping[int, Contender],
    better: Mapping[int, set[tuple[int, int]]],
) -> tuple[list[EnsembleFigure], EnsembleFigure | None]:
    """Each rule over all judges that score one by one, and the best single one of them on the same prompts."""
    if len(tables) < 2:
        return [], None
    even = {name: ensembles.standardised(table) for name, table in tables.items()}
    credits_ = {one.name: one.credits for one in contenders.values() if one.name in tables}
    shares = _shares(credits_)
    found = [
        _figure(rule, shares, _crossed(even, credits_, rule) if rule is ensembles.Rule.WEIGHTED else
                ensembles.combine(even, rule, shares), better)
        for rule in ensembles.Rule
    ]  # fmt: skip
    best = max(credits_, key=lambda name: _mean(credits_[name]))
    common = set.intersection(*(set(table) for table in tables.values()))
    alone = {prompt: scored for prompt, scored in tables[best].items() if prompt in common}
    return found, _figure(ensembles.Rule.MEAN, {best: 1.0}, alone, better)


def _crossed(
    even: Mapping[str, ensembles.Table], credits_: Mapping[str, Mapping[int, float]], rule: ensembles.Rule
) -> ensembles.Table:
    """Weights from one half of the prompts are used on the other, so that no prompt helps to weigh itself."""
    prompts = sorted(set().union(*(set(each) for each in credits_.values())))
    found: dict[int, Mapping[int, float | None]] = {}
    for half in (0, 1):
        mine = set(prompts[half::2])
        elsewhere = {
            name: {prompt: credit for prompt, credit in each.items() if prompt not in mine}
            for name, each in credits_.items()
        }
        part = {name: {p: s for p, s in table.items() if p in mine} for name, table in even.items()}
        found |= ensembles.combine(part, rule, _shares(elsewhere))
    return found


def _shares(credits_: Mapping[str, Mapping[int, float]]) -> dict[str, float]:
    return ensembles.weights({name: _mean(each) for name, each in credits_.items()})


def _mean(values: Mapping[int, float]) -> float:
    return sum(values.values()) / len(values) if values else 0.0


def _figure(
    rule: ensembles.Rule,
    shares: Mapping[str, float],
    table: ensembles.Table,
    better: Mapping[int, set[tuple[int, int]]],
) -> EnsembleFigure:
    groups = [
        group
        for prompt, scored in table.items()
        if (group := accuracies.group_of({(answer,): score for answer, score in scored.items()}, better[prompt]))
    ]
    return EnsembleFigure(rule, shares, accuracy.of_groups(groups), len(groups))
