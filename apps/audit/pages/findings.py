"""One finding on screen, and lists of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from apps.accounts.permissions import Actor
from apps.audit import queries
from apps.audit.models import Audit
from domain import audits, errors
from domain.audits import Holds

TONES = {"good": "g", "watch": "w", "poor": "r", "unclear": ""}
WORDS = {"good": "good", "watch": "watch", "poor": "poor", "unclear": "unclear"}
AGREEMENTS = {
    "same": ("g", "It agrees with the run before: the same inputs gave the same finding."),
    "inputs": ("w", "The inputs changed since the run before, so the findings may differ."),
    "audit": ("w", "The audit itself has a new version since the run before, so the findings may differ."),
    "differs": ("r", "The same inputs, parameters and seed gave another finding. This must not happen: report it."),
}


@dataclass(frozen=True)
class FigureLine:
    """A number in words, with its interval and the ends of the track that it is drawn on."""

    title: str
    said: str
    value: float | None
    low: float | None
    high: float | None
    least: float
    most: float
    interval: str
    n: int | None


@dataclass(frozen=True)
class Cell:
    """A cell of the table: what it says, and where it leads."""

    said: str
    url: str = ""
    number: bool = False


@dataclass(frozen=True)
class Row:
    """A finding in a list."""

    audit: Audit
    title: str
    state: str
    tone: str
    figure: FigureLine | None


def known_entry(kind: str) -> audits.Audit:
    """The audit of a kind in an address."""
    if kind not in audits.AUDITS:
        raise errors.NotFound("There is no such audit.", code="audit_unknown")
    return audits.AUDITS[kind]


def crumbs(actor: Actor, last: str, *, middle: tuple[str, str] | None = None) -> list[dict[str, str]]:
    """Where a page of audits stands."""
    slug = actor.workspace.slug
    found = [{"label": "Audit", "url": reverse("audit:home", args=[slug])}]
    if middle is not None:
        found.append({"label": middle[0], "url": reverse(middle[1], args=[slug])})
    return [*found, {"label": last, "url": ""}]


def rows_of(found: Iterable[Audit]) -> list[Row]:
    """Findings as lines of a table."""
    return [
        Row(audit, queries.title_of(audit), queries.state_of(audit), TONES.get(audit.band, ""), headline(audit))
        for audit in found
    ]


def headline(audit: Audit) -> FigureLine | None:
    """The first figure of a finding."""
    first = next(iter(queries.figures_of(audit)), None)
    return figure_line(first) if first else None


def figure_line(one: Mapping[str, Any]) -> FigureLine:
    """A figure as a line: shares on a track from 0 to 1, other numbers on one that holds them."""
    known = [end for end in (one["value"], one["low"], one["high"]) if end is not None]
    least, most = min([0.0, *known]), max([1.0, *known])
    return FigureLine(
        one["title"], queries.figure_said(one), one["value"], one["low"], one["high"], least, most,
        queries.interval_said(one), one["n"],
    )  # fmt: skip


def finding_page(actor: Actor, audit: Audit) -> dict[str, Any]:
    """All that the page of one audit shows."""
    finding, entry, state = audit.result, queries.entry_of(audit), queries.state_of(audit)
    places = _Places(actor, audit)
    plot, beside = (finding["plot"], finding.get("beside")) if finding else (None, None)
    tone, sentence = AGREEMENTS.get(audit.agreement, ("", ""))
    return {
        "audit": audit, "entry": entry, "title": queries.title_of(audit), "state": state, "finding": finding,
        "live": state in ("queued", "running"), "tone": TONES.get(audit.band, ""), "word": WORDS.get(audit.band, ""),
        "figures": [figure_line(one) for one in queries.figures_of(audit)],
        "columns": finding["columns"] if finding else [],
        "rows": [_cells(row, finding["columns"], places) for row in finding["rows"]] if finding else [],
        "total": len(finding["rows"]) + finding["left_out"] if finding else 0,
        "plot": audits.drawn(audits.of_plain(plot), places.of) if plot else None,
        "plot_title": plot["title"] if plot else "",
        "beside": audits.drawn(audits.of_plain(beside), places.of) if beside else None,
        "beside_title": beside["title"] if beside else "",
        "sources": [places.source(one) for one in audit.inputs["scores"]],
        "params": queries.params_of(audit), "agreement_tone": tone, "agreement": sentence,
        "repeats": queries.repeats(audit), "crumbs": crumbs(actor, queries.title_of(audit)),
        "like": f"?like={audit.pk}",
    }  # fmt: skip


class _Places:
    """Where what a finding names can be looked at."""

    def __init__(self, actor: Actor, audit: Audit) -> None:
        self.slug = actor.workspace.slug
        self.audit = audit
        self.known = audit.places or {}

    def of(self, name: str) -> str | None:
        """The address of an answer, pair or prompt; nothing where the studio does not hold it."""
        for holds in (Holds.RESPONSE, Holds.PAIR, Holds.PROMPT):
            url = self.held(name, holds)
            if url:
                return url
        return None

    def held(self, name: str, holds: str) -> str:
        """The address of one thing of a sort."""
        if holds == Holds.PROMPT:
            return self._prompt(self.known.get("prompts", {}).get(name))
        place = self.known.get("pairs" if holds == Holds.PAIR else "responses", {}).get(name)
        if place is None:
            return ""
        if "run" in place:
            return reverse("judging:answer", args=[self.slug, place["run"], place["index"]])
        return self._prompt(place["prompt"])

    def source(self, one: Mapping[str, Any]) -> Cell:
        """A source of the audit with where it can be looked at."""
        if "run" in one:
            return Cell(queries.source_said(one), reverse("judging:detail", args=[self.slug, one["run"]]))
        if "dataset" in one:
            return Cell(queries.source_said(one), reverse("datasets:detail", args=[self.slug, one["dataset"]]))
        return Cell(queries.source_said(one))

    def _prompt(self, key: int | None) -> str:
        if key is None or self.audit.dataset is None:
            return ""
        return reverse("datasets:prompt", args=[self.slug, self.audit.dataset.slug, key])


def _cells(row: list[Any], columns: list[dict[str, Any]], places: _Places) -> list[Cell]:
    return [_cell(value, column["holds"], places) for value, column in zip(row, columns, strict=True)]


def _cell(value: Any, holds: str, places: _Places) -> Cell:
    said = queries.cell_said(value, holds)
    if value is not None and holds in (Holds.PROMPT, Holds.RESPONSE, Holds.PAIR):
        return Cell(said, places.held(str(value), holds))
    return Cell(said, number=queries.is_number(holds) and not isinstance(value, bool | str))
