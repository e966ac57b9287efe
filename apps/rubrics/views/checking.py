"""The check of a criterion: chosen, set up, tried, stored."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.rubrics import forms, pages, queries, services
from apps.rubrics.models import RubricVersion
from domain import checks, errors

PAGE = "rubrics/criterion_check.html"


@require_http_methods(["GET", "POST"])
@require_role(Role.AUTHOR, "edit rubrics")
def criterion_check(request: StudioRequest, slug: str, number: int, criterion: int) -> HttpResponse:
    """Choose a check with `?kind=`, try it, store it."""
    version = queries.get_version(request.actor, slug, number)
    said = queries.criterion_part(queries.get_criterion(version, criterion))
    form, tried = _form(request, said), None
    if form.is_bound and form.is_valid():
        try:
            if request.POST.get("do") == "save":
                _store(request, version, said, form)
                return redirect(f"{pages.address('edit', version)}#criterion-row-{criterion}")
            typed = {name: form.cleaned_data[name] for name in ("response", "reference")}
            tried = services.try_check(by=request.actor, spec=form.spec(), **typed)
        except (errors.Invalid, errors.Unavailable) as error:
            form.add_error(None, error.message)
    shown = pages.checking(request.actor, version, said, form, key=criterion, tried=tried)
    return render(request, PAGE, shown, status=422 if form.errors else 200)


def _form(request: StudioRequest, said: dict[str, Any]) -> forms.CheckForm:
    known = checks.offers()
    offer = known.get(request.GET.get("kind", "")) or known[checks.name_of(said["check"]) or "words"]
    role = "first" if said["kind"] in ("binary", "answer") else "alone"
    data = request.POST if request.method == "POST" else None
    return forms.CheckForm(data, offer=offer, spec=said["check"], initial={"role": role})


def _store(request: StudioRequest, version: RubricVersion, said: dict[str, Any], form: forms.CheckForm) -> None:
    role = form.cleaned_data["role"]
    services.set_check(
        by=request.actor,
        version=version,
        criterion_id=said["id"],
        kind=said["kind"],
        spec=form.spec(),
        role="first" if role == "first" else "alone",
    )
