"""Having a model edit one property of answers, and storing what people keep of it as a data set."""

import random
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.permissions import Actor, Role
from apps.datasets import services as datasets
from apps.datasets.models import Dataset, Prompt, Response
from apps.history import services as history
from apps.jobs import services as jobs
from apps.judging import permissions as judging
from apps.judging.models import JudgeVersion
from apps.refinement import queries
from apps.refinement.models import CausalEdit, CausalSet
from apps.rubrics import queries as rubrics
from apps.rubrics.models import RubricVersion
from domain import errors, rubric, subjects
from domain.dataset_formats.models import made_id
from domain.probes import causal

EDITS = "causal-edits"
MOST_ANSWERS = 100
MOST_EDITS = 2_000
TOGETHER = 6
MOST_NAME = 200
_CHARACTERS_A_TOKEN = 4


@dataclass(frozen=True)
class EditCost:
    """What it would ask: edits, one call each, tokens read and written about, seconds where the pace is known."""

    edits: int
    tokens: int
    seconds: float | None


def estimate_edits(
    *, by: Actor, version: RubricVersion, dataset: Dataset, writer: JudgeVersion, answers: int = 10, seed: int = 0
) -> EditCost:
    """Say what edits would cost, without asking."""
    said = _checked(by, version, dataset, writer)
    chosen = _chosen(dataset, said, answers, seed)
    read = sum(len(subjects.text_of(one.parts)) for one in chosen)
    each = 2 * len(said.criteria) + 1
    pace = queries.seconds_a_call(writer.fingerprint)
    edits = len(chosen) * each
    return EditCost(edits, 2 * read * each // _CHARACTERS_A_TOKEN, None if pace is None else pace * edits)


@transaction.atomic
def write_edits(
    *, by: Actor, version: RubricVersion, dataset: Dataset, writer: JudgeVersion, answers: int = 10, seed: int = 0
) -> CausalSet:
    """Have a model make one criterion better and worse in answers, and say them in other words (Crome).

    One answer a prompt, drawn by the seed; answers that are edits themselves or more than text are left out. People
    look at each edit before it is stored. Raises Invalid where there is no answer or it would be too much.
    """
    said = _checked(by, version, dataset, writer)
    chosen = _chosen(dataset, said, answers, seed)
    made = CausalSet.objects.create(
        workspace=by.workspace, version=version, dataset=dataset, writer=writer, said=said.model_dump(mode="json"),
        settings={"answers": answers, "seed": seed}, created_by=by.user,
    )  # fmt: skip
    kinds = [(kind, one.id) for one in said.criteria for kind in (causal.Causal.UPGRADE, causal.Causal.DEGRADE)]
    wanted = [(one, *each) for one in chosen for each in [*kinds, (causal.Causal.NEUTRAL, "")]]
    rows = CausalEdit.objects.bulk_create(
        CausalEdit(made=made, position=place, response=response, kind=kind, criterion=criterion)
        for place, (response, kind, criterion) in enumerate(wanted)
    )
    made.job = jobs.create_job(
        by=by, workspace=by.workspace, kind=EDITS, title=f"Edits of {dataset.slug} by {version}"[:200],
        shards=[{"first": at, "last": at + TOGETHER - 1} for at in range(0, len(rows), TOGETHER)],
    )  # fmt: skip
    made.save(update_fields=["job"])
    detail = {"version": str(version), "dataset": dataset.slug, "writer": str(writer), "edits": len(rows)}
    history.record(by=by, workspace=by.workspace, action="edits.asked", target=made, detail=detail)
    return made


@transaction.atomic
def store_edits(*, by: Actor, made: CausalSet, slug: str, positions: Collection[int]) -> Dataset:
    """Store the edits that somebody keeps, with the answers they were made from, as a data set of its own.

    A better one is preferred to its answer, the answer to a worse one; one in other words is a tie. Licence, consent
    and language are those of the source. Raises Conflict where it was stored already, Invalid where none is kept.
    """
    by.require(Role.AUTHOR, "store edits")
    judging.check_belongs(by, made.workspace_id, "edits")
    locked = CausalSet.objects.select_for_update(of=("self",)).get(pk=made.pk)
    if locked.stored_id is not None:
        raise errors.Conflict("These edits are stored already.", code="edits_stored")
    if locked.edits.filter(state=CausalEdit.State.WAITING).exists():
        raise errors.Conflict("Not all edits are written yet.", code="edits_waiting")
    good = {one.position: one for one in locked.edits.filter(state=CausalEdit.State.DONE)
            .select_related("response__prompt")}  # fmt: skip
    if unknown := sorted(set(positions) - set(good)):
        raise errors.Invalid(f"There is no edit {unknown[0]} to keep.", code="edit_unknown")
    kept = [good[place] for place in sorted(set(positions))]
    if not kept:
        raise errors.Invalid("Keep at least one edit.", code="edits_none")
    source = locked.dataset
    stored = datasets.create_dataset(
        by=by, slug=slug, title=f"Causal edits of {source.title}"[:200], language=source.language,
        licence=source.licence, consent=source.consent,
        source=f"edits of {source.slug} by {locked.writer}, seed {locked.settings['seed']}"[:300],
        description="Answers of which a model made one criterion better or worse, or changed the wording alone; each "
        "was looked at by a person. The audit of edits, the quality gate and exports of pairs read them.",
    )  # fmt: skip
    datasets.add_items(by=by, dataset=stored, items=_items(kept))
    CausalEdit.objects.filter(pk__in=[one.pk for one in kept]).update(kept=True)
    CausalEdit.objects.filter(pk__in=[one.pk for one in good.values() if one not in kept]).update(kept=False)
    locked.stored, locked.stored_at = stored, timezone.now()
    locked.save(update_fields=["stored", "stored_at"])
    detail = {"dataset": slug, "kept": len(kept), "of": len(good)}
    history.record(by=by, workspace=by.workspace, action="edits.stored", target=locked, detail=detail)
    return stored


def _items(kept: list[CausalEdit]) -> list[dict[str, Any]]:
    prompts: dict[int, Prompt] = {one.response.prompt_id: one.response.prompt for one in kept}
    rows: list[dict[str, Any]] = []
    pairs: list[dict[str, Any]] = []
    for key, prompt in prompts.items():
        own = [one for one in kept if one.response.prompt_id == key]
        origins = {one.response_id: one.response for one in own}
        names = {pk: _named(prompt, response) for pk, response in origins.items()}
        responses = [
            {"response_id": names[pk], "response": subjects.text_of(one.parts), "model": one.model}
            for pk, one in origins.items()
        ]
        for one in own:
            edit = causal.name_of(causal.Causal(one.kind), one.criterion)
            name, origin = _bounded(f"{names[one.response_id]}~{edit}"), names[one.response_id]
            responses.append({"response_id": name, "response": one.text, "edit_of": origin, "edit": edit})
            worse = one.kind == causal.Causal.DEGRADE
            pair = {"chosen": origin if worse else name, "rejected": name if worse else origin}
            strength = 0 if one.kind == causal.Causal.NEUTRAL else 1
            pairs.append({"prompt_id": prompt.external_id, **pair, "strength": strength})
        found: dict[str, Any] = {
            "prompt_id": prompt.external_id, "prompt": prompt.messages, "language": prompt.language,
            "tags": dict(tag.partition(":")[::2] for tag in prompt.tags), "responses": responses,
        }  # fmt: skip
        for name, parts in (("reference", prompt.reference), ("context", prompt.context)):
            if parts:
                found[name] = subjects.text_of(parts)
        rows.append(found)
    return rows + pairs


def _named(prompt: Prompt, response: Response) -> str:
    name = response.external_id
    return _bounded(name if name.startswith(prompt.external_id) else f"{prompt.external_id}/{name}")


def _bounded(name: str) -> str:
    return name if len(name) <= MOST_NAME else made_id("r", name)


def _checked(by: Actor, version: RubricVersion, dataset: Dataset, writer: JudgeVersion) -> rubric.Rubric:
    by.require_scope("runs:write")
    by.require(Role.AUTHOR, "have answers edited")
    judging.check_inputs(by, [version], [writer], dataset)
    if not writer.is_asked:
        raise _invalid("writer", "This judge has no model to ask.")
    said = rubrics.domain_rubric(version)
    if not said.criteria:
        raise errors.Invalid("The version has no criteria yet.", code="no_criteria")
    return said


def _chosen(dataset: Dataset, said: rubric.Rubric, answers: int, seed: int) -> list[Response]:
    if not 1 <= answers <= MOST_ANSWERS:
        raise _invalid("answers", f"Choose 1 to {MOST_ANSWERS} answers.")
    if not 0 <= seed < 2**31:
        raise _invalid("seed", "The seed lies between 0 and 2,147,483,647.")
    if answers * (2 * len(said.criteria) + 1) > MOST_EDITS:
        raise _invalid("answers", f"That makes more than {MOST_EDITS:,} edits. Take fewer answers.")
    rows = (
        Response.objects.filter(prompt__dataset=dataset, edit="").select_related("prompt").order_by("prompt_id", "pk")
    )
    first: dict[int, list[Response]] = {}
    for row in rows[: 100 * MOST_ANSWERS]:
        if subjects.is_text_only(row.parts) and subjects.text_of(row.parts).strip():
            first.setdefault(row.prompt_id, []).append(row)
    if not first:
        raise _invalid("dataset", "No prompt of this data set has an answer in text.")
    chance = random.Random(seed)
    prompts = sorted(first)
    chance.shuffle(prompts)
    return [chance.choice(first[prompt]) for prompt in prompts[:answers]]


def _invalid(name: str, sentence: str) -> errors.Invalid:
    return errors.Invalid(sentence, code=f"{name}_invalid", problems=[errors.Problem(f"/{name}", sentence)])
