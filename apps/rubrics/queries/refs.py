"""What a reference such as `slug@3`, `sha256:…` or `set:name@2` stands for."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from apps.accounts.permissions import Actor
from apps.rubrics.models import RubricSetVersion, RubricVersion
from apps.rubrics.queries import sets, versions
from domain import errors

_REF = re.compile(r"(?P<set>set:)?(?P<name>[-a-zA-Z0-9_]+)(?:@(?P<number>[1-9][0-9]{0,8}))?")


@dataclass(frozen=True)
class ResolvedRubrics:
    """One rubric for every item, or the rubric of each prompt by its id."""

    general: RubricVersion | None = None
    by_prompt: Mapping[str, RubricVersion] | None = None
    set_version: RubricSetVersion | None = None


def resolve(actor: Actor, ref: str) -> ResolvedRubrics:
    """Find what `ref` names; drafts are found too, the caller decides whether they will do."""
    if ref.startswith("sha256:"):
        return ResolvedRubrics(general=versions.by_digest(actor, ref))
    match = _REF.fullmatch(ref)
    if match is None:
        raise errors.Invalid(
            f"{ref!r} is no reference to a rubric; write slug@3, sha256:… or set:name@2.", code="rubric_ref"
        )
    name, number = match["name"], int(match["number"]) if match["number"] else None
    if match["set"]:
        found = sets.get_set_version(actor, name, number)
        return ResolvedRubrics(by_prompt=sets.by_prompt(found), set_version=found)
    if number is None:
        return ResolvedRubrics(general=versions.latest_approved(actor, name))
    return ResolvedRubrics(general=versions.get_version(actor, name, number))
