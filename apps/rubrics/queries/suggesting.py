"""A version as one person would have it: what they suggest, laid over what it says."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from apps.accounts.permissions import Actor
from apps.rubrics.models import Proposal, RubricVersion
from apps.rubrics.queries.documents import draft_document
from apps.rubrics.queries.proposals import own_suggestion, suggested_document
from domain import errors

Document = dict[str, Any]


@dataclass(frozen=True)
class Suggesting:
    """What a person suggests for a version; `keys` name the rows of the table by criterion id."""

    version: RubricVersion
    proposal: Proposal | None
    stored: Document
    wanted: Document
    keys: dict[str, int | str]

    @property
    def shown(self) -> Document:
        """What is wanted, with the criteria that would go still at their places."""
        gone = set(self.keys) - {item["id"] for item in self.wanted["criteria"]}
        groups = {group["id"] for group in self.wanted["groups"]}
        stored = [
            {**item, "group": item["group"] if item["group"] in groups else None} for item in self.stored["criteria"]
        ]
        return {**self.wanted, "criteria": with_gone(stored, self.wanted["criteria"], gone)}

    def part(self, criterion_id: str) -> Document:
        """A criterion as this person would have it."""
        found = next((item for item in self.wanted["criteria"] if item["id"] == criterion_id), None)
        if found is None:
            raise errors.NotFound("You suggest to delete this criterion.", code="criterion_unknown")
        return dict(found)

    def named(self, key: str) -> str:
        """The criterion whose row has this key."""
        found = next((name for name, own in self.keys.items() if str(own) == key), None)
        if found is None:
            raise errors.NotFound("This criterion is no longer here.", code="criterion_unknown")
        return found


def suggesting(version: RubricVersion, actor: Actor) -> Suggesting:
    """What this person suggests for a version now; without a suggestion what it says."""
    mine = own_suggestion(version, actor)
    stored = draft_document(version)
    wanted = suggested_document(version, mine) if mine else draft_document(version)
    keys: dict[str, int | str] = {row.criterion_id: row.pk for row in version.criteria.all()}
    for item in wanted["criteria"]:
        keys.setdefault(item["id"], f"new-{hashlib.sha256(item['id'].encode()).hexdigest()[:16]}")
    return Suggesting(version, mine, stored, wanted, keys)


def with_gone(stored: Sequence[Document], wanted: Sequence[Document], gone: Collection[str]) -> list[Document]:
    """The wanted items with those that are gone, each behind the stored item that it stood behind."""
    found = list(wanted)
    front: str | None = None
    for item in stored:
        if item["id"] in gone:
            place = next((n + 1 for n, one in enumerate(found) if one["id"] == front), 0)
            found.insert(place, item)
        if any(one["id"] == item["id"] for one in found):
            front = item["id"]
    return found
