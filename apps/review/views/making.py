"""New queues, adding to them, and opening and closing them."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.core import htmx
from apps.review import forms, pages, queries, services
from domain import errors


@require_role(Role.AUTHOR, "make review queues")
@require_http_methods(["GET", "POST"])
def queue_new(request: StudioRequest) -> HttpResponse:
    """The form for a queue, whose fields follow what is chosen; makes it."""
    actor = request.actor
    if request.method == "POST" and not htmx.is_fragment(request):
        form = forms.QueueForm(actor, request.POST)
        try:
            if form.is_valid():
                queue = services.create_queue(by=actor, **form.selection())
                messages.success(request, "The queue is being drawn." if queue.job else "The queue is open.")
                return redirect("review:queue", actor.workspace.slug, queue.pk)
        except (errors.Invalid, errors.Conflict) as error:
            form.take(error)
    else:
        form = forms.QueueForm(actor, initial=pages.queue_initial(request.POST or request.GET))
    context = {"form": form, "parts": form.parts(), "crumbs": pages.crumbs(actor, None, "New queue")}
    status = 422 if form.errors else 200
    page, part = "review/queue_new.html", "review/_queue_fields.html"
    return htmx.trigger(htmx.page_or_fragment(request, page, part, context, status=status), "queue-fields-changed")


@require_role(Role.AUTHOR, "make review queues")
@require_POST
def queue_preview(request: StudioRequest) -> HttpResponse:
    """What the queue in the form would hold."""
    form = forms.QueueForm(request.actor, request.POST)
    form.fields["name"].required = False
    context: dict[str, Any] = {}
    try:
        if form.is_valid():
            workspace = request.actor.workspace
            context = pages.preview_page(form.wish(), workspace, form.cleaned_data["overlap"])
        else:
            context["reason"] = forms.sentences(form)
    except (errors.Invalid, errors.Conflict, errors.NotFound) as error:
        context["reason"] = error.message
    return render(request, "review/_queue_preview.html", context)


@require_role(Role.AUTHOR, "add to review queues")
@require_POST
def queue_add(request: StudioRequest, key: int) -> HttpResponse:
    """Draw more into a queue."""
    queue = queries.get_queue(request.actor, key)
    form = forms.AddForm(queries.place_of(queue).source, request.POST)
    if not form.is_valid():
        raise errors.Invalid(forms.sentences(form), code="add_invalid")
    given = form.cleaned_data
    rule = {"kind": given["rule"], "size": given["size"]}
    count = services.add_items(by=request.actor, queue=queue, rule=rule, seed=queries.next_position(queue))
    said = "More items are being drawn." if count is None else f"{count} item{'s' * (count != 1)} came to the queue."
    messages.success(request, said)
    return redirect("review:queue", request.actor.workspace.slug, key)


@require_role(Role.AUTHOR, "open and close review queues")
@require_POST
def queue_state(request: StudioRequest, key: int) -> HttpResponse:
    """Open, pause or close a queue."""
    queue = queries.get_queue(request.actor, key)
    state, reason = request.POST.get("state", ""), request.POST.get("reason", "")
    services.set_state(by=request.actor, queue=queue, state=state, reason=reason)
    return redirect("review:queue", request.actor.workspace.slug, key)
