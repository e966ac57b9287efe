"""What people settled on and decided: gold, and files of labels, decisions and gold."""

from typing import Any, ClassVar

from django.http.response import HttpResponseBase
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api import answers, paging, shapes
from apps.api.base import StudioView
from apps.core import table_files
from apps.datasets import queries as dataset_queries
from apps.history import services as history
from apps.review import permissions, queries, services
from apps.review.models import Gold
from domain import errors

FILTERS = [
    OpenApiParameter(name, str, description=f"only gold of this {name}") for name in ("rubric", "criterion", "dataset")
]
ALL = OpenApiParameter("all", bool, description="also gold that was replaced")
PEOPLE = OpenApiParameter("people", str, enum=["named"], description="names instead of pseudonyms")
VOTER = OpenApiParameter("voter", str, many=True, description="two of `everybody` or more: these alone vote")
FILE: dict[Any, Any] = {(200, kind.partition(";")[0]): bytes for kind in table_files.FORMATS.values()}


class GoldBody(answers.Answer):
    """A value that people settled on, and where it came from."""

    id: int
    current: bool
    dataset: str
    prompt_id: str
    subject_hash: str
    rubric: str | None
    criterion: str
    criterion_digest: str
    value: float | None
    applies: bool
    how: str
    reason: str
    reviews: list[int]
    decided_at: str
    superseded_by: int | None


class GoldPage(answers.Page):
    """Gold, the latest first."""

    results: list[GoldBody]


class GoldHistory(GoldBody):
    """Gold with all that was ever settled on the same answer and wording, the latest first."""

    history: list[GoldBody]


def show(gold: Gold) -> dict[str, Any]:
    """Gold as REST shows it."""
    return {
        "id": gold.pk,
        "current": gold.superseded_by_id is None,
        "dataset": gold.subject.prompt.dataset.slug,
        "prompt_id": gold.subject.prompt.external_id,
        "subject_hash": gold.subject.hash,
        "rubric": str(gold.item.version) if gold.item and gold.item.version else None,
        "criterion": gold.criterion,
        "criterion_digest": gold.criterion_digest,
        "value": gold.value,
        "applies": not gold.provenance.get("not_applicable", False),
        "how": gold.provenance.get("how", ""),
        "reason": gold.reason,
        "reviews": gold.provenance.get("reviews", []),
        "decided_at": gold.created_at.isoformat(),
        "superseded_by": gold.superseded_by_id,
    }


