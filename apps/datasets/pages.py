"""What the pages about data show."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.urls import reverse

from apps.accounts.permissions import Actor, Role
from apps.datasets import queries
from apps.datasets.models import Dataset, Label, Prompt, Response
from domain import agreement, errors, subjects

MOST_CRITERIA = 60
SHOWN_ROWS = 5
SHOWN_PROBLEMS = 20
Crumbs = list[dict[str, str]]


@dataclass(frozen=True)
class AgreementRow:
    """How far people agree on one criterion."""

    criterion: str
    items: int
    raters: int
    shared: int
    percent: float | None
    alpha: float | None
    level: str


@dataclass(frozen=True)
class LabelLine:
    """The labels of one response on one criterion."""

    criterion: str
    labels: list[Label] = field(default_factory=list)


@dataclass(frozen=True)
class ResponseView:
    """A response with what people said of it."""

    response: Response
    words: int
    lines: list[LabelLine]


def crumbs(actor: Actor, *trail: tuple[str, str]) -> Crumbs:
    """Where a page about data stands; the last one is the page itself."""
    start = {"label": "Data", "url": reverse("datasets:list", args=[actor.workspace.slug])}
    return [start, *({"label": label, "url": url} for label, url in trail)]


def tabs(actor: Actor, dataset: Dataset, active: str) -> list[dict[str, Any]]:
    """The sections of a data set."""
    places = [("Prompts", "detail"), ("Agreement", "agreement")]
    if "last_import" in dataset.extensions:
        places.append(("Last import", "report"))
    if actor.can(Role.AUTHOR):
        places.append(("Settings", "settings"))
    return [{"label": label, "url": url_of(actor, dataset, name), "active": name == active} for label, name in places]


def url_of(actor: Actor, dataset: Dataset, name: str = "detail") -> str:
    """The address of a page of the data set."""
    return reverse(f"datasets:{name}", args=[actor.workspace.slug, dataset.slug])


def agreement_rows(dataset: Dataset) -> list[AgreementRow]:
    """Agreement of people for each criterion, most labelled first."""
    tables: dict[str, dict[int, dict[int, float]]] = defaultdict(lambda: defaultdict(dict))
    for criterion, subject, rater, value in queries.labels_by_criterion(dataset):
        tables[criterion or "the whole response"][subject][rater] = value
    largest = sorted(tables.items(), key=lambda pair: (-len(pair[1]), pair[0]))[:MOST_CRITERIA]
    return [_agreement_row(criterion, table) for criterion, table in largest]


def prompt_page(prompt: Prompt) -> list[ResponseView]:
    """The responses of a prompt with their labels by criterion."""
    lines: dict[int, dict[str, LabelLine]] = defaultdict(dict)
    for response, label in queries.labels_of(prompt):
        name = label.criterion or "the whole"
        lines[response].setdefault(name, LabelLine(name)).labels.append(label)
    return [
        ResponseView(response, len(subjects.text_of(response.parts).split()), list(lines[response.pk].values()))
        for response in queries.responses_of(prompt)
    ]


def import_problems(error: errors.StudioError) -> list[str]:
    """What is wrong in a file, row by row, for people."""
    if not isinstance(error, errors.Invalid):
        return []
    found = [_problem(problem) for problem in error.problems]
    rest = len(found) - SHOWN_PROBLEMS
    return found[:SHOWN_PROBLEMS] + ([f"… and {rest} more."] if rest > 0 else [])


def preview(rows: Sequence[Mapping[str, Any]], names: Iterable[str]) -> list[list[str]]:
    """The first rows of a table, cut short, in the order of the columns."""
    return [[_cell(row.get(name)) for name in names] for row in rows[:SHOWN_ROWS]]


def last_import(dataset: Dataset) -> dict[str, Any]:
    """The report of the last import."""
    report = dataset.extensions.get("last_import")
    if report is None:
        raise errors.NotFound("Nothing was imported into this data set yet.", code="no_import")
    counts = report["counts"]
    kinds = [
        {
            "name": name,
            "added": counts.get(f"{name}_added", 0),
            "known": counts.get(f"{name}_known", 0),
            "changed": counts.get(f"{name}_changed", 0),
        }
        for name in ("prompts", "responses", "preferences", "labels")
    ]
    shown = [kind for kind in kinds if kind["added"] or kind["known"] or kind["changed"]]
    at = datetime.fromisoformat(report["at"])
    return {**report, "at": at, "kinds": shown, "rubrics_found": counts.get("rubrics_found", 0)}


def _agreement_row(criterion: str, table: Mapping[int, Mapping[int, float]]) -> AgreementRow:
    given = [(item, rater, value) for item, said in table.items() for rater, value in said.items()]
    rated = agreement.of_triples(*zip(*given, strict=True))
    level = agreement.level_of(rated)
    metric = agreement.Metric
    percent, alpha = agreement.measure_each(rated, [(metric.PERCENT, level), (metric.ALPHA, level)], resamples=0)
    return AgreementRow(
        criterion=criterion,
        items=len(table),
        raters=rated.n_raters,
        shared=alpha.n_items,
        percent=percent.value,
        alpha=alpha.value,
        level=level,
    )


def _problem(problem: errors.Problem) -> str:
    row = problem.pointer.split("/")[1] if "/" in problem.pointer else ""
    if row.isdecimal():
        return f"Row {int(row) + 1} ({problem.pointer}): {problem.message}"
    return f"{problem.pointer}: {problem.message}" if problem.pointer else problem.message


def _cell(value: Any) -> str:
    text = value if isinstance(value, str) else "" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 120 else f"{text[:117]}…"
