"""The page on which two versions become one: where they differ, what is chosen there, and what comes out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from apps.accounts.permissions import Actor
from apps.rubrics import queries, services
from apps.rubrics.models import RubricVersion
from apps.rubrics.pages.frame import frame
from apps.rubrics.pages.quality import TONES
from domain import lint, rubric

MOST_REMARKS = 8
_FIELD_WAYS = {
    "mine": "Keep mine",
    "theirs": "Take theirs",
    "joined": "Join the words of both",
    "both": "Keep both",
}
_NOUNS = {"criteria": "criterion", "groups": "group", "guidelines": "guideline"}
_ORDERS = {"criteria": "The order of the criteria", "groups": "The order of the groups"}
MOST_IN_ORDER, MOST_OF_TITLE = 8, 60


@dataclass(frozen=True)
class Way:
    """An answer to a place where two versions differ."""

    name: str
    label: str
    pieces: tuple[rubric.Piece, ...]
    on: bool


@dataclass(frozen=True)
class Place:
    """One place where two versions differ."""

    pointer: str
    label: str
    ways: tuple[Way, ...]
    open: bool


@dataclass(frozen=True)
class MergeItem:
    """A criterion, group, guideline or the settings, with the places where two versions differ."""

    noun: str
    title: str
    places: tuple[Place, ...]


@dataclass(frozen=True)
class MergePart:
    """Places of one sort: to choose at, changed by the other side, changed by this one, joined from both, or orders."""

    name: str
    title: str
    text: str
    items: tuple[MergeItem, ...]

    @property
    def count(self) -> int:
        """How many places."""
        return sum(len(item.places) for item in self.items)


def merging(
    actor: Actor, version: RubricVersion, other: RubricVersion | None, picks: Mapping[str, str]
) -> dict[str, Any]:
    """Everything the merge page shows; without another version only what there is to choose from."""
    rows = [row for row in queries.versions_of(version.rubric) if row.pk != version.pk]
    context = {**frame(actor, version, "versions"), "others": rows, "other": other}
    if other is None:
        return context
    plan = services.plan_merge(version=version, other=other, picks=picks)
    return {**context, **outcome(version, plan), "parts": _parts(plan, other, picks), "base": plan.base}


def outcome(version: RubricVersion, plan: services.MergePlan) -> dict[str, Any]:
    """What would come out: how it differs from the draft, what is still open, what forbids it, new remarks."""
    remarks: list[tuple[lint.Finding, str]] = []
    if not plan.problems:
        context = queries.lint_context(version)
        known = {found.fingerprint for found in lint.findings(rubric.parse(plan.mine), context)}
        found = lint.findings(rubric.parse(plan.document), context)
        remarks = [(each, TONES[each.rule.severity]) for each in found if each.fingerprint not in known]
    return {
        "version": version,
        "plan": plan,
        "change": rubric.difference(plan.mine, plan.document),
        "remarks": remarks[:MOST_REMARKS],
        "more_remarks": max(0, len(remarks) - MOST_REMARKS),
        "problems": [(problem, _place(plan.document, problem.pointer)) for problem in plan.problems],
    }


def _parts(plan: services.MergePlan, other: RubricVersion, picks: Mapping[str, str]) -> list[MergePart]:
    asked = {conflict.pointer for conflict in plan.open} | {c.pointer for c in plan.choices if not c.outcome}
    sorts: dict[str, list[rubric.Choice]] = {"open": [], "order": [], "joined": [], "theirs": [], "mine": []}
    for choice in plan.choices:
        sort = "open" if choice.pointer in asked else choice.outcome
        sorts["order" if choice.pointer.startswith(rubric.ORDER) else sort].append(choice)
    still = {conflict.pointer for conflict in plan.open}
    titles = {**_titles(plan.theirs), **_titles(plan.mine)}
    words = {
        "open": ("Both changed this", "Nothing is stored until you have chosen at each of these places."),
        "order": ("What stands where", "One order can hold; what only the other side has follows its neighbour there."),
        "joined": ("Joined word by word", "Both changed the same text in different places; both changes are kept."),
        "theirs": (f"Only version {other.number} changed this", "It is taken over unless you keep yours."),
        "mine": ("Only this draft changed this", "It stays unless you take the other side’s."),
    }
    return [
        MergePart(name, *words[name], items=tuple(_items(found, picks, still, titles)))
        for name, found in sorts.items()
        if found
    ]


def _items(
    found: list[rubric.Choice], picks: Mapping[str, str], still: set[str], titles: Mapping[str, str]
) -> Iterable[MergeItem]:
    by_item: dict[str, list[rubric.Choice]] = {}
    for choice in found:
        by_item.setdefault(choice.item, []).append(choice)
    for item, inner in by_item.items():
        if item.startswith(rubric.ORDER):
            name = item.removeprefix(rubric.ORDER)
            title = _ORDERS.get(name, f"The order of the {name}")
            yield MergeItem("order", title, tuple(_ordered(choice, picks, titles) for choice in inner))
            continue
        noun = _NOUNS.get(item.partition("/")[0], "settings")
        title = titles.get(item, "The rubric’s own settings")
        yield MergeItem(noun, title, tuple(_shown(choice, picks, choice.pointer in still) for choice in inner))


def _ordered(choice: rubric.Choice, picks: Mapping[str, str], titles: Mapping[str, str]) -> Place:
    """Both orders as far as they differ, as titles."""
    name = choice.pointer.removeprefix(rubric.ORDER)
    on = picks.get(choice.pointer, "")
    on = on if on in choice.ways else choice.outcome
    sides = {"mine": choice.mine, "theirs": choice.theirs}
    first = next(n for n, (own, other) in enumerate(zip(choice.mine, choice.theirs, strict=True)) if own != other)
    ways = []
    for way in choice.ways:
        shown = [_clipped(titles[f"{name}/{key}"]) for key in sides[way][first : first + MOST_IN_ORDER]]
        more = " …" if len(sides[way]) > first + MOST_IN_ORDER else ""
        pieces = (rubric.Piece("same", " · ".join(shown) + more),)
        ways.append(Way(way, "Keep my order" if way == "mine" else "Take their order", pieces, way == on))
    return Place(choice.pointer, "order", tuple(ways), False)


def _clipped(text: str) -> str:
    return text if len(text) <= MOST_OF_TITLE else f"{text[: MOST_OF_TITLE - 1]}…"


def _titles(document: Mapping[str, Any]) -> dict[str, str]:
    """What names each item: its text or title, else its id."""
    return {
        f"{name}/{item['id']}": item.get("text") or item.get("title") or item["id"]
        for name in _NOUNS
        for item in document[name]
    }


def _shown(choice: rubric.Choice, picks: Mapping[str, str], still: bool) -> Place:
    picked = picks.get(choice.pointer, "")
    on = picked if picked in choice.ways else "" if still else choice.outcome
    ways = tuple(Way(name, _label(choice, name), _pieces(choice, name), name == on) for name in choice.ways)
    label = choice.field.replace("_", " ").replace("kind", "kind and levels") if choice.field else ""
    return Place(choice.pointer, label, ways, still)


def _label(choice: rubric.Choice, way: str) -> str:
    if choice.field:
        return "Keep both, as two criteria" if way == "both" and choice.field == "text" else _FIELD_WAYS[way]
    if choice.mine is None:
        absent, taken = ("Leave it out", "Take it in") if choice.base is None else ("Leave it deleted", "Bring it back")
        return absent if way == "mine" else taken
    gone = "Leave it out" if choice.base is None else "Delete it"
    return "Keep it" if way == "mine" else gone


def _pieces(choice: rubric.Choice, way: str) -> tuple[rubric.Piece, ...]:
    if not choice.field or way == "both":
        return ()
    after = _said({"mine": choice.mine, "theirs": choice.theirs, "joined": choice.joined}[way])
    before = _said(choice.base)
    return (rubric.Piece("same", after),) if before == after else rubric.words(before, after)


def _said(value: Any) -> str:
    if isinstance(value, dict) and "kind" in value and "levels" in value:
        value = {key: inner for key, inner in value.items() if inner is not None}
    return rubric.shown(value)


def _place(document: Mapping[str, Any], pointer: str) -> str:
    """The text of the criterion that a problem is about, where it is about one."""
    parts = pointer.strip("/").split("/")
    if len(parts) > 1 and parts[0] == "criteria" and parts[1].isdecimal() and int(parts[1]) < len(document["criteria"]):
        return str(document["criteria"][int(parts[1])]["text"])
    return ""
