"""Storing the orders that a person gave themself."""

from collections.abc import Sequence

from django.db import transaction

from apps.accounts.permissions import Actor, Role
from apps.datasets.models import Dataset, Preference, PreferenceMember, Subject
from apps.datasets.services import hashes, raters
from apps.datasets.services.rows import OwnPreference
from domain import errors


@transaction.atomic
def add_own_preferences(*, by: Actor, dataset: Dataset, preferences: Sequence[OwnPreference]) -> list[Preference]:
    """Store what a person preferred, each under the next free repeat number; people who order the same share its id."""
    by.require(Role.ANNOTATOR, "label")
    rater = raters.of_user(by.workspace, by.user)
    return [_store(dataset, rater.pk, one) for one in preferences]


@transaction.atomic
def revise_own_preferences(*, by: Actor, dataset: Dataset, preferences: Sequence[OwnPreference]) -> None:
    """Change what a person preferred themself, found by the review it came from."""
    by.require(Role.ANNOTATOR, "label")
    for given in preferences:
        subject = Subject.objects.get(pk=given.subject_id, prompt__dataset=dataset)
        mine = dataset.preferences.select_for_update(of=("self",)).filter(
            external_id=_name(subject), rater__user=by.user, criterion=given.criterion, mode=given.mode,
            extensions__review=given.extensions.get("review"),
        )  # fmt: skip
        for stored in mine:
            stored.strength, stored.note, stored.extensions = given.strength, given.note, dict(given.extensions)
            stored.save(update_fields=["strength", "note", "extensions"])
            for response, rank in given.ranks:
                PreferenceMember.objects.filter(preference=stored, response=response).update(rank=rank)


def _name(subject: Subject) -> str:
    return f"{subject.kind}-{subject.hash[:24]}"


def _store(dataset: Dataset, rater_id: int, given: OwnPreference) -> Preference:
    subject = Subject.objects.get(pk=given.subject_id, prompt__dataset=dataset)
    members = set(subject.members.values_list("response", flat=True))
    if {response for response, _ in given.ranks} != members:
        raise errors.Invalid("An order has to rank each of the answers once.", code="ranks_invalid")
    hashes.check_text([given.note, given.criterion or ""], "A preference")
    name = _name(subject)
    earlier = dataset.preferences.filter(external_id=name, rater=rater_id, criterion=given.criterion)
    last = earlier.order_by("-repeat").values_list("repeat", flat=True).first()
    made = Preference.objects.create(
        dataset=dataset, prompt_id=subject.prompt_id, rater_id=rater_id, criterion=given.criterion, external_id=name,
        strength=given.strength, mode=given.mode, repeat=0 if last is None else last + 1, note=given.note,
        extensions=dict(given.extensions),
    )  # fmt: skip
    PreferenceMember.objects.bulk_create(
        PreferenceMember(preference=made, response_id=response, rank=rank) for response, rank in given.ranks
    )
    return made
