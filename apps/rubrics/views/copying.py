"""New from old: a version copied into another rubric or workspace, criteria taken over from the library."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts import queries as accounts
from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.core import htmx
from apps.rubrics import forms, pages, queries, services
from domain import errors


@require_POST
@require_role(Role.VIEWER)
def version_clone(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """Copy a version as a new rubric, here or in another workspace of the person."""
    version = queries.get_version(request.actor, slug, number)
    form = pages.clone_form(request.actor, version, request.POST)
    if form.is_valid():
        said = form.cleaned_data
        into = accounts.actor_for(request.actor.user, said["workspace"])
        try:
            made = services.clone_rubric(
                by=request.actor, version=version, into=into, title=said["title"], slug=said["slug"] or None
            )
        except (errors.Invalid, errors.Conflict) as error:
            form.refuse(error)
        else:
            messages.success(request, f"{made} is a copy of {version}; its criteria keep their ids.")
            return redirect("rubrics:edit", into.workspace.slug, made.rubric.slug, made.number)
    context = pages.using(request.actor, version, request.build_absolute_uri("/"), clone_form=form)
    return render(request, "rubrics/version_use.html", context, status=422)


@require_http_methods(["GET", "POST"])
@require_role(Role.AUTHOR, "edit rubrics")
def criteria_library(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """Find criteria of other rubrics, alike one of this draft or by words, and take one over."""
    version = queries.get_version(request.actor, slug, number)
    after = (request.POST if request.method == "POST" else request.GET).get("after", "")
    if request.method == "POST":
        taken = queries.library_criterion(request.actor, forms.whole(request.POST.get("criterion", "")) or 0)
        services.take_criterion(by=request.actor, version=version, criterion=taken, after=after or None)
        messages.success(request, f"The criterion is copied from {taken.version}. Undo takes it away again.")
        return redirect(pages.address("edit", version))
    key = forms.whole(request.GET.get("of", ""))
    like = queries.get_criterion(version, key) if key else None
    context = pages.library_criteria(
        request.actor, version, like=like, words=request.GET.get("q", "").strip()[:200],
        after=like.criterion_id if like else after,
    )  # fmt: skip
    return htmx.page_or_fragment(request, "rubrics/criteria_library.html", "rubrics/_criteria_found.html", context)
