"""Starting a run, with an estimate before."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.judging import forms, pages, services
from apps.judging.models import Run
from domain import errors


@require_http_methods(["GET", "POST"])
@require_role(Role.AUTHOR, "start runs")
def run_start(request: StudioRequest) -> HttpResponse:
    """The form for a run; starts it."""
    if request.method == "POST":
        form = forms.RunForm(request.POST, actor=request.actor)
        run = _started(request, form) if form.is_valid() else None
        if run is not None:
            return redirect("judging:detail", request.actor.workspace.slug, run.pk)
    else:
        form = forms.RunForm(actor=request.actor, initial=pages.run_initial(request.actor, request.GET))
    context = {"form": form, "crumbs": pages.crumbs(request.actor, "New run")}
    return render(request, "judging/run_start.html", context, status=422 if form.errors else 200)


@require_GET
@require_role(Role.AUTHOR, "start runs")
def run_estimate(request: StudioRequest) -> HttpResponse:
    """What the run described by the form would cost."""
    form = forms.RunForm(request.GET, actor=request.actor)
    context: dict[str, object] = {}
    if form.is_valid():
        try:
            chosen = form.selection()
            context["estimate"] = services.estimate_run(by=request.actor, **chosen)
            context["unquoted"] = pages.unquoted(chosen["versions"], chosen["judges"])
        except (errors.Invalid, errors.NotFound) as error:
            context["reason"] = error.message
    return render(request, "judging/_run_estimate.html", context)


def _started(request: StudioRequest, form: forms.RunForm) -> Run | None:
    try:
        chosen = form.selection()
        name = form.cleaned_data["name"] or pages.run_name(chosen)
        return services.start_run(by=request.actor, name=name, **chosen)
    except errors.Invalid as error:
        forms.take_problems(form, error)
        return None
