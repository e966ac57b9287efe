"""Scores of one source in columns, read in a constant number of queries."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db.models import F

from apps.audit.queries.sources import Source, Stored
from apps.datasets.models import ScoreRow, SubjectKind, SubjectMember
from apps.judging import queries as judging
from apps.judging.models import EngineKind, RunItem, Score, Verdict, VerdictStatus
from apps.judging.queries import Side
from apps.rubrics import queries as rubrics
from apps.rubrics.models import RubricVersion
from domain.rubric import effective_weights

Floats = npt.NDArray[np.float64]
Key = tuple[str, str]
"""A prompt and a response by the ids that they came with."""
BATCH = 20_000
_SINGLE = (SubjectKind.RESPONSE, SubjectKind.LIST, SubjectKind.TRAJECTORY)


@dataclass
class Item:
    """A judged subject of a run: its members by response, its place in the run, its score."""

    prompt: int
    prompt_id: str
    kind: str
    step: int | None
    subject: int
    index: int
    version: int
    keys: list[uuid.UUID]
    members: list[tuple[int, str]] = field(default_factory=list)
    raw: float | None = None

    @property
    def member(self) -> tuple[int, str] | None:
        """The response that its score is about; none of a pair."""
        if self.kind not in _SINGLE or not self.members:
            return None
        place = (self.step or 0) if self.kind == SubjectKind.LIST else 0
        return self.members[place] if place < len(self.members) else None


@dataclass
class Column:
    """The scores of one source by prompt and response; of a run also its items."""

    name: str
    values: dict[Key, float]
    correct: dict[Key, float] = field(default_factory=dict)
    items: list[Item] = field(default_factory=list)
    criteria: tuple[str, ...] = ()
    weights: tuple[float, ...] = ()
    degrees: dict[Key, list[float]] = field(default_factory=dict)
    source: Source | None = None

    @property
    def side(self) -> Side | None:
        """The side of a run that it is."""
        return self.source.side if self.source else None


def column_of(source: Source, *, criteria: bool) -> Column:
    """All scores of a source; with `criteria` also the verdicts behind them."""
    if source.stored is None and source.side is None:
        return _of_table(source)
    items = items_of(source.side) if source.side else stored_items(source.stored)
    about = source.side or source.stored
    column = Column(source.name, {}, items=items, source=source)
    for item in items:
        if item.member is not None:
            column.values[item.prompt_id, item.member[1]] = np.nan if item.raw is None else item.raw
    if criteria and about is not None and about.version is not None:
        _fill_degrees(column, about.version)
    return column


def items_of(side: Side) -> list[Item]:
    """What a judge judged in a run by a version, with the stored scores."""
    rows = RunItem.objects.filter(run=side.run, judge_version=side.judge, sample=0)
    rows = rows.filter(state__in=(RunItem.State.DONE, RunItem.State.FAILED))
    if side.version is not None:
        rows = rows.filter(version=side.version)
    items = [
        Item(*row)
        for row in rows.order_by("index").values_list(
            "subject__prompt", "subject__prompt__external_id", "subject__kind", "subject__step", "subject", "index",
            "version", "verdict_keys",
        )
    ]  # fmt: skip
    by_subject = defaultdict(list)
    for item in items:
        by_subject[item.subject].append(item)
    members = SubjectMember.objects.filter(subject__run_items__run=side.run).distinct().order_by("subject", "position")
    for subject, response, name in members.values_list("subject", "response", F("response__external_id")):
        for item in by_subject.get(subject, ()):
            item.members.append((response, name))
    scores = Score.objects.filter(
        judge_version=side.judge, subject__run_items__run=side.run, sample=0, profile=None, artefacts=[],
        version__in={item.version for item in items},
    )  # fmt: skip
    if side.version is not None:
        scores = scores.filter(digest=judging.digest_of(side.version))
    raws = {(subject, version): raw for subject, version, raw in scores.values_list("subject", "version", "raw")}
    for item in items:
        item.raw = raws.get((item.subject, item.version))
    return items


def stored_items(stored: Stored | None) -> list[Item]:
    """All that a judge said of a data set under a version, in the order in which it was stored."""
    if stored is None:
        return []
    rows = judging.stored_scores(stored.dataset, stored.judge, stored.version)
    by_subject: dict[int, list[Item]] = defaultdict(list)
    for index, (prompt, name, kind, step, subject, keys, raw) in enumerate(
        rows.values_list(
            "subject__prompt", "subject__prompt__external_id", "subject__kind", "subject__step", "subject",
            "verdict_keys", "raw",
        )
    ):  # fmt: skip
        by_subject[subject].append(Item(prompt, name, kind, step, subject, index, stored.version.pk, keys, raw=raw))
    members: dict[int, list[tuple[int, str]]] = defaultdict(list)
    found = SubjectMember.objects.filter(subject__in=rows.order_by().values("subject")).order_by("subject", "position")
    for subject, response, name in found.values_list("subject", "response", F("response__external_id")):
        members[subject].append((response, name))
    return [item for subject, held in by_subject.items() for item in _first(held, members[subject], stored)]


def _first(held: list[Item], members: list[tuple[int, str]], stored: Stored) -> list[Item]:
    """The first sample of a subject; where a file asked about two equal answers in both orders, also the second one,
    which is the same subject."""
    held[0].members = members
    if len(held) < 2 or held[0].kind != SubjectKind.PAIR or stored.judge.engine != EngineKind.RECORDED:
        return held[:1]
    held[1].members = members[::-1]
    return held[:2]


def verdicts_by_key(keys: Sequence[uuid.UUID], *fields: str) -> dict[uuid.UUID, tuple[Any, ...]]:
    """Fields of stored verdicts by their key."""
    found: dict[uuid.UUID, tuple[Any, ...]] = {}
    for start in range(0, len(keys), BATCH):
        rows = Verdict.objects.filter(key__in=keys[start : start + BATCH]).values_list("key", *fields)
        found.update((key, rest) for key, *rest in rows)
    return found


def _of_table(source: Source) -> Column:
    column = Column(source.name, {}, source=source)
    rows = ScoreRow.objects.filter(table=source.table, scorer=source.scorer)
    for prompt, response, score, correct in rows.values_list("prompt_id", "response_id", "score", "correct"):
        column.values[prompt, response] = np.nan if score is None else score
        if correct is not None:
            column.correct[prompt, response] = float(correct)
    return column


def _fill_degrees(column: Column, version: RubricVersion) -> None:
    """The value of each criterion of each answer, in the order of the version; NaN where there is none."""
    said = rubrics.domain_rubric(version)
    column.criteria = tuple(criterion.id for criterion in said.criteria)
    effective = effective_weights(said)
    column.weights = tuple(effective[one.id] * (-1.0 if one.is_pitfall else 1.0) for one in said.criteria)
    single = [item for item in column.items if item.member is not None and len(item.keys) == len(column.criteria)]
    known = verdicts_by_key([key for item in single for key in item.keys], "value", "status")
    for item in single:
        assert item.member is not None
        found = [known.get(key) for key in item.keys]
        column.degrees[item.prompt_id, item.member[1]] = [
            float(one[0]) if one is not None and one[1] == VerdictStatus.OK else np.nan for one in found
        ]
