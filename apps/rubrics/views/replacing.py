"""Find and replace: look first, choose, then change in one step."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from apps.accounts.doors import StudioRequest
from apps.rubrics import forms, pages, services
from apps.rubrics.views import ways
from domain import errors
from domain.rubric import replacing

SHOWN = 500


@require_http_methods(["GET", "POST"])
@ways.may_edit
def version_replace(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """Show every hit of a search; a post replaces those that were chosen."""
    now = ways.way(request, slug, number)
    if not now.version.is_draft and not now.suggesting:
        return redirect(now.address("edit"))
    given = request.POST if request.method == "POST" else request.GET
    form = forms.ReplaceForm(given if "find" in given else None)
    found: list[replacing.Hit] = []
    if form.is_valid():
        found = replacing.hits(now.document, form.search())
        if request.method == "POST":
            try:
                services.replace_text(
                    by=request.actor,
                    version=now.version,
                    search=form.search(),
                    chosen=set(request.POST.getlist("hits")),
                    expected_revision=forms.whole(request.POST.get("seen", "")),
                    **now.keep,
                )
            except errors.Invalid as error:
                form.add_error(None, error.message)
            else:
                said = "The new text is suggested" if now.suggesting else "The text is replaced"
                messages.success(request, f"{said}. Undo takes it back.")
                return redirect(now.address("edit"))
    context = {
        **pages.frame(request.actor, now.version, "edit"),
        "form": form,
        "hits": found[:SHOWN],
        "count": len(found),
        "mode": now.mode,
    }
    return render(request, "rubrics/version_replace.html", context, status=422 if form.errors else 200)
