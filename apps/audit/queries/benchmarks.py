"""Results of benchmarks, who can be scored on a data set, and what a scorer is scored from."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.core.exceptions import ValidationError
from django.db.models import Count, F, QuerySet, Sum
from django.db.models.expressions import RawSQL

from apps.accounts.permissions import Actor
from apps.audit.models import BenchmarkResult
from apps.audit.queries import facts, gathering, truths
from apps.audit.queries.columns import Column
from apps.audit.queries.facts import Facts
from apps.audit.queries.sources import Named, Source
from apps.datasets import queries as datasets
from apps.datasets.models import Dataset, Prompt, Response
from apps.jobs.models import Job, JobState
from apps.judging import queries as judging
from apps.judging.models import Call, JudgeVersion, Run
from domain import audits, benchmarks, errors
from domain.audits import Need
from domain.benchmarks import Benchmark, Truth

JOB = "benchmark"
NEEDS = (Need.SCORES, Need.PAIRS)
CRITERIA_NEEDS = (*NEEDS, Need.CRITERIA)
_ELSEWHERE = """EXISTS (SELECT 1 FROM jsonb_array_elements("datasets_response"."parts") AS part
WHERE part->>'type' = 'elsewhere')"""
SORTS = {"score": "score", "scorer": "scorer", "items": "items", "unscored": "unscored", "ties": "ties",
         "at": "created_at"}  # fmt: skip


@dataclass(frozen=True)
class Scorer:
    """Who can be scored on a data set: how it is named to the service, how on screen, and how many scores it has."""

    source: dict[str, Any]
    name: str
    scores: int


@dataclass
class Input:
    """What one scorer is scored from, and where what the outcome names can be looked at."""

    inputs: audits.Inputs
    places: dict[str, dict[str, Any]]


def list_results(
    actor: Actor, *, dataset: Dataset | None = None, benchmark: str = "", judge: JudgeVersion | None = None,
    sort: str = "-score",
) -> QuerySet[BenchmarkResult]:  # fmt: skip
    """The results of the workspace, the best first, those without a score last."""
    rows = BenchmarkResult.objects.filter(workspace=actor.workspace)
    if dataset is not None:
        rows = rows.filter(dataset=dataset)
    if benchmark:
        rows = rows.filter(benchmark=benchmark)
    if judge is not None:
        rows = rows.filter(judge_version=judge)
    field = F(SORTS.get(sort.removeprefix("-"), "score"))
    order = field.desc(nulls_last=True) if sort.startswith("-") else field.asc(nulls_last=True)
    return rows.select_related("dataset", "version__rubric", "judge_version__judge", "created_by").order_by(order, "pk")


def get_result(actor: Actor, key: str) -> BenchmarkResult:
    """One result of the actor's workspace."""
    try:
        found = list_results(actor).filter(pk=key).first()
    except (ValidationError, ValueError):
        found = None
    if found is None:
        raise errors.NotFound("There is no such result of a benchmark here.", code="benchmark_result_unknown")
    return found


def boards(actor: Actor) -> list[tuple[str, Dataset, int]]:
    """Each benchmark and data set with results, with how many, the newest first."""
    rows = BenchmarkResult.objects.filter(workspace=actor.workspace).values_list("benchmark", "dataset")
    counts = list(rows.annotate(count=Count("pk")).order_by("benchmark", "dataset__title"))
    held = Dataset.objects.in_bulk({dataset for _, dataset, _ in counts})
    return [(name, held[dataset], count) for name, dataset, count in counts]


def running(actor: Actor) -> int:
    """How many jobs are scoring now."""
    live = (JobState.QUEUED, JobState.RUNNING)
    return Job.objects.filter(workspace=actor.workspace, kind=JOB, state__in=live).count()


def benchmarks_for(dataset: Dataset) -> list[Benchmark]:
    """The benchmarks that the data set is for, by the format that it was imported in."""
    last = dataset.extensions.get("last_import")
    return benchmarks.fitting(last.get("format", "") if isinstance(last, dict) else "")


def scorers_for(actor: Actor, dataset: Dataset, truth: Truth) -> list[Scorer]:
    """Who has scores on a data set: judges here and elsewhere, then runs of prompt-bound rubrics; models by rules."""
    if truth is Truth.RULES:
        return [Scorer({"writer": name}, name or "answers without a model", 0) for name in truths.writers_of(dataset)]
    found = [
        Scorer({"dataset": dataset.slug, "judge": str(judge), "rubric": str(version)}, f"{judge} · {version}", count)
        for judge, version, count in judging.stored_scorers(dataset)
    ]
    for side in judging.sides_of(actor):
        if side.version is None and side.run.dataset_id == dataset.pk:
            source = {"run": str(side.run.pk), "judge": str(side.judge), "rubric": None}
            found.append(Scorer(source, f"{side.judge} · rubrics of the prompts", 0))
    return found


