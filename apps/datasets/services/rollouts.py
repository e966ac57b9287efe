"""Answers of training jobs and of the Try page: stored once by their content, in a handful of queries."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import BooleanField, ExpressionWrapper, Q

from apps.accounts.models import Workspace
from apps.datasets.models import Dataset, Prompt, Response, Subject
from apps.datasets.services import hashes, subjects
from apps.datasets.services.forgetting import ERASED
from apps.datasets.services.rows import RolloutRow

ROLLOUTS_SLUG = "rollouts"
SCRATCH_SLUG = "scratch"
_RESPONSES = """
INSERT INTO datasets_response (created_at, prompt_id, external_id, parts, model, edit, tags, hash, extensions)
SELECT statement_timestamp(), prompt, left(hash, 40), parts, '', '', '{}', hash, '{}'
  FROM json_to_recordset(%s::json) AS fresh(prompt bigint, hash text, parts jsonb)
    ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True)
class _Keyed:
    row: RolloutRow
    prompt: str
    hash: str
    context_hash: str
    response_hash: str


def rollouts_dataset(workspace: Workspace) -> Dataset:
    """The data set that rewards fill."""
    return _own_dataset(workspace, Dataset.Purpose.ROLLOUTS, ROLLOUTS_SLUG, "Rollouts of training runs")


def scratch_dataset(workspace: Workspace) -> Dataset:
    """The data set that the Try page fills."""
    return _own_dataset(workspace, Dataset.Purpose.SCRATCH, SCRATCH_SLUG, "Pasted on the Try page")


@transaction.atomic(savepoint=False)
def store_rollouts(workspace: Workspace, dataset: Dataset, rows: Sequence[RolloutRow]) -> list[Subject]:
    """The subject of each row, in the order of the rows; equal content is stored once."""
    keyed = [_key(row) for row in rows]
    prompts = _prompts(dataset, keyed)
    responses, blank = _responses(prompts, keyed)
    _give_back(prompts, responses, blank, keyed)
    wanted = [
        subjects.Wanted(
            prompts[item.prompt],
            hashes.of_response_subject(item.hash, item.response_hash),
            (responses[(prompts[item.prompt], item.response_hash)],),
        )
        for item in keyed
    ]
    keys = subjects.of_keys(workspace.pk, wanted)
    found = Subject.objects.in_bulk(set(keys))
    return [found[key] for key in keys]


def _own_dataset(workspace: Workspace, purpose: str, slug: str, title: str) -> Dataset:
    found = workspace.datasets.filter(purpose=purpose).first()
    if found is not None:
        return found
    taken = workspace.datasets.filter(slug=slug).exists()
    return workspace.datasets.get_or_create(
        slug=f"{slug}-of-the-studio" if taken else slug, defaults={"purpose": purpose, "title": title}
    )[0]


def _key(row: RolloutRow) -> _Keyed:
    for piece, what in (
        (row.messages, "The prompt"), (row.parts, "The response"), (row.reference, "The reference"),
        (row.context, "The context"),
    ):  # fmt: skip
        hashes.check_text(piece, what)
    digest = hashes.of_parts(row.messages)
    context = hashes.of_context(row.reference, row.context)
    identity = hashes.of_parts([row.prompt_id, digest, context])[:40]
    return _Keyed(row, identity, digest, context, hashes.of_parts(row.parts))


def _prompts(dataset: Dataset, keyed: Sequence[_Keyed]) -> dict[str, int]:
    wanted = {item.prompt: item for item in keyed}
    known = dict(dataset.prompts.filter(external_id__in=wanted).values_list("external_id", "id"))
    missing = sorted(wanted.keys() - known.keys())
    if not missing:
        return known
    Prompt.objects.bulk_create(
        [_prompt(dataset, wanted[external_id]) for external_id in missing], ignore_conflicts=True
    )
    return dict(dataset.prompts.filter(external_id__in=wanted).values_list("external_id", "id"))


def _responses(prompts: dict[str, int], keyed: Sequence[_Keyed]) -> tuple[dict[tuple[int, str], int], set[int]]:
    """The key of each response, and the keys of those that were forgotten."""
    wanted = {(prompts[item.prompt], item.response_hash): item for item in keyed}
    known, blank = _known_responses(wanted)
    missing = sorted(wanted.keys() - known.keys())
    if not missing:
        return known, blank
    rows = [
        {"prompt": prompt, "hash": digest, "parts": list(wanted[prompt, digest].row.parts)}
        for prompt, digest in missing
    ]
    with connection.cursor() as cursor:
        cursor.execute(_RESPONSES, [json.dumps(rows)])
    return _known_responses(wanted)


def _give_back(
    prompts: dict[str, int], responses: dict[tuple[int, str], int], blank: set[int], keyed: Sequence[_Keyed]
) -> None:
    """What was forgotten and is sent again is stored again."""
    if not blank:
        return
    for item in keyed:
        key = responses[prompts[item.prompt], item.response_hash]
        if key in blank:
            Response.objects.filter(pk=key).update(parts=list(item.row.parts))
            fresh = _prompt(Dataset(), item)
            told = {"messages": fresh.messages, "reference": fresh.reference, "context": fresh.context}
            Prompt.objects.filter(pk=prompts[item.prompt]).update(**told)


def _known_responses(wanted: dict[tuple[int, str], _Keyed]) -> tuple[dict[tuple[int, str], int], set[int]]:
    rows = Response.objects.filter(
        prompt_id__in={prompt for prompt, _ in wanted}, external_id__in={digest[:40] for _, digest in wanted}
    )
    forgotten = ExpressionWrapper(Q(parts=ERASED), output_field=BooleanField())
    found = list(rows.values_list("id", "prompt_id", "hash", forgotten))
    known = {(prompt, digest): key for key, prompt, digest, _ in found}
    return known, {key for key, _, _, erased in found if erased}


def _prompt(dataset: Dataset, item: _Keyed) -> Prompt:
    row = item.row
    return Prompt(
        dataset=dataset,
        external_id=item.prompt,
        messages=list(row.messages),
        reference=None if row.reference is None else list(row.reference),
        context=None if row.context is None else list(row.context),
        hash=item.hash,
        context_hash=item.context_hash,
        extensions={"prompt_id": row.prompt_id} if row.prompt_id else {},
    )
