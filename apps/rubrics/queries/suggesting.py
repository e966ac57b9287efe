"""A version as one person would have it: what they suggest, laid over what it says."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from apps.accounts.permissions import Actor
from apps.rubrics.models import Proposal, RubricVersion, SuggestionStep
from apps.rubrics.queries.documents import draft_document
from apps.rubrics.queries.proposals import own_suggestion, suggested_document
from domain import errors, rubric

Document = dict[str, Any]
_SCORED = ("weight", "tier", "polarity", "gate", "group")


@dataclass(frozen=True)
class Suggesting:
    """What a person suggests for a version; `keys` name the rows of the table by criterion id, `groups` by group id."""

    version: RubricVersion
    proposal: Proposal | None
    stored: Document
    wanted: Document
    keys: dict[str, int | str]
    groups: dict[str, int | str]

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

    def group_named(self, key: str) -> str:
        """The group whose row has this key, as long as it is wanted."""
        wanted = {group["id"] for group in self.wanted["groups"]}
        found = next((name for name, own in self.groups.items() if str(own) == key and name in wanted), None)
        if found is None:
            raise errors.NotFound("This group is no longer here.", code="group_unknown")
        return found

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
    groups: dict[str, int | str] = {row.group_id: row.pk for row in version.groups.all()}
    for known, items in ((keys, wanted["criteria"]), (groups, wanted["groups"])):
        for item in items:
            known.setdefault(item["id"], f"new-{hashlib.sha256(item['id'].encode()).hexdigest()[:16]}")
    return Suggesting(version, mine, stored, wanted, keys, groups)


def suggestion_steps(version: RubricVersion, actor: Actor) -> tuple[SuggestionStep | None, SuggestionStep | None]:
    """The step of one's own suggestion that an undo would take back, and the one that a redo would bring again."""
    steps = SuggestionStep.objects.filter(version=version, by=actor.user).defer("change")
    undo = steps.filter(undone=False).order_by("-pk").first()
    redo = steps.filter(undone=True, pk__gt=undo.pk if undo else 0).order_by("pk").first()
    return undo, redo


def suggested_scoring(now: Suggesting) -> tuple[rubric.Rubric, bool]:
    """The rubric with all of a suggestion that stored verdicts can score; whether it changes what a judge reads too."""
    stored = {item["id"]: item for item in now.stored["criteria"]}
    criteria = [
        {**stored[item["id"]], **{key: item[key] for key in _SCORED}}
        for item in now.wanted["criteria"]
        if item["id"] in stored
    ]
    supposed = {**now.wanted, "guidelines": now.stored["guidelines"], "criteria": criteria}
    beyond = any(supposed[key] != now.wanted[key] for key in ("guidelines", "criteria"))
    return rubric.parse(supposed), beyond


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
