"""Named weight sets of a rubric, and what they weigh in one version of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from apps.rubrics.models import Profile, Rubric, RubricVersion
from domain import errors
from domain import rubric as rubrics

if TYPE_CHECKING:
    from apps.accounts.permissions import Actor

MOST_DIGITS = 9


@dataclass(frozen=True)
class Named:
    """A profile by its name: the newest version, how many there are, and whether it is still offered."""

    newest: Profile
    versions: int
    is_retired: bool


def profiles_of(rubric: Rubric | int) -> list[Named]:
    """The profiles of a rubric by name, those still offered first."""
    rows: dict[str, list[Profile]] = {}
    for row in _profiles(rubric).order_by("name", "-number"):
        rows.setdefault(row.name, []).append(row)
    found = [Named(each[0], len(each), is_retired(each[0])) for each in rows.values()]
    return sorted(found, key=lambda one: one.is_retired)


def profile_versions(rubric: Rubric, name: str) -> list[Profile]:
    """All versions of a profile, newest first; raises NotFound where there is none."""
    rows = list(_profiles(rubric).filter(name=name).order_by("-number"))
    if not rows:
        raise errors.NotFound(f"{rubric.slug} has no profile {name[:80]}.", code="profile_unknown")
    return rows


def profile_of(version: RubricVersion, ref: str) -> Profile:
    """The profile that `name` (the newest) or `name@2` stands for.

    A retired one is found with its number only, so that a job that names it so goes on.
    """
    name, at, number = ref.partition("@")
    if at and not (number.isascii() and number.isdigit() and len(number) <= MOST_DIGITS):
        raise errors.Invalid(f"{ref[:100]!r} is no reference to a profile; write name or name@2.", code="profile_ref")
    rows = _profiles(version.rubric_id).filter(name=name).order_by("-number")
    found = (rows.filter(number=int(number)) if at else rows).first()
    if found is None:
        raise errors.NotFound(f"{version.rubric.slug} has no profile {ref[:100]}.", code="profile_unknown")
    if not at and is_retired(found):
        raise errors.Conflict(
            f"The profile {found.name} is retired; name a version, as in {found}, or another profile.",
            code="profile_retired",
        )
    return found


def get_profile(actor: "Actor", ref: int) -> Profile:
    """A profile of the person's workspace by its key."""
    found = Profile.objects.select_related("rubric", "created_by", "end").filter(
        rubric__workspace=actor.workspace, pk=ref
    )
    row = found.first()
    if row is None:
        raise errors.NotFound("There is no such profile in this workspace.", code="profile_unknown")
    return row


def is_retired(profile: Profile) -> bool:
    """Whether this version of a profile is no longer offered."""
    return getattr(profile, "end", None) is not None


def profile_weights(profile: Profile, rubric: rubrics.Rubric) -> dict[str, float]:
    """What each criterion of a rubric weighs under a profile; one that the profile does not name weighs nothing."""
    given: Mapping[str, float] = profile.weights
    return {one.id: float(given.get(one.id, 0.0)) for one in rubric.criteria}


def unnamed(profile: Profile, rubric: rubrics.Rubric) -> list[str]:
    """Criteria of a rubric that a profile says nothing of."""
    return [one.id for one in rubric.criteria if one.id not in profile.weights]


def _profiles(rubric: Rubric | int) -> QuerySet[Profile]:
    rows = Profile.objects.filter(rubric=rubric)
    return rows.select_related("created_by", "end__by")
