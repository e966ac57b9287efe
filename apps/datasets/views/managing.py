"""What is said about a data set, and whether it is in the list."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.datasets import forms, pages, queries, services


@require_role(Role.AUTHOR, "change data sets")
@require_http_methods(["GET", "POST"])
def dataset_settings(request: StudioRequest, slug: str) -> HttpResponse:
    """Title, description, language, licence, source and consent."""
    dataset = queries.get_dataset(request.actor, slug)
    names = list(forms.SettingsForm.base_fields)
    form = forms.SettingsForm(request.POST or None, initial={name: getattr(dataset, name) for name in names})
    if request.method == "POST" and form.is_valid():
        services.edit_dataset(by=request.actor, dataset=dataset, changes=form.cleaned_data)
        messages.success(request, "Saved.")
        return redirect("datasets:settings", request.actor.workspace.slug, slug)
    context = {
        "dataset": dataset,
        "form": form,
        "tabs": pages.tabs(request.actor, dataset, "settings"),
        "crumbs": pages.crumbs(request.actor, (dataset.title, pages.url_of(request.actor, dataset)), ("Settings", "")),
    }
    return render(request, "datasets/dataset_settings.html", context, status=422 if form.errors else 200)


@require_role(Role.AUTHOR, "archive data sets")
@require_POST
def dataset_archive(request: StudioRequest, slug: str) -> HttpResponse:
    """Take it out of the list."""
    dataset = services.archive_dataset(by=request.actor, dataset=queries.get_dataset(request.actor, slug))
    messages.info(request, f"“{dataset.title}” is archived. Runs that used it keep it.")
    return redirect("datasets:list", request.actor.workspace.slug)


@require_role(Role.AUTHOR, "restore data sets")
@require_POST
def dataset_restore(request: StudioRequest, slug: str) -> HttpResponse:
    """Put it back into the list."""
    dataset = services.restore_dataset(by=request.actor, dataset=queries.get_dataset(request.actor, slug))
    messages.info(request, f"“{dataset.title}” is back in the list.")
    return redirect("datasets:detail", request.actor.workspace.slug, slug)
