"""Criteria of the library and of rubric sets: those that say nearly the same, and those that hold given words.

Likeness is pg_trgm's similarity of three-letter pieces, in [0, 1]; without that extension nothing is called alike.
"""

from dataclasses import dataclass

from django.contrib.postgres.search import SearchVector, TrigramSimilarity
from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.models.functions import Left

from apps.accounts.permissions import Actor
from apps.rubrics.models import Criterion, Rubric, RubricVersion, VersionStatus
from apps.rubrics.queries import searching
from domain import errors

COMPARED = 1_000
MOST = 12
NEARLY = 0.6
LOOKED_AT = 200
_LIKEST = """
SELECT c.id, other.id, other.likeness
FROM (SELECT id, left(text, 1000) AS head FROM rubrics_criterion WHERE version_id = %s ORDER BY position LIMIT %s) c
CROSS JOIN LATERAL (
    SELECT o.id, similarity(left(o.text, 1000), c.head) AS likeness
    FROM rubrics_criterion o
    JOIN rubrics_rubricversion v ON v.id = o.version_id
    JOIN rubrics_rubric r ON r.id = v.rubric_id
    WHERE left(o.text, 1000) %% c.head AND r.workspace_id = %s AND r.archived_at IS NULL AND r.id <> %s
        AND v.status <> %s
    ORDER BY likeness DESC, o.id DESC LIMIT 1
) other
ORDER BY other.likeness DESC, c.id LIMIT %s
"""  # the head is COMPARED characters long, as its index has it


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


@dataclass(frozen=True)
class Pair:
    """A criterion with the likest one of another rubric; `likeness` lies in [NEARLY, 1]."""

    own: Criterion
    other: Criterion
    likeness: float


def likest_pairs(actor: Actor, version: RubricVersion) -> list[Pair]:
    """Criteria of a version that another rubric has in nearly the same words, likest first, each with the likest."""
    if not searching.has_trigrams():
        return []
    sent: list[int | str] = [
        version.pk,
        LOOKED_AT,
        actor.workspace.pk,
        version.rubric_id,
        VersionStatus.RETIRED.value,
        MOST,
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pg_trgm.similarity_threshold', %s, true)", [str(NEARLY)])
        cursor.execute(_LIKEST, sent)
        found = [(int(own), int(other), float(likeness)) for own, other, likeness in cursor.fetchall()]
    keys = [key for own, other, _ in found for key in (own, other)]
    rows = Criterion.objects.select_related("version__rubric").in_bulk(keys)
    return [Pair(rows[own], rows[other], likeness) for own, other, likeness in found]


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
