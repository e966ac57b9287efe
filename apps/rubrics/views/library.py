"""The library, a new rubric, an import."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.core import htmx
from apps.rubrics import forms, pages, queries, services
from domain import errors

PER_PAGE = 50


@require_GET
@require_role(Role.VIEWER)
def rubric_list(request: StudioRequest) -> HttpResponse:
    """The library with search and filters, and the sets apart."""
    form = forms.FilterForm(request.GET or {})
    wanted = form.wanted()
    page = Paginator(queries.library(request.actor, **wanted), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "wanted": wanted,
        "filtered": any(wanted.values()),
        "statuses": form.fields["status"].choices,  # type: ignore[attr-defined]
        "tags": queries.tags(request.actor),
        "sets": queries.rubric_sets(request.actor),
        "may_write": request.actor.can(Role.AUTHOR),
        "query": _query(request),
    }
    return htmx.page_or_fragment(request, "rubrics/rubric_list.html", "rubrics/_rubric_table.html", context)


@require_http_methods(["GET", "POST"])
@require_role(Role.AUTHOR, "write rubrics")
def rubric_new(request: StudioRequest) -> HttpResponse:
    """Name a new rubric and go on to its first draft."""
    form = forms.RubricForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            version = services.create_rubric(
                by=request.actor, title=said["title"], slug=said["slug"] or None, tags=form.tag_list()
            )
        except (errors.Invalid, errors.Conflict) as error:
            form.refuse(error)
        else:
            return redirect(pages.address("edit", version))
    status = 422 if request.method == "POST" else 200
    return render(request, "rubrics/rubric_new.html", {"form": form}, status=status)


@require_http_methods(["GET", "POST"])
@require_role(Role.AUTHOR, "import rubrics")
def rubric_import(request: StudioRequest) -> HttpResponse:
    """Take a file or pasted text, show what it would make, and store it where that is confirmed."""
    form = forms.ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        given = {"by": request.actor, "format": said["format"], "slug": said["slug"] or None, "name": form.name()}
        try:
            data = form.data_bytes()
            if "store" in request.POST:
                return _imported(request, services.import_rubrics(data=data, **given))
            preview = services.preview_import(data=data, **given)
        except errors.Invalid as error:
            form.refuse(error)
        else:
            carried = {"format": preview.format, "slug": said["slug"], "file_name": form.name()}
            context = {"preview": preview, "form": forms.ImportForm(initial={**carried, "kept": forms.packed(data)})}
            return render(request, "rubrics/rubric_import_preview.html", context)
    status = 422 if request.method == "POST" else 200
    return render(request, "rubrics/rubric_import.html", {"form": form}, status=status)


def _imported(request: StudioRequest, result: services.ImportResult) -> HttpResponse:
    messages.success(request, f"{len(result.versions)} rubrics were read from the file.")
    return render(request, "rubrics/rubric_imported.html", {"result": result})


def _query(request: HttpRequest) -> str:
    query = request.GET.copy()
    query.pop("page", None)
    return query.urlencode()


@require_POST
@require_role(Role.AUTHOR, "archive rubrics")
def rubrics_selected(request: StudioRequest) -> HttpResponse:
    """Archive the selected rubrics, or bring them back."""
    back = request.POST.get("verb") == "restore"
    act = services.restore if back else services.archive
    count = act(by=request.actor, slugs=request.POST.getlist("rubric"))
    said = "brought back to the library" if back else "archived"
    messages.success(request, f"{count} rubric{'' if count == 1 else 's'} {said}.")
    return redirect("rubrics:list", request.actor.workspace.slug)
