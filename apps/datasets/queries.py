"""What is known about data: lists, pages of prompts, one prompt, choices of responses."""

import itertools
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, F, IntegerField, Max, Min, OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.functions import Cast, Coalesce, Extract

from apps.accounts.permissions import Actor
from apps.datasets.models import Dataset, Label, PreferenceMember, Prompt, Rater, Response, ScoreRow, ScoreTable
from domain import errors

FILTERS = ("prompts", "responses", "tags", "models", "q", "limit")
PAGE = 25


@dataclass(frozen=True)
class PromptPage:
    """Some prompts in order, and where the next ones begin."""

    prompts: Sequence[Prompt]
    next: str | None
    total: int


class LabelColumns(NamedTuple):
    """Labels on one criterion, column by column; a value is None where the rater could not decide."""

    subjects: list[int]
    raters: list[int]
    values: list[float | None]
    modes: list[str]
    repeats: list[int]
    at: list[float]
    reviews: list[int | None]


class PreferredPair(NamedTuple):
    """What a rater said of two responses: 1 where the first is better, ½ for a tie, 0 where the second is."""

    responses: tuple[int, int]
    rater: int
    value: float
    blind: bool
    repeat: int


def get_dataset(actor: Actor, slug: str) -> Dataset:
    """The data set of this slug in the actor's workspace."""
    dataset = Dataset.objects.select_related("workspace").filter(workspace=actor.workspace, slug=slug).first()
    if dataset is None:
        raise errors.NotFound(f"There is no data set “{slug}” here.", code="dataset_unknown")
    return dataset


def score_tables(actor: Actor) -> QuerySet[ScoreTable]:
    """The tables of outside scores in the workspace, newest first."""
    return ScoreTable.objects.filter(workspace=actor.workspace).order_by("-created_at", "-pk")


def get_score_table(actor: Actor, key: Any) -> ScoreTable:
    """A table of outside scores in the actor's workspace."""
    table = score_tables(actor).filter(pk=key).first()
    if table is None:
        raise errors.NotFound("There is no such table of scores here.", code="score_table_unknown")
    return table


def scorers_of(tables: Iterable[ScoreTable]) -> dict[int, list[tuple[str, int]]]:
    """By table its scorers by name, each with how many rows it has."""
    rows = ScoreRow.objects.filter(table__in=list(tables)).values_list("table", "scorer")
    found: dict[int, list[tuple[str, int]]] = defaultdict(list)
    for table, scorer, count in rows.annotate(count=Count("pk")).order_by("table", "scorer"):
        found[table].append((scorer, count))
    return found


def list_datasets(actor: Actor, *, archived: bool = False) -> QuerySet[Dataset]:
    """Data sets with their counts, newest first; what was pasted on the Try page is not listed."""
    return (
        Dataset.objects.filter(workspace=actor.workspace, archived_at__isnull=not archived)
        .exclude(purpose=Dataset.Purpose.SCRATCH)
        .annotate(
            prompt_count=_counted(Prompt, "dataset"),
            response_count=_counted(Response, "prompt__dataset"),
            label_count=_counted(Label, "dataset"),
        )
        .order_by("-created_at")
    )


def counts(dataset: Dataset) -> dict[str, int]:
    """How much a data set holds."""
    return {
        "prompts": dataset.prompts.count(),
        "responses": Response.objects.filter(prompt__dataset=dataset).count(),
        "labels": dataset.labels.count(),
        "preferences": dataset.preferences.count(),
    }


def browse(
    dataset: Dataset, *, q: str = "", tag: str = "", model: str = "", after: str = "", size: int = PAGE
) -> PromptPage:
    """A page of prompts with their numbers of responses and labels; `after` is where the last page ended."""
    found = matching_prompts(dataset, q=q, tag=tag, model=model)
    total = found.count()
    if after:
        found = found.filter(pk__gt=_cursor(after))
    rows = list(
        found.annotate(
            response_count=_counted(Response, "prompt"), label_count=_counted(Label, "subject__prompt")
        ).order_by("pk")[: size + 1]
    )
    shown = rows[:size]
    return PromptPage(shown, str(shown[-1].pk) if len(rows) > size else None, total)


