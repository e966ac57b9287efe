"""Lists and pages of data."""

from django.http import HttpResponse
from django.shortcuts import render

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.core import htmx
from apps.datasets import pages, queries


@require_role(Role.VIEWER)
def dataset_list(request: StudioRequest) -> HttpResponse:
    """All data sets of the workspace."""
    archived = request.GET.get("archived") == "1"
    context = {
        "datasets": list(queries.list_datasets(request.actor, archived=archived)),
        "archived": archived,
        "may_import": request.actor.can(Role.AUTHOR),
    }
    return render(request, "datasets/dataset_list.html", context)


@require_role(Role.VIEWER)
def dataset_detail(request: StudioRequest, slug: str) -> HttpResponse:
    """A data set with its prompts."""
    actor = request.actor
    dataset = queries.get_dataset(actor, slug)
    wanted = {name: request.GET.get(name, "").strip() for name in ("q", "tag", "model")}
    after = request.GET.get("after", "")
    context = {
        "dataset": dataset,
        "counts": queries.counts(dataset),
        "page": queries.browse(dataset, q=wanted["q"], tag=wanted["tag"], model=wanted["model"], after=after),
        "wanted": wanted,
        "filtered": any(wanted.values()),
        "after": after,
        "tags": queries.tags_of(dataset),
        "models": queries.models_of(dataset),
        "may_import": actor.can(Role.AUTHOR) and dataset.archived_at is None,
        "may_export": actor.can(Role.AUTHOR),
        "tabs": pages.tabs(actor, dataset, "detail"),
        "crumbs": pages.crumbs(actor, (dataset.title, "")),
    }
    return htmx.page_or_fragment(request, "datasets/dataset_detail.html", "datasets/_prompt_table.html", context)


@require_role(Role.VIEWER)
def prompt_detail(request: StudioRequest, slug: str, key: int) -> HttpResponse:
    """A prompt with its responses and their labels."""
    dataset = queries.get_dataset(request.actor, slug)
    prompt = queries.get_prompt(dataset, key)
    before, after = queries.neighbours(prompt)
    context = {
        "dataset": dataset,
        "prompt": prompt,
        "responses": pages.prompt_page(prompt),
        "may_write": request.actor.can(Role.AUTHOR),
        "before": before,
        "after": after,
        "crumbs": pages.crumbs(
            request.actor, (dataset.title, pages.url_of(request.actor, dataset)), (prompt.external_id, "")
        ),
    }
    return render(request, "datasets/prompt_detail.html", context)


@require_role(Role.VIEWER)
def dataset_agreement(request: StudioRequest, slug: str) -> HttpResponse:
    """How far people agree, criterion by criterion."""
    dataset = queries.get_dataset(request.actor, slug)
    context = {
        "dataset": dataset,
        "rows": pages.agreement_rows(dataset),
        "most": pages.MOST_CRITERIA,
        "tabs": pages.tabs(request.actor, dataset, "agreement"),
        "crumbs": pages.crumbs(request.actor, (dataset.title, pages.url_of(request.actor, dataset)), ("Agreement", "")),
    }
    return htmx.page_or_fragment(
        request, "datasets/dataset_agreement.html", "datasets/_dataset_agreement.html", context
    )


@require_role(Role.VIEWER)
def dataset_report(request: StudioRequest, slug: str) -> HttpResponse:
    """What the last import did."""
    dataset = queries.get_dataset(request.actor, slug)
    context = {
        "dataset": dataset,
        "report": pages.last_import(dataset),
        "tabs": pages.tabs(request.actor, dataset, "report"),
        "crumbs": pages.crumbs(
            request.actor, (dataset.title, pages.url_of(request.actor, dataset)), ("Last import", "")
        ),
    }
    return render(request, "datasets/dataset_report.html", context)
