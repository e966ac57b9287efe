"""One's own account: name, password, workspaces."""

from typing import cast

from django.contrib import auth, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts import forms, pages, queries, services
from apps.accounts.doors import enter, landing
from apps.accounts.models import User
from apps.accounts.permissions import Role
from apps.core import navigation, shortcuts
from domain import errors

THEME_WORDS = (("light", "Light"), ("dark", "Dark"), ("auto", "As the system"))


def _person(request: HttpRequest) -> User:
    landing(request)
    return cast("User", request.user)


@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """How one is called, and where one works."""
    person = _person(request)
    form = forms.ProfileForm(request.POST or None, instance=User.objects.get(pk=person.pk))
    if request.method == "POST" and form.is_valid():
        services.edit_profile(by=person, **form.cleaned_data)
        messages.success(request, "Your profile is stored.")
        return redirect("accounts:profile")
    context = {"form": form, "memberships": queries.memberships_of(person), "themes": THEME_WORDS}
    return render(request, "accounts/profile.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def keys(request: HttpRequest) -> HttpResponse:
    """One's own keys in the place of the studio's; `reset` brings those back."""
    person = _person(request)
    problems: dict[str, str] = {}
    if request.method == "POST":
        given = {} if "reset" in request.POST else pages.typed_keys(request.POST)
        try:
            services.set_keys(by=person, keys=given)
        except shortcuts.KeysInvalid as error:
            problems = {problem.pointer.removeprefix("/"): problem.message for problem in error.problems}
        else:
            messages.success(request, "Your keys are stored." if given else "All keys are as the studio has them.")
            return redirect("accounts:keys")
    context = {"rows": pages.key_rows(person, request.POST, problems), "fixed": shortcuts.FIXED, "problems": problems}
    return render(request, "accounts/keys.html", context, status=422 if problems else 200)


@require_POST
def tour(request: HttpRequest) -> HttpResponse:
    """The tour of the editor began: it does not come by itself again."""
    services.see_tour(by=_person(request))
    return HttpResponse(status=204)


@never_cache
@sensitive_post_parameters("old", "password", "again")
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Change one's password."""
    person = _person(request)
    form = forms.ChangePasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        first = person.must_change_password
        try:
            services.change_password(by=person, old=form.cleaned_data["old"], new=form.cleaned_data["password"])
        except errors.Invalid as error:
            forms.add_problems(form, error)
        else:
            auth.update_session_auth_hash(request, person)
            messages.success(request, "Your password is changed. Other places where you were signed in are signed out.")
            return redirect("/" if first else "accounts:profile")
    context = {"form": form, "first": person.must_change_password}
    return render(request, "accounts/password_change.html", context, status=422 if form.errors else 200)


@require_safe
def workspaces(request: HttpRequest) -> HttpResponse:
    """The workspaces one belongs to."""
    person = _person(request)
    memberships = queries.memberships_of(person)
    may_create = any(member.role == Role.ADMIN for member in memberships)
    context = {"rows": pages.workspaces(memberships), "may_create": may_create}
    return render(request, "accounts/workspace_list.html", context)


@require_http_methods(["GET", "POST"])
def workspace_create(request: HttpRequest) -> HttpResponse:
    """Create another workspace."""
    person = _person(request)
    form = forms.WorkspaceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.create_workspace(by=person, **form.cleaned_data)
        except (errors.Invalid, errors.Conflict) as error:
            forms.add_problems(form, error)
        else:
            enter(request, queries.actor_for(person, made.slug))
            messages.success(request, f"{made.name} is ready. You are its admin.")
            return redirect(navigation.places()[0].url(made.slug))
    return render(request, "accounts/workspace_create.html", {"form": form}, status=422 if form.errors else 200)
