"""The table of the Edit page: groups with their criteria; what a row says of itself is drawn once and kept."""

import bisect
import functools
import json
import math
from collections.abc import Callable, Collection, Container, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import prefetch_related_objects
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe

from apps.accounts.permissions import Actor
from apps.rubrics import forms, queries, registry
from apps.rubrics.models import RubricVersion
from apps.rubrics.pages.chips import Chip, chips
from apps.rubrics.pages.frame import address, steps
from apps.rubrics.pages.narrowing import Narrowing
from domain import rubric, words

AXES = ("dimension", "scenario", "discipline")
KEPT_ROWS = 10_000  # of all rubrics in this process, some 2 kB each
DRAWN_AT_ONCE, CHUNK = 600, 100  # rows of a table, and of what is drawn later by one request
# They stand in a kept row for what depends on other rows; no text of a rubric holds U+0000.
_NUMBER, _SHARE, _BAR, _FACTOR = "\0number", "\0share", "\0bar", "\0factor"


@dataclass(frozen=True)
class Row:
    """A criterion as the row's template shows it; four of its values are filled in later."""

    key: int | str
    said: rubric.Criterion
    typed_weight: str
    chips: tuple[Chip, ...]
    revision: str
    url: str
    tags: tuple[tuple[str, str], ...]
    number: str = _NUMBER
    share: str = _SHARE
    bar: str = _BAR
    factor: str = _FACTOR
    new: bool = False
    badge: registry.Badge | None = None

    @property
    def levels(self) -> str:
        """The labels and anchors of the levels, worst to best, as JSON; nothing without levels that have any."""
        if not isinstance(self.said.levels, tuple):
            return ""
        return json.dumps([{"label": level.label, "anchor": level.anchor} for level in self.said.levels])

    @property
    def bare_levels(self) -> int:
        """How many levels lack an anchor."""
        return sum(not level.anchor.strip() for level in self.said.levels) if isinstance(self.said.levels, tuple) else 0


@dataclass(frozen=True)
class Drawn:
    """A row of the table, ready to be shown."""

    key: int | str
    criterion: str
    number: int
    html: SafeString


@dataclass(frozen=True)
class Heading:
    """A group as its row shows it."""

    key: int | str
    group_id: str
    title: str
    weight: float


@dataclass(frozen=True)
class Later:
    """Neighbouring rows that are not drawn: their numbers, ids and what they weigh.

    Those in `wanted` are drawn when they come into sight; the others do not fit what the table is narrowed to.
    """

    first: int
    last: int
    count: int
    ids: str
    wanted: str
    shown: int
    weight: float
    top: float
    gain: float
    later: bool = True


@dataclass(frozen=True)
class Block:
    """A group with its criteria; without a group the key is None."""

    group: Heading | None
    depth: int
    share: float
    rows: tuple[Drawn | Later, ...]
    parent: str | None = None
    unmatched: bool = False

    @property
    def indent(self) -> int:
        """How far it stands to the right; deep trees stop moving at some point."""
        return min(self.depth, 8)


@dataclass(frozen=True)
class View:
    """Which rows are drawn: by number, by id, and of which numbers anything is said at all; None stands for all."""

    window: Container[int] | None = None
    fitting: Collection[str] | None = None
    only: Container[int] | None = None


_kept: dict[tuple[object, ...], str] = {}


