"""Report cards on screen: what was found of a version or judge, and what to do next."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from apps.accounts.permissions import Actor, Role
from apps.audit import forms, queries
from apps.audit.models import Band, Plan
from apps.audit.pages.findings import Row, crumbs, rows_of
from apps.judging.models import JudgeVersion
from apps.rubrics.models import RubricVersion
from domain import audits


@dataclass(frozen=True)
class Open:
    """An audit that was not done yet: what it asks, and where to run it."""

    title: str
    question: str
    needs: str
    url: str


def card_page(actor: Actor, card: queries.CardLine) -> dict[str, Any]:
    """Findings, worst first; audits not done yet; and the first thing to do."""
    slug, thing = actor.workspace.slug, card.thing
    done = {audit.kind for audit in card.findings}
    source = _source(card)
    first = f"?first={forms.source_ref(source)}" if source else ""
    missing = [
        Open(
            entry.title, entry.question, ", ".join(audits.NEEDS[need] for need in entry.needs),
            reverse("audit:new", args=[slug, entry.kind]) + first,
        )
        for entry in audits.AUDITS.values()
        if entry.kind not in done
    ]  # fmt: skip
    is_version = isinstance(thing, RubricVersion)
    counts = {band: sum(audit.band == band for audit in card.findings) for band in Band.values}
    return {
        "card": card, "rows": rows_of(card.findings), "missing": missing, "counts": counts, "is_version": is_version,
        "name": f"{thing.title} v{thing.number}" if isinstance(thing, RubricVersion) else str(thing),
        "verdict": _verdict(card), "next": _next(card, missing), "source": _posted(source),
        "here": f"version:{thing.rubric.slug}:{thing.number}" if isinstance(thing, RubricVersion)
        else f"judge:{thing.judge.name}:{thing.number}",
        "plans": _plans(thing), "plannable": _plannable(thing) if actor.can(Role.APPROVER) else [],
        "crumbs": crumbs(actor, str(thing)),
        "reports": _reports(slug, thing), "judge": card.judge, "standing": _standing(card),
        "digest": thing.digest if isinstance(thing, RubricVersion) else thing.fingerprint,
    }  # fmt: skip


def _reports(slug: str, thing: RubricVersion | JudgeVersion) -> dict[str, str]:
    """Where the card is taken away, by format."""
    if isinstance(thing, RubricVersion):
        name, where = "audit:version-report", [slug, thing.rubric.slug, thing.number]
    else:
        name, where = "audit:judge-report", [slug, thing.judge.name, thing.number]
    return {form: reverse(name, args=[*where, form]) for form in ("pdf", "html")}


def _standing(card: queries.CardLine) -> queries.Standing | None:
    """Whether the judge may serve, by its exams."""
    return queries.standing_of(card.judge) if card.judge is not None else None


def _plans(thing: RubricVersion | JudgeVersion) -> list[tuple[Plan, str]]:
    """What runs by itself for the rubric of a version."""
    if not isinstance(thing, RubricVersion):
        return []
    return [
        (plan, audits.AUDITS[plan.kind].title) for plan in queries.plans_of(thing.rubric) if plan.kind in audits.AUDITS
    ]


def _plannable(thing: RubricVersion | JudgeVersion) -> list[audits.Audit]:
    """What could run by itself too."""
    planned = {plan.kind for plan, _ in _plans(thing)}
    kinds = audits.AUDITS.values() if isinstance(thing, RubricVersion) else ()
    return [entry for entry in kinds if entry.kind not in planned]


def back_to(actor: Actor, card: str) -> str:
    """The address of the card that a form came from."""
    parts = card.split(":")
    slug = actor.workspace.slug
    if len(parts) == 3 and parts[0] in ("version", "judge") and parts[2].isdigit():
        return reverse(f"audit:{parts[0]}", args=[slug, parts[1], int(parts[2])])
    return reverse("audit:home", args=[slug])


def _source(card: queries.CardLine) -> dict[str, Any] | None:
    """The newest run that judged by the version, or with the judge, as an audit is told it."""
    if card.run is None:
        return None
    judges, versions = list(card.run.judges.select_related("judge")), list(card.run.versions.select_related("rubric"))
    thing = card.thing
    judge = judges[0] if isinstance(thing, RubricVersion) and judges else thing
    version = thing if isinstance(thing, RubricVersion) else (versions[0] if versions else None)
    return {"run": str(card.run.pk), "judge": str(judge), "rubric": str(version) if version else None}


def _posted(source: dict[str, Any] | None) -> str:
    return f"{source['run']}|{source['judge']}|{source['rubric'] or ''}" if source else ""


def _verdict(card: queries.CardLine) -> tuple[str, str]:
    """The card in a few words, with its tone."""
    bands = [audit.band for audit in card.findings]
    poor, watch = bands.count(Band.POOR), bands.count(Band.WATCH)
    if not bands:
        return "", "not audited yet"
    if poor:
        return "r", f"{poor} poor"
    if watch:
        return "w", f"{watch} to be watched"
    return "g", "nothing poor in what was audited"


def _next(card: queries.CardLine, missing: list[Open]) -> str:
    """What to do first."""
    rows: list[Row] = rows_of(card.findings[:1])
    if card.run is None:
        return "Judge a data set by it first: audits look at stored scores."
    if not card.findings:
        return "Run all audits that the newest run allows: no judge is asked."
    if rows and rows[0].audit.band == Band.POOR:
        return f"Look at “{rows[0].title}” first, and at the answers behind it."
    if missing:
        return f"{len(missing)} audit{'s were' if len(missing) > 1 else ' was'} never done; each says what it needs."
    return "Everything was audited. Run it again when the data or the judge changes."
