"""Subjects of responses: made where missing, in bulk, with a constant number of queries a batch."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

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
    wanted = [(r.prompt_id, hashes.of_response_subject(r.prompt.hash, r.hash), r.pk) for r in ordered]
    keys: dict[int, int] = {}
    for start in range(0, len(wanted), storing.BATCH):
        keys.update(of_keys(dataset.workspace_id, wanted[start : start + storing.BATCH]))
    return keys


def of_keys(workspace_id: int, wanted: Sequence[tuple[int, str, int]]) -> dict[int, int]:
    """The subject's key for each (prompt, subject hash, response); rows of equal text share one subject."""
    known = _known(workspace_id, wanted)
    members = {(prompt, digest): response for prompt, digest, response in reversed(wanted)}
    missing = sorted(members.keys() - known.keys())
    if missing:
        Subject.objects.bulk_create(
            [
                Subject(workspace_id=workspace_id, kind=SubjectKind.RESPONSE, prompt_id=prompt, hash=digest)
                for prompt, digest in missing
            ],
            ignore_conflicts=True,
        )
        known = _known(workspace_id, wanted)
        SubjectMember.objects.bulk_create(
            [SubjectMember(subject_id=known[key], position=0, response_id=members[key]) for key in missing],
            ignore_conflicts=True,
        )
    return {response: known[(prompt, digest)] for prompt, digest, response in wanted}


def _known(workspace_id: int, wanted: Sequence[tuple[int, str, int]]) -> dict[tuple[int, str], int]:
    rows = Subject.objects.filter(
        workspace_id=workspace_id,
        prompt_id__in={prompt for prompt, _, _ in wanted},
        hash__in={digest for _, digest, _ in wanted},
    )
    return {(prompt, digest): key for key, prompt, digest in rows.values_list("id", "prompt_id", "hash")}
