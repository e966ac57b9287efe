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


def _store(dataset: Dataset, rater_id: int, given: OwnPreference) -> Preference:
    subject = Subject.objects.get(pk=given.subject_id, prompt__dataset=dataset)
    members = set(subject.members.values_list("response", flat=True))
    if {response for response, _ in given.ranks} != members:
        raise errors.Invalid("An order has to rank each of the answers once.", code="ranks_invalid")
    hashes.check_text([given.note, given.criterion or ""], "A preference")
    name = f"{subject.kind}-{subject.hash[:24]}"
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
