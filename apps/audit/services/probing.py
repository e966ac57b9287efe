"""Probes made of a data set's answers, as a data set of their own: for people to look at, then for a run to judge."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from apps.accounts.permissions import Actor, Role
from apps.datasets import services as datasets
from apps.datasets.models import Dataset, Prompt
from apps.rubrics.models import RubricVersion
from domain import errors, probes, subjects
from domain.dataset_formats.models import made_id

MOST_PROMPTS = 500
MOST_PROBES = 20_000
MOST_NAME = 200


@dataclass(frozen=True)
class Probed:
    """What became of an answer, as it is looked at before anything is stored."""

    prompt: str
    of: str
    edit: str
    text: str


@transaction.atomic
def make_probes(
    *, by: Actor, dataset: Dataset, slug: str, wish: probes.Wish, version: RubricVersion | None = None,
    prompts: int = 50,
) -> datasets.DatasetImport:  # fmt: skip
    """Store the first prompts of a data set with their answers and the probes of these as a new data set.

    `version` gives the criteria that echoes and keywords use. Licence, consent and language are those of the source.
    Raises Invalid where nothing can be probed or too much, Conflict where the name is taken.
    """
    by.require(Role.AUTHOR, "make probes")
    items = [item for item, _ in _items(dataset, wish, version, prompts)]
    if not items:
        raise errors.Invalid("No prompt of this data set has an answer in text.", code="probes_none")
    if sum(len(item["responses"]) for item in items) > MOST_PROBES:
        raise errors.Invalid(
            f"These are more than {MOST_PROBES:,} answers. Take fewer prompts.", code="probes_too_many"
        )
    made = datasets.create_dataset(
        by=by, slug=slug, title=f"Probes of {dataset.title}"[:200], language=dataset.language, licence=dataset.licence,
        consent=dataset.consent, source=f"probes of {dataset.slug}, seed {wish.seed}"[:300],
        description="Answers edited by rule, attacked, and of policies that do nothing useful. Look at them before a "
        "judge does. The audits of edits, of attacks and of degenerate policies read them.",
    )  # fmt: skip
    return datasets.add_items(by=by, dataset=made, items=items)


def preview_probes(
    *, by: Actor, dataset: Dataset, wish: probes.Wish, version: RubricVersion | None = None, prompts: int = 50
) -> tuple[int, list[Probed]]:
    """How many probes there would be, and those of the first prompt. Stores nothing."""
    by.require(Role.AUTHOR, "make probes")
    count, shown = 0, []
    for n, (item, made) in enumerate(_items(dataset, wish, version, prompts)):
        count += len(made)
        if n == 0:
            shown = [Probed(item["prompt_id"], one.of, one.edit, one.text) for one in made]
    return count, shown


def _items(
    dataset: Dataset, wish: probes.Wish, version: RubricVersion | None, count: int
) -> Iterator[tuple[dict[str, Any], list[probes.Made]]]:
    """Prompts as records with their answers and probes; answers that are no text, or edits themselves, are left out."""
    if not 1 <= count <= MOST_PROMPTS:
        raise errors.Invalid(
            f"Take 1 to {MOST_PROMPTS} prompts.", code="probes_invalid",
            problems=[errors.Problem("/prompts", f"is a number from 1 to {MOST_PROMPTS}")],
        )  # fmt: skip
    criteria = [row.text for row in version.criteria.order_by("position")] if version is not None else []
    rows = dataset.prompts.filter(responses__isnull=False).distinct().order_by("pk").prefetch_related("responses")
    for place, prompt in enumerate(rows[:count]):
        answers = [
            (_named(prompt, one.external_id), subjects.text_of(one.parts), one.model)
            for one in sorted(prompt.responses.all(), key=lambda one: one.pk)
            if not one.edit and subjects.is_text_only(one.parts) and subjects.text_of(one.parts).strip()
        ]
        if not answers:
            continue
        asked = "\n\n".join(subjects.text_of(one["parts"]) for one in prompt.messages)
        about = probes.About(asked, criteria, prompt.language or dataset.language or "en")
        made = list(probes.made(place, [(name, text) for name, text, _ in answers], about, wish))
        yield _item(prompt, answers, made), made


def _item(prompt: Prompt, answers: list[tuple[str, str, str]], made: list[probes.Made]) -> dict[str, Any]:
    tags = dict(tag.partition(":")[::2] for tag in prompt.tags)
    responses = [{"response_id": name, "response": text, "model": model} for name, text, model in answers]
    responses += [
        {
            "response_id": _bounded(f"{one.of or prompt.external_id}~{one.edit}"), "response": one.text,
            "edit_of": one.of, "edit": one.edit[:60],
        }
        for one in made
    ]  # fmt: skip
    found: dict[str, Any] = {
        "prompt_id": prompt.external_id, "prompt": prompt.messages, "language": prompt.language, "tags": tags,
        "responses": responses,
    }  # fmt: skip
    for name, parts in (("reference", prompt.reference), ("context", prompt.context)):
        if parts:
            found[name] = subjects.text_of(parts)
    return found


def _named(prompt: Prompt, name: str) -> str:
    """One name for an answer in the whole data set."""
    return _bounded(name if name.startswith(prompt.external_id) else f"{prompt.external_id}/{name}")


def _bounded(name: str) -> str:
    return name if len(name) <= MOST_NAME else made_id("r", name)
