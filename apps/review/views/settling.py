"""Settling one conflict."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.review import forms, pages, queries, services
from domain import errors


@require_role(Role.AUTHOR, "settle conflicts")
@require_http_methods(["GET", "POST"])
def adjudicate(request: StudioRequest, key: int) -> HttpResponse:
    """Everything said of an item, and the decision that becomes gold."""
    item = queries.get_item(request.actor, key)
    fault = ""
    if request.method == "POST":
        form = forms.ReasonForm(request.POST)
        try:
            answer = queries.ask_of(item).given(request.POST)
            if not form.is_valid():
                raise errors.Invalid(forms.sentences(form), code="form_invalid")
            services.adjudicate(by=request.actor, item=item, given=answer, reason=form.cleaned_data["reason"])
        except errors.Invalid as error:
            fault = error.message
        else:
            messages.success(request, "Settled. The value is gold now.")
            return redirect("review:conflicts", request.actor.workspace.slug, item.queue_id)
    context = {**pages.settle_page(item), "fault": fault, "given": request.POST.dict()}
    context["crumbs"] = pages.crumbs(request.actor, item.queue, f"Item {item.position + 1}")
    return render(request, "review/adjudicate.html", context, status=422 if fault else 200)
