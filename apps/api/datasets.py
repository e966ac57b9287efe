"""Data sets: import, items, labels, agreement, score tables of outside scorers."""

from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api import answers, paging, shapes
from apps.api.base import StudioView
from apps.api.renderers import RawParser
from apps.datasets import queries, services
from apps.datasets.models import Dataset
from apps.judging import queries as judging
from domain import dataset_formats


def show(dataset: Dataset) -> dict[str, Any]:
    """A data set as REST shows it."""
    return {
        "slug": dataset.slug,
        "title": dataset.title,
        "description": dataset.description,
        "language": dataset.language,
        "licence": dataset.licence,
        "consent": dataset.consent,
        "source": dataset.source,
        "counts": queries.counts(dataset),
    }


def _report(done: services.DatasetImport) -> dict[str, Any]:
    return {
        "dataset": done.dataset.slug,
        "counts": dict(done.counts),
        "followed": list(done.followed),
        "report": [{"level": n.level, "pointer": n.pointer, "message": n.message} for n in done.report],
    }


class DatasetsView(StudioView):
    """The data sets of the workspace."""

    scopes: ClassVar = {"GET": "data:read"}

    @extend_schema(
        operation_id="datasets_list", parameters=shapes.PAGING, responses={200: answers.DatasetList, **shapes.PROBLEMS}
    )
    def get(self, request: Request) -> Response:
        """List data sets."""
        return Response(paging.page(request, queries.list_datasets(self.actor), show))


class DatasetView(StudioView):
    """One data set."""

    scopes: ClassVar = {"GET": "data:read"}

    @extend_schema(operation_id="datasets_read", responses={200: answers.Dataset, **shapes.PROBLEMS})
    def get(self, request: Request, slug: str) -> Response:
        """Its description and counts."""
        return Response(show(queries.get_dataset(self.actor, slug)))


class DatasetImportView(StudioView):
    """A data set from a file."""

    scopes: ClassVar = {"POST": "data:write"}
    parser_classes = (RawParser,)

    @extend_schema(
        operation_id="datasets_import",
        parameters=[shapes.format_parameter(tuple(dataset_formats.READERS)), *shapes.texts("slug", "title")],
        request={"application/octet-stream": bytes}, responses={201: answers.DatasetReport, **shapes.PROBLEMS},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Import a file; again adds nothing that is there."""
        return self.once(self._import)

    def _import(self) -> Response:
        query = self.request.query_params
        mapping = {name.removeprefix("map."): str(value) for name, value in query.items() if name.startswith("map.")}
        done = services.import_dataset(
            by=self.actor, slug=query.get("slug", ""), title=query.get("title", ""),
            format=query.get("format", "generic"), data=self.file,
            mapping=mapping or None,
        )  # fmt: skip
        return Response(_report(done), status=201)


class DatasetItemsView(StudioView):
    """Prompts with responses, one request at a time."""

    scopes: ClassVar = {"POST": "data:write"}

    @extend_schema(
        operation_id="dataset_items_create",
        request=shapes.DatasetItems,
        responses={201: answers.DatasetReport, **shapes.PROBLEMS},
    )
    def post(self, request: Request, slug: str) -> Response:
        """Add items."""
        return self.once(lambda: self._add(slug))

    def _add(self, slug: str) -> Response:
        body = shapes.checked(shapes.DatasetItems, self.body)
        dataset = queries.get_dataset(self.actor, slug)
        return Response(_report(services.add_items(by=self.actor, dataset=dataset, items=body["items"])), status=201)


class DatasetLabelsView(StudioView):
    """Human labels."""

    scopes: ClassVar = {"POST": "data:write"}

    @extend_schema(
        operation_id="dataset_labels_create",
        request=shapes.LabelItems,
        responses={201: answers.LabelReport, **shapes.PROBLEMS},
    )
    def post(self, request: Request, slug: str) -> Response:
        """Add labels."""
        return self.once(lambda: self._add(slug))

    def _add(self, slug: str) -> Response:
        body = shapes.checked(shapes.LabelItems, self.body)
        dataset = queries.get_dataset(self.actor, slug)
        done = services.add_label_records(by=self.actor, dataset=dataset, records=body["labels"])
        report = [{"level": n.level, "pointer": n.pointer, "message": n.message} for n in done.report]
        return Response({"counts": dict(done.counts), "report": report}, status=201)


class DatasetAccuracyView(StudioView):
    """How often judges are right on a data set with preferences."""

    scopes: ClassVar = {"GET": "data:read"}

    @extend_schema(
        operation_id="dataset_accuracy",
        parameters=[OpenApiParameter("tag", str, description="Only prompts with this tag.")],
        responses={200: answers.Accuracies, **shapes.PROBLEMS},
    )
    def get(self, request: Request, slug: str) -> Response:
        """The accuracy of each judge with scores on answers or pairs of this data set, under each policy on ties."""
        dataset = queries.get_dataset(self.actor, slug)
        rows = judging.accuracies(dataset, tag=request.query_params.get("tag", ""))
        return Response({"dataset": dataset.slug, "results": [_accuracy(row) for row in rows]})


def _accuracy(row: judging.JudgeAccuracy) -> dict[str, Any]:
    return {
        "judge": str(row.judge),
        "recorded": row.recorded,
        "model": row.judge.model,
        "rubric": f"{row.version.rubric.slug}@{row.version.number}",
        "compares": row.compares,
        "prompts": row.prompts,
        "judged": row.judged,
        "unscored": row.unscored,
        "measures": {name: found._asdict() for name, found in row.measures.items()},
    }
