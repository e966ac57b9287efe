"""The weight profile that a reward is asked for under."""

from apps.rubrics.models import Profile, RubricVersion
from domain import errors

MOST_DIGITS = 9


def profile_of(version: RubricVersion, ref: str) -> Profile:
    """The profile that `name` (the newest) or `name@2` stands for."""
    name, at, number = ref.partition("@")
    if at and not (number.isascii() and number.isdigit() and len(number) <= MOST_DIGITS):
        raise errors.Invalid(f"{ref!r} is no reference to a profile; write name or name@2.", code="profile_ref")
    rows = Profile.objects.filter(rubric=version.rubric_id, name=name).order_by("-number")
    found = (rows.filter(number=int(number)) if at else rows).first()
    if found is None:
        raise errors.NotFound(f"{version.rubric.slug} has no profile {ref}.", code="profile_unknown")
    return found
