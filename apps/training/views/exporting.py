"""Data for training: choose what to take, see it before it is made, download it."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.core import htmx, table_files
from apps.history import services as history
from apps.training import forms, pages, permissions, queries, services
from apps.training.queries import selecting
from domain import errors


@require_GET
@require_role(Role.AUTHOR, "export data for training")
def export_list(request: StudioRequest) -> HttpResponse:
    """The exports that were made."""
    found = Paginator(queries.data_exports(request.actor), 50).get_page(request.GET.get("page"))
    rows = [(export, queries.state_of(export)) for export in found]
    return render(request, "training/export_list.html", {"page": found, "rows": rows, "kinds": pages.kind_titles()})


@require_role(Role.AUTHOR, "export data for training")
@require_http_methods(["GET", "POST"])
def export_new(request: StudioRequest) -> HttpResponse:
    """The form for an export, whose settings follow its kind; makes it."""
    actor = request.actor
    if request.method == "POST" and not htmx.is_fragment(request):
        form = forms.ExportForm(actor, request.POST)
        try:
            if form.is_valid():
                export = services.create_data_export(by=actor, **form.wish())
                return redirect("training:export", actor.workspace.slug, export.pk)
        except (errors.Invalid, errors.Conflict, errors.NotFound) as error:
            form.take(error)
    else:
        form = forms.ExportForm(actor, initial=pages.export_initial(request.POST or request.GET))
    status = 422 if form.errors else 200
    page, part = "training/export_new.html", "training/_export_fields.html"
    answer = htmx.page_or_fragment(request, page, part, {"form": form}, status=status)
    return htmx.trigger(answer, "export-fields-changed")


@require_role(Role.AUTHOR, "export data for training")
@require_POST
def export_preview(request: StudioRequest) -> HttpResponse:
    """What the export in the form would hold."""
    form = forms.ExportForm(request.actor, request.POST)
    context: dict[str, Any] = {}
    try:
        if form.is_valid():
            context = pages.export_preview(request.actor, form)
        else:
            context["reason"] = "Some settings cannot be read: they are marked when you make the export."
    except (errors.Invalid, errors.Conflict, errors.NotFound) as error:
        context["reason"] = error.message
    return render(request, "training/_export_preview.html", context)


@require_GET
@require_role(Role.AUTHOR, "export data for training")
def export_detail(request: StudioRequest, export_id: str) -> HttpResponse:
    """One export: how far it is, what it holds, and its files."""
    context = pages.export_page(queries.get_data_export(request.actor, export_id))
    context["pulls"] = queries.pulls(request.actor, "data_export", str(export_id))
    return htmx.page_or_fragment(request, "training/export_detail.html", "training/_export_body.html", context)


@require_POST
@require_role(Role.AUTHOR, "delete exports")
def export_delete(request: StudioRequest, export_id: str) -> HttpResponse:
    """Delete an export and its rows."""
    export = queries.get_data_export(request.actor, export_id)
    services.delete_data_export(by=request.actor, export=export)
    messages.success(request, f"{export.name} is deleted.")
    return redirect("training:exports", request.actor.workspace.slug)


@require_GET
@require_role(Role.AUTHOR, "export data for training")
def export_file(request: StudioRequest, export_id: str, kind: str) -> HttpResponseBase:
    """The rows as a file."""
    permissions.check_may_export(request.actor)
    export = queries.get_data_export(request.actor, export_id)
    queries.check_done(export)
    history.count_pull(by=request.actor, kind="data_export", ref=str(export.pk), items=export.rows)
    rows = queries.export_rows(export)
    return table_files.answer(rows, selecting.columns_of(export.kind), name=f"{export.kind}-{export.pk}", kind=kind)
