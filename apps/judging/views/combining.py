"""Several judges as one: a jury over a run, a cascade with its cost before it starts."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.judging import forms, pages, queries, services
from apps.judging.models import Run
from domain import errors


@require_POST
@require_role(Role.AUTHOR, "combine judges")
def run_combine(request: StudioRequest, run: UUID) -> HttpResponse:
    """Make one score of the judges of a run, by a rule."""
    found = queries.get_run(request.actor, run)
    form = forms.JuryForm(request.POST)
    try:
        given = forms.checked(form)
        count = services.combine_run(by=request.actor, run=found, **given)
        messages.success(request, f"{count:,} answers have a score of all judges together.")
    except errors.Invalid as error:
        messages.error(request, error.message)
    return redirect("judging:detail", request.actor.workspace.slug, found.pk)


@require_http_methods(["GET", "POST"])
@require_role(Role.AUTHOR, "start cascades")
def cascade(request: StudioRequest) -> HttpResponse:
    """What a cascade costs and is worth on gold, and its start."""
    asked = request.POST if request.method == "POST" else request.GET
    form = forms.CascadeForm(asked or None, actor=request.actor, initial=pages.cascade_initial(request.actor))
    if request.method == "POST" and form.is_valid():
        run = _started(request, form)
        if run is not None:
            return redirect("judging:detail", request.actor.workspace.slug, run.pk)
    context = {"form": form, **pages.cascade(request.actor, form)}
    return render(request, "judging/cascade.html", context, status=422 if form.errors else 200)


def _started(request: StudioRequest, form: forms.CascadeForm) -> Run | None:
    given = form.cleaned_data
    try:
        chosen = form.selection()
        way = services.make_cascade(
            by=request.actor, judges=chosen["judges"], rules=form.rules(), people=given["people"],
            versions=chosen["versions"], target=given["target"], cost_ratio=given["cost_ratio"],
        )  # fmt: skip
        name = given["name"] or f"Cascade of {pages.run_name({**chosen, 'set_version': None})}"
        return services.start_run(by=request.actor, name=name, combination=way, **chosen)
    except errors.Invalid as error:
        forms.take_problems(form, error)
        return None
