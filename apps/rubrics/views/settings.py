"""What belongs to a draft as a whole: settings and guidelines."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.rubrics import forms, pages, queries, services
from apps.rubrics.models import RubricVersion
from domain import errors

PAGE = "rubrics/version_settings.html"
may_edit = require_role(Role.AUTHOR, "edit rubrics")


@require_http_methods(["GET", "POST"])
@may_edit
def version_settings(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """Title, language, scoring, policies."""
    version = queries.get_version(request.actor, slug, number)
    document = queries.draft_document(version)
    form = forms.SettingsForm(request.POST or None, document=document, tags=version.rubric.tags)
    if request.method == "POST" and form.is_valid():
        seen = request.POST.get("revision") or None
        try:
            services.edit_version(by=request.actor, version=version, changes=form.changes(), seen=seen)
            services.set_tags(by=request.actor, rubric=version.rubric, tags=form.tag_list())
        except errors.Invalid as error:
            form.refuse(error)
        except services.Stale:
            return _conflict(request, version, form, document)
        else:
            messages.success(request, "The settings are stored.")
            return redirect(pages.address("edit", version))
    return _page(request, version, document, status=422 if form.is_bound else 200, form=form)


@require_POST
@may_edit
def version_guidelines(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """The sentences that hold for every criterion."""
    version = queries.get_version(request.actor, slug, number)
    document = queries.draft_document(version)
    rows = forms.GuidelineFormSet(request.POST, prefix="guidelines")
    if rows.is_valid():
        changes = {"guidelines": forms.guidelines_from(rows.cleaned_data)}
        seen = request.POST.get("revision") or None
        services.edit_version(
            by=request.actor, version=version, changes=changes, what="edited the guidelines", seen=seen
        )
        messages.success(request, "The guidelines are stored.")
        return redirect(pages.address("settings", version))
    return _page(request, version, document, status=422, guidelines=rows)


def _page(
    request: StudioRequest, version: RubricVersion, document: dict[str, Any], *, status: int, **given: Any
) -> HttpResponse:
    if not version.is_draft:
        return redirect(pages.address("edit", version))
    context = {
        **pages.frame(request.actor, version, "edit"),
        "form": forms.SettingsForm(document=document, tags=version.rubric.tags),
        "guidelines": forms.GuidelineFormSet(initial=document["guidelines"], prefix="guidelines"),
        "seen": queries.fingerprint({key: document[key] for key in forms.KEYS}),
        "seen_guidelines": queries.fingerprint({"guidelines": document["guidelines"]}),
        **given,
    }
    return render(request, PAGE, context, status=status)


def _conflict(
    request: StudioRequest, version: RubricVersion, form: forms.SettingsForm, document: dict[str, Any]
) -> HttpResponse:
    mine = form.changes()
    own = {"csrfmiddlewaretoken", "revision"}
    context = {
        "differences": [
            (key.replace("_", " "), queries.shown(mine[key]), queries.shown(document[key]))
            for key in forms.KEYS
            if queries.shown(mine[key]) != queries.shown(document[key])
        ],
        "kept": [(name, value) for name, values in request.POST.lists() for value in values if name not in own],
        "seen": queries.fingerprint({key: document[key] for key in forms.KEYS}),
        "version": version,
        "keep_url": pages.address("settings", version),
        "take_url": pages.address("settings", version),
    }
    return render(request, "rubrics/edit_conflict.html", context, status=409)