def tables_for(actor: Actor, dataset: Dataset) -> list[Scorer]:
    """The outside scorers of tables that name prompts of a data set, newest first."""
    ids = Prompt.objects.filter(dataset=dataset).values("external_id")
    tables = list(datasets.score_tables(actor).filter(rows__prompt_id__in=ids).distinct()[:20])
    scorers = datasets.scorers_of(tables)
    return [
        Scorer({"table": table.pk, "scorer": name}, f"{name} (table {table.pk}, {table.name})", rows)
        for table in tables
        for name, rows in scorers.get(table.pk, ())
    ]


def facts_for(dataset: Dataset) -> Facts:
    """What is known of a data set, once for all scorers."""
    return facts.facts_of(dataset)


def input_of(source: Source, benchmark: Benchmark, known: Facts, gold: Source | None) -> Input:
    """What a scorer is scored from: only what it was asked, so that a sample is no loss."""
    needs = CRITERIA_NEEDS if benchmark.truth is Truth.CRITERIA else NEEDS
    made = gathering.gather(Named((source,), known.dataset, gold), needs, known)
    column = made.columns[0]
    pairs = made.inputs.pairs
    inputs = dataclasses.replace(
        made.inputs, pairs=None if pairs is None else _asked(pairs, column, known),
        known=truths.known_of(benchmark.truth, column, known),
    )  # fmt: skip
    places = dict(made.responses)
    places |= {name: {"prompt": key} for name, key in made.prompts.items()}
    if inputs.pairs is not None:
        for name, better in zip(inputs.pairs.ids, inputs.pairs.better, strict=True):
            if better in made.responses:
                places[name] = made.responses[better]
    return Input(inputs, places)


def input_by_rules(dataset: Dataset, writer: str) -> Input:
    """The answers of a model with what rules say of them."""
    known = truths.ruled(dataset, writer)
    rows = Response.objects.filter(prompt__dataset=dataset, model=writer).values_list("external_id", "prompt")
    return Input(audits.Inputs(known=known), {name: {"prompt": prompt} for name, prompt in rows})


def cost_of(source: Source, dataset: Dataset) -> dict[str, Any] | None:
    """What the calls of a judge's runs on a data set cost; none where no call was made here."""
    judge = source.side.judge if source.side else source.stored.judge if source.stored else None
    if judge is None:
        return None
    runs = Run.objects.filter(dataset=dataset) if source.side is None else Run.objects.filter(pk=source.side.run.pk)
    if source.stored is not None:
        runs = runs.filter(versions=source.stored.version)
    found = Call.objects.filter(run__in=runs, judge_version=judge).aggregate(
        calls=Count("pk"), prompt_tokens=Sum("prompt_tokens", default=0),
        completion_tokens=Sum("completion_tokens", default=0), seconds=Sum("seconds", default=0.0),
    )  # fmt: skip
    return dict(found) if found["calls"] else None


def degenerate(known: Facts) -> list[benchmarks.Fault]:
    """The rows of a data set that measure nothing."""
    rows = Response.objects.filter(prompt__dataset=known.dataset).annotate(away=RawSQL(_ELSEWHERE, []))  # noqa: S611
    lengths = {key: fact.length for key, fact in known.answers.items()}
    held = rows.order_by("prompt", "pk").values_list(
        "prompt__external_id", "external_id", "prompt__hash", "hash", "away"
    )
    return benchmarks.faults(
        benchmarks.Row(
            prompt, name, prompt_hash, answer_hash, int(lengths.get((prompt, name), 0)),
            _truth(known.correct.get((prompt, name))), bool(away),
        )
        for prompt, name, prompt_hash, answer_hash, away in held
    )  # fmt: skip


def _truth(correct: float | None) -> bool | None:
    return None if correct is None else correct >= 0.5


def _asked(pairs: audits.Pairs, column: Column, known: Facts) -> audits.Pairs | None:
    """The pairs that were put to a scorer, whether it could answer or not."""
    compared = facts.pair_scores(column)
    places = [
        n
        for n, (one, two) in enumerate(
            (one, two) for one, two in known.better if one in known.answers and two in known.answers
        )
        if _was_asked(one, two, column, known, compared)
    ]
    return _some(pairs, places) if places else None


def _was_asked(one: Any, two: Any, column: Column, known: Facts, compared: dict[tuple[int, int], float | None]) -> bool:
    if compared:
        ids = known.answers[one].response, known.answers[two].response
        return ids in compared or ids[::-1] in compared
    return one in column.values and two in column.values


def _some(pairs: audits.Pairs, places: Sequence[int]) -> audits.Pairs:
    chosen = np.array(places, dtype=np.intp)
    return audits.Pairs(
        ids=[pairs.ids[n] for n in places], prompts=[pairs.prompts[n] for n in places],
        better=[pairs.better[n] for n in places], worse=[pairs.worse[n] for n in places],
        judged=[audits.Judged(one.name, one.first[chosen], one.second[chosen], one.once) for one in pairs.judged],
        margins={name: values[chosen] for name, values in pairs.margins.items()},
        strength=None if pairs.strength is None else pairs.strength[chosen],
        tags={name: [values[n] for n in places] for name, values in pairs.tags.items()},
    )  # fmt: skip
