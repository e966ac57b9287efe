"""Which verdicts of a cascade are doubted, stage by stage, and what is undecided at its end."""

import uuid
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, Sum

from apps.judging.models import JudgeVersion, Run, RunItem
from apps.judging.queries import artefacts, keys
from apps.judging.queries.results import RELATED, Result, results
from apps.rubrics.models import FittedArtefact
from domain import cascades, rubric

BATCH = 200


@dataclass(frozen=True)
class Undecided:
    """One criterion of one answer that the last judge of a cascade left open, with all judges' verdicts on it."""

    version_id: int
    subject_id: int
    criterion: str
    keys: tuple[uuid.UUID, ...]
    why: tuple[str, ...]


@dataclass(frozen=True)
class Stage:
    """How far one judge of a cascade is: answers it was given, judged ones, and criteria it was asked about."""

    number: int
    judge: JudgeVersion
    answers: int
    done: int
    verdicts: int
    unscored: int

    @property
    def share_done(self) -> float:
        """From 0 to 1."""
        return self.done / self.answers if self.answers else 1.0


def doubts_of(found: Result, cascade: FittedArtefact) -> dict[str, tuple[str, ...]]:
    """The rules that doubt each verdict of a result, by criterion; a computed check is never doubted."""
    rules = artefacts.rules_of(cascade)
    thresholds = cascade.payload.get("thresholds") or {}
    digests = keys.criterion_digests(found.item.version, "isolated") if thresholds else {}
    return {
        one.criterion.id: cascades.doubts(
            one.verdict, rules, least_margin=thresholds.get(digests.get(one.criterion.id, ""))
        )
        for one in found.criteria
        if one.verdict is not None and one.criterion.kind is not rubric.Kind.CHECK
    }


def undecided(run: Run) -> list[Undecided]:
    """What the last judge that was asked about it leaves doubted or unscored, in the order of the answers."""
    assert run.combination is not None
    items = RunItem.objects.filter(run=run, content_reason="", state__in=[RunItem.State.DONE, RunItem.State.FAILED])
    last: dict[tuple[int, int, str], tuple[str, ...]] = {}
    seen: dict[tuple[int, int, str], list[uuid.UUID]] = defaultdict(list)
    chosen = list(items.filter(sample=0).order_by("stage", "index").values_list("pk", flat=True))
    for start in range(0, len(chosen), BATCH):
        part = items.filter(pk__in=chosen[start : start + BATCH]).select_related(*RELATED)
        for found in results(part.order_by("stage", "index")):
            for one in found.criteria:
                if one.row is not None:
                    seen[found.item.version_id, found.item.subject_id, one.criterion.id].append(one.row.key)
            for name, why in doubts_of(found, run.combination).items():
                last[found.item.version_id, found.item.subject_id, name] = why
    return [
        Undecided(version, subject, name, tuple(seen[version, subject, name]), why)
        for (version, subject, name), why in last.items()
        if why
    ]


def stages_of(run: Run) -> list[Stage]:
    """The judges of a cascade in their order with their progress; none for a run that is none."""
    names = artefacts.stages(run.combination)
    if not names:
        return []
    state = RunItem.State
    rows: dict[int, Mapping[str, Any]] = {
        row["stage"]: row
        for row in RunItem.objects.filter(run=run)
        .order_by()
        .values("stage")
        .annotate(
            answers=Count("pk"),
            done=Count("pk", filter=Q(state__in=[state.DONE, state.FAILED])),
            decided=Sum("scored"),
            lost=Sum("unscored"),
        )
    }
    judges = {judge.fingerprint: judge for judge in run.judges.all()}
    return [_stage(number, judges[name], rows.get(number) or {}) for number, name in enumerate(names, start=1)]


def _stage(number: int, judge: JudgeVersion, row: Mapping[str, Any]) -> Stage:
    lost = row.get("lost", 0)
    return Stage(number, judge, row.get("answers", 0), row.get("done", 0), row.get("decided", 0) + lost, lost)
