"""Rubric sets, their versions and members."""

from django.db.models import QuerySet

from apps.accounts.permissions import Actor
from apps.rubrics.models import RubricSet, RubricSetMember, RubricSetVersion, RubricVersion, VersionStatus
from domain import errors, rubric


def get_set(actor: Actor, name: str) -> RubricSet:
    """The set of this name."""
    found = RubricSet.objects.filter(workspace=actor.workspace, name=name).first()
    if found is None:
        raise errors.NotFound(f"There is no rubric set named {name} in this workspace.", code="set_unknown")
    return found


def get_set_version(actor: Actor, name: str, number: int | None = None) -> RubricSetVersion:
    """The numbered version of a set; without a number the approved one."""
    versions = RubricSetVersion.objects.select_related("rubric_set__workspace", "submitted_by", "approved_by").filter(
        rubric_set=get_set(actor, name)
    )
    chosen = versions.filter(number=number) if number else versions.filter(status=VersionStatus.APPROVED)
    found = chosen.first()
    if found is None:
        said = f"set:{name}@{number} does not exist." if number else f"No version of the set {name} is approved."
        raise errors.NotFound(said, code="set_version_unknown")
    return found


def set_versions(rubric_set: RubricSet) -> list[RubricSetVersion]:
    """All versions of a set, newest first."""
    return list(rubric_set.versions.select_related("submitted_by", "approved_by").order_by("-number"))


def members(set_version: RubricSetVersion) -> QuerySet[RubricSetMember]:
    """The members of a set version in the order of import."""
    return set_version.members.select_related("version__rubric", "reviewed_by").order_by("pk")


def by_prompt(set_version: RubricSetVersion) -> dict[str, RubricVersion]:
    """The version bound to each prompt id; members that belong to no prompt are found by their own name."""
    return {member.prompt_id_text: member.version for member in members(set_version).exclude(prompt_id_text="")}


def set_digest(set_version: RubricSetVersion) -> str:
    """The digest over the prompt and rubric digest of every member."""
    pairs = set_version.members.values_list("prompt_id_text", "version__digest")
    return rubric.sha256({"members": sorted([prompt, digest] for prompt, digest in pairs)})
