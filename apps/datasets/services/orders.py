"""Which answers of a data set are judged together: pairs, lists, and answers with steps."""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db import transaction

from apps.datasets import queries
from apps.datasets.models import Dataset, PreferenceMember, Response, Subject, SubjectKind
from apps.datasets.services import hashes, storing
from apps.datasets.services.subjects import Wanted, of_keys
from domain import errors

MOST_PAIRS = 10
"""All pairs of a prompt up to so many; of more answers each is compared with the next."""


@transaction.atomic
def pairs_of(dataset: Dataset, filter: Mapping[str, Any] | None = None) -> list[Subject]:  # noqa: A002
    """The pairs to compare: those that somebody ordered where the data set has preferences, else those of a prompt.

    Members stand in the order of their import, whoever was preferred, and a pair comes once; answers of equal text
    make no pair. `limit` of the filter counts pairs.
    """
    chosen, limit = _chosen(dataset, filter)
    ordered = _preferred(dataset, {response.pk for response in chosen})
    pairs = ordered if dataset.preferences.exists() else _within(chosen)
    by_key = {response.pk: response for response in chosen}
    rows = [(by_key[first], by_key[second]) for first, second in pairs]
    apart = [row for row in rows if row[0].hash != row[1].hash]
    return _subjects(dataset, SubjectKind.PAIR, [(row, None) for row in apart[:limit]])


@transaction.atomic
def lists_of(
    dataset: Dataset, filter: Mapping[str, Any] | None = None, *, most: int  # noqa: A002
) -> list[Subject]:  # fmt: skip
    """One subject an answer, each with all answers of its prompt as members and its own place as step.

    Longer groups are split into lists of nearly equal length, at most `most`. `limit` of the filter counts answers,
    to the end of the list it falls in.
    """
    chosen, limit = _chosen(dataset, filter)
    rows: list[tuple[Sequence[Response], int | None]] = []
    for members in itertools.chain.from_iterable(_split(group, most) for group in _by_prompt(chosen)):
        if limit is not None and len(rows) >= limit:
            break
        rows += [(members, place) for place in range(len(members))]
    return _subjects(dataset, SubjectKind.LIST, rows)


@transaction.atomic
def trajectories_of(dataset: Dataset, filter: Mapping[str, Any] | None = None) -> list[Subject]:  # noqa: A002
    """The answers that have steps, each as a whole."""
    chosen, limit = _chosen(dataset, filter)
    with_steps = [response for response in chosen if response.steps]
    return _subjects(dataset, SubjectKind.TRAJECTORY, [((response,), None) for response in with_steps[:limit]])


def _chosen(dataset: Dataset, filter: Mapping[str, Any] | None) -> tuple[list[Response], int | None]:  # noqa: A002
    """The answers that a filter lets through, and its limit, which is about what is made of them."""
    queries.chosen_responses(dataset, filter or {})
    free = {name: value for name, value in (filter or {}).items() if name != "limit"}
    found = queries.chosen_responses(dataset, free).select_related("prompt")
    rows = list(found.only("id", "hash", "steps", "prompt__id", "prompt__hash"))
    return rows, (filter or {}).get("limit")


def _preferred(dataset: Dataset, chosen: set[int]) -> list[tuple[int, int]]:
    """The pairs inside each order that somebody gave, as keys of responses, smaller first, each once."""
    rows = PreferenceMember.objects.filter(preference__dataset=dataset)
    found = rows.order_by("preference__prompt", "preference", "response").values_list("preference", "response")
    pairs: dict[tuple[int, int], None] = {}
    for _, group in itertools.groupby(found, key=lambda row: row[0]):
        members = [response for _, response in group if response in chosen]
        pairs.update(dict.fromkeys(itertools.combinations(members, 2)))
    return list(pairs)


def _within(chosen: Sequence[Response]) -> Iterator[tuple[int, int]]:
    for group in _by_prompt(chosen):
        keys = [response.pk for response in group]
        every = len(keys) * (len(keys) - 1) // 2 <= MOST_PAIRS
        yield from itertools.combinations(keys, 2) if every else itertools.pairwise(keys)


def _by_prompt(chosen: Iterable[Response]) -> Iterator[list[Response]]:
    """The answers of each prompt, those of equal text once."""
    for _, group in itertools.groupby(chosen, key=lambda response: response.prompt_id):
        texts: dict[str, Response] = {}
        for response in group:
            texts.setdefault(response.hash, response)
        yield list(texts.values())


def _split(group: Sequence[Response], most: int) -> Iterator[Sequence[Response]]:
    """Parts that differ by one answer at most."""
    if most < 1:
        raise errors.Invalid("A list holds at least one answer.", code="list_too_short")
    parts = -(-len(group) // most)
    start = 0
    for part in range(parts):
        length = (len(group) - start) // (parts - part)
        yield group[start : start + length]
        start += length


def _subjects(
    dataset: Dataset, kind: SubjectKind, rows: Sequence[tuple[Sequence[Response], int | None]]
) -> list[Subject]:
    wanted = [
        Wanted(
            members[0].prompt_id,
            hashes.of_subject(kind, members[0].prompt.hash, [response.hash for response in members], step),
            tuple(response.pk for response in members),
            kind,
            step,
        )
        for members, step in rows
    ]
    keys: list[int] = []
    for start in range(0, len(wanted), storing.BATCH):
        keys += of_keys(dataset.workspace_id, wanted[start : start + storing.BATCH])
    found = Subject.objects.in_bulk(list(keys))
    return [found[key] for key in dict.fromkeys(keys)]