def matching_prompts(dataset: Dataset, *, q: str = "", tag: str = "", model: str = "") -> QuerySet[Prompt]:
    """Prompts by words in their text or id, by tag, and by the model of a response."""
    found = dataset.prompts.all()
    q, tag, model = _storable(q), _storable(tag), _storable(model)
    if q:
        found = found.annotate(text=Cast("messages", TextField()))
        found = found.filter(Q(text__icontains=_as_json(q)) | Q(external_id__icontains=q))
    if tag:
        found = found.filter(tags__contains=[tag])
    if model:
        found = found.filter(pk__in=Response.objects.filter(prompt__dataset=dataset, model=model).values("prompt_id"))
    return found


def tags_of(dataset: Dataset, most: int = 200) -> list[str]:
    """The tags of its prompts."""
    rows = dataset.prompts.exclude(tags=[]).values_list(F("tags"), flat=True).distinct()[: 20 * most]
    return sorted({tag for tags in rows for tag in tags})[:most]


def models_of(dataset: Dataset, most: int = 200) -> list[str]:
    """The models that wrote its responses."""
    rows = Response.objects.filter(prompt__dataset=dataset).exclude(model="")
    return list(rows.order_by("model").values_list("model", flat=True).distinct()[:most])


def get_prompt(dataset: Dataset, key: int) -> Prompt:
    """A prompt of the data set."""
    prompt = dataset.prompts.filter(pk=key).first()
    if prompt is None:
        raise errors.NotFound("There is no such prompt in this data set.", code="prompt_unknown")
    return prompt


def neighbours(prompt: Prompt) -> tuple[int | None, int | None]:
    """The prompts before and after one in its data set."""
    others = Prompt.objects.filter(dataset=prompt.dataset_id)
    before = others.filter(pk__lt=prompt.pk).aggregate(key=Max("pk"))["key"]
    after = others.filter(pk__gt=prompt.pk).aggregate(key=Min("pk"))["key"]
    return before, after


def responses_of(prompt: Prompt) -> list[Response]:
    """The responses of a prompt."""
    return list(prompt.responses.order_by("pk"))


def labels_of(prompt: Prompt) -> list[tuple[int, Label]]:
    """The labels on a prompt's responses with the key of the response, in the order of criteria and raters."""
    rows = (
        Label.objects.filter(subject__prompt=prompt)
        .select_related("rater", "subject")
        .annotate(response_key=F("subject__members__response"))
        .order_by("response_key", "criterion", "rater__name", "repeat")
    )
    return [(label.response_key, label) for label in rows]


def chosen_responses(dataset: Dataset, filter: Mapping[str, Any]) -> QuerySet[Response]:  # noqa: A002
    """Responses a filter lets through: {prompts, responses, tags, models: lists; q: text; limit: number}."""
    strange = sorted(set(filter) - set(FILTERS))
    if strange:
        raise errors.Invalid(
            f"A filter has no “{strange[0]}”; it may have {', '.join(FILTERS)}.", code="filter_unknown"
        )
    found = Response.objects.filter(prompt__dataset=dataset)
    if filter.get("prompts"):
        found = found.filter(prompt__external_id__in=_strings(filter["prompts"], "prompts"))
    if filter.get("responses"):
        found = found.filter(external_id__in=_strings(filter["responses"], "responses"))
    if filter.get("tags"):
        found = found.filter(prompt__tags__overlap=_strings(filter["tags"], "tags"))
    if filter.get("models"):
        found = found.filter(model__in=_strings(filter["models"], "models"))
    if filter.get("q"):
        found = found.filter(prompt__in=matching_prompts(dataset, q=str(filter["q"])).values("pk"))
    found = found.order_by("prompt_id", "pk")
    limit = filter.get("limit")
    if limit is None:
        return found
    if not isinstance(limit, int) or isinstance(limit, bool) or limit < 1:
        raise errors.Invalid("The limit of a filter is a whole number above zero.", code="filter_invalid")
    return found[:limit]


