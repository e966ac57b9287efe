"""Which verdicts of a run are worth a person's time: drawn by a rule and a seed."""

import random
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from apps.datasets.models import SubjectKind
from apps.judging.models import Run, RunItem, Score, Verdict, VerdictStatus
from apps.rubrics import queries as rubric_queries
from apps.rubrics.models import RubricVersion
from domain import errors, sampling
from domain.rubric import Kind

RULES = {
    "random": "by chance: the fairest picture of the judge",
    "uncertain": "where the judge was least sure",
    "unscored": "where the judge gave no verdict",
    "low_score": "answers with the lowest scores first",
}
MOST_ITEMS = 5_000
MOST_ANSWERS = 20_000
BATCH = 5_000


@dataclass
class Candidate:
    """One criterion of one answer with the judges' verdicts on it."""

    subject_id: int
    version: RubricVersion
    criterion: str
    place: int
    keys: list[uuid.UUID] = field(default_factory=list)
    judges: set[int] = field(default_factory=set)


@dataclass(frozen=True)
class Seen:
    """What a verdict says, as far as drawing needs it."""

    status: str
    margin: float | None


@dataclass(frozen=True)
class Draw:
    """What a rule drew, and from how many."""

    chosen: list[Candidate]
    candidates: int


def draw(*, run: Run, rule: Mapping[str, Any], seed: int) -> Draw:
    """Draw decisions from a run; the same rule and seed draw the same."""
    kind, size, criteria = _checked(rule)
    found = _candidates(run, criteria)
    seen = _seen(run, found)
    if kind == "unscored":
        found = [one for one in found if any(_is_unscored(seen.get(key)) for key in one.keys)]
    else:
        found = [one for one in found if any(_is_scored(seen.get(key)) for key in one.keys)]
    if kind == "uncertain":
        chosen = sampling.uncertain(found, size, probability=lambda one: _closeness(one, seen), seed=seed)
    elif kind == "low_score":
        chosen = _lowest(run, found, size, seed)
    else:
        chosen = _together(sampling.at_random(found, size, seed=seed), seed)
    return Draw(chosen, len(found))


def _checked(rule: Mapping[str, Any]) -> tuple[str, int, set[str]]:
    kind, size, criteria = rule.get("kind", "random"), rule.get("size", 50), rule.get("criteria") or []
    if kind not in RULES:
        raise errors.Invalid(f"There is no rule “{kind}”; there are {', '.join(RULES)}.", code="rule_unknown")
    if not isinstance(size, int) or isinstance(size, bool) or not 1 <= size <= MOST_ITEMS:
        raise errors.Invalid(f"A queue has 1 to {MOST_ITEMS:,} items.", code="size_invalid")
    if not isinstance(criteria, list | tuple) or not all(isinstance(one, str) for one in criteria):
        raise errors.Invalid("The criteria of a rule are a list of ids.", code="criteria_invalid")
    return kind, size, set(criteria)


def _candidates(run: Run, criteria: set[str]) -> list[Candidate]:
    """Every judged criterion of every answer; computed checks need no person, and people judge answers one by one."""
    rows = RunItem.objects.filter(run=run, state__in=[RunItem.State.DONE, RunItem.State.FAILED])
    rows = rows.filter(content_reason="", subject__kind=SubjectKind.RESPONSE).order_by("index")
    versions = {version.pk: version for version in _versions(run)}
    found: dict[tuple[int, int, str], Candidate] = {}
    columns = ("version_id", "subject_id", "judge_version_id", "verdict_keys", "asked")
    for version_id, subject_id, judge_id, keys, asked in rows.values_list(*columns)[:MOST_ANSWERS]:
        rubric = rubric_queries.domain_rubric(versions[version_id])
        given = [(n, one) for n, one in enumerate(rubric.criteria) if not asked or one.id in asked]
        for (place, criterion), key in zip(given, keys, strict=False):
            if criterion.kind is Kind.CHECK or (criteria and criterion.id not in criteria):
                continue
            one = found.setdefault(
                (version_id, subject_id, criterion.id),
                Candidate(subject_id, versions[version_id], criterion.id, place),
            )
            one.keys.append(key)
            one.judges.add(judge_id)
    return list(found.values())


def _versions(run: Run) -> Iterable[RubricVersion]:
    used = RunItem.objects.filter(run=run).values("version_id").distinct()
    rows = RubricVersion.objects.filter(pk__in=used).select_related("rubric")
    return rows.prefetch_related("groups", "guidelines", "criteria")


def _seen(run: Run, found: Sequence[Candidate]) -> dict[uuid.UUID, Seen]:
    keys = [key for one in found for key in one.keys]
    seen: dict[uuid.UUID, Seen] = {}
    for start in range(0, len(keys), BATCH):
        rows = Verdict.objects.filter(workspace=run.workspace_id, key__in=keys[start : start + BATCH])
        for key, status, distribution in rows.values_list("key", "status", "distribution"):
            seen[key] = Seen(status, _margin(distribution))
    return seen


def _margin(distribution: Sequence[Sequence[Any]]) -> float | None:
    """How far the likeliest label is ahead of the next."""
    shares = sorted((float(share) for _, share in distribution), reverse=True)
    return shares[0] - shares[1] if len(shares) > 1 else None


def _closeness(one: Candidate, seen: Mapping[uuid.UUID, Seen]) -> float:
    """One half where two labels are equally likely, one where the judge had no doubt; the least sure judge counts."""
    margins = [found.margin for key in one.keys if (found := seen.get(key)) and found.margin is not None]
    return 0.5 + min(margins, default=1.0) / 2


def _is_scored(found: Seen | None) -> bool:
    return found is not None and found.status == VerdictStatus.OK


def _is_unscored(found: Seen | None) -> bool:
    return found is not None and found.status not in {VerdictStatus.OK, VerdictStatus.NOT_APPLICABLE}


def _lowest(run: Run, found: Sequence[Candidate], size: int, seed: int) -> list[Candidate]:
    subjects = {one.subject_id for one in found}
    versions = {one.version.pk for one in found}
    judges = {judge for one in found for judge in one.judges}
    rows = Score.objects.filter(
        workspace=run.workspace_id, version__in=versions, subject__in=subjects, judge_version__in=judges,
        profile__isnull=True, raw__isnull=False,
    )  # fmt: skip
    lowest: dict[tuple[int, int], float] = {}
    for version, subject, raw in rows.values_list("version_id", "subject_id", "raw"):
        if raw is not None:
            lowest[version, subject] = min(raw, lowest.get((version, subject), raw))
    chance = random.Random(seed)
    order = {subject: chance.random() for subject in sorted(subjects)}
    scored = [one for one in found if (one.version.pk, one.subject_id) in lowest]
    scored.sort(key=lambda one: (lowest[one.version.pk, one.subject_id], order[one.subject_id], one.place))
    return scored[:size]


def _together(chosen: list[Candidate], seed: int) -> list[Candidate]:
    """Decisions on one answer follow each other, so that it is read once; the answers come in a drawn order."""
    chance = random.Random(seed)
    order = {subject: chance.random() for subject in sorted({one.subject_id for one in chosen})}
    return sorted(chosen, key=lambda one: (order[one.subject_id], one.version.pk, one.place))
