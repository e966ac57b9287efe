"""What every page of a version shares: crumbs, tabs, state and the steps that are open to this person."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from apps.accounts.permissions import Actor, Role
from apps.rubrics import queries
from apps.rubrics.models import RubricVersion, VersionStatus


@dataclass(frozen=True)
class Tab:
    """An entry of the tabs component."""

    label: str
    url: str
    active: bool
    count: int = 0
    tone: str = ""
    key: str = ""


@dataclass(frozen=True)
class Steps:
    """Which steps of the workflow this person may take now."""

    edit: bool = False
    submit: bool = False
    approve: bool = False
    approve_blocked: str = ""
    take_back: bool = False
    request_changes: bool = False
    withdraw: bool = False
    retire: bool = False
    draft: bool = False


def address(name: str, version: RubricVersion, *more: int | str) -> str:
    """The URL of a page of this version."""
    workspace = version.rubric.workspace.slug
    return reverse(f"rubrics:{name}", args=[workspace, version.rubric.slug, version.number, *more])


def frame(actor: Actor, version: RubricVersion, active: str, *, open_remarks: int = 0) -> dict[str, Any]:
    """The context that all tabs of a version need; pages that know the number of remarks show it on their tab."""
    rubric = version.rubric
    home = reverse("rubrics:list", args=[actor.workspace.slug])
    crumbs = [{"label": "Rubrics", "url": home}, {"label": version.title, "url": ""}]
    if rubric.rubric_set is not None:
        name = rubric.rubric_set.name
        crumbs.insert(1, {"label": name, "url": reverse("rubrics:set", args=[actor.workspace.slug, name])})
    return {
        "version": version,
        "rubric": rubric,
        "crumbs": crumbs,
        "tabs": _tabs(actor, version, active, open_remarks),
        "steps": steps(actor, version),
        "may_write": actor.can(Role.AUTHOR),
    }


def steps(actor: Actor, version: RubricVersion) -> Steps:
    """What this person may do with the version; the services decide again."""
    author, approver = actor.can(Role.AUTHOR), actor.can(Role.APPROVER)
    if version.rubric.rubric_set_id is not None:
        return Steps(edit=author and version.is_draft)
    own = actor.user.pk in {version.created_by_id, version.submitted_by_id}
    waiting = version.status == VersionStatus.IN_REVIEW
    deciding = approver and waiting
    touched = deciding and (own or version.revisions.filter(by=actor.user).exists())
    given = queries.approvals(version) if deciding and not touched else None
    approved = given is not None and actor.user.pk in given.by and len(given.by) < given.needed
    return Steps(
        edit=author and version.is_draft,
        submit=author and version.is_draft,
        approve=approver and waiting and not touched and not approved,
        approve_blocked="You wrote, edited or submitted this version, so another person must approve it."
        if touched
        else "",
        take_back=approved,
        request_changes=approver and waiting,
        withdraw=waiting and author and (own or actor.can(Role.ADMIN)),
        retire=approver and version.status == VersionStatus.APPROVED,
        draft=author and not version.is_draft,
    )


def _tabs(actor: Actor, version: RubricVersion, active: str, open_remarks: int) -> list[Tab]:
    workspace = version.rubric.workspace.slug
    trying = reverse("judging:try", args=[workspace, version.rubric.slug, version.number])
    open_threads = queries.open_thread_count(version.rubric) + queries.open_proposal_count(version.rubric)
    card = reverse("audit:version", args=[workspace, version.rubric.slug, version.number])
    return [
        Tab("Edit" if version.is_draft else "Criteria", address("edit", version), active == "edit"),
        Tab("Scoring", address("scoring", version), active == "scoring"),
        Tab("Weights", reverse("weights:overview", args=[workspace, version.rubric.slug, version.number]), False),
        Tab("Try", trying, active == "try", key="t"),
        Tab("Quality", address("quality", version), active == "quality", count=open_remarks, tone="w"),
        *([Tab("Audit", card, False)] if actor.can(Role.AUTHOR) else []),
        Tab("Discuss", address("discuss", version), active == "discuss", count=open_threads),
        Tab("Versions", address("versions", version), active == "versions"),
        Tab("Standards", address("version-standards", version), active == "standards"),
        Tab("Use", address("use", version), active == "use"),
    ]