def label_columns(dataset: Dataset, *criteria: str | None) -> dict[str | None, LabelColumns]:
    """The labels of a data set by criterion (None: on the whole), as columns: what agreement is computed from."""
    rows = dataset.labels.all()
    if criteria:
        named = Q(criterion__in=[name for name in criteria if name is not None])
        rows = rows.filter(named | Q(criterion=None) if None in criteria else named)
    grouped = rows.annotate(at=Extract("created_at", "epoch")).order_by("criterion").values("criterion")
    found = grouped.annotate(
        all_subjects=ArrayAgg("subject_id"), all_raters=ArrayAgg("rater_id"), all_values=ArrayAgg("value"),
        all_modes=ArrayAgg("mode"), all_repeats=ArrayAgg("repeat"), all_at=ArrayAgg("at"),
        all_reviews=ArrayAgg("review_id"),
    ).values_list("criterion", *(f"all_{name}" for name in LabelColumns._fields))  # fmt: skip
    return {criterion: LabelColumns(*columns) for criterion, *columns in found}


def labels_by_criterion(dataset: Dataset, *, mode: str = Label.Mode.BLIND) -> list[tuple[str | None, int, int, float]]:
    """(criterion, subject, rater, value) of people's first labels with a value."""
    rows = dataset.labels.filter(mode=mode, repeat=0, value__isnull=False).exclude(rater__sort=Rater.Sort.MODEL)
    found = rows.order_by("criterion", "subject_id", "rater_id")
    return [
        (criterion, subject, rater, value)
        for criterion, subject, rater, value in found.values_list("criterion", "subject_id", "rater_id", "value")
        if value is not None
    ]


def label_counts(dataset: Dataset) -> dict[str | None, int]:
    """How many labels each criterion of a data set has, most first."""
    rows = dataset.labels.values("criterion").annotate(number=Count("pk")).order_by("-number", "criterion")
    return {row["criterion"]: row["number"] for row in rows}


def preferred_pairs(dataset: Dataset) -> list[PreferredPair]:
    """Every two responses that a rater set in order: which is better of the two, the one stored first named first."""
    rows = PreferenceMember.objects.filter(preference__dataset=dataset, preference__rater__isnull=False)
    ranked: dict[int, list[tuple[int, int]]] = defaultdict(list)
    about: dict[int, tuple[int, bool, int]] = {}
    for key, response, rank, rater, mode, repeat in rows.order_by("preference", "response").values_list(
        "preference", "response", "rank", "preference__rater", "preference__mode", "preference__repeat"
    ):
        ranked[key].append((response, rank))
        about[key] = rater, mode == Label.Mode.BLIND, repeat
    return [
        PreferredPair((first, second), about[key][0], (above < below) + (above == below) / 2, *about[key][1:])
        for key, members in ranked.items()
        for (first, above), (second, below) in itertools.combinations(members, 2)
    ]


def raters_of(keys: Iterable[int]) -> dict[int, Rater]:
    """Raters by key."""
    return Rater.objects.in_bulk(sorted(set(keys)))


def next_repeats(actor: Actor, subjects: Iterable[int], *, mode: str) -> dict[tuple[int, str | None], int]:
    """For each (subject, criterion) that the person labelled before, the next free repeat number."""
    raters = Rater.objects.filter(workspace=actor.workspace, user=actor.user)
    rows = Label.objects.filter(rater__in=raters, subject_id__in=list(subjects), mode=mode)
    found = rows.values("subject_id", "criterion").annotate(last=Max("repeat"))
    return {(row["subject_id"], row["criterion"]): row["last"] + 1 for row in found}


def _counted(model: type[Prompt] | type[Response] | type[Label], path: str) -> Coalesce:
    rows = model.objects.filter(**{path: OuterRef("pk")}).order_by()
    counted = rows.values(path).annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _strings(value: Any, name: str) -> list[str]:
    if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
        raise errors.Invalid(f"“{name}” of a filter is a list of texts.", code="filter_invalid")
    return [_storable(item) for item in value]


def _storable(text: str) -> str:
    """Text the database can compare with: nothing stored holds null characters or halves of characters."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()


def _cursor(after: str) -> int:
    if not after.isdecimal() or len(after) > 18:
        raise errors.Invalid("That place in the list is not known.", code="cursor_invalid")
    return int(after)


def _as_json(text: str) -> str:
    """The text as it stands inside a JSON column's text form, which escapes quotes and line ends."""
    return json.dumps(text, ensure_ascii=False)[1:-1]
