"""Benchmarks on screen: the board of scorers, and one result."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from apps.accounts.permissions import Actor
from apps.audit import queries
from apps.audit.models import BenchmarkResult
from apps.audit.pages.findings import Cell, FigureLine, crumbs, figure_line
from apps.datasets import queries as datasets
from apps.datasets.models import Dataset
from domain import benchmarks, errors
from domain.audits.plots import Form, Plot, Series, drawn
from domain.audits.shapes import Unit, written

MOST_LINES = 200
MOST_DRAWN = 40
OUTSIDE = "outside scores"
SORTS = (
    ("-score", "Best first"), ("score", "Worst first"), ("scorer", "Scorer"), ("-unscored", "Without a score"),
    ("-ties", "Ties"), ("-items", "Items"), ("-at", "Newest"),
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """A result as a line of the board."""

    result: BenchmarkResult
    score: FigureLine
    strategy: str
    cost: str
    url: str


def board_page(actor: Actor, given: QueryDict) -> dict[str, Any]:
    """The results of one benchmark on one data set, chosen by the address, else of the newest board."""
    boards = queries.boards(actor)
    benchmark, dataset = _chosen(actor, given, boards)
    sort = given.get("sort", "-score") if given.get("sort") in dict(SORTS) else "-score"
    rows: list[BenchmarkResult] = []
    strategies: list[str] = []
    strategy = given.get("strategy", "")
    if dataset is not None and benchmark is not None:
        held = queries.list_results(actor, dataset=dataset, benchmark=benchmark.name, sort=sort)
        strategies = sorted({name for name in held.values_list("judge_version__strategy", flat=True) if name})
        if strategy in strategies:
            held = held.filter(judge_version__strategy=strategy)
        rows = list(held[:MOST_LINES])
    lines = [_line(actor, row) for row in rows]
    best = next((one for one in lines if one.result.score is not None), None)
    return {
        "boards": [(name, one, count, _title(name)) for name, one, count in boards], "benchmark": benchmark,
        "dataset": dataset, "lines": lines, "sort": sort, "sorts": SORTS, "strategies": strategies,
        "strategy": strategy, "running": queries.running(actor), "plot": _plot(rows) if len(rows) > 1 else None,
        "chance": _chance(rows), "best": best, "faults": rows[0].faults if rows else [],
        "licence": licence_line(rows[0]) if rows else "", "crumbs": crumbs(actor, "Benchmarks"),
    }  # fmt: skip


def result_page(actor: Actor, result: BenchmarkResult) -> dict[str, Any]:
    """All that the page of one result shows."""
    outcome = result.outcome
    entry = benchmarks.BENCHMARKS.get(result.benchmark)
    unit = Unit(outcome["score"]["unit"])
    domains = [
        (figure_line({**one, "title": one["name"], "unit": unit, "n": one["items"]}), written(one["chance"], unit))
        for one in outcome["domains"]
    ]
    lost = [
        (Cell(one["id"], _place(actor, result, one["id"])), one["domain"], _why(one, unit)) for one in outcome["lost"]
    ]
    return {
        "result": result, "entry": entry, "title": _title(result.benchmark), "score": figure_line(outcome["score"]),
        "chance": None if outcome["chance"] is None else written(outcome["chance"], unit), "domains": domains,
        "figures": [figure_line(one) for one in outcome["figures"]], "lost": lost, "notes": outcome["notes"],
        "cost": _cost(result), "strategy": result.judge_version.strategy if result.judge_version else OUTSIDE,
        "licence": licence_line(result), "apart": unit is Unit.NUMBER,
        "board": board_url(actor, result.benchmark, result.dataset.slug),
        "gold": called(result.gold), "crumbs": crumbs(actor, result.scorer, middle=("Benchmarks", "audit:benchmarks")),
    }  # fmt: skip


def board_url(actor: Actor, benchmark: str, dataset: str) -> str:
    """Where the board of a benchmark on a data set is."""
    query = urlencode({"benchmark": benchmark, "dataset": dataset})
    return f"{reverse('audit:benchmarks', args=[actor.workspace.slug])}?{query}"


def called(source: dict[str, Any] | None) -> str:
    """How a source is called in one line; nothing where there is none."""
    if not source:
        return ""
    return str(source.get("judge") or source.get("scorer") or source.get("writer") or "")


def licence_line(result: BenchmarkResult) -> str:
    """Under which licence the data stands: what was said of it, and what its authors say where that differs."""
    entry = benchmarks.BENCHMARKS.get(result.benchmark)
    published = entry.licence if entry else ""
    if not result.licence:
        said = "Nobody said under which licence this data set stands"
        return f"{said}; its authors publish it under {published}." if published else f"{said}."
    if published and result.licence.casefold() != published.casefold():
        return f"{result.licence} here; its authors publish it under {published}. Make sure which holds."
    return result.licence


def _chosen(
    actor: Actor, given: QueryDict, boards: Sequence[tuple[str, Dataset, int]]
) -> tuple[benchmarks.Benchmark | None, Dataset | None]:
    """The board that the address asks for; without one the first that there is."""
    name, slug = given.get("benchmark", ""), given.get("dataset", "")
    if board := given.get("board"):
        name, _, slug = board.partition("|")
    if name and name not in benchmarks.BENCHMARKS:
        raise errors.NotFound("There is no such benchmark.", code="benchmark_unknown")
    if slug:
        dataset = datasets.get_dataset(actor, slug)
        held = [one for one, held, _ in boards if held.pk == dataset.pk]
        name = name or (held[0] if held else queries.benchmarks_for(dataset)[0].name)
        return benchmarks.BENCHMARKS[name], dataset
    first = next(((one, held) for one, held, _ in boards if name in ("", one)), None)
    if first is None:
        return (benchmarks.BENCHMARKS[name] if name else None), None
    return benchmarks.BENCHMARKS.get(first[0]), first[1]


def _title(name: str) -> str:
    return benchmarks.BENCHMARKS[name].title if name in benchmarks.BENCHMARKS else name


def _line(actor: Actor, row: BenchmarkResult) -> Line:
    strategy = row.judge_version.strategy if row.judge_version else OUTSIDE
    url = reverse("audit:benchmark", args=[actor.workspace.slug, row.pk])
    return Line(row, figure_line(row.outcome["score"]), strategy, _cost(row), url)


def _cost(row: BenchmarkResult) -> str:
    if not row.cost:
        return "–"
    tokens = row.cost["prompt_tokens"] + row.cost["completion_tokens"]
    return f"{row.cost['calls']:,} calls, {tokens:,} tokens, {row.cost['seconds']:,.0f} s"


def _chance(rows: Sequence[BenchmarkResult]) -> str:
    first = next((row.outcome for row in rows if row.outcome["chance"] is not None), None)
    return written(first["chance"], Unit(first["score"]["unit"])) if first else ""


def _plot(rows: Sequence[BenchmarkResult]) -> dict[str, Any]:
    """The scores as bars with their intervals; a bar leads to its result."""
    shown = [row for row in rows if row.score is not None][:MOST_DRAWN]
    ids = {str(row.pk): reverse("audit:benchmark", args=[row.workspace.slug, row.pk]) for row in shown}
    chance = next((row.outcome["chance"] for row in shown if row.outcome["chance"] is not None), None)
    bars = Series(
        "score", [row.score for row in shown], [row.scorer[:48] for row in shown], Form.BARS,
        [row.low for row in shown], [row.high for row in shown], list(ids),
    )  # fmt: skip
    lines = [] if chance is None else [float(chance)]
    figure = drawn(Plot("Scores", "Score", "", [bars], lines=lines, across=True), ids.get)
    figure["layout"] |= {"height": max(220, 90 + 26 * len(shown)), "margin": {"l": 8}}
    figure["layout"]["yaxis"] |= {"automargin": True}
    figure["data"][0].pop("text", None)
    return figure


def _place(actor: Actor, result: BenchmarkResult, name: str) -> str:
    place = result.places.get(name)
    if not place:
        return ""
    if "run" in place:
        return reverse("judging:answer", args=[actor.workspace.slug, place["run"], place["index"]])
    return reverse("datasets:prompt", args=[actor.workspace.slug, result.dataset.slug, place["prompt"]])


def _why(one: dict[str, Any], unit: Unit) -> str:
    if one["unscored"]:
        return "no score"
    if unit is Unit.NUMBER:
        return f"{100 * (1 - one['credit']):.0f} % of the ranks apart"
    if one["tied"]:
        return "tie"
    return "wrong" if not one["credit"] else f"{100 * one['credit']:.0f} % right"
