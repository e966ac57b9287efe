"""What belongs to a draft as a whole: settings and guidelines."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.rubrics import forms, pages, queries, services
from apps.rubrics.models import RubricVersion
from apps.rubrics.views import clashes
from domain import errors

PAGE = "rubrics/version_settings.html"
may_edit = require_role(Role.AUTHOR, "edit rubrics")


@require_http_methods(["GET", "POST"])
@may_edit
def version_settings(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """Title, language, scoring, policies; autosave posts here too."""
    version = queries.get_version(request.actor, slug, number)
    document = queries.draft_document(version)
    form = forms.SettingsForm(request.POST or None, document=document, tags=version.rubric.tags)
    autosave = "X-Autosave" in request.headers
    if request.method == "POST" and form.is_valid():
        try:
            stored = services.edit_version(
                by=request.actor,
                version=version,
                changes=form.changes(),
                seen=clashes.seen_by(request),
                burst=autosave,
            )
            services.set_tags(by=request.actor, rubric=version.rubric, tags=form.tag_list())
        except errors.Invalid as error:
            form.refuse(error)
        except services.Clash as clash:
            return clashes.question(request, version, clash, pages.address("settings", version))
        else:
            if autosave:
                return _saved(request, _settings(document), _settings(queries.draft_document(stored)))
            messages.success(request, "The settings are stored.")
            return redirect(pages.address("edit", version))
    return _page(request, version, document, form)


@require_http_methods(["GET", "POST"])
@may_edit
def version_guidelines(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """The sentences that hold for every criterion, as they stand above the table; autosave posts here too."""
    version = queries.get_version(request.actor, slug, number)
    rows = forms.GuidelineFormSet(request.POST or None, prefix="guidelines")
    autosave = "X-Autosave" in request.headers
    if request.method == "POST" and rows.is_valid():
        before = _guidelines(queries.draft_document(version))
        try:
            stored = services.edit_version(
                by=request.actor,
                version=version,
                changes={"guidelines": forms.guidelines_from(rows.cleaned_data)},
                what="edited the guidelines",
                seen=clashes.seen_by(request),
                burst=autosave,
            )
        except services.Clash as clash:
            return clashes.question(request, version, clash, pages.address("edit", version))
        if autosave:
            new = any(row.get("text") and not row.get("id") for row in rows.cleaned_data)
            return _saved(request, before, _guidelines(queries.draft_document(stored)), filled=new)
        return redirect(pages.address("edit", version) + "#guidelines")
    shown = rows if rows.is_bound else None
    context = {"version": version, "rubric": version.rubric, **pages.guidelines(version, shown)}
    return render(request, "rubrics/_guidelines.html", context, status=422 if rows.is_bound else 200)


def _settings(document: dict[str, Any]) -> dict[str, Any]:
    return {key: document[key] for key in forms.KEYS}


def _guidelines(document: dict[str, Any]) -> dict[str, Any]:
    return {"guidelines": document["guidelines"]}


def _saved(request: StudioRequest, before: Any, after: Any, *, filled: bool = False) -> HttpResponse:
    """What autosave needs to go on: the part as it is stored now, and whether others or the studio added to it."""
    joined = request.POST.get("revision") != queries.fingerprint(before)
    answer = JsonResponse({"base": clashes.as_base(after), "joined": joined, "filled": filled})
    answer["X-Revision"] = queries.fingerprint(after)
    return answer


def _page(
    request: StudioRequest, version: RubricVersion, document: dict[str, Any], form: forms.SettingsForm
) -> HttpResponse:
    if not version.is_draft:
        return redirect(pages.address("edit", version))
    context = {
        **pages.frame(request.actor, version, "edit"),
        "form": form,
        "seen": queries.fingerprint(_settings(document)),
        "base": request.POST.get("base") or clashes.as_base(_settings(document)),
    }
    return render(request, PAGE, context, status=422 if form.is_bound else 200)
