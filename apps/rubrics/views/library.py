"""The library, a new rubric, an import."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.core import htmx
from apps.rubrics import forms, pages, queries, services
from domain import errors


@require_GET
@require_role(Role.VIEWER)
def rubric_list(request: StudioRequest) -> HttpResponse:
    """The library with search and filters, and the sets apart."""
    context = pages.library(request.actor, forms.FilterForm(request.GET or {}), request.GET.get("page"))
    context["query"] = _query(request)
    return htmx.page_or_fragment(request, "rubrics/rubric_list.html", "rubrics/_rubric_table.html", context)


@require_http_methods(["GET", "POST"])
@require_role(Role.AUTHOR, "write rubrics")
def rubric_new(request: StudioRequest) -> HttpResponse:
    """Name a new rubric, empty or from a template, and go on to its first draft."""
    form = forms.RubricForm(request.POST or None, initial={"beginning": request.GET.get("from", "")})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            given = {"title": said["title"], "slug": said["slug"] or None, "tags": form.tag_list()}
            if said["beginning"]:
                version = services.start_from(by=request.actor, beginning=said["beginning"], **given)
            else:
                version = services.create_rubric(by=request.actor, **given)
        except (errors.Invalid, errors.Conflict) as error:
            form.refuse(error)
        else:
            return redirect(pages.address("edit", version))
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "beginnings": queries.beginnings(request.actor)}
    return render(request, "rubrics/rubric_new.html", context, status=status)


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


def _tagged(request: StudioRequest, slugs: list[str], way: str) -> int:
    tags = [tag for tag in request.POST.get("tag", "").split(",") if tag.strip()]
    return services.tag_rubrics(by=request.actor, slugs=slugs, **{way: tags})


SELECTED: dict[str, tuple[Callable[[StudioRequest, list[str]], int], str]] = {
    "archive": (lambda request, slugs: services.archive(by=request.actor, slugs=slugs), "archived"),
    "restore": (lambda request, slugs: services.restore(by=request.actor, slugs=slugs), "brought back to the library"),
    "tag": (lambda request, slugs: _tagged(request, slugs, "add"), "tagged"),
    "untag": (lambda request, slugs: _tagged(request, slugs, "remove"), "without the tag now"),
    "template": (
        lambda request, slugs: services.mark_templates(by=request.actor, slugs=slugs, template=True),
        "offered as a beginning of new rubrics",
    ),
    "no-template": (
        lambda request, slugs: services.mark_templates(by=request.actor, slugs=slugs, template=False),
        "no longer offered as a beginning",
    ),
}


@require_POST
@require_role(Role.AUTHOR, "order the library")
def rubrics_selected(request: StudioRequest) -> HttpResponse:
    """Archive, bring back, tag or offer the selected rubrics, and stay where the person was."""
    verb = request.POST.get("verb", "")
    if verb not in SELECTED:
        raise errors.NotFound("There is no such step.", code="step_unknown")
    slugs = request.POST.getlist("rubric")
    if not slugs:
        raise errors.Invalid("Select at least one rubric first.", code="nothing_selected")
    act, said = SELECTED[verb]
    count = act(request, slugs)
    messages.success(request, f"{count} rubric{'' if count == 1 else 's'} {said}.")
    back = reverse("rubrics:list", args=[request.actor.workspace.slug])
    query = QueryDict(request.POST.get("query", "")[:2_000]).urlencode()
    return redirect(f"{back}?{query}" if query else back)


@require_POST
@require_role(Role.VIEWER)
def rubric_star(request: StudioRequest, slug: str) -> HttpResponse:
    """Keep a rubric among one's favourites or no longer; HTMX gets the star anew."""
    keep = request.POST.get("keep") == "1"
    rubric = services.keep_favourite(by=request.actor, slug=slug, keep=keep)
    if htmx.is_fragment(request):
        return render(request, "rubrics/_star.html", {"rubric": rubric, "starred": keep})
    return redirect("rubrics:list", request.actor.workspace.slug)
