"""Two versions become one: choose where they differ, look at what comes out, then store it as one step."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.core import htmx
from apps.rubrics import forms, pages, queries, services
from apps.rubrics.models import RubricVersion
from domain import errors

PAGE, OUTCOME = "rubrics/version_merge.html", "rubrics/_merge_outcome.html"
PICK = "pick:"


@require_http_methods(["GET", "POST"])
@require_role(Role.AUTHOR, "edit rubrics")
def version_merge(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """Where the draft and another version differ; a post shows what the choices lead to, or stores it."""
    version = queries.get_version(request.actor, slug, number)
    if not version.is_draft:
        return redirect(pages.address("versions", version))
    given = request.POST if request.method == "POST" else request.GET
    wanted = forms.whole(given.get("with", ""))
    other = queries.get_version(request.actor, slug, wanted) if wanted is not None else None
    picks = {name.removeprefix(PICK): str(way) for name, way in request.POST.items() if name.startswith(PICK)}
    refused, status = "", 200
    if other is not None and request.POST.get("do") == "merge":
        try:
            return _stored(request, version, other, picks)
        except (errors.Invalid, errors.Conflict) as error:
            refused, status = error.message, 409 if isinstance(error, services.Stale) else 422
    if other is not None and htmx.is_fragment(request):
        plan = services.plan_merge(version=version, other=other, picks=picks)
        return render(request, OUTCOME, {**pages.outcome(version, plan), "other": other})
    context = {**pages.merging(request.actor, version, other, picks), "refused": refused}
    return render(request, PAGE, context, status=status)


def _stored(
    request: StudioRequest, version: RubricVersion, other: RubricVersion, picks: dict[str, str]
) -> HttpResponse:
    seen = request.POST.get("seen") or None
    services.merge_into(by=request.actor, version=version, other=other, picks=picks, seen=seen)
    messages.success(request, f"Version {other.number} is merged into this draft. Undo takes all of it back.")
    return redirect(pages.address("edit", version))
