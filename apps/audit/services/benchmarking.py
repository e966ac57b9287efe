"""Scores judges and outside scorers on benchmarks: a few at once, many by a worker."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from apps.accounts.permissions import Actor
from apps.audit import permissions, queries, runners
from apps.audit.models import Audit, BenchmarkResult
from apps.audit.queries import benchmarks as known
from apps.audit.runners import benchmarking
from apps.audit.runners.benchmarking import Wish
from apps.audit.services import auditing
from apps.datasets.models import Dataset, Response
from apps.jobs import services as jobs
from apps.jobs.models import Job
from domain import benchmarks, errors
from domain.audits import registry
from domain.benchmarks import Truth

AT_ONCE = 6_000
MOST_SCORERS = 200


@dataclass(frozen=True)
class Scored:
    """What was asked for: results, new ones among them and why scorers have none; or the job that a worker does."""

    results: tuple[BenchmarkResult, ...] = ()
    new: int = 0
    refused: tuple[str, ...] = ()
    job: Job | None = None


def score_benchmark(
    *, by: Actor, benchmark: str, dataset: Dataset, sources: Sequence[Mapping[str, Any]] = (),
    gold: Mapping[str, Any] | None = None, seed: int = 0,
) -> Scored:  # fmt: skip
    """Score scorers on a benchmark over a data set: those named, or all that have scores on it.

    A result that is there already is not made again. Up to `AT_ONCE` answers it is done when this returns, and Invalid
    says why nobody could be scored; above that a worker does it. No model is asked: a run judges first.
    """
    permissions.check_may_audit(by)
    with errors.at("/benchmark"):
        entry = benchmarks.entry(benchmark)
    if dataset.workspace_id != by.workspace.pk:
        raise errors.NotFound("There is no such data set here.", code="dataset_unknown")
    if not 0 <= seed <= registry.MOST_SEED:
        raise _refused("/seed", "A seed is a whole number from 0.")
    if entry.gold and not gold:
        raise _refused("/gold", "This benchmark holds scores against those of another judge: say whose.")
    if gold and not entry.gold:
        raise _refused("/gold", "This benchmark holds scores against nobody else's.")
    chosen = [_here(one, dataset) for one in sources] or [
        one.source for one in known.scorers_for(by, dataset, entry.truth)
    ]
    held = _here(gold, dataset) if gold else None
    chosen = [one for one in chosen if one != held]
    if not chosen:
        raise _refused(
            "/sources", "Nobody has scores on this data set yet. Start a run on it, or send a table of outside scores."
        )
    if len(chosen) > MOST_SCORERS:
        raise _refused("/sources", f"At most {MOST_SCORERS} scorers are scored at once.")
    _check(by, dataset, chosen, held, rules=entry.truth is Truth.RULES)
    wish = Wish(entry, dataset, tuple(chosen), held, seed)
    if Response.objects.filter(prompt__dataset=dataset).count() * len(chosen) > AT_ONCE:
        with transaction.atomic():
            return Scored(job=_job(by, wish))
    made, refused = runners.results_of(by, wish)
    if not made:
        raise errors.Invalid(
            "; ".join(refused[:3])[:1000], code="benchmark_impossible", details={"refused": list(refused[:50])}
        )
    with transaction.atomic():
        new = benchmarking.keep(by, made)
    rows = BenchmarkResult.objects.filter(workspace=by.workspace, digest__in=[one.digest for one in made])
    return Scored(tuple(rows.order_by("-score", "pk")), new, tuple(refused))


def compare_results(*, by: Actor, keys: Sequence[str]) -> Audit:
    """Compare the scorers of two or more results of one board on the sample that all of them judged.

    Raises Invalid where fewer than two are named, they are of several boards, or rules decided them.
    """
    permissions.check_may_audit(by)
    rows = [queries.get_result(by, key) for key in dict.fromkeys(keys)]
    if len(rows) < 2:
        raise _refused("/results", "Choose two or more to compare.")
    if len({(row.benchmark, row.dataset_id) for row in rows}) > 1:
        raise _refused("/results", "Only results of one benchmark on one data set can be compared.")
    entry = benchmarks.entry(rows[0].benchmark)
    if entry.truth is Truth.RULES:
        raise _refused("/results", "Answers that rules decide have no judges to compare.")
    by_score = entry.gold or entry.truth is Truth.CRITERIA
    inputs = {"scores": [row.source for row in rows], "dataset": rows[0].dataset.slug}
    return auditing.run_audit(by=by, kind="comparison" if by_score else "pair_comparison", inputs=inputs)


def _here(one: Any, dataset: Dataset) -> dict[str, Any]:
    """A source as it was named; a judge and rubric without a run are those with scores on this data set."""
    if not isinstance(one, Mapping):
        raise _refused("/sources", "A scorer is named as an object.")
    given = dict(one)
    if "judge" in given and "run" not in given:
        given["dataset"] = dataset.slug
    return given


def _check(
    by: Actor, dataset: Dataset, chosen: Sequence[dict[str, Any]], gold: Mapping[str, Any] | None, *, rules: bool
) -> None:
    """Refuse scorers that are not there or are no scorers of this benchmark."""
    for place, one in enumerate(chosen):
        pointer = f"/sources/{place}"
        if rules != ("writer" in one):
            wanted = "{writer}" if rules else "{dataset, judge, rubric}, {run, judge, rubric} or {table, scorer}"
            raise _refused(pointer, f"A scorer of this benchmark is named as {wanted}.")
        if rules and (set(one) != {"writer"} or not isinstance(one["writer"], str)):
            raise _refused(pointer, "A model is named as {writer}.")
        if not rules:
            with errors.at(pointer):
                queries.read_inputs(by, {"scores": [one], "dataset": dataset.slug})
    if gold:
        with errors.at("/gold"):
            queries.read_inputs(by, {"scores": [dict(gold)], "dataset": dataset.slug})


def _job(by: Actor, wish: Wish) -> Job:
    title = f"Benchmark: {wish.benchmark.title}"
    return jobs.create_job(
        by=by, workspace=by.workspace, kind=queries.JOB, shards=[{}], title=title, params=wish.plain()
    )


def _refused(pointer: str, said: str) -> errors.Invalid:
    return errors.Invalid(said, code="benchmark_invalid", problems=[errors.Problem(pointer, said)])
