"""What people settled on: the list, one piece with its history, putting another value in its place, examples."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.review import forms, pages, queries, services
from domain import errors

PAGE = 50


@require_GET
@require_role(Role.AUTHOR, "read gold")
def gold_list(request: StudioRequest) -> HttpResponse:
    """The gold of the workspace, narrowed by rubric, criterion, data set and how it was settled."""
    wanted = {name: request.GET.get(name, "").strip() for name in queries.GOLD_FILTERS}
    all_of_it = request.GET.get("all") == "1"
    rows = queries.list_gold(request.actor, wanted, superseded=all_of_it)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context: dict[str, Any] = {
        "page": page, "lines": pages.gold_lines(page.object_list), "wanted": wanted, "all": all_of_it,
        "places": queries.gold_places(request.actor), "filtered": any(wanted.values()) or all_of_it,
        "query": query.urlencode(), "crumbs": pages.crumbs(request.actor, None, "Gold"),
        "exports": pages.export_links(request.actor, "gold-export", query=query.urlencode()),
    }  # fmt: skip
    return render(request, "review/gold_list.html", context)


@require_role(Role.AUTHOR, "read gold")
@require_http_methods(["GET", "POST"])
def gold_detail(request: StudioRequest, key: int) -> HttpResponse:
    """One piece of gold with what it rests on and what held before; a post puts another value in its place."""
    gold = queries.get_gold(request.actor, key)
    fault = ""
    if request.method == "POST":
        form = forms.ReasonForm(request.POST)
        try:
            if not form.is_valid():
                raise errors.Invalid(forms.sentences(form), code="form_invalid")
            given = pages.gold_given(gold, request.POST.get("choice", ""))
            after = services.supersede_gold(
                by=request.actor, gold=gold, given=given, reason=form.cleaned_data["reason"]
            )
            messages.success(request, "Stored. What held before stays below it.")
            return redirect("review:gold-detail", request.actor.workspace.slug, after.pk)
        except errors.Invalid as error:
            fault = error.message
    context = {**pages.gold_page(gold), "fault": fault, "given": request.POST.dict()}
    context["crumbs"] = pages.gold_crumbs(request.actor, gold)
    return render(request, "review/gold_detail.html", context, status=422 if fault else 200)


@require_POST
@require_role(Role.AUTHOR, "suggest examples")
def gold_example(request: StudioRequest, key: int) -> HttpResponse:
    """Suggest a settled decision as an example of its criterion."""
    made = services.suggest_example(by=request.actor, gold=queries.get_gold(request.actor, key))
    messages.success(request, "Suggested as an example. Accept it here to bring it into the draft.")
    return redirect("rubrics:proposal", request.actor.workspace.slug, made.pk)
