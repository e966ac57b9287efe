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
from apps.rubrics.views import clashes
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
        try:
            services.edit_version(
                by=request.actor, version=version, changes=form.changes(), seen=clashes.seen_by(request)
            )
            services.set_tags(by=request.actor, rubric=version.rubric, tags=form.tag_list())
        except errors.Invalid as error:
            form.refuse(error)
        except services.Clash as clash:
            return clashes.question(request, version, clash, pages.address("settings", version))
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
        try:
            services.edit_version(
                by=request.actor,
                version=version,
                changes=changes,
                what="edited the guidelines",
                seen=clashes.seen_by(request),
            )
        except services.Clash as clash:
            return clashes.question(request, version, clash, pages.address("settings", version))
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
        "base": request.POST.get("base") or clashes.as_base({key: document[key] for key in forms.KEYS}),
        "base_guidelines": clashes.as_base({"guidelines": document["guidelines"]}),
        "seen_guidelines": queries.fingerprint({"guidelines": document["guidelines"]}),
        **given,
    }
    return render(request, PAGE, context, status=status)