class GoldListView(StudioView):
    """The gold of the workspace."""

    scopes: ClassVar = {"GET": "data:read"}

    @extend_schema(
        operation_id="gold_list", parameters=[*shapes.PAGING, *FILTERS, ALL],
        responses={200: GoldPage, **shapes.PROBLEMS},
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """List gold that holds; authors only, as it holds the answers deciders are checked by."""
        permissions.check_may_read_gold(self.actor)
        return Response(paging.page(request, self._rows(request), show))

    def _rows(self, request: Request) -> Any:
        wanted = {name: request.query_params.get(name, "") for name in queries.GOLD_FILTERS}
        return queries.list_gold(self.actor, wanted, superseded=_flag(request, "all"))


class GoldView(StudioView):
    """One piece of gold."""

    scopes: ClassVar = {"GET": "data:read"}

    @extend_schema(operation_id="gold_read", responses={200: GoldHistory, **shapes.PROBLEMS})
    def get(self, request: Request, gold_id: int) -> Response:
        """The value, and what held before or after it."""
        permissions.check_may_read_gold(self.actor)
        gold = queries.get_gold(self.actor, gold_id)
        return Response({**show(gold), "history": [show(one) for one in queries.gold_history(gold)]})


class GoldStepView(StudioView):
    """Another value in the place of gold, or gold as an example of its criterion."""

    verb = ""

    @property
    def scopes(self) -> dict[str, str]:  # type: ignore[override]
        """An example is a proposal; the rest belongs to review."""
        return {"POST": "proposals:write" if self.verb == "example" else "reviews:write"}

    @extend_schema(request=shapes.DecisionBody, responses={200: dict[str, Any], **shapes.PROBLEMS})
    def post(self, request: Request, gold_id: int) -> Response:
        """Do it; `value: null` withdraws the gold. 409 where other gold holds already."""
        return self.once(lambda: Response(getattr(self, f"_{self.verb}")(queries.get_gold(self.actor, gold_id))))

    def _supersede(self, gold: Gold) -> dict[str, Any]:
        body = shapes.checked(shapes.DecisionBody, self.body)
        if "value" not in body:
            problem = errors.Problem("/value", "is required; null withdraws the gold")
            raise errors.Invalid("Say the value that holds.", problems=[problem])
        after = services.supersede_gold(by=self.actor, gold=gold, given=body, reason=body["reason"])
        return show(queries.get_gold(self.actor, after.pk))

    def _example(self, gold: Gold) -> dict[str, Any]:
        made = services.suggest_example(by=self.actor, gold=gold)
        return {"proposal": made.pk, "rubric": str(made.base)}


class GoldExampleView(GoldStepView):
    """Gold as an example of its criterion."""

    verb = "example"

    @extend_schema(operation_id="gold_example", request=None, responses={200: dict[str, Any], **shapes.PROBLEMS})
    def post(self, request: Request, gold_id: int) -> Response:
        """Suggest the answer as an example; the proposal waits for an author."""
        return super().post(request, gold_id)


class GoldFileView(GoldListView):
    """Gold as a file."""

    scopes: ClassVar = {"GET": "exports:read"}
    file_format = ""

    @extend_schema(parameters=[*FILTERS, ALL, PEOPLE], responses={**FILE, **shapes.PROBLEMS})
    def get(self, request: Request) -> HttpResponseBase:  # type: ignore[override]
        """Stream gold with provenance, one row each."""
        permissions.check_may_export(self.actor)
        rows = queries.export_gold(self._rows(request), named=_named(request))
        history.count_pull(by=self.actor, kind="gold", ref=self.actor.workspace.slug, items=1)
        return table_files.answer(rows, queries.GOLD_COLUMNS, name="gold", kind=self.file_format)


class ReviewFileView(StudioView):
    """The decisions of a queue as a file."""

    scopes: ClassVar = {"GET": "exports:read"}
    file_format = ""

    @extend_schema(parameters=[PEOPLE], responses={**FILE, **shapes.PROBLEMS})
    def get(self, request: Request, queue_id: int) -> HttpResponseBase:
        """Stream every decision of a queue with provenance, one row each."""
        permissions.check_may_export(self.actor)
        queue = queries.get_queue(self.actor, queue_id)
        history.count_pull(by=self.actor, kind="reviews", ref=str(queue.pk), items=1)
        rows = queries.export_reviews(queue, named=_named(request))
        name = f"decisions-{queue.pk}"
        return table_files.answer(rows, queries.REVIEW_COLUMNS, name=name, kind=self.file_format)


class LabelFileView(StudioView):
    """The labels of a data set as a file."""

    scopes: ClassVar = {"GET": "exports:read"}
    file_format = ""

    @extend_schema(parameters=[PEOPLE], responses={**FILE, **shapes.PROBLEMS})
    def get(self, request: Request, slug: str) -> HttpResponseBase:
        """Stream every label of a data set with provenance, one row each."""
        permissions.check_may_export(self.actor)
        dataset = dataset_queries.get_dataset(self.actor, slug)
        history.count_pull(by=self.actor, kind="labels", ref=dataset.slug, items=1)
        rows = queries.export_labels(dataset, named=_named(request))
        return table_files.answer(rows, queries.LABEL_COLUMNS, name=f"labels-{slug}", kind=self.file_format)


class LabelQualityView(StudioView):
    """Which preferences of a data set judges doubt."""

    scopes: ClassVar = {"GET": "data:read"}

    @extend_schema(
        operation_id="datasets_label_quality", parameters=[VOTER], responses={200: dict[str, Any], **shapes.PROBLEMS}
    )
    def get(self, request: Request, slug: str) -> Response:
        """Each preference with its strength by the judges' votes, its band, and what a trainer may use; nothing is
        changed or deleted.
        """
        dataset = dataset_queries.get_dataset(self.actor, slug)
        found = queries.label_quality_of(dataset, only=request.query_params.getlist("voter"))
        return Response(
            {
                "voters": found.voters, "everybody": found.everybody, "bands": found.bands,
                "quadrants": found.quadrants, "unanimous": found.unanimous, "cut": found.cut,
                "preferences": [_doubt(one) for one in found.doubts],
            }
        )  # fmt: skip


def _doubt(one: queries.Doubt) -> dict[str, Any]:
    return {
        "prompt_id": one.prompt_id, "better": one.better, "worse": one.worse, "mean": one.strength.mean,
        "deviation": one.strength.deviation, "voters": one.strength.voters, "agreeing": one.strength.agreeing,
        "band": one.band, "quadrant": one.quadrant, "unanimous": one.unanimous, "margin": one.margin,
        "label_smoothing": one.label_smoothing,
    }  # fmt: skip


def _named(request: Request) -> bool:
    return request.query_params.get("people") == "named"


def _flag(request: Request, name: str) -> bool:
    return request.query_params.get(name, "").lower() in {"1", "true"}
