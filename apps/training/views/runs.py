"""Register, see and close training runs."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.datasets import queries as dataset_queries
from apps.training import bodies, forms, pages, permissions, queries, services
from domain import errors


@require_http_methods(["GET", "POST"])
@require_role(Role.AUTHOR, "register training runs")
def run_create(request: StudioRequest) -> HttpResponse:
    """Pin a release or a version, and a judge."""
    choices = (*pages.pin_choices(request.actor), list(dataset_queries.list_datasets(request.actor)))
    form = forms.RunForm(*choices, request.POST or None, initial={"pin": request.GET.get("pin", "")})
    if request.method == "POST" and form.is_valid():
        try:
            body = bodies.read(bodies.TrainingRunBody, form.body())
            run = services.register_training_run(by=request.actor, body=body)
        except (errors.Invalid, errors.Conflict, errors.NotFound) as refused:
            form.take(refused)
        else:
            messages.success(request, f"{run.name} is registered. Send its handle with each batch.")
            return redirect("training:run", request.actor.workspace.slug, run.pk)
    context = {"form": form, "retention_days": request.actor.workspace.settings.get("retention_days")}
    return render(request, "training/run_create.html", context, status=422 if form.errors else 200)


@require_GET
@require_role(Role.VIEWER)
def run_detail(request: StudioRequest, run_id: str) -> HttpResponse:
    """What it is pinned to, its curves, its rewards."""
    run = queries.get_training_run(request.actor, run_id)
    context = {
        "run": run,
        **pages.run_page(run),
        "canary_rounds": run.canaries.order_by("-number")[:5],
        "requests": queries.requests_of(run).filter(step=None)[:20],
        "may_train": permissions.may_train(request.actor),
        "may_suspend": permissions.may_release(request.actor),
    }
    return render(request, "training/run_detail.html", context)


@require_POST
@require_role(Role.AUTHOR, "close training runs")
def run_close(request: StudioRequest, run_id: str) -> HttpResponse:
    """No more rewards under it."""
    run = services.close_training_run(by=request.actor, run=queries.get_training_run(request.actor, run_id))
    messages.success(request, f"{run.name} is closed.")
    return redirect("training:run", request.actor.workspace.slug, run.pk)


@require_GET
@require_role(Role.VIEWER)
def step_detail(request: StudioRequest, run_id: str, step: int) -> HttpResponse:
    """The rollouts of a step, each leading to its verdicts."""
    run = queries.get_training_run(request.actor, run_id)
    return render(request, "training/step_detail.html", {"run": run, "step": step, **pages.step_page(run, step)})


@require_http_methods(["GET", "POST"])
@require_role(Role.AUTHOR, "pin training runs")
def run_pin(request: StudioRequest, run_id: str) -> HttpResponse:
    """Pin a run to something else from now on."""
    run = queries.get_training_run(request.actor, run_id)
    form = forms.PinForm(*pages.pin_choices(request.actor), request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            pin = services.repin(by=request.actor, run=run, **form.given())
            messages.success(request, f"Pinned anew: pin {pin.number}. What it was pinned to stays on record.")
            return redirect("training:run", request.actor.workspace.slug, run.pk)
        except (errors.Invalid, errors.Conflict, errors.NotFound) as refused:
            form.take(refused)
    context = {"run": run, "form": form, "pins": run.pins.select_related("release", "version__rubric", "by")}
    return render(request, "training/run_pin.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@require_role(Role.AUTHOR, "set the limits of alarms")
def run_limits(request: StudioRequest, run_id: str) -> HttpResponse:
    """What a run is held against."""
    run = queries.get_training_run(request.actor, run_id)
    form = forms.LimitsForm(run.watch, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.set_watch(by=request.actor, run=run, changed=form.changed())
            messages.success(request, "The limits are set; all steps are held against them.")
            return redirect("training:run", request.actor.workspace.slug, run.pk)
        except errors.Invalid as refused:
            form.add_error(None, refused.message)
    names = sorted(queries.telemetry(run))
    context = {"run": run, "form": form, "names": names}
    return render(request, "training/run_limits.html", context, status=422 if form.errors else 200)
