"""What a rubric's digests are taken over, and the document that carries them."""

from __future__ import annotations

from typing import Any

from domain import errors
from domain.rubric.canonical import normalised, sha256
from domain.rubric.models import FORMAT, Criterion, Rubric

PROTOCOLS = ("isolated", "rubric_context", "reasoned")
JUDGED = ("text", "kind", "levels", "examples", "evidence", "applies_when", "check")


def form(rubric: Rubric) -> dict[str, Any]:
    """The document without name, version, state and digests: what the digest is taken over."""
    body: dict[str, Any] = normalised(rubric.model_dump(mode="json"))
    return {"format": FORMAT, **body}


def digest(rubric: Rubric) -> str:
    """The digest of all that the rubric says."""
    return sha256({"format": FORMAT, **rubric.model_dump(mode="json")})


def judged_form(rubric: Rubric) -> dict[str, Any]:
    """Only what a judge is shown: no ids, weights, polarity, tiers, groups or scoring."""
    return {
        "guidelines": [guideline.text for guideline in rubric.guidelines],
        "criteria": [_judged_criterion(criterion) for criterion in rubric.criteria],
    }


def judged_digest(rubric: Rubric) -> str:
    """The digest of what a judge is shown."""
    return sha256(judged_form(rubric))


def criterion_digest(rubric: Rubric, criterion: Criterion, protocol: str) -> str:
    """The digest of what a judge is shown for one criterion under a protocol."""
    return criterion_digests(rubric, protocol)[criterion.id]


def criterion_digests(rubric: Rubric, protocol: str) -> dict[str, str]:
    """The digest of what a judge is shown for each criterion, by criterion id."""
    if protocol not in PROTOCOLS:
        raise errors.Invalid(f"There is no protocol named {protocol!r}.", code="unknown_protocol")
    if protocol == "rubric_context":
        whole = judged_digest(rubric)
        return {c.id: sha256({"rubric": whole, "which": n}) for n, c in enumerate(rubric.criteria)}
    texts = [guideline.text for guideline in rubric.guidelines]
    return {c.id: sha256({"guidelines": texts, "criterion": _judged_criterion(c)}) for c in rubric.criteria}


def document(
    rubric: Rubric,
    *,
    slug: str | None = None,
    version: int | None = None,
    status: str | None = None,
) -> dict[str, Any]:
    """The whole document with all keys; name, version and state are left out where not given."""
    body = form(rubric)
    named = {"slug": slug, "version": version, "status": status}
    return {
        "format": body.pop("format"),
        **{key: value for key, value in named.items() if value is not None},
        "digest": digest(rubric),
        "judged_digest": judged_digest(rubric),
        **body,
    }


def _judged_criterion(criterion: Criterion) -> dict[str, Any]:
    return criterion.model_dump(mode="json", include=set(JUDGED))
