"""Scores benchmarks: reads what scorers said, asks the pure function, keeps what came out."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import rfc8785
from django.db import transaction

from apps.accounts.permissions import Actor, Role
from apps.audit import queries
from apps.audit.models import BenchmarkResult
from apps.audit.queries import benchmarks as known
from apps.audit.queries.sources import Source
from apps.datasets import queries as datasets
from apps.datasets.models import Dataset
from apps.history import services as history
from apps.jobs.leases import Lease
from apps.jobs.models import Shard
from domain import benchmarks, errors
from domain.benchmarks import Benchmark, Truth


@dataclass(frozen=True)
class Wish:
    """What is to be scored: sources as audits name them, or {writer} where rules decide; by which seed."""

    benchmark: Benchmark
    dataset: Dataset
    sources: tuple[dict[str, Any], ...]
    gold: dict[str, Any] | None
    seed: int

    def plain(self) -> dict[str, Any]:
        """As a job keeps it."""
        return {
            "benchmark": self.benchmark.name, "dataset": self.dataset.slug, "sources": list(self.sources),
            "gold": self.gold, "seed": self.seed,
        }  # fmt: skip


def benchmark_shard(shard: Shard, lease: Lease) -> dict[str, Any]:
    """Score the scorers of a job; what is stored already stays, so running it twice changes nothing."""
    job = shard.job
    assert job.created_by is not None
    actor = Actor(user=job.created_by, workspace=job.workspace, role=Role.AUTHOR)
    given = job.params
    dataset = datasets.get_dataset(actor, given["dataset"])
    wish = Wish(benchmarks.entry(given["benchmark"]), dataset, tuple(given["sources"]), given["gold"], given["seed"])
    made, refused = results_of(actor, wish)
    with transaction.atomic():
        lease.guard()
        new = keep(actor, made)
    return {"results": len(made), "new": new, "refused": [one[:300] for one in refused[:20]]}


def results_of(actor: Actor, wish: Wish) -> tuple[list[BenchmarkResult], list[str]]:
    """A result that is not stored yet for each scorer, and why others have none; the data is read once for all."""
    facts = known.facts_for(wish.dataset)
    faults = [{**one._asdict(), "first": list(one.first)} for one in known.degenerate(facts)]
    rules = wish.benchmark.truth is Truth.RULES
    held = _source(actor, wish.dataset, wish.gold) if wish.gold else None
    made, refused = [], []
    for plain in wish.sources:
        source = None if rules else _source(actor, wish.dataset, plain)
        name = source.name if source else str(plain["writer"]) or "answers without a model"
        try:
            given = (
                known.input_of(source, wish.benchmark, facts, held)
                if source
                else known.input_by_rules(wish.dataset, str(plain["writer"]))
            )
            found = benchmarks.run(wish.benchmark.name, given.inputs, name, seed=wish.seed)
        except errors.Invalid as error:
            refused.append(f"{name}: {error.message}")
            continue
        row = _result(actor, wish, source, given, found)
        row.scorer, row.faults = name[:400], faults
        row.source = source.plain() if source else plain
        row.digest = _digest(row)
        made.append(row)
    return made, refused


def keep(actor: Actor, made: Sequence[BenchmarkResult]) -> int:
    """Store results that are not there yet, with their history; says how many were new. In a transaction."""
    there = set(
        BenchmarkResult.objects.filter(workspace=actor.workspace, digest__in=[one.digest for one in made]).values_list(
            "digest", flat=True
        )
    )
    fresh = list({one.digest: one for one in made if one.digest not in there}.values())
    for one in BenchmarkResult.objects.bulk_create(fresh):
        history.record(
            by=actor, workspace=actor.workspace, action="benchmark.scored", target=one,
            detail={"benchmark": one.benchmark, "scorer": one.scorer, "score": one.score, "digest": one.digest},
        )  # fmt: skip
    return len(fresh)


def _source(actor: Actor, dataset: Dataset, one: dict[str, Any]) -> Source:
    return queries.read_inputs(actor, {"scores": [one], "dataset": dataset.slug}).sources[0]


def _result(
    actor: Actor, wish: Wish, source: Source | None, given: known.Input, found: benchmarks.Outcome
) -> BenchmarkResult:
    about = (source.side or source.stored) if source else None
    lost = {one.id for one in found.lost}
    return BenchmarkResult(
        workspace=actor.workspace, benchmark=wish.benchmark.name, number=wish.benchmark.version, dataset=wish.dataset,
        gold=wish.gold, version=about.version if about else None, judge_version=about.judge if about else None,
        seed=wish.seed, score=found.score.value, low=found.score.low, high=found.score.high, items=found.items,
        ties=found.ties, unscored=found.unscored, cost=known.cost_of(source, wish.dataset) if source else None,
        outcome=found.plain(), licence=wish.dataset.licence,
        places={key: place for key, place in given.places.items() if key in lost},
        input_digests=queries.digests_of(given.inputs), created_by=actor.user,
    )  # fmt: skip


def _digest(row: BenchmarkResult) -> str:
    form: dict[str, Any] = {
        "benchmark": row.benchmark, "version": row.number, "dataset": row.dataset_id, "scorer": row.source,
        "inputs": row.input_digests, "seed": str(row.seed),
    }  # fmt: skip
    return f"sha256:{hashlib.sha256(rfc8785.dumps(form)).hexdigest()}"
