"""The check of a criterion, or the one that says when it applies: chosen, set up, tried, stored or suggested."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from apps.accounts.doors import StudioRequest
from apps.rubrics import forms, pages, services
from apps.rubrics.views import ways
from domain import checks, errors

PAGE = "rubrics/criterion_check.html"


@require_http_methods(["GET", "POST"])
@ways.may_edit
def criterion_check(request: StudioRequest, slug: str, number: int, row: str) -> HttpResponse:
    """Choose a check with `?kind=`, try it, store it; with `?part=condition` the one that says when it applies."""
    now = ways.way(request, slug, number)
    about = pages.Checked(now.part(row), row, now.mode, is_condition=request.GET.get("part") == "condition")
    form, tried = _form(request, about), None
    do = request.POST.get("do")
    if do == "drop" or (form.is_bound and form.is_valid()):
        try:
            if do in ("save", "drop"):
                _store(request, now, about, form, drop=do == "drop")
                return redirect(f"{now.address('edit')}#criterion-row-{row}")
            typed = {name: form.cleaned_data[name] for name in ("response", "reference")}
            tried = services.try_check(by=request.actor, spec=form.spec(), **typed)
        except (errors.Invalid, errors.Unavailable) as error:
            form.add_error(None, error.message)
    shown = pages.checking(request.actor, now.version, about, form, tried=tried)
    return render(request, PAGE, shown, status=422 if form.errors else 200)


def _form(request: StudioRequest, about: pages.Checked) -> forms.CheckForm:
    known = checks.offers()
    offer = known.get(request.GET.get("kind", "")) or known[checks.name_of(about.spec) or "words"]
    role = "first" if about.said["kind"] in ("binary", "answer") else "alone"
    data = request.POST if request.method == "POST" else None
    form = forms.CheckForm(data, offer=offer, spec=about.spec, initial={"role": role})
    if about.is_condition:
        form.fields.pop("role")
    return form


def _store(request: StudioRequest, now: ways.Way, about: pages.Checked, form: forms.CheckForm, *, drop: bool) -> None:
    said = about.said
    whose = {"by": request.actor, "version": now.version, "criterion_id": said["id"], **now.keep}
    if about.is_condition:
        services.set_condition(spec=None if drop else form.spec(), **whose)
    elif drop:
        services.drop_check(kind=said["kind"], **whose)
    else:
        is_first = form.cleaned_data["role"] == "first"
        services.set_check(kind=said["kind"], spec=form.spec(), role="first" if is_first else "alone", **whose)
