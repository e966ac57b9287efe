"""Bulk storing of prompts, responses and preferences: what is known is left as it is, what differs is reported."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from django.db.models import QuerySet

from apps.datasets.models import Dataset, Preference, PreferenceMember, Prompt, Response
from apps.datasets.services import hashes, raters
from apps.datasets.services.rows import Note, PreferenceRow, PromptRow, ResponseRow, Stored
from domain import errors

BATCH = 1000
MAX_PROMPTS = 100_000
MAX_RESPONSES = 400_000
MAX_ID = 200
Row = TypeVar("Row")


def store_prompts(dataset: Dataset, rows: Sequence[PromptRow]) -> Stored:
    """Store prompts by their ids."""
    _check_number(len(rows), MAX_PROMPTS, "prompts")
    for row in rows:
        _check_id(row.external_id, "prompt")
    known = {
        external_id: (hash_, context_hash)
        for external_id, hash_, context_hash in _in_batches(
            dataset.prompts.values_list("external_id", "hash", "context_hash"),
            "external_id__in",
            [row.external_id for row in rows],
        )
    }
    fresh: list[Prompt] = []
    report: list[Note] = []
    for row in rows:
        prompt = _prompt(dataset, row)
        digest = (prompt.hash, prompt.context_hash)
        earlier = known.get(row.external_id)
        if earlier is None:
            known[row.external_id] = digest
            fresh.append(prompt)
        elif earlier != digest:
            report.append(_differs("prompt", row.external_id))
    Prompt.objects.bulk_create(fresh, batch_size=BATCH)
    return _stored("prompts", len(rows), len(fresh), report)


def store_responses(dataset: Dataset, rows: Sequence[ResponseRow]) -> Stored:
    """Store responses by their ids within their prompts."""
    _check_number(len(rows), MAX_RESPONSES, "responses")
    prompts = prompt_keys(dataset, {row.prompt_id for row in rows})
    known = {
        (prompt, external_id): hash_
        for prompt, external_id, hash_ in _in_batches(
            Response.objects.values_list("prompt_id", "external_id", "hash"), "prompt_id__in", sorted(prompts.values())
        )
    }
    fresh: list[Response] = []
    report: list[Note] = []
    for row in rows:
        response = _response(prompts, row)
        key = (response.prompt_id, row.external_id)
        earlier = known.get(key)
        if earlier is None:
            known[key] = response.hash
            fresh.append(response)
        elif earlier != response.hash:
            report.append(_differs("response", row.external_id))
    Response.objects.bulk_create(fresh, batch_size=BATCH)
    unlinked = _link_edits(fresh, {(prompts[row.prompt_id], row.external_id): row for row in rows if row.edit_of})
    stored = _stored("responses", len(rows), len(fresh), report)
    return Stored(stored.counts, (*stored.report, *unlinked))


def _link_edits(fresh: Sequence[Response], edits: Mapping[tuple[int, str], ResponseRow]) -> list[Note]:
    """Let new responses that change others name them; a note for each whose parent is not there."""
    changed = [response for response in fresh if (response.prompt_id, response.external_id) in edits]
    if not changed:
        return []
    places = _in_batches(
        Response.objects.values_list("id", "prompt_id", "external_id"), "prompt_id__in",
        sorted({response.prompt_id for response in changed}),
    )  # fmt: skip
    keys = {(prompt, external_id): key for key, prompt, external_id in places}
    report = []
    for response in changed:
        parent = edits[response.prompt_id, response.external_id].edit_of
        response.parent_id = keys.get((response.prompt_id, parent))
        if response.parent_id is None:
            said = f"The response “{response.external_id}” changes “{parent}”, which is no answer to its prompt."
            report.append(Note("warning", response.external_id, said))
    Response.objects.bulk_update(changed, ["parent"], batch_size=BATCH)
    return report


def store_preferences(dataset: Dataset, rows: Sequence[PreferenceRow]) -> Stored:
    """Store orders of responses by their ids."""
    if not rows:
        return Stored({})
    people = raters.by_name(dataset.workspace, {(row.rater, row.sort) for row in rows if row.rater})
    prompts = prompt_keys(dataset, {row.prompt_id for row in rows})
    responses = {
        (prompt, external_id): key
        for key, prompt, external_id in _in_batches(
            Response.objects.values_list("id", "prompt_id", "external_id"), "prompt_id__in", sorted(prompts.values())
        )
    }
    known: set[tuple[str, int | None, str | None, int]] = set(
        dataset.preferences.values_list("external_id", "rater_id", "criterion", "repeat")
    )
    fresh: list[tuple[Preference, PreferenceRow]] = []
    for row in rows:
        rater_id = people[row.rater].pk if row.rater else None
        key = (row.external_id, rater_id, row.criterion, row.repeat)
        if key not in known:
            known.add(key)
            fresh.append((_preference(dataset, prompts[row.prompt_id], rater_id, row), row))
    Preference.objects.bulk_create([preference for preference, _ in fresh], batch_size=BATCH)
    PreferenceMember.objects.bulk_create(
        [
            PreferenceMember(preference=preference, response_id=_member(responses, preference, name), rank=rank)
            for preference, row in fresh
            for name, rank in row.ranks
        ],
        batch_size=BATCH,
    )
    return _stored("preferences", len(rows), len(fresh), [])


def prompt_keys(dataset: Dataset, external_ids: Iterable[str]) -> dict[str, int]:
    """Primary keys of prompts by their ids; every id must be known."""
    wanted = sorted(set(external_ids))
    hashes.check_text(wanted, "A prompt id", limit=False)
    found = dict(_in_batches(dataset.prompts.values_list("external_id", "id"), "external_id__in", wanted))
    for external_id in wanted:
        if external_id not in found:
            raise errors.Invalid(
                f"There is no prompt with the id “{external_id}” in this data set.", code="prompt_unknown"
            )
    return found


def _in_batches(rows: "QuerySet[Any, Row]", lookup: str, values: Sequence[object]) -> Iterator[Row]:
    for start in range(0, len(values), 20 * BATCH):
        yield from rows.filter(**{lookup: values[start : start + 20 * BATCH]})


def _prompt(dataset: Dataset, row: PromptRow) -> Prompt:
    for piece, what in ((row.messages, "prompt"), (row.reference, "reference"), (row.context, "context")):
        hashes.check_text(piece, f"The {what} of “{row.external_id}”")
    hashes.check_text([row.extensions, list(row.tags), row.language], f"What comes with “{row.external_id}”")
    return Prompt(
        dataset=dataset,
        external_id=row.external_id,
        messages=row.messages,
        reference=row.reference,
        context=row.context,
        language=row.language[:16],
        tags=[tag[:80] for tag in row.tags],
        hash=hashes.of_parts(row.messages),
        context_hash=hashes.of_context(row.reference, row.context),
        extensions=row.extensions,
    )


def _response(prompts: dict[str, int], row: ResponseRow) -> Response:
    _check_id(row.external_id, "response")
    hashes.check_text(row.parts, f"The response “{row.external_id}”")
    hashes.check_text(
        [row.extensions, list(row.tags), row.model, row.edit, row.edit_of], f"What comes with “{row.external_id}”"
    )
    return Response(
        prompt_id=prompts[row.prompt_id],
        external_id=row.external_id,
        parts=row.parts,
        model=row.model[:120],
        tags=[tag[:80] for tag in row.tags],
        steps=row.steps,
        hash=hashes.of_parts(row.parts),
        extensions=row.extensions,
        edit=row.edit[:60],
    )


def _preference(dataset: Dataset, prompt_id: int, rater_id: int | None, row: PreferenceRow) -> Preference:
    _check_id(row.external_id, "preference")
    hashes.check_text([row.note, row.criterion or "", row.extensions], f"The preference “{row.external_id}”")
    return Preference(
        dataset=dataset,
        prompt_id=prompt_id,
        rater_id=rater_id,
        criterion=row.criterion,
        external_id=row.external_id,
        strength=row.strength,
        mode=row.mode,
        repeat=row.repeat,
        note=row.note,
        extensions=row.extensions,
    )


def _member(responses: dict[tuple[int, str], int], preference: Preference, name: str) -> int:
    try:
        return responses[(preference.prompt_id, name)]
    except KeyError:
        raise errors.Invalid(
            f"The preference “{preference.external_id}” names the response “{name}”, which its prompt does not have.",
            code="response_unknown",
        ) from None


def _check_id(external_id: str, what: str) -> None:
    hashes.check_text(external_id, f"The {what} id")
    if not external_id.strip() or len(external_id) > MAX_ID:
        raise errors.Invalid(
            f"The {what} id “{external_id[:60]}” must have 1 to {MAX_ID} characters.", code="id_invalid"
        )


def _check_number(number: int, most: int, what: str) -> None:
    if number > most:
        raise errors.Invalid(
            f"That is {number:,} {what}; at most {most:,} fit into one import. Split the file and import the parts.",
            code="too_many_rows",
        )


def _differs(what: str, external_id: str) -> Note:
    return Note(
        "warning",
        external_id,
        f"The {what} “{external_id}” is stored already with another text. The stored one was kept.",
    )


def _stored(what: str, given: int, added: int, report: list[Note]) -> Stored:
    changed = len(report)
    counts = {f"{what}_added": added, f"{what}_known": given - added - changed, f"{what}_changed": changed}
    return Stored(counts, tuple(report))
