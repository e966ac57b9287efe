"""Rubrics that come along with a data set are stored with it; comments of an erased person are blanked."""

from typing import Any

from django.dispatch import receiver

from apps.accounts.models import User
from apps.accounts.permissions import Actor, Role
from apps.accounts.signals import person_erased
from apps.datasets.models import Dataset
from apps.datasets.signals import dataset_imported
from apps.rubrics import services
from apps.rubrics.models import Comment, Presence
from domain import formats, rubric


@receiver(dataset_imported, dispatch_uid="rubrics.store")
def store(*, dataset: Dataset, actor: Actor, rubrics: tuple[formats.ImportedRubric, ...], **_: Any) -> str:
    """Store the rubrics of the file, bound to the prompts of this data set, and say what became of them."""
    allowed = actor.can(Role.AUTHOR) and (actor.scopes is None or "rubrics:write" in actor.scopes)
    if not allowed:
        return f"The file also holds {len(rubrics)} rubrics; importing them needs the right to write rubrics."
    items = [_bound(item, dataset.slug) for item in rubrics]
    result = services.store_rubrics(by=actor, items=items, source=dataset.slug)
    where = f"the rubric set {result.set_version.rubric_set.name}" if result.set_version else "the library"
    return f"{len(result.versions)} rubrics of the file went into {where}."


def _bound(item: formats.ImportedRubric, dataset: str) -> formats.ImportedRubric:
    scope = item.rubric.scope
    if not isinstance(scope, rubric.PromptScope):
        return item
    moved = item.rubric.model_copy(update={"scope": scope.model_copy(update={"dataset": dataset})})
    return formats.ImportedRubric(moved, item.slug, item.prompt)


@receiver(person_erased, dispatch_uid="rubrics.forget")
def forget(*, user: User, **_: Any) -> None:
    """Blank what the person wrote in discussions, that they wrote stays; nobody sees them in a draft any more."""
    Comment.objects.filter(by=user).update(text="")
    Presence.objects.filter(user=user).delete()
