"""Storing labels: from files and callers by response id, and a person's own by subject."""

from collections.abc import Sequence

from django.db import transaction

from apps.accounts.permissions import Actor, Role
from apps.datasets.models import Dataset, Label, Response
from apps.datasets.services import hashes, raters, storing, subjects
from apps.datasets.services.rows import LabelRow, Note, OwnLabel, Stored
from apps.history import services as history
from domain import errors

MOST_CRITERION = 80
Key = tuple[int, int, str | None, str, int]


@transaction.atomic
def add_labels(*, by: Actor, dataset: Dataset, labels: Sequence[LabelRow]) -> Stored:
    """Store labels of any raters; known ones are left as they are and differing ones reported."""
    by.require(Role.AUTHOR, "add labels")
    by.require_scope("data:write")
    stored = store_labels(dataset, labels)
    history.record(
        by=by, workspace=by.workspace, action="labels.added", target=dataset, detail={"counts": dict(stored.counts)}
    )
    return stored


@transaction.atomic
def add_own_labels(*, by: Actor, dataset: Dataset, labels: Sequence[OwnLabel]) -> list[Label]:
    """Store what a person decided themself, each under the next free repeat number."""
    by.require(Role.ANNOTATOR, "label")
    rater = raters.of_user(by.workspace, by.user)
    return Label.objects.bulk_create(
        [
            Label(
                dataset=dataset,
                subject_id=label.subject_id,
                rater=rater,
                criterion=label.criterion,
                value=label.value,
                payload=dict(label.payload),
                mode=label.mode,
                repeat=label.repeat,
                confidence=label.confidence,
                spans=list(label.spans),
                note=label.note,
                review_id=label.review_id,
            )
            for label in labels
        ]
    )


@transaction.atomic
def revise_own_labels(*, by: Actor, dataset: Dataset, labels: Sequence[OwnLabel]) -> None:
    """Change what a person decided themself, found by the review it came from."""
    by.require(Role.ANNOTATOR, "label")
    for label in labels:
        stored = Label.objects.filter(
            dataset=dataset, rater__user=by.user, review_id=label.review_id, criterion=label.criterion, mode=label.mode
        )
        stored.update(
            value=label.value, payload=dict(label.payload), confidence=label.confidence, spans=list(label.spans),
            note=label.note,
        )  # fmt: skip


def store_labels(dataset: Dataset, rows: Sequence[LabelRow]) -> Stored:
    """Store labels inside the caller's transaction, in a constant number of queries a batch."""
    if not rows:
        return Stored({})
    people = raters.by_name(dataset.workspace, [(row.rater, row.sort) for row in rows])
    responses = _responses(dataset, rows)
    made = subjects.of_responses(dataset, {response.pk: response for response in responses}.values())
    known: dict[Key, float | None] = {
        (subject, rater, criterion, mode, repeat): value
        for subject, rater, criterion, mode, repeat, value in dataset.labels.values_list(
            "subject_id", "rater_id", "criterion", "mode", "repeat", "value"
        )
    }
    fresh: list[Label] = []
    report: list[Note] = []
    twins: dict[Key, int] = {}
    for row, response in zip(rows, responses, strict=True):
        label = _label(dataset, row, made[response.pk], people[row.rater].pk)
        key = _free(label, response, twins)
        if key not in known:
            known[key] = label.value
            fresh.append(label)
        elif known[key] != label.value:
            report.append(_differs(row))
    Label.objects.bulk_create(fresh, batch_size=storing.BATCH)
    changed = len(report)
    counts = {"labels_added": len(fresh), "labels_known": len(rows) - len(fresh) - changed, "labels_changed": changed}
    return Stored(counts, tuple(report))


def _free(label: Label, response: Response, twins: dict[Key, int]) -> Key:
    """The label's key; what a rater said of another response with the same words is a repeat."""
    while True:
        key = (label.subject_id, label.rater_id, label.criterion, label.mode, label.repeat)
        if twins.setdefault(key, response.pk) == response.pk:
            return key
        label.repeat += 1
        label.payload = {**label.payload, "response": response.external_id}


def _responses(dataset: Dataset, rows: Sequence[LabelRow]) -> list[Response]:
    wanted = sorted({row.response_id for row in rows})
    hashes.check_text(wanted, "A response id", limit=False)
    by_pair: dict[tuple[str, str], Response] = {}
    by_id: dict[str, list[Response]] = {}
    found = Response.objects.filter(prompt__dataset=dataset).select_related("prompt").defer("parts", "prompt__messages")
    for start in range(0, len(wanted), 20 * storing.BATCH):
        for response in found.filter(external_id__in=wanted[start : start + 20 * storing.BATCH]):
            by_pair[(response.prompt.external_id, response.external_id)] = response
            by_id.setdefault(response.external_id, []).append(response)
    return [_response(row, by_pair, by_id) for row in rows]


def _response(row: LabelRow, by_pair: dict[tuple[str, str], Response], by_id: dict[str, list[Response]]) -> Response:
    if row.prompt_id is not None:
        response = by_pair.get((row.prompt_id, row.response_id))
        candidates = [response] if response else []
    else:
        candidates = by_id.get(row.response_id, [])
    if not candidates:
        raise errors.Invalid(
            f"There is no response with the id “{row.response_id}” in this data set.", code="response_unknown"
        )
    if len(candidates) > 1:
        raise errors.Invalid(
            f"Several prompts have a response with the id “{row.response_id}”; say which by its prompt_id.",
            code="response_ambiguous",
        )
    return candidates[0]


def _label(dataset: Dataset, row: LabelRow, subject_id: int, rater_id: int) -> Label:
    if row.mode not in Label.Mode.values:
        raise errors.Invalid(f"A label's mode is blind or assisted, not “{row.mode}”.", code="mode_unknown")
    hashes.check_text([row.note, row.criterion or "", row.payload, list(row.spans)], f"A label of “{row.response_id}”")
    if len(row.criterion or "") > MOST_CRITERION:
        raise errors.Invalid(f"A criterion's id has at most {MOST_CRITERION} characters.", code="criterion_too_long")
    return Label(
        dataset=dataset,
        subject_id=subject_id,
        rater_id=rater_id,
        criterion=row.criterion,
        value=row.value,
        payload=dict(row.payload),
        mode=row.mode,
        repeat=row.repeat,
        confidence=row.confidence,
        spans=list(row.spans),
        note=row.note,
    )


def _differs(row: LabelRow) -> Note:
    return Note(
        "warning",
        row.response_id,
        f"{row.rater} already labelled “{row.response_id}” on {row.criterion or 'the whole'} with another value. "
        "The stored one was kept.",
    )
