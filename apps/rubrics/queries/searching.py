"""Finds rubrics by words in their titles, names, tags and criteria, and titles with typos where pg_trgm is at hand."""

import functools
import re

from django.contrib.postgres.search import SearchQuery, SearchVector, TrigramWordSimilarity
from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.functions import Left

from apps.rubrics.models import Criterion, Rubric, VersionStatus

INDEXED = 20_000
ALIKE = 0.55
_PLAIN = re.compile(r"[\w\s]+")


def matching(found: QuerySet[Rubric], words: str) -> QuerySet[Rubric]:
    """Rubrics that have the words; versions that were retired are not searched for them."""
    texts = SearchVector(Left("text", INDEXED), config="simple")
    criteria = (
        Criterion.objects.annotate(words=texts)
        .filter(words=_query(words))
        .exclude(version__status=VersionStatus.RETIRED)
        .values("version__rubric")
    )
    wanted = Q(title__icontains=words) | Q(slug__icontains=words) | Q(tags__contains=[words]) | Q(pk__in=criteria)
    if has_trigrams():
        found = found.alias(alike=TrigramWordSimilarity(words, "title"))
        wanted |= Q(alike__gt=ALIKE)
    return found.filter(wanted)


@functools.cache
def has_trigrams() -> bool:
    """Whether the server compares pieces of words."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm')")
        return bool(cursor.fetchone()[0])


def _query(words: str) -> SearchQuery:
    """Plain words with the last one begun only, as while typing; quotes, `or` and `-` as on the web."""
    plain = words.split()
    if _PLAIN.fullmatch(words) and "or" not in {word.casefold() for word in plain}:
        begun = [f"'{word}'" for word in plain[:-1]] + [f"'{plain[-1]}':*"]
        return SearchQuery(" & ".join(begun), search_type="raw", config="simple")
    return SearchQuery(words, search_type="websearch", config="simple")
