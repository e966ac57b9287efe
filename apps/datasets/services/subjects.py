"""Subjects of responses, alone or in an order: made where missing, with a constant number of queries a batch."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from django.db import transaction

from apps.datasets import queries
from apps.datasets.models import Dataset, Response, Subject, SubjectKind, SubjectMember
from apps.datasets.services import hashes, storing


@transaction.atomic
def subjects_of(dataset: Dataset, filter: Mapping[str, Any] | None = None) -> list[Subject]:  # noqa: A002
    """The subject of each response that the filter lets through, in the order of prompts and responses.

    Responses of one prompt with equal texts are one subject, which comes once.
    """
    responses = list(
        queries.chosen_responses(dataset, filter or {})
        .select_related("prompt")
        .only("id", "hash", "prompt__id", "prompt__hash")
    )
    keys = of_responses(dataset, responses)
    found = Subject.objects.in_bulk(list(keys.values()))
    return [found[key] for key in dict.fromkeys(keys[response.pk] for response in responses)]


def of_responses(dataset: Dataset, responses: Iterable[Response]) -> dict[int, int]:
    """The subject's key for each response's key; responses must come with their prompts."""
    ordered = sorted(responses, key=lambda response: (response.prompt_id, response.pk))
    keys = of_orders(dataset, SubjectKind.RESPONSE, [(response,) for response in ordered])
    return dict(zip((response.pk for response in ordered), keys, strict=True))


def of_orders(
    dataset: Dataset, kind: SubjectKind, orders: Sequence[Sequence[Response]], step: int | None = None
) -> list[int]:
    """The subject's key for each ordered row of responses of one prompt; responses must come with their prompts."""
    wanted = [
        Wanted(
            order[0].prompt_id,
            hashes.of_subject(kind, order[0].prompt.hash, [response.hash for response in order], step),
            tuple(response.pk for response in order),
            kind,
            step,
        )
        for order in orders
    ]
    keys: list[int] = []
    for start in range(0, len(wanted), storing.BATCH):
        keys += of_keys(dataset.workspace_id, wanted[start : start + storing.BATCH])
    return keys


class Wanted(NamedTuple):
    """A subject that must exist: its prompt, hash, members in order, kind and step."""

    prompt: int
    hash: str
    members: tuple[int, ...]
    kind: SubjectKind = SubjectKind.RESPONSE
    step: int | None = None


def of_keys(workspace_id: int, wanted: Sequence[Wanted]) -> list[int]:
    """The key of each subject; those with members of equal texts are one."""
    known = _known(workspace_id, wanted)
    first = {(each.prompt, each.hash): each for each in reversed(wanted)}
    missing = sorted(first.keys() - known.keys())
    if missing:
        Subject.objects.bulk_create(
            [
                Subject(
                    workspace_id=workspace_id,
                    kind=first[key].kind,
                    prompt_id=key[0],
                    hash=key[1],
                    step=first[key].step,
                )
                for key in missing
            ],
            ignore_conflicts=True,
        )
        known = _known(workspace_id, wanted)
        SubjectMember.objects.bulk_create(
            [
                SubjectMember(subject_id=known[key], position=position, response_id=response)
                for key in missing
                for position, response in enumerate(first[key].members)
            ],
            ignore_conflicts=True,
        )
    return [known[(each.prompt, each.hash)] for each in wanted]


def _known(workspace_id: int, wanted: Sequence[Wanted]) -> dict[tuple[int, str], int]:
    rows = Subject.objects.filter(
        workspace_id=workspace_id,
        prompt_id__in={each.prompt for each in wanted},
        hash__in={each.hash for each in wanted},
    )
    return {(prompt, digest): key for key, prompt, digest in rows.values_list("id", "prompt_id", "hash")}
