"""Find and replace: look first, choose, then change in one step."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.rubrics import forms, pages, queries, services
from domain import errors
from domain.rubric import replacing

SHOWN = 500


@require_http_methods(["GET", "POST"])
@require_role(Role.AUTHOR, "edit rubrics")
def version_replace(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """Show every hit of a search; a post replaces those that were chosen."""
    version = queries.get_version(request.actor, slug, number)
    if not version.is_draft:
        return redirect(pages.address("edit", version))
    given = request.POST if request.method == "POST" else request.GET
    form = forms.ReplaceForm(given if "find" in given else None)
    found: list[replacing.Hit] = []
    if form.is_valid():
        found = replacing.hits(queries.draft_document(version), form.search())
        if request.method == "POST":
            try:
                services.replace_text(
                    by=request.actor,
                    version=version,
                    search=form.search(),
                    chosen=set(request.POST.getlist("hits")),
                    expected_revision=forms.whole(request.POST.get("seen", "")),
                )
            except errors.Invalid as error:
                form.add_error(None, error.message)
            else:
                messages.success(request, "The text is replaced. Undo takes it back.")
                return redirect(pages.address("edit", version))
    context = {**pages.frame(request.actor, version, "edit"), "form": form, "hits": found[:SHOWN], "count": len(found)}
    return render(request, "rubrics/version_replace.html", context, status=422 if form.errors else 200)
