"""Reports on paper: one finding, or the card of a version or judge, with all that they rest on."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from apps.accounts.permissions import Actor
from apps.audit.models import Audit
from apps.audit.queries import wording
from apps.audit.queries.audits import entry_of, figures_of
from apps.audit.queries.cards import CardLine
from apps.audit.queries.standing import standing_of
from apps.history import queries as history
from apps.rubrics.models import RubricVersion
from domain import audits, errors
from domain.papers import Column, Fact, Paper, Part, Table

BANDS = {"good": "Good", "watch": "To be watched", "poor": "Poor", "unclear": "Unclear"}
FIGURES = (Column("Figure", share=2.4), Column("Value", number=True), Column("95 % interval", share=1.6),
           Column("n", number=True, share=0.7))  # fmt: skip
LINES = (Column("Audit", share=1.5), Column("Reading", share=3.2), Column("Value", number=True, share=0.8),
         Column("95 % interval", share=1.3), Column("Verdict", share=0.9))  # fmt: skip


def finding_report(actor: Actor, audit: Audit, *, at: datetime) -> Paper:
    """The report of one finding. Raises Conflict where there is none."""
    if audit.result is None:
        raise errors.Conflict("There is no finding to report yet.", code="audit_under_way")
    finding, entry = audit.result, entry_of(audit)
    about = [Fact("Question", entry.question)] if entry else []
    about += [Fact("It looked at", wording.source_said(one)) for one in audit.inputs["scores"]]
    about += [Fact("Facts from", audit.dataset.title)] if audit.dataset else []
    parts = [
        Part("Reading", said=[finding["reading"]]),
        _figures(audit),
        *_plots(finding),
        *_behind(finding),
        Part("Policies", said=[entry.policy] if entry else [], notes=finding["notes"]),
        _rests_on(audit),
    ]
    title = f"{wording.title_of(audit)}: {_about(audit)}"
    return _paper(actor, title=title, verdict=BANDS[audit.band], about=about, parts=parts, found=[audit], at=at)


def card_report(actor: Actor, card: CardLine, *, at: datetime) -> Paper:
    """The report card of a version or judge: every finding with its digest, and what was never audited."""
    thing = card.thing
    is_version = isinstance(thing, RubricVersion)
    name = f"{thing.title} v{thing.number}" if isinstance(thing, RubricVersion) else str(thing)
    digest = thing.digest if isinstance(thing, RubricVersion) else thing.fingerprint
    about = [Fact("Digest" if is_version else "Fingerprint", digest or "a draft has none", exact=bool(digest))]
    about += [] if isinstance(thing, RubricVersion) else [Fact("Model", thing.model)]
    judge = card.judge
    about += [Fact(f"Judge {judge}", standing_of(judge).said)] if judge is not None else []
    counts = [f"{number} {BANDS[band].lower()}" for band, number in card.counts]
    done = {audit.kind for audit in card.findings}
    left = [[one.title, one.question] for one in audits.AUDITS.values() if one.kind not in done]
    parts = [Part("Findings", table=Table(LINES, [_line(audit) for audit in card.findings]))]
    for audit in card.findings:
        title = f"{wording.title_of(audit)}: {BANDS[audit.band].lower()}"
        parts.append(Part(title, said=[audit.result["reading"]] if audit.result else []))
        parts.append(_rests_on(audit, heading="What it rests on", level=3))
    if left:
        parts.append(Part("Not audited", table=Table((Column("Audit"), Column("Question", share=2.0)), left)))
    verdict = ", ".join(counts) + f" of {len(card.findings)} findings" if counts else "Not audited yet"
    title = f"Report card: {name}"
    return _paper(actor, title=title, verdict=verdict, about=about, parts=parts, found=card.findings, at=at)


def _paper(
    actor: Actor, *, title: str, verdict: str, about: list[Fact], parts: list[Part], found: Sequence[Audit],
    at: datetime,
) -> Paper:  # fmt: skip
    people = sorted({audit.created_by.name for audit in found})
    sealed = history.seals_of(actor.workspace, "audit", [str(audit.pk) for audit in found])
    signed = [Fact("Run by", ", ".join(people) or "nobody")]
    signed += [
        Fact(f"Seal {seal.position}", seal.digest, exact=True)
        for seal in sorted(sealed.values(), key=lambda one: one.position)
    ]
    signed.append(Fact("Chain", "Each seal stands at that place of the history, where the daily anchor covers it."
                       if sealed else "The history has not sealed it yet."))  # fmt: skip
    home = f"Rubric Studio, workspace {actor.workspace.name}"
    return Paper(title, verdict, about, parts, signed, actor.user.name, at, home)


def _about(audit: Audit) -> str:
    """What it is about in a few words."""
    known = [str(one) for one in (audit.version, audit.judge_version) if one is not None]
    return " × ".join(known) or wording.source_said(audit.inputs["scores"][0])


def _figures(audit: Audit) -> Part:
    rows = [
        [one["title"], wording.figure_said(one), wording.interval_said(one) or "–", _counted(one["n"])]
        for one in figures_of(audit)
    ]
    return Part("Figures", table=Table(FIGURES, rows))


def _plots(finding: dict[str, Any]) -> list[Part]:
    found = [audits.of_plain(plot) for plot in (finding["plot"], finding.get("beside")) if plot]
    return [Part("Plot" if len(found) == 1 else "Plots", plots=found)] if found else []


def _behind(finding: dict[str, Any]) -> list[Part]:
    if not finding["rows"]:
        return []
    columns = finding["columns"]
    heads = [
        Column(one["title"], number=wording.is_number(one["holds"]), share=_share(one["holds"])) for one in columns
    ]
    rows = [
        [wording.cell_said(value, column["holds"]) for value, column in zip(row, columns, strict=True)]
        for row in finding["rows"]
    ]
    notes = [f"The worst come first; {finding['left_out']:,} more are not listed."] if finding["left_out"] else []
    return [Part("Behind it", table=Table(heads, rows), notes=notes)]


def _share(holds: str) -> float:
    return 1.0 if wording.is_number(holds) else 2.0


def _rests_on(audit: Audit, *, heading: str = "So that it can be repeated", level: int = 2) -> Part:
    facts = [
        Fact("Run by", f"{audit.created_by.name}, {audit.created_at:%Y-%m-%d %H:%M} UTC"),
        Fact("Audit", f"{audit.kind}, version {audit.number}, seed {audit.seed}"),
        Fact("Parameters", ", ".join(f"{name} {value}" for name, value in wording.params_of(audit)) or "none"),
        Fact("Digest", audit.digest, exact=True),
    ]
    facts += [Fact(f"{one['name']}, {one['rows']:,} rows", one["digest"], exact=True) for one in audit.input_digests]
    return Part(heading, facts=facts, level=level)


def _line(audit: Audit) -> list[str]:
    first = next(iter(figures_of(audit)), None)
    reading = audit.result["reading"] if audit.result else ""
    said = [wording.figure_said(first), wording.interval_said(first) or "–"] if first else ["–", "–"]
    return [wording.title_of(audit), reading, *said, BANDS[audit.band]]


def _counted(number: int | None) -> str:
    return "–" if number is None else f"{number:,}"