class Table:
    """Draws rows of one version for one person."""

    def __init__(
        self,
        version: RubricVersion,
        *,
        edit: bool,
        moved: int | None = None,
        suggesting: queries.Suggesting | None = None,
    ) -> None:
        """Rows can be edited, in the draft or as a suggestion, and one may have been moved just now."""
        page = "suggest-row" if suggesting else "criterion-edit"
        self._base = address(page, version, 0).removesuffix("0/")
        self._edit, self._moved = edit or suggesting is not None, moved
        self._draft = version.is_draft or suggesting is not None
        self.keys: dict[str, int | str] = (
            suggesting.keys if suggesting else {row.criterion_id: row.pk for row in version.criteria.all()}
        )
        self.groups: dict[str, int | str] = (
            suggesting.groups if suggesting else {row.group_id: row.pk for row in version.groups.all()}
        )
        self._badges = registry.badges_of(version)

    def row(
        self, said: rubric.Criterion, part: dict[str, Any], *, number: int, factor: float, share: float, top: float
    ) -> Drawn:
        """The row of a criterion; `share` lies in [0, 1] and `top` is the largest share of the table."""
        key = self.keys[said.id]
        url, moved = f"{self._base}{key}/", key == self._moved
        badge = self._badge(said)
        known = (json.dumps(part, ensure_ascii=False), url, self._draft, self._edit, moved, badge)
        drawn = _kept.get(known)
        if drawn is None:
            if len(_kept) >= KEPT_ROWS:
                _kept.clear()
            drawn = _kept[known] = self._draw(key, said, part, (url, badge))
        whole = (
            drawn.replace(_NUMBER, str(number))
            .replace(_SHARE, words.percent(share))
            .replace(_BAR, str(round(100 * share / top)))
            .replace(_FACTOR, str(factor))
        )
        return Drawn(key, said.id, number, mark_safe(whole))  # noqa: S308 (numbers in a template's own output)

    def gone(self, part: dict[str, Any], number: int) -> Drawn:
        """The row of a criterion that a suggestion takes away."""
        key = self.keys[part["id"]]
        html = get_template("rubrics/_criterion_gone.html").render({"key": key, "text": part["text"]})
        return Drawn(key, part["id"], number, mark_safe(html))  # noqa: S308 (drawn by a template)

    def _badge(self, said: rubric.Criterion) -> registry.Badge | None:
        """What was found of the criterion, as long as it says the same."""
        found = self._badges.get(said.id)
        return found if found is not None and found.about == said.text else None

    def _draw(
        self, key: int | str, said: rubric.Criterion, part: dict[str, Any], told: tuple[str, registry.Badge | None]
    ) -> str:
        url, badge = told
        row = Row(
            key=key,
            said=said,
            typed_weight=forms.typed(said.weight),
            chips=chips(said),
            revision=queries.fingerprint(part) if self._draft else "",
            url=url,
            tags=tuple((axis, said.tags[axis]) for axis in AXES if axis in said.tags),
            new=isinstance(key, str),
            badge=badge,
        )
        context = {"row": row, "steps": {"edit": self._edit}, "sortable": self._edit, "moved": self._moved}
        return str(get_template("rubrics/_criterion_row.html").render(context))


def table_row(actor: Actor, version: RubricVersion, criterion_id: str) -> SafeString:
    """The row of one criterion alone; its share and number are counted on the page that has the others."""
    part = queries.criterion_part(version.criteria.select_related("group").get(criterion_id=criterion_id))
    return _alone(Table(version, edit=steps(actor, version).edit), queries.draft_frame(version), part)


def suggested_row(suggesting: queries.Suggesting, criterion_id: str) -> SafeString:
    """The same of a criterion as its suggestion has it."""
    table = Table(suggesting.version, edit=False, suggesting=suggesting)
    return _alone(table, suggesting.wanted, suggesting.part(criterion_id))


def _alone(table: Table, document: dict[str, Any], part: dict[str, Any]) -> SafeString:
    groups = {item["id"]: rubric.Group.model_validate(item) for item in document["groups"]}
    said = rubric.Criterion.model_validate(part)
    factor = math.prod(group.weight for group in rubric.ancestors(groups, said.group))
    return table.row(said, part, number=0, factor=factor, share=0.0, top=1.0).html


def blocks(
    document: dict[str, Any],
    said: rubric.Rubric,
    *,
    table: Table,
    view: View | None = None,
) -> list[Block]:
    """The groups in the order of the screen, empty ones too; which rows are drawn says the view, else all are.

    Criteria of the document that `said` lacks are drawn as gone.
    """
    groups = {group.id: Heading(table.groups[group.id], group.id, group.title, group.weight) for group in said.groups}
    shares = rubric.shares(said)
    under = _group_shares(said, shares)
    draw = _drawing(document, said, shares, table)
    by_id = {criterion.id: criterion for criterion in said.criteria}
    in_tree = {group.id: group for group in said.groups}
    view = view or View()
    matched = _with_matches(document, view.fitting)
    found, number = [], 1
    for section in queries.outline(document):
        factor = math.prod(group.weight for group in rubric.ancestors(in_tree, section.group))
        later = functools.partial(_later, factor=factor, by_id=by_id)
        rows = _rows(section, number, view, functools.partial(draw, factor=factor), later)
        number += len(section.criteria)
        group = groups.get(section.group) if section.group else None
        if rows or group is not None or not groups:
            parent = in_tree[group.group_id].parent if group is not None else None
            unmatched = section.group not in matched
            found.append(Block(group, section.depth, under.get(section.group, 0.0), rows, parent, unmatched))
    return found


