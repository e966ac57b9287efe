"""Access tokens: list, issue, look at, rotate, revoke."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from apps.accounts import forms, pages, queries, services
from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from domain import errors


@require_safe
@require_role(Role.VIEWER)
def tokens(request: StudioRequest) -> HttpResponse:
    """The person's tokens; an admin sees everybody's."""
    return render(request, "accounts/token_list.html", pages.tokens(request.actor, forms.TokenForm(request.actor)))


@never_cache
@require_POST
@require_role(Role.VIEWER)
def token_issue(request: StudioRequest) -> HttpResponse:
    """Issue a token and show its secret, this once."""
    form = forms.TokenForm(request.actor, request.POST)
    if form.is_valid():
        try:
            issued = services.issue_token(
                by=request.actor,
                name=form.cleaned_data["name"],
                scopes=form.cleaned_data["scopes"],
                expires_at=form.expires_at(),
                networks=form.network_list(),
                requests_per_minute=form.cleaned_data["requests_per_minute"],
            )
        except errors.Invalid as error:
            forms.add_problems(form, error)
        else:
            context = pages.tokens(request.actor, forms.TokenForm(request.actor))
            return render(request, "accounts/token_list.html", {**context, "issued": issued})
    return render(request, "accounts/token_list.html", pages.tokens(request.actor, form), status=422)


@require_safe
@require_role(Role.VIEWER)
def token(request: StudioRequest, token_id: int) -> HttpResponse:
    """What a token may do, and how much it is used."""
    found = queries.get_token(request.actor, token_id)
    return render(request, "accounts/token_detail.html", pages.token(request.actor, found, forms.RotateForm()))


@never_cache
@require_POST
@require_role(Role.VIEWER)
def token_rotate(request: StudioRequest, token_id: int) -> HttpResponse:
    """Make the token that takes this one's place, and show its secret, this once."""
    found, form = queries.get_token(request.actor, token_id), forms.RotateForm(request.POST)
    if form.is_valid():
        issued = services.rotate_token(by=request.actor, token=found, grace=form.grace())
        made = queries.get_token(request.actor, issued.token.pk)
        context = pages.token(request.actor, made, forms.RotateForm())
        return render(request, "accounts/token_detail.html", {**context, "issued": issued})
    return render(request, "accounts/token_detail.html", pages.token(request.actor, found, form), status=422)


@require_POST
@require_role(Role.VIEWER)
def token_revoke(request: StudioRequest, token_id: int) -> HttpResponse:
    """Make a token useless."""
    token = services.revoke_token(by=request.actor, token=queries.get_token(request.actor, token_id))
    messages.success(request, f"The token {token.name} no longer works.")
    return redirect("accounts:tokens", request.actor.workspace.slug)
