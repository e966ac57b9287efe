"""Rules for writing rubrics: what there is, what governs a rubric."""

from django.db.models import Q

from apps.accounts.permissions import Actor
from apps.refinement.models import MetaRubric, MetaRubricVersion
from apps.rubrics.models import Rubric
from domain import errors


def meta_rubrics_of(actor: Actor) -> list[MetaRubric]:
    """Those of the workspace, the general one first."""
    rows = MetaRubric.objects.filter(workspace=actor.workspace).select_related("current__created_by")
    return list(rows.prefetch_related("versions__created_by").order_by("tag"))


def get_meta_rubric(actor: Actor, key: int) -> MetaRubric:
    """A meta-rubric of the workspace."""
    rows = MetaRubric.objects.select_related("current").filter(workspace=actor.workspace)
    found = rows.filter(pk=key).first() if key < 2**63 else None
    if found is None:
        raise errors.NotFound("There are no such rules here.", code="meta_rubric_unknown")
    return found


def get_meta_version(meta_rubric: MetaRubric, number: int) -> MetaRubricVersion:
    """One of its versions."""
    rows = meta_rubric.versions.select_related("created_by", "meta_rubric")
    found = rows.filter(number=number).first() if number < 2**31 else None
    if found is None:
        raise errors.NotFound(f"{meta_rubric.title} have no version {number}.", code="meta_rubric_unknown")
    return found


def governing(rubric: Rubric) -> list[MetaRubricVersion]:
    """The current versions that govern a rubric: the general one, then those of its tags."""
    rows = MetaRubric.objects.filter(Q(tag="") | Q(tag__in=rubric.tags), workspace=rubric.workspace_id)
    current = rows.exclude(current=None).select_related("current__meta_rubric").order_by("tag")
    return [one.current for one in current if one.current is not None]
