"""Admin: members, links, the workspace's settings."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts import forms, pages, queries, registry, services
from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.core import sandboxes
from domain import errors


@require_safe
@require_role(Role.AUTHOR, "open Admin")
def index(request: StudioRequest) -> HttpResponse:
    """The first page of Admin that the person may open."""
    return redirect(registry.tabs(request.actor, "")[0].url)


@require_safe
@require_role(Role.ADMIN, "see the members")
def members(request: StudioRequest) -> HttpResponse:
    """Who belongs here, and which links are open."""
    return render(request, "accounts/member_list.html", pages.members(request.actor, forms.InviteForm()))


@never_cache
@require_POST
@require_role(Role.ADMIN, "invite people")
def member_invite(request: StudioRequest) -> HttpResponse:
    """Make an invitation and show its link, this once."""
    form = forms.InviteForm(request.POST)
    if not form.is_valid():
        return render(request, "accounts/member_list.html", pages.members(request.actor, form), status=422)
    role = Role(form.cleaned_data["role"])
    made = services.invite(by=request.actor, role=role, email=form.cleaned_data["email"])
    return _show_link(request, made)


@never_cache
@require_POST
@require_role(Role.ADMIN, "reset passwords")
def member_password_link(request: StudioRequest, member_id: int) -> HttpResponse:
    """Make a link by which a member sets a new password, and show it, this once."""
    member = queries.get_member(request.actor, member_id)
    return _show_link(request, services.make_password_link(by=request.actor, member=member))


def _show_link(request: StudioRequest, made: services.NewLink) -> HttpResponse:
    context = pages.members(request.actor, forms.InviteForm())
    context |= {"made": made.invitation, "link_address": pages.link_address(request, made.secret)}
    return render(request, "accounts/member_list.html", context)


@require_POST
@require_role(Role.ADMIN, "change roles")
def member_role(request: StudioRequest, member_id: int) -> HttpResponse:
    """Give a member another role."""
    form = forms.RoleForm(request.POST)
    if not form.is_valid():
        raise errors.Invalid("Choose one of the roles.", code="role_unknown")
    member = queries.get_member(request.actor, member_id)
    changed = services.change_role(by=request.actor, member=member, role=Role(form.cleaned_data["role"]))
    return _back(request, f"{changed.user.name} is now {changed.role}.")


@require_POST
@require_role(Role.ADMIN, "change skills")
def member_skills(request: StudioRequest, member_id: int) -> HttpResponse:
    """Say what a member knows."""
    member = queries.get_member(request.actor, member_id)
    skills = request.POST.get("skills", "").split(",")
    changed = services.set_skills(by=request.actor, member=member, skills=skills)
    return _back(request, f"The skills of {changed.user.name} are stored.")


@require_POST
@require_role(Role.ADMIN, "deactivate members")
def member_deactivate(request: StudioRequest, member_id: int) -> HttpResponse:
    """Shut the workspace for a member."""
    member = services.deactivate_member(by=request.actor, member=queries.get_member(request.actor, member_id))
    return _back(request, f"{member.user.name} can no longer come in. What they did stays.")


@require_POST
@require_role(Role.ADMIN, "reactivate members")
def member_reactivate(request: StudioRequest, member_id: int) -> HttpResponse:
    """Open the workspace for a member again."""
    member = services.reactivate_member(by=request.actor, member=queries.get_member(request.actor, member_id))
    return _back(request, f"{member.user.name} can come in again, as {member.role}.")


@require_POST
@require_role(Role.ADMIN, "withdraw invitations")
def invitation_withdraw(request: StudioRequest, invitation_id: int) -> HttpResponse:
    """Make a link useless."""
    invitation = queries.get_invitation(request.actor, invitation_id)
    services.withdraw_invitation(by=request.actor, invitation=invitation)
    return _back(request, "The link no longer works.")


def _back(request: StudioRequest, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return redirect("accounts:members", request.actor.workspace.slug)


@require_http_methods(["GET", "POST"])
@require_role(Role.ADMIN, "change the settings of the workspace")
def settings(request: StudioRequest) -> HttpResponse:
    """Name and policies of the workspace."""
    workspace, policy = request.actor.workspace, queries.policy(request.actor.workspace)
    initial = {"name": workspace.name, "unlicensed_judge": policy.unlicensed_judge}
    form = forms.SettingsForm(request.POST or None, initial=initial | {"retention_days": policy.retention_days})
    if request.method == "POST" and form.is_valid():
        services.change_settings(by=request.actor, **form.cleaned_data)
        messages.success(request, "The settings are stored.")
        return redirect("accounts:settings", workspace.slug)
    context = {"form": form, "tabs": registry.tabs(request.actor, "Settings")}
    return render(request, "accounts/workspace_settings.html", context, status=422 if form.errors else 200)


@never_cache
@require_safe
@require_role(Role.ADMIN, "look at the sandbox")
def sandbox(request: StudioRequest) -> HttpResponse:
    """What holds of the isolation of code in checks, tried now."""
    context = {"found": sandboxes.examine(), "tabs": registry.tabs(request.actor, "Sandbox")}
    return render(request, "accounts/sandbox.html", context)
