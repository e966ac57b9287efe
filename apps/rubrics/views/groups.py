"""Groups of a draft: add, edit, move, dissolve."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.core import htmx
from apps.rubrics import forms, pages, queries, services
from apps.rubrics.views import clashes, ways
from domain import errors

may_edit = require_role(Role.AUTHOR, "edit rubrics")


@require_POST
@ways.may_edit
def group_add(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """Add a group."""
    now = ways.way(request, slug, number)
    form = forms.GroupForm(request.POST, groups=now.groups, prefix="group")
    if form.is_valid():
        said = form.cleaned_data
        try:
            services.add_group(
                by=request.actor,
                version=now.version,
                title=said["title"],
                weight=said["weight"],
                parent=said["parent"] or None,
                **now.keep,
            )
        except errors.Invalid as error:
            form.refuse(error)
        else:
            return redirect(now.address("edit"))
    context = pages.editor(request.actor, now.version, suggesting=now.suggesting, group_form=form)
    return render(request, "rubrics/version_edit.html", context, status=422)


@require_http_methods(["GET", "POST"])
@may_edit
def group_edit(request: StudioRequest, slug: str, number: int, group: int) -> HttpResponse:
    """Change title, weight and place of a group."""
    version = queries.get_version(request.actor, slug, number)
    row = queries.get_group(version, group)
    choices = pages.group_choices(queries.draft_frame(version), without=row.group_id)
    present = {"title": row.title, "weight": row.weight, "parent": row.parent.group_id if row.parent else None}
    form = forms.GroupForm(request.POST or None, groups=choices, initial={**present, "parent": present["parent"] or ""})
    if request.method == "POST" and form.is_valid():
        changes = {**form.cleaned_data, "parent": form.cleaned_data["parent"] or None}
        try:
            services.edit_group(
                by=request.actor,
                version=version,
                group_id=row.group_id,
                changes=changes,
                seen=clashes.seen_by(request),
            )
        except services.Clash as clash:
            return clashes.question(request, version, clash, pages.address("edit", version))
        except errors.Invalid as error:
            form.refuse(error)
        else:
            return redirect(pages.address("edit", version))
    context = {
        **pages.frame(request.actor, version, "edit"),
        "form": form,
        "group": row,
        "base": request.POST.get("base") or clashes.as_base(present),
    }
    return render(request, "rubrics/group_edit.html", context, status=422 if form.is_bound else 200)


@require_POST
@may_edit
def group_cell(request: StudioRequest, slug: str, number: int, group: int) -> HttpResponse:
    """Store title and weight as they were typed in the group's row."""
    version = queries.get_version(request.actor, slug, number)
    row = queries.get_group(version, group)
    return keep_cell(request, ways.Way(version), row.group_id, row.pk)


def keep_cell(request: StudioRequest, now: ways.Way, name: str, key: int | str) -> HttpResponse:
    """Keep the cells of a group's row in the draft or as a suggestion."""
    form = forms.GroupCellForm(request.POST)
    if not form.is_valid():
        raise errors.Invalid(next(str(faults[0]) for faults in form.errors.values()), code="group_invalid")
    was = forms.GroupCellForm({key: request.POST.get(f"was-{key}", "") for key in form.fields})
    autosave = "X-Autosave" in request.headers
    try:
        services.edit_group(
            by=request.actor,
            version=now.version,
            group_id=name,
            changes=form.cleaned_data,
            seen=clashes.seen_by(request, was.cleaned_data if was.is_valid() else None),
            burst=autosave,
            **now.keep,
        )
    except services.Clash as clash:
        return clashes.question(request, now.version, clash, now.address("edit"))
    return HttpResponse(status=204) if autosave else redirect(f"{now.address('edit')}#group-{key}")


@require_POST
@ways.may_edit
def groups_order(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """Put a group where it was dropped."""
    now = ways.way(request, slug, number)
    moved, before = request.POST.get("moved", ""), request.POST.get("before") or None
    into = request.POST.get("into") or None
    keep = now.moving(moved)
    services.place_group(by=request.actor, version=now.version, group_id=moved, before=before, into=into, **keep)
    return htmx.trigger(HttpResponse(status=204), "criteria-moved")


@require_POST
@may_edit
def group_move(request: StudioRequest, slug: str, number: int, group: int) -> HttpResponse:
    """Move a group before or after its neighbour."""
    version = queries.get_version(request.actor, slug, number)
    row = queries.get_group(version, group)
    way = "up" if request.POST.get("move") == "up" else "down"
    services.move_group(by=request.actor, version=version, group_id=row.group_id, direction=way)
    return redirect(f"{pages.address('edit', version)}#group-{row.pk}")


@require_POST
@may_edit
def group_delete(request: StudioRequest, slug: str, number: int, group: int) -> HttpResponse:
    """Dissolve a group; its criteria stay."""
    version = queries.get_version(request.actor, slug, number)
    row = queries.get_group(version, group)
    services.delete_group(by=request.actor, version=version, group_id=row.group_id)
    return redirect(pages.address("edit", version))
