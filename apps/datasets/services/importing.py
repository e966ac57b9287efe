"""Importing files and records into a data set, all or nothing, as often as one likes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.permissions import Actor, Role
from apps.datasets.models import Dataset
from apps.datasets.services import labels, managing, reading, storing, uploads
from apps.datasets.services.rows import LabelRow, Note, Stored
from apps.datasets.signals import dataset_imported, verdicts_imported
from apps.history import services as history
from domain import dataset_formats, errors
from domain.dataset_formats import ImportedDataset
from domain.formats import ImportedRubric

KEPT_NOTES = 200


@dataclass(frozen=True)
class DatasetImport:
    """What an import did; `rubrics` are those the file held, `followed` what the apps above made of them."""

    dataset: Dataset
    counts: Mapping[str, int]
    report: tuple[Note, ...]
    rubrics: tuple[ImportedRubric, ...] = ()
    followed: tuple[str, ...] = field(default=())


@transaction.atomic
def import_dataset(
    *, by: Actor, slug: str, format: str, data: bytes, title: str = "",  # noqa: A002
    mapping: Mapping[str, str] | None = None, about: Mapping[str, str] | None = None,
) -> DatasetImport:  # fmt: skip
    """Import a file into the data set of that slug, which is made where it is missing."""
    by.require(Role.AUTHOR, "import data")
    by.require_scope("data:write")
    uploads.check_size(data)
    found = dataset_formats.read(format, data, mapping)
    if not (found.prompts or found.responses or found.verdicts):
        raise errors.Invalid("The file holds no prompts.", code="file_without_prompts")
    dataset = by.workspace.datasets.filter(slug=slug).first() or managing.create_dataset(
        by=by, slug=slug, title=title, **dict(about or {})
    )
    return _import(by, dataset, found, format, mapping)


@transaction.atomic
def add_items(*, by: Actor, dataset: Dataset, items: Sequence[Any]) -> DatasetImport:
    """Add prompts with responses given as records {prompt_id, prompt, reference, context, tags, responses: […]}."""
    by.require(Role.AUTHOR, "add data")
    by.require_scope("data:write")
    if not items:
        raise errors.Invalid("There are no items.", code="items_missing")
    return _import(by, dataset, reading.items_of_records(items), "items", None)


@transaction.atomic
def import_labels(*, by: Actor, dataset: Dataset, data: bytes) -> Stored:
    """Import a file of labels for responses that are stored already."""
    uploads.check_size(data)
    return add_label_records(by=by, dataset=dataset, records=dataset_formats.rows(data))


def add_label_records(*, by: Actor, dataset: Dataset, records: Sequence[Any]) -> Stored:
    """Add labels given as records {response_id, rater, criterion, value, …}."""
    rows: list[LabelRow] = reading.labels_of_records(records)
    return labels.add_labels(by=by, dataset=dataset, labels=rows)


def _import(
    by: Actor, dataset: Dataset, found: ImportedDataset, format_name: str, mapping: Mapping[str, str] | None
) -> DatasetImport:
    locked = Dataset.objects.select_for_update().get(pk=dataset.pk)
    if locked.archived_at is not None:
        raise errors.Conflict("This data set is archived. Restore it before adding to it.", code="dataset_archived")
    stored = _store(locked, found)
    counts = {name: number for part in stored for name, number in part.counts.items()}
    report = [*reading.notes(found), *(note for part in stored for note in part.report)]
    followed = _tell(by, locked, found)
    counts["rubrics_found"] = len(found.rubrics)
    counts["verdicts_found"] = len(found.verdicts)
    done = DatasetImport(locked, counts, tuple(report), found.rubrics, followed)
    _remember(by, done, format_name, mapping)
    return done


def _store(dataset: Dataset, found: ImportedDataset) -> list[Stored]:
    prompts = storing.store_prompts(dataset, reading.prompt_rows(found))
    changed = {note.pointer for note in prompts.report}
    responses = [row for row in reading.response_rows(found) if row.prompt_id not in changed]
    left_out = {response.id for response in found.responses if response.prompt_id in changed}
    kept = storing.store_responses(dataset, responses)
    skipped = Stored({}, (_left_out(len(left_out)),) if left_out else ())
    preferences = [row for row in reading.preference_rows(found) if row.prompt_id not in changed]
    ranked = storing.store_preferences(dataset, preferences)
    changed_responses = left_out | {note.pointer for note in kept.report}
    said = [row for row in reading.label_rows(found) if row.response_id not in changed_responses]
    return [prompts, kept, skipped, ranked, labels.store_labels(dataset, said)]


def _left_out(number: int) -> Note:
    return Note("warning", "", f"{number} responses were left out, as their prompts are stored with another text.")


def _tell(by: Actor, dataset: Dataset, found: ImportedDataset) -> tuple[str, ...]:
    """Tell the apps above of rubrics, and then of verdicts, which need them."""
    news: dict[str, Any] = {"sender": Dataset, "dataset": dataset, "actor": by, "rubrics": found.rubrics}
    answers = dataset_imported.send(**news) if found.rubrics else []
    if found.verdicts:
        answers += verdicts_imported.send(**news, verdicts=found.verdicts)
    return tuple(sentence for _, sentence in answers if sentence)


def _remember(by: Actor, done: DatasetImport, format_name: str, mapping: Mapping[str, str] | None) -> None:
    """Keep the mapping for reuse and the report for its page; the history gets the numbers only."""
    dataset = done.dataset
    if mapping is not None:
        dataset.mapping = {"format": format_name, "fields": dict(mapping)}
    dataset.extensions = {
        **dataset.extensions,
        "last_import": {
            "at": timezone.now().isoformat(),
            "by": by.user.name,
            "format": format_name,
            "counts": dict(done.counts),
            "report": [[note.level, note.pointer, note.message] for note in done.report[:KEPT_NOTES]],
            "more": max(len(done.report) - KEPT_NOTES, 0),
            "followed": list(done.followed),
        },
    }
    dataset.save(update_fields=["mapping", "extensions"])
    history.record(
        by=by, workspace=by.workspace, action="dataset.imported", target=dataset,
        detail={"format": format_name, "counts": dict(done.counts)},
    )  # fmt: skip