def _with_matches(document: dict[str, Any], fitting: Collection[str] | None) -> set[str | None]:
    """The groups in which, or below which, something fits; all of them where nothing is asked for."""
    if fitting is None:
        return {None, *(group["id"] for group in document["groups"])}
    parents = {group["id"]: group["parent"] for group in document["groups"]}
    found: set[str | None] = set()
    for item in document["criteria"]:
        name = item["group"] if item["id"] in fitting else None
        if item["id"] in fitting and name is None:
            found.add(None)
        while name is not None and name not in found:
            found.add(name)
            name = parents.get(name)
    return found


def table_rows(
    actor: Actor,
    version: RubricVersion,
    wanted: range,
    narrowed: Narrowing,
    *,
    suggesting: queries.Suggesting | None = None,
) -> SafeString:
    """The rows of these numbers, which the page did not draw at first."""
    prefetch_related_objects([version], "criteria", "groups", "guidelines")
    document = suggesting.shown if suggesting else queries.draft_document(version)
    said = rubric.parse(suggesting.wanted if suggesting else document)
    table = Table(version, edit=suggesting is None and steps(actor, version).edit, suggesting=suggesting)
    view = View(wanted, narrowed.fitting(document) if narrowed else None, only=wanted)
    found = blocks(document, said, table=table, view=view)
    later = get_template("rubrics/_criteria_later.html")
    around = {
        "workspace": version.rubric.workspace,
        "rubric": version.rubric,
        "version": version,
        "narrowed": narrowed,
    }
    drawn = [
        row.html if isinstance(row, Drawn) else later.render({**around, "row": row})
        for block in found
        for row in block.rows
    ]
    return mark_safe("".join(drawn))  # noqa: S308 (drawn by templates)


def window_around(number: int, numbers: Sequence[int]) -> set[int]:
    """Of the numbers of rows, in order, those drawn at once, so that this one or the next is among them."""
    if len(numbers) <= DRAWN_AT_ONCE:
        return set(numbers)
    place = bisect.bisect_left(numbers, number)
    first = max(0, place // CHUNK * CHUNK - CHUNK)
    return set(numbers[first : first + DRAWN_AT_ONCE])


Draw = Callable[..., Drawn]


def _drawing(document: dict[str, Any], said: rubric.Rubric, shares: dict[str, float], table: Table) -> Draw:
    top = max(shares.values(), default=0) or 1
    by_id = {criterion.id: criterion for criterion in said.criteria}
    parts = {part["id"]: part for part in document["criteria"]}

    def draw(name: str, number: int, factor: float) -> Drawn:
        if name not in by_id:
            return table.gone(parts[name], number)
        return table.row(by_id[name], parts[name], number=number, factor=factor, share=shares[name], top=top)

    return draw


@dataclass
class _Run:
    """Neighbouring rows that are not drawn, as they are met."""

    names: list[str]
    wanted: list[str]
    last: int


def _rows(
    section: queries.Section, first: int, view: View, draw: Callable[[str, int], Drawn], later: Callable[[_Run], Later]
) -> tuple[Drawn | Later, ...]:
    rows: list[Drawn | Later] = []
    run = _Run([], [], 0)

    def end() -> None:
        nonlocal run
        if run.names:
            rows.append(later(run))
            run = _Run([], [], 0)

    for number, name in enumerate(section.criteria, first):
        fits = view.fitting is None or name in view.fitting
        if view.only is not None and number not in view.only:
            end()
        elif fits and (view.window is None or number in view.window):
            end()
            rows.append(draw(name, number))
        else:
            run.names.append(name)
            run.last = number
            if fits:
                run.wanted.append(name)
            if len(run.wanted) == CHUNK:
                end()
    end()
    return tuple(rows)


def _later(run: _Run, factor: float, by_id: dict[str, rubric.Criterion]) -> Later:
    """Rows that wait; those that a suggestion takes away are among them but count and weigh nothing."""
    members = [by_id[name] for name in run.names if name in by_id]
    weights = [criterion.weight * factor for criterion in members]
    return Later(
        first=run.last - len(run.names) + 1,
        last=run.last,
        count=len(members),
        ids=json.dumps([name for name in run.names if name in by_id]),
        wanted=json.dumps(run.wanted),
        shown=len(run.wanted),
        weight=math.fsum(weights),
        top=max(weights, default=0.0),
        gain=math.fsum(criterion.weight for criterion in members if not criterion.is_pitfall),
    )


def _group_shares(said: rubric.Rubric, shares: dict[str, float]) -> dict[str | None, float]:
    """The share of all criteria in a group and in the groups below it."""
    groups = {group.id: group for group in said.groups}
    sums: dict[str | None, float] = {}
    for criterion in said.criteria:
        for group in rubric.ancestors(groups, criterion.group):
            sums[group.id] = sums.get(group.id, 0.0) + shares[criterion.id]
    return sums
