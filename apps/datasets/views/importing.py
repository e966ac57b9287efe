"""Bringing data in: a file, its columns, its labels."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.datasets import forms, pages, queries, services
from apps.datasets.models import Dataset, Upload
from domain import dataset_formats, errors

WHAT = "import data"
COLUMNS = (
    ("prompt", "Prompt", "The task or question; a text or a list of messages. Needed."),
    ("prompt_id", "Prompt id", "Kept across imports. Made from the text if left out."),
    ("response", "Response", "The answer to judge."),
    ("response_id", "Response id", "Made from the text if left out."),
    ("model", "Model", "Who wrote the response."),
    ("edit_of", "Changes the response", "The id of the response that this one is an edit of."),
    ("edit", "What was changed", "Begin with upgrade or degrade where it got better or worse."),
    ("response_tags", "Tags of the response", "Words between commas, such as style:plain; audits of style read them."),
    ("reference", "Reference answer", "Shown to the judge where a criterion needs it."),
    ("context", "Context", "Material the answer may rest on."),
    ("language", "Language", "A language tag such as en."),
    ("tags", "Tags", "Words between commas."),
    ("chosen", "Better response", "For pairs."),
    ("rejected", "Worse response", "For pairs."),
    ("strength", "Strength", "How much better; 0 is a tie."),
    ("rater", "Rater", "Who labelled or preferred."),
    ("criterion", "Criterion", "The criterion's id, for labels."),
    ("value", "Value", "The label, between 0 and 1."),
    ("repeat", "Repeat", "0, 1, 2 … where the same person labelled again."),
    ("note", "Note", "What the rater wrote."),
)


@require_role(Role.AUTHOR, WHAT)
@require_http_methods(["GET", "POST"])
def dataset_import(request: StudioRequest, slug: str = "") -> HttpResponse:
    """Choose a file or paste text, for a new data set or for one that is there."""
    dataset = queries.get_dataset(request.actor, slug) if slug else None
    kind = forms.AddForm if dataset else forms.ImportForm
    if request.method == "GET":
        return _form_page(request, kind(initial={"format": "generic"}), dataset)
    form = kind(request.POST, request.FILES)
    if not form.is_valid():
        return _form_page(request, form, dataset, status=422)
    given = form.cleaned_data
    target = {
        "slug": slug or given["slug"].strip() or services.slug_for(given["title"]),
        "title": "" if dataset else given["title"],
        "format": given["format"],
    }
    try:
        data = services.read_file(given["file"]) if given["file"] else given["text"].encode()
        if not dataset:
            services.check_free(by=request.actor, slug=target["slug"])
        if given["format"] == "generic":
            dataset_formats.columns(data)
            name = given["file"].name if given["file"] else "pasted text"
            upload = services.keep_upload(by=request.actor, name=name, target=target, data=data, dataset=dataset)
            return redirect("datasets:import-columns", request.actor.workspace.slug, upload.pk)
        done = services.import_dataset(by=request.actor, data=data, **target)
    except (errors.Invalid, errors.Conflict) as error:
        return _form_page(request, form, dataset, error=error)
    return _report(request, done.dataset)


@require_role(Role.AUTHOR, WHAT)
@require_http_methods(["GET", "POST"])
def import_columns(request: StudioRequest, key: uuid.UUID) -> HttpResponse:
    """Choose which column holds what, beside the first rows."""
    upload = services.get_upload(by=request.actor, key=key)
    if request.method == "GET":
        return _columns_page(request, upload, _guess(upload))
    if request.POST.get("do") == "forget":
        services.drop_upload(by=request.actor, upload=upload)
        messages.info(request, "The file was not imported.")
        return redirect("datasets:list", request.actor.workspace.slug)
    mapping = {name: request.POST.get(name, "") for name, _, _ in COLUMNS}
    try:
        done = services.import_dataset(
            by=request.actor,
            data=bytes(upload.content),
            mapping={name: column for name, column in mapping.items() if column},
            **upload.target,
        )
    except (errors.Invalid, errors.Conflict) as error:
        return _columns_page(request, upload, mapping, error=error)
    services.drop_upload(by=request.actor, upload=upload)
    return _report(request, done.dataset)


@require_role(Role.AUTHOR, "import labels")
@require_http_methods(["GET", "POST"])
def labels_import(request: StudioRequest, slug: str) -> HttpResponse:
    """Labels for responses that are stored already."""
    dataset = queries.get_dataset(request.actor, slug)
    error = None
    if request.method == "POST":
        file = request.FILES.get("file")
        try:
            data = services.read_file(file) if file else request.POST.get("text", "").encode()
            stored = services.import_labels(by=request.actor, dataset=dataset, data=data)
        except errors.Invalid as fault:
            error = fault
        else:
            _say_labels(request, stored)
            return redirect("datasets:detail", request.actor.workspace.slug, slug)
    trail = ((dataset.title, pages.url_of(request.actor, dataset)), ("Import labels", ""))
    context = {"dataset": dataset, "crumbs": pages.crumbs(request.actor, *trail), "text": request.POST.get("text", "")}
    return _with_error(request, "datasets/labels_import.html", context, error)


def _say_labels(request: StudioRequest, stored: services.Stored) -> None:
    counts = stored.counts
    messages.success(
        request,
        f"{counts.get('labels_added', 0)} labels added, {counts.get('labels_known', 0)} were known already.",
    )
    for note in stored.report[:5]:
        messages.warning(request, note.message)


def _report(request: StudioRequest, dataset: Dataset) -> HttpResponse:
    return redirect("datasets:report", request.actor.workspace.slug, dataset.slug)


def _form_page(
    request: StudioRequest, form: forms.ImportForm, dataset: Dataset | None,
    *, error: errors.StudioError | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    trail = [(dataset.title, pages.url_of(request.actor, dataset))] if dataset else []
    context = {"form": form, "dataset": dataset, "crumbs": pages.crumbs(request.actor, *trail, ("Import", ""))}
    return _with_error(request, "datasets/dataset_import.html", context, error, status=status)


def _columns_page(
    request: StudioRequest, upload: Upload, mapping: dict[str, str], *, error: errors.StudioError | None = None
) -> HttpResponse:
    data = bytes(upload.content)
    names = dataset_formats.columns(data)
    context = {
        "upload": upload,
        "names": names,
        "rows": pages.preview(dataset_formats.unfolded_rows(data), names),
        "fields": [(name, label, hint, mapping.get(name, "")) for name, label, hint in COLUMNS],
        "crumbs": pages.crumbs(request.actor, ("Import", ""), ("Columns", "")),
    }
    return _with_error(request, "datasets/import_columns.html", context, error)


def _guess(upload: Upload) -> dict[str, str]:
    """The mapping of the data set's last import where it fits, else columns by their own names."""
    names = dataset_formats.columns(bytes(upload.content))
    saved = (upload.dataset.mapping.get("fields", {}) if upload.dataset else {}) or {}
    if saved and set(saved.values()) <= set(names):
        return dict(saved)
    same = {name.lower().replace(" ", "_"): name for name in names}
    words = {
        "prompt": ("prompt", "question", "instruction", "input", "task"),
        "response": ("response", "answer", "output", "completion"),
        "model": ("model", "response_model", "generator", "system", "who"),
        "reference": ("reference", "reference_answer", "gold"),
        "prompt_id": ("prompt_id",),
        "response_id": ("response_id",),
    }
    guesses = {name: words.get(name, (name,)) for name, _, _ in COLUMNS}
    return {name: next((same[word] for word in options if word in same), "") for name, options in guesses.items()}


def _with_error(
    request: StudioRequest, template: str, context: dict[str, Any], error: errors.StudioError | None,
    *, status: int = 200,
) -> HttpResponse:  # fmt: skip
    if error is not None:
        context |= {"error": error, "problems": pages.import_problems(error)}
        status = 409 if isinstance(error, errors.Conflict) else 413 if error.code == "file_too_large" else 422
    return render(request, template, context, status=status)
