"""The rules for writing rubrics."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.refinement import forms, pages, queries, services
from domain import errors


@require_GET
@require_role(Role.VIEWER)
def meta_rubrics(request: StudioRequest) -> HttpResponse:
    """The general rules and those of domains."""
    return render(request, "refinement/rules.html", pages.rules_page(request.actor, forms.NewRulesForm()))


@require_http_methods(["GET", "POST"])
@require_role(Role.AUTHOR, "write rules for a domain")
def meta_rubric_new(request: StudioRequest) -> HttpResponse:
    """Write the first version of rules."""
    tag, start = request.GET.get("tag", "").strip()[:60], request.GET.get("start", "")
    known = next((one for one in queries.meta_rubrics_of(request.actor) if one.tag == tag), None)
    if known is not None:
        return redirect("refinement:meta-rubric", request.actor.workspace.slug, known.pk)
    form = forms.RulesForm(request.POST or None) if request.method == "POST" else None
    if form is not None and (made := _written(request, form, tag)):
        return redirect("refinement:meta-rubric", request.actor.workspace.slug, made)
    context = pages.new_rules(request.actor, tag, start, form)
    return render(request, "refinement/rules_new.html", context, status=422 if form else 200)


@require_http_methods(["GET", "POST"])
@require_role(Role.VIEWER)
def meta_rubric(request: StudioRequest, key: int) -> HttpResponse:
    """Rules, their versions, and what each changed; a post writes the next version."""
    found = queries.get_meta_rubric(request.actor, key)
    form = forms.RulesForm(request.POST) if request.method == "POST" else None
    if form is not None and _written(request, form, found.tag):
        return redirect("refinement:meta-rubric", request.actor.workspace.slug, found.pk)
    wanted = request.GET.get("version", "")
    number = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 10 else None
    context = pages.rules_detail(request.actor, found, form, number)
    return render(request, "refinement/rules_detail.html", context, status=422 if form else 200)


@require_POST
@require_role(Role.AUTHOR, "write rules for a domain")
def meta_rubric_choose(request: StudioRequest, key: int, number: int) -> HttpResponse:
    """Let a version govern."""
    found = queries.get_meta_rubric(request.actor, key)
    services.choose_meta_version(by=request.actor, version=queries.get_meta_version(found, number))
    return redirect("refinement:meta-rubric", request.actor.workspace.slug, found.pk)


def _written(request: StudioRequest, form: forms.RulesForm, tag: str) -> int:
    """The key of the rules that were written, or 0 where the form says what is wrong."""
    if not form.is_valid():
        return 0
    try:
        return services.write_meta_rubric(by=request.actor, tag=tag, **form.cleaned_data).meta_rubric_id
    except errors.Invalid as error:
        forms.take_problems(form, error)
    except errors.Conflict as error:
        form.add_error(None, error.message)
    return 0
