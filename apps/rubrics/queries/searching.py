"""Finds rubrics by words in their titles, names, tags and criteria, and titles with typos where pg_trgm is at hand."""

import functools
import re
from collections.abc import Sequence

from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchVector
from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.functions import Left

from apps.rubrics.models import Criterion, Rubric, VersionStatus

INDEXED = 20_000
HIT, END = "\x02", "\x03"
_PLAIN = re.compile(r"[\w\s]+")


def matching(found: QuerySet[Rubric], words: str) -> QuerySet[Rubric]:
    """Rubrics that have the words; versions that were retired are not searched for them.

    Each way of finding is a query of its own, united by key, so that each can use its index.
    """
    texts = SearchVector(Left("text", INDEXED), config="simple")
    criteria = (
        Criterion.objects.annotate(words=texts)
        .filter(words=query_of(words))
        .exclude(version__status=VersionStatus.RETIRED)
        .values("version__rubric")
    )
    named = Q(title__icontains=words) | Q(slug__icontains=words) | Q(tags__contains=[words])
    ways = [Rubric.objects.filter(named).values("pk"), criteria]
    if has_trigrams():
        ways.append(Rubric.objects.filter(title__trigram_word_similar=words).values("pk"))
    return found.filter(pk__in=ways[0].union(*ways[1:]))


def passages(rubrics: Sequence[Rubric], words: str) -> dict[int, str]:
    """For each rubric the passage of a criterion that has the words, hits between HIT and END; by the rubric's key."""
    if not words.replace("\x00", " ").strip() or not rubrics:
        return {}
    query = query_of(words.replace("\x00", " ").strip())
    rows = (
        Criterion.objects.annotate(words=SearchVector(Left("text", INDEXED), config="simple"))
        .filter(words=query, version__rubric__in=rubrics)
        .exclude(version__status=VersionStatus.RETIRED)
        .order_by("version__rubric", "-version__number", "position")
        .distinct("version__rubric")
        .annotate(
            passage=SearchHeadline(
                Left("text", INDEXED),
                query,
                config="simple",
                start_sel=HIT,
                stop_sel=END,
                min_words=24,
                max_words=40,
            )
        )
    )
    return dict(rows.values_list("version__rubric", "passage"))


def marked(text: str, words: str) -> list[tuple[str, bool]]:
    """A text in pieces, each with whether it is one of the plain words searched for."""
    plain = sorted({re.escape(word) for word in re.findall(r"\w+", words)}, key=len, reverse=True)
    if not plain:
        return [(text, False)]
    cut = re.split(f"({'|'.join(plain)})", text, flags=re.IGNORECASE)
    return [(piece, n % 2 == 1) for n, piece in enumerate(cut) if piece]


def split(passage: str) -> list[tuple[str, bool]]:
    """A passage in pieces, each with whether it is a hit."""
    found: list[tuple[str, bool]] = []
    for piece in passage.split(HIT):
        hit, end, rest = piece.partition(END)
        found += [(hit, True), (rest, False)] if end else [(piece, False)]
    return [(piece, hit) for piece, hit in found if piece]


@functools.cache
def has_trigrams() -> bool:
    """Whether the server compares pieces of words."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm')")
        return bool(cursor.fetchone()[0])


def query_of(words: str) -> SearchQuery:
    """Plain words with the last one begun only, as while typing; quotes, `or` and `-` as on the web."""
    plain = words.split()
    if _PLAIN.fullmatch(words) and "or" not in {word.casefold() for word in plain}:
        begun = [f"'{word}'" for word in plain[:-1]] + [f"'{plain[-1]}':*"]
        return SearchQuery(" & ".join(begun), search_type="raw", config="simple")
    return SearchQuery(words, search_type="websearch", config="simple")
