"""What audits found, as a gate of an approval."""

from django.db.models import Q
from django.urls import reverse

from apps.audit.models import Audit, Band
from apps.rubrics import queries as rubrics
from apps.rubrics.gates import GateState
from apps.rubrics.models import RubricVersion
from domain import audits

NAME = "audits"


def nothing_poor(version: RubricVersion) -> GateState | None:
    """The gate that the newest finding of each audit asked for, with its usual parameters, is there and not poor."""
    asked = [kind for kind in rubrics.approval_policy(version.rubric.workspace).audits if kind in audits.AUDITS]
    if not asked:
        return None
    latest = _latest(version, asked)
    poor = [kind for kind in asked if kind in latest and latest[kind].band == Band.POOR]
    missing = [kind for kind in asked if kind not in latest]
    said = [f"poor: {_titles(poor)}"] if poor else []
    said += [f"never audited: {_titles(missing)}"] if missing else []
    sentence = "; ".join(said).capitalize() if said else f"None of the {len(asked)} audits asked for is poor"
    url = reverse("audit:version", args=[version.rubric.workspace.slug, version.rubric.slug, version.number])
    figures = {kind: latest[kind].band if kind in latest else None for kind in asked}
    return GateState(NAME, not said, f"{sentence}.", url, "Open the report card", figures=figures)


def _latest(version: RubricVersion, kinds: list[str]) -> dict[str, Audit]:
    """The newest finding of each kind that was run with the usual parameters: looser bounds pass no gate."""
    usual = Q()
    for kind in kinds:
        usual |= Q(kind=kind, params=audits.settled(audits.AUDITS[kind].params, {}))
    rows = Audit.objects.filter(usual, version=version, result__isnull=False).order_by("created_at", "pk")
    return {audit.kind: audit for audit in rows.only("kind", "band", "version")}


def _titles(kinds: list[str]) -> str:
    return ", ".join(audits.AUDITS[kind].title for kind in kinds)
