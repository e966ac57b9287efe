"""Labels, decisions and gold as files."""

from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.core import table_files
from apps.datasets import queries as datasets
from apps.history import services as history
from apps.review import permissions, queries


@require_GET
@require_role(Role.AUTHOR, "export what people decided")
def reviews_export(request: StudioRequest, key: int, kind: str) -> HttpResponseBase:
    """Every decision of a queue."""
    permissions.check_may_export(request.actor)
    queue = queries.get_queue(request.actor, key)
    history.count_pull(by=request.actor, kind="reviews", ref=str(queue.pk), items=1)
    rows = queries.export_reviews(queue, named=_named(request))
    return table_files.answer(rows, queries.REVIEW_COLUMNS, name=f"decisions-{queue.pk}", kind=kind)


@require_GET
@require_role(Role.AUTHOR, "export what people decided")
def labels_export(request: StudioRequest, slug: str, kind: str) -> HttpResponseBase:
    """Every label of a data set."""
    permissions.check_may_export(request.actor)
    dataset = datasets.get_dataset(request.actor, slug)
    history.count_pull(by=request.actor, kind="labels", ref=dataset.slug, items=1)
    rows = queries.export_labels(dataset, named=_named(request))
    return table_files.answer(rows, queries.LABEL_COLUMNS, name=f"labels-{dataset.slug}", kind=kind)


@require_GET
@require_role(Role.AUTHOR, "export what people decided")
def gold_export(request: StudioRequest, kind: str) -> HttpResponseBase:
    """Gold as the list shows it."""
    permissions.check_may_export(request.actor)
    wanted = {name: request.GET.get(name, "").strip() for name in queries.GOLD_FILTERS}
    found = queries.list_gold(request.actor, wanted, superseded=request.GET.get("all") == "1")
    history.count_pull(by=request.actor, kind="gold", ref=request.actor.workspace.slug, items=1)
    rows = queries.export_gold(found, named=_named(request))
    return table_files.answer(rows, queries.GOLD_COLUMNS, name="gold", kind=kind)


def _named(request: StudioRequest) -> bool:
    return request.GET.get("people") == "named"
