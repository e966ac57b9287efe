"""New queues, and opening and closing them."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.judging import queries as judging
from apps.review import forms, pages, queries, services
from domain import errors


@require_role(Role.AUTHOR, "make review queues")
@require_http_methods(["GET", "POST"])
def queue_new(request: StudioRequest) -> HttpResponse:
    """Draw a queue from a run, with a look at what the rule finds."""
    actor = request.actor
    form = forms.QueueForm(actor, request.POST or None, initial=_initial(request))
    creating = request.POST.get("do") == "create"
    form.fields["name"].required = creating or request.method == "GET"
    context: dict[str, Any] = {"form": form, "crumbs": pages.crumbs(actor, None, "New queue"), "drawn": None}
    if request.method == "GET" or not form.is_valid():
        return render(request, "review/queue_new.html", context, status=422 if form.errors else 200)
    given = form.cleaned_data
    run = judging.get_run(actor, given["run"])
    rule = {"kind": given["rule"], "size": given["size"]}
    try:
        if creating:
            named = {name: given[name] for name in ("name", "overlap", "seed", "blind", "instructions")}
            queue = services.create_queue(by=actor, run=run, rule=rule, **named)
            messages.success(request, "The queue is open.")
            return redirect("review:queue", actor.workspace.slug, queue.pk)
        context["drawn"] = queries.draw(queries.Wish(queries.Place(run=run), "verdict", rule, given["seed"]))
        context["decisions"] = len(context["drawn"].chosen) * given["overlap"]
    except (errors.Invalid, errors.Conflict) as error:
        context["error"] = error
        return render(request, "review/queue_new.html", context, status=422)
    return render(request, "review/queue_new.html", context)


@require_role(Role.AUTHOR, "open and close review queues")
@require_POST
def queue_state(request: StudioRequest, key: int) -> HttpResponse:
    """Open, pause or close a queue."""
    queue = queries.get_queue(request.actor, key)
    services.set_state(by=request.actor, queue=queue, state=request.POST.get("state", ""))
    return redirect("review:queue", request.actor.workspace.slug, key)


def _initial(request: StudioRequest) -> dict[str, str]:
    run = request.GET.get("run", "")
    return {"run": run} if run else {}
