"""Alarms of training runs and suspended criteria: see them, and say what is done about them."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.rubrics import queries as rubric_queries
from apps.training import forms, pages, permissions, queries, services
from domain import errors


@require_GET
@require_role(Role.VIEWER)
def alarm_list(request: StudioRequest) -> HttpResponse:
    """Every alarm of the workspace, those that wait first, and suspended criteria."""
    rows = [pages.alarm_row(alarm) for alarm in queries.alarms(request.actor)[:200]]
    order = {"open": 0, "over": 1, "muted": 2, "closed": 3}
    context = {
        "alarms": sorted(rows, key=lambda row: order[row["state"]]),
        "suspensions": queries.suspensions(request.actor)[:100],
        "form": forms.ReasonForm(),
        "may_suspend": permissions.may_release(request.actor),
    }
    return render(request, "training/alarm_list.html", context)


@require_GET
@require_role(Role.VIEWER)
def alarm_detail(request: StudioRequest, key: int) -> HttpResponse:
    """What was seen, the rollouts behind it, and what can be done."""
    return _shown(request, key, forms.MuteForm(prefix="mute"), forms.ReasonForm(prefix="close"))


def _shown(
    request: StudioRequest, key: int, mute: forms.MuteForm, close: forms.ReasonForm, status: int = 200
) -> HttpResponse:
    alarm = queries.get_alarm(request.actor, key)
    context = {
        **pages.alarm_page(alarm),
        "mute": mute,
        "close": close,
        "may_train": permissions.may_train(request.actor),
        "may_suspend": permissions.may_release(request.actor),
    }
    return render(request, "training/alarm_detail.html", context, status=status)


@require_POST
@require_role(Role.AUTHOR, "mute alarms")
def alarm_mute(request: StudioRequest, key: int) -> HttpResponse:
    """Count it no more for a while."""
    alarm = queries.get_alarm(request.actor, key)
    form = forms.MuteForm(request.POST, prefix="mute")
    if not form.is_valid():
        return _shown(request, key, form, forms.ReasonForm(prefix="close"), 422)
    services.mute_alarm(by=request.actor, alarm=alarm, until=form.until(), reason=form.cleaned_data["reason"])
    messages.success(request, "Muted. It is watched all the same, and counts again then.")
    return redirect("training:alarm", request.actor.workspace.slug, key)


@require_POST
@require_role(Role.AUTHOR, "mute alarms")
def alarm_unmute(request: StudioRequest, key: int) -> HttpResponse:
    """Count it again."""
    services.unmute_alarm(by=request.actor, alarm=queries.get_alarm(request.actor, key))
    return redirect("training:alarm", request.actor.workspace.slug, key)


@require_POST
@require_role(Role.AUTHOR, "close alarms")
def alarm_close(request: StudioRequest, key: int) -> HttpResponse:
    """Say what was done about it."""
    alarm = queries.get_alarm(request.actor, key)
    form = forms.ReasonForm(request.POST, prefix="close")
    if not form.is_valid():
        return _shown(request, key, forms.MuteForm(prefix="mute"), form, 422)
    services.close_alarm(by=request.actor, alarm=alarm, reason=form.cleaned_data["reason"])
    messages.success(request, "Closed. If the same comes again later, that is a new alarm.")
    return redirect("training:run", request.actor.workspace.slug, alarm.training_run_id)


@require_POST
@require_role(Role.AUTHOR, "make review queues")
def alarm_queue(request: StudioRequest, key: int) -> HttpResponse:
    """A review queue of the rollouts behind it."""
    queue = services.queue_alarm(by=request.actor, alarm=queries.get_alarm(request.actor, key))
    messages.success(request, "The queue is open: the most telling rollouts come first.")
    return redirect("review:queue", request.actor.workspace.slug, queue.pk)


@require_http_methods(["GET", "POST"])
@require_role(Role.APPROVER, "suspend criteria")
def suspension_create(request: StudioRequest, slug: str, number: int, criterion: str) -> HttpResponse:
    """Say why new releases and runs are refused a criterion."""
    version = rubric_queries.get_version(request.actor, slug, number)
    found = next((one for one in rubric_queries.domain_rubric(version).criteria if one.id == criterion), None)
    if found is None:
        raise errors.NotFound("This version has no such criterion.", code="criterion_unknown")
    seen = request.GET.get("alarm", "")
    is_number = seen.isascii() and seen.isdigit() and len(seen) < 19
    alarm = queries.get_alarm(request.actor, int(seen)) if is_number else None
    form = forms.ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        services.suspend_criterion(by=request.actor, version=version, criterion=criterion, reason=reason, alarm=alarm)
        messages.success(request, "Suspended. Runs that are pinned to it go on; new ones and releases are refused.")
        return redirect("training:alarms", request.actor.workspace.slug)
    context = {"version": version, "criterion": found, "form": form}
    return render(request, "training/suspension_create.html", context, status=422 if form.errors else 200)


@require_POST
@require_role(Role.APPROVER, "lift suspensions")
def suspension_lift(request: StudioRequest, key: int) -> HttpResponse:
    """Let new releases and runs have the criterion again."""
    found = queries.get_suspension(request.actor, key)
    services.lift_suspension(by=request.actor, suspension=found, reason=request.POST.get("reason", ""))
    messages.success(request, "Lifted.")
    return redirect("training:alarms", request.actor.workspace.slug)
