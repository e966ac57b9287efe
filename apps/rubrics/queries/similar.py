"""Criteria of the library to take over: those that say nearly the same, and those that hold given words.

Likeness is pg_trgm's similarity of three-letter pieces, in [0, 1]; without that extension nothing is called alike.
"""

from dataclasses import dataclass

from django.contrib.postgres.search import SearchVector, TrigramSimilarity
from django.db.models import QuerySet
from django.db.models.functions import Left

from apps.accounts.permissions import Actor
from apps.rubrics.models import Criterion, Rubric, VersionStatus
from apps.rubrics.queries import searching
from domain import errors

COMPARED = 1_000
MOST = 12


@dataclass(frozen=True)
class Found:
    """A criterion of another rubric; `likeness` is None where it was found by words."""

    criterion: Criterion
    likeness: float | None


def similar_criteria(actor: Actor, text: str, *, apart_from: Rubric) -> list[Found]:
    """Criteria of other rubrics of the library with nearly the same text, likest first; each text once."""
    wanted = text.replace("\x00", " ").strip()[:COMPARED]
    if not wanted or not searching.has_trigrams():
        return []
    head = Left("text", COMPARED)
    rows = (
        _library(actor, apart_from)
        .alias(head=head)
        .filter(head__trigram_similar=wanted)
        .annotate(likeness=TrigramSimilarity(head, wanted))
        .order_by("-likeness", "-pk")
    )
    return _each_once(rows, wanted)


def criteria_with(actor: Actor, words: str, *, apart_from: Rubric) -> list[Found]:
    """Criteria of other rubrics of the library that hold the words, the newest first; each text once."""
    wanted = words.replace("\x00", " ").strip()
    if not wanted:
        return []
    vector = SearchVector(Left("text", searching.INDEXED), config="simple")
    rows = _library(actor, apart_from).alias(words=vector).filter(words=searching.query_of(wanted)).order_by("-pk")
    return _each_once(rows, "")


def library_criterion(actor: Actor, key: int) -> Criterion:
    """A criterion of the workspace by its key."""
    rows = Criterion.objects.select_related("version__rubric__workspace", "group")
    found = rows.filter(pk=key, version__rubric__workspace=actor.workspace).first()
    if found is None:
        raise errors.NotFound("There is no such criterion in this workspace.", code="criterion_unknown")
    return found


def _library(actor: Actor, apart_from: Rubric) -> QuerySet[Criterion]:
    return (
        Criterion.objects.filter(
            version__rubric__workspace=actor.workspace,
            version__rubric__rubric_set=None,
            version__rubric__archived_at=None,
        )
        .exclude(version__rubric=apart_from)
        .exclude(version__status=VersionStatus.RETIRED)
        .select_related("version__rubric")
    )


def _each_once(rows: QuerySet[Criterion], wanted: str) -> list[Found]:
    found: dict[str, Found] = {}
    for row in rows[: MOST * 4]:
        likeness = row.likeness if wanted else None  # type: ignore[attr-defined]
        found.setdefault(row.text.casefold().strip(), Found(row, likeness))
    return list(found.values())[:MOST]
