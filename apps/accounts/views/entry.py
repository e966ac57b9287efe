"""The way in and out: sign in, sign out, links, light or dark. The doors that are open to everybody."""

from typing import Any, cast
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import auth
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts import forms, queries, services
from apps.accounts.doors import enter
from apps.accounts.models import Invitation, User
from domain import errors

BACKEND = "django.contrib.auth.backends.ModelBackend"
THEME_COOKIE_AGE = 60 * 60 * 24 * 365


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """Sign in, and go where one wanted to go."""
    onward = safe_next(request, reverse(settings.LOGIN_REDIRECT_URL))
    if request.user.is_authenticated and request.method == "GET":
        return redirect(onward)
    form = forms.SignInForm(request, data=request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _signed_in(request, form.get_user(), onward)
    status = 422 if request.method == "POST" else 200
    given = request.POST.get("next") or request.GET.get("next") or ""
    return render(request, "accounts/login.html", {"form": form, "next": given}, status=status)


def locked_out(request: HttpRequest, response: HttpResponse | None, credentials: dict[str, Any] | None) -> HttpResponse:
    """What django-axes answers after too many wrong passwords."""
    form = forms.SignInForm(request)
    minutes = round(settings.AXES_COOLOFF_TIME * 60)
    context = {"form": form, "next": "", "locked_minutes": minutes, "locked_tries": settings.AXES_FAILURE_LIMIT}
    return render(request, "accounts/login_locked.html", context, status=429)


@login_not_required
@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """Sign out."""
    auth.logout(request)
    return redirect(settings.LOGOUT_REDIRECT_URL)


@login_not_required
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Light, dark or as the system has it: a cookie for this browser, a field for the person."""
    wanted = request.POST.get("theme", "")
    if wanted not in services.THEMES:
        raise errors.Invalid("There is no such theme.", code="theme_unknown")
    if request.user.is_authenticated:
        services.set_theme(by=request.user, theme=wanted)
    answer = redirect(safe_next(request, "/"))
    _set_theme(answer, wanted)
    return answer


@login_not_required
@never_cache
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "POST"])
def link(request: HttpRequest, secret: str) -> HttpResponse:
    """Accept an invitation or set a new password, by a link that works once."""
    try:
        invitation = queries.link(secret)
        if invitation.purpose == Invitation.Purpose.PASSWORD:
            return _new_password(request, secret, invitation)
        return _join(request, secret, invitation)
    except queries.LinkSpent:
        return render(request, "accounts/link_invalid.html", status=404)


def _new_password(request: HttpRequest, secret: str, invitation: Invitation) -> HttpResponse:
    form = forms.NewPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = services.set_password_by_link(secret=secret, password=form.cleaned_data["password"])
        except errors.Invalid as error:
            forms.add_problems(form, error)
        else:
            return _signed_in(request, user, "/")
    context = {"form": form, "person": invitation.user}
    return render(request, "accounts/password_reset.html", context, status=422 if form.errors else 200)


def _join(request: HttpRequest, secret: str, invitation: Invitation) -> HttpResponse:
    if request.user.is_authenticated:
        return _join_as(request, secret, invitation)
    form = forms.JoinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = {name: form.cleaned_data[name] for name in ("username", "display_name", "password")}
        try:
            actor = services.accept_invitation(secret=secret, **typed)
        except (errors.Invalid, services.UsernameTaken) as error:
            forms.add_problems(form, error)
        else:
            answer = _signed_in(request, actor.user, "/")
            enter(request, actor)
            return answer
    sign_in = f"{reverse('accounts:login')}?{urlencode({'next': request.path})}"
    context = {"form": form, "invitation": invitation, "sign_in_url": sign_in}
    return render(request, "accounts/invitation.html", context, status=422 if form.errors else 200)


def _join_as(request: HttpRequest, secret: str, invitation: Invitation) -> HttpResponse:
    if request.method == "POST":
        enter(request, services.join_with_account(by=cast("User", request.user), secret=secret))
        return redirect("/")
    return render(request, "accounts/invitation_join.html", {"invitation": invitation})


def _signed_in(request: HttpRequest, user: User, onward: str) -> HttpResponse:
    auth.login(request, user, backend=BACKEND)
    answer = redirect("accounts:password" if user.must_change_password else onward)
    _set_theme(answer, user.theme)
    return answer


def _set_theme(answer: HttpResponse, wanted: str) -> None:
    answer.set_cookie(
        "theme", wanted, max_age=THEME_COOKIE_AGE, samesite="Lax", httponly=True, secure=settings.SESSION_COOKIE_SECURE
    )


def safe_next(request: HttpRequest, otherwise: str) -> str:
    """Where the form says to go on, as long as that is inside the studio."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    inside = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if inside else otherwise
