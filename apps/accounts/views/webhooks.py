"""Webhooks: list, set up, look at what was sent, change, rotate, try, send again, delete."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts import forms, pages, queries, services
from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.models import Webhook
from apps.accounts.permissions import Role
from apps.core import htmx
from domain import errors

WHAT = "see and set up webhooks"


@require_safe
@require_role(Role.ADMIN, WHAT)
def webhook_list(request: StudioRequest) -> HttpResponse:
    """Who is told of what."""
    return render(request, "accounts/webhook_list.html", pages.webhooks(request.actor))


@never_cache
@require_http_methods(["GET", "POST"])
@require_role(Role.ADMIN, WHAT)
def webhook_new(request: StudioRequest) -> HttpResponse:
    """Set one up, and show its signing secret, this once."""
    form = forms.WebhookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.create_webhook(by=request.actor, **form.cleaned_data)
        except errors.Invalid as error:
            forms.add_problems(form, error)
        else:
            return _secret(request, made)
    context = {**pages.webhooks(request.actor), "form": form}
    return render(request, "accounts/webhook_new.html", context, status=422 if form.errors else 200)


@require_safe
@require_role(Role.ADMIN, WHAT)
def webhook_detail(request: StudioRequest, key: str) -> HttpResponse:
    """One webhook and its log."""
    found = queries.get_webhook(request.actor, key)
    context = pages.webhook(request.actor, found, number=request.GET.get("page"))
    return htmx.page_or_fragment(request, "accounts/webhook_detail.html", "accounts/_webhook_deliveries.html", context)


@require_POST
@require_role(Role.ADMIN, WHAT)
def webhook_change(request: StudioRequest, key: str) -> HttpResponse:
    """Give it another name, address or other events, or switch it on or off."""
    found, form = queries.get_webhook(request.actor, key), forms.WebhookChangeForm(request.POST)
    if form.is_valid():
        try:
            services.change_webhook(by=request.actor, webhook=found, **form.cleaned_data)
        except errors.Invalid as error:
            forms.add_problems(form, error)
        else:
            return _back(request, found, "The webhook is changed.")
    return _page(request, found, 422, change=form)


@never_cache
@require_POST
@require_role(Role.ADMIN, WHAT)
def webhook_rotate(request: StudioRequest, key: str) -> HttpResponse:
    """Make a new signing secret, and show it, this once."""
    found, form = queries.get_webhook(request.actor, key), forms.SecretForm(request.POST)
    if not form.is_valid():
        return _page(request, found, 422, rotate=form)
    return _secret(request, services.rotate_webhook(by=request.actor, webhook=found, grace=form.grace()))


@require_POST
@require_role(Role.ADMIN, WHAT)
def webhook_test(request: StudioRequest, key: str) -> HttpResponse:
    """Send a message of no importance."""
    found = queries.get_webhook(request.actor, key)
    services.send_test(by=request.actor, webhook=found)
    return _back(request, found, "A test is on its way; what comes back stands in the log.")


@require_POST
@require_role(Role.ADMIN, WHAT)
def webhook_delete(request: StudioRequest, key: str) -> HttpResponse:
    """Tell it nothing more."""
    found = queries.get_webhook(request.actor, key)
    services.delete_webhook(by=request.actor, webhook=found)
    messages.success(request, f"The webhook {found.name} is deleted.")
    return redirect("accounts:webhooks", request.actor.workspace.slug)


@require_POST
@require_role(Role.ADMIN, WHAT)
def delivery_send(request: StudioRequest, key: str, delivery: str) -> HttpResponse:
    """Deliver a message once more."""
    found = queries.get_webhook(request.actor, key)
    services.send_again(by=request.actor, delivery=queries.get_delivery(request.actor, found, delivery))
    return _back(request, found, "The message is on its way again, with the same id.")


def _page(request: StudioRequest, found: Webhook, status: int = 200, **more: Any) -> HttpResponse:
    context = pages.webhook(request.actor, found, **more)
    return render(request, "accounts/webhook_detail.html", context, status=status)


def _secret(request: StudioRequest, made: services.NewSecret) -> HttpResponse:
    context = {**pages.webhook(request.actor, made.webhook), "secret": made.secret}
    return render(request, "accounts/webhook_detail.html", context)


def _back(request: StudioRequest, found: Webhook, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return redirect("accounts:webhook", request.actor.workspace.slug, found.pk)
