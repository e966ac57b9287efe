"""What belongs to a draft as a whole: settings and guidelines."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from apps.accounts.doors import StudioRequest
from apps.rubrics import forms, pages, queries, services
from apps.rubrics.views import clashes, ways
from domain import errors

PAGE = "rubrics/version_settings.html"


@require_http_methods(["GET", "POST"])
@ways.may_edit
def version_settings(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """Title, language, scoring, policies; autosave posts here too."""
    now = ways.way(request, slug, number)
    document = now.document
    form = forms.SettingsForm(request.POST or None, document=document, tags=now.version.rubric.tags)
    if request.method == "POST" and form.is_valid():
        try:
            _keep(request, now, form)
        except errors.Invalid as error:
            form.refuse(error)
        except services.Clash as clash:
            return clashes.question(request, now.version, clash, now.address("settings"))
        else:
            if "X-Autosave" in request.headers:
                after = ways.way(request, slug, number).document
                return _saved(request, _settings(document), _settings(after))
            messages.success(request, "Your suggestion is stored." if now.suggesting else "The settings are stored.")
            return redirect(now.address("edit"))
    return _page(request, now, document, form)


def _keep(request: StudioRequest, now: ways.Way, form: forms.SettingsForm) -> None:
    """Keep the settings; the tags of the rubric belong to the library, so they cannot be suggested."""
    services.edit_version(
        by=request.actor,
        version=now.version,
        changes=form.changes(),
        seen=clashes.seen_by(request),
        burst="X-Autosave" in request.headers,
        **now.keep,
    )
    if not now.suggesting:
        services.set_tags(by=request.actor, rubric=now.version.rubric, tags=form.tag_list())


@require_http_methods(["GET", "POST"])
@ways.may_edit
def version_guidelines(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """The sentences that hold for every criterion, as they stand above the table; autosave posts here too."""
    now = ways.way(request, slug, number)
    rows = forms.GuidelineFormSet(request.POST or None, prefix="guidelines")
    autosave = "X-Autosave" in request.headers
    if request.method == "POST" and rows.is_valid():
        before = _guidelines(now.document)
        try:
            services.edit_version(
                by=request.actor,
                version=now.version,
                changes={"guidelines": forms.guidelines_from(rows.cleaned_data)},
                what="edited the guidelines",
                seen=clashes.seen_by(request),
                burst=autosave,
                **now.keep,
            )
        except services.Clash as clash:
            return clashes.question(request, now.version, clash, now.address("edit"))
        if autosave:
            new = any(row.get("text") and not row.get("id") for row in rows.cleaned_data)
            return _saved(request, before, _guidelines(ways.way(request, slug, number).document), filled=new)
        return redirect(now.address("edit") + "#guidelines")
    shown = pages.guidelines(now.document, rows if rows.is_bound else None)
    context = {"version": now.version, "rubric": now.version.rubric, "mode": now.mode, **shown}
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


def _page(request: StudioRequest, now: ways.Way, document: dict[str, Any], form: forms.SettingsForm) -> HttpResponse:
    if not now.version.is_draft and not now.suggesting:
        return redirect(now.address("edit"))
    context = {
        **pages.frame(request.actor, now.version, "edit"),
        "form": form,
        "mode": now.mode,
        "seen": queries.fingerprint(_settings(document)),
        "base": request.POST.get("base") or clashes.as_base(_settings(document)),
    }
    return render(request, PAGE, context, status=422 if form.is_bound else 200)
