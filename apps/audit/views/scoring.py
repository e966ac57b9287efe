"""Tables of outside scores: which there are, and one more."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.audit import pages
from apps.datasets import services as datasets
from domain import errors


@require_http_methods(["GET", "POST"])
@require_role(Role.AUTHOR, "read audits")
def score_tables(request: StudioRequest) -> HttpResponse:
    """The tables with their scorers; a post stores one."""
    fault: errors.Invalid | None = None
    if request.method == "POST":
        file = request.FILES.get("file")
        try:
            data = datasets.read_file(file) if file else request.POST.get("text", "").encode()
            table, new = datasets.add_score_table(by=request.actor, data=data, name=request.POST.get("name", ""))
            said = "is stored" if new else "was there already: the same rows are the same table"
            messages.success(request, f"{table.name} {said}.")
            return redirect("audit:scores", request.actor.workspace.slug)
        except errors.Invalid as refused:
            fault = refused
    context: dict[str, Any] = {
        "tables": pages.tables_of(request.actor), "fault": fault, "typed": request.POST.dict(),
        "crumbs": pages.crumbs(request.actor, "Outside scores"),
    }  # fmt: skip
    return render(request, "audit/score_tables.html", context, status=422 if fault else 200)
