"""Starting runs and estimating them."""

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from apps.accounts.models import Workspace
from apps.accounts.permissions import Actor
from apps.datasets.models import Dataset, Subject, SubjectKind
from apps.history import services as history
from apps.jobs import services as jobs
from apps.judging import permissions, queries
from apps.judging.models import EngineKind, JudgeVersion, Protocol, Run
from apps.judging.services import computed
from apps.judging.services.choosing import MOST_ITEMS, Pair, Part, plan, with_prompts
from apps.rubrics.models import FittedArtefact, RubricSetVersion, RubricVersion, VersionStatus
from domain import errors, pipeline, strategies

JUDGE = "judge"
MOST_SAMPLES = 32
QUIET = (Run.Purpose.REWARD, Run.Purpose.SHADOW, Run.Purpose.CANARY)
"""Runs that training jobs ask for, too many for a line in the history each."""
MOST_LISTED_VERSIONS = 50
PRIORITY = {Run.Purpose.TRY: 20, Run.Purpose.ADVICE: 15, Run.Purpose.REWARD: 10, Run.Purpose.SHADOW: -5,
            Run.Purpose.CANARY: 9}  # fmt: skip
_REASONED_COST = 5
ITEMS_AT_ONCE = 5000
_ITEMS = """
INSERT INTO judging_runitem
       (run_id, index, version_id, judge_version_id, subject_id, sample, stage, asked, state, reason, content_reason,
        verdict_keys, scored, unscored, reused)
SELECT %s, %s + place, version, judge, subject, sample, 1, '{}', 'waiting', '', '', '{}', 0, 0, 0
  FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::int[])
       WITH ORDINALITY AS f(version, judge, subject, sample, place)
"""


class RunInvalid(errors.Invalid):
    """A run was described in a way that cannot be started."""

    default_code = "run_invalid"


class NotApproved(errors.Conflict):
    """Rewards come from approved versions only."""

    default_code = "version_not_approved"


def start_run(
    *, by: Actor, name: str, judges: Sequence[JudgeVersion], workspace: Workspace | None = None,
    pairs: Sequence[Pair] | None = None, versions: Sequence[RubricVersion] = (),
    set_version: RubricSetVersion | None = None, dataset: Dataset | None = None,
    filter: Mapping[str, Any] | None = None, subjects: Sequence[Subject] | None = None,  # noqa: A002
    samples: int = 1, deadline: datetime | None = None, purpose: str = Run.Purpose.RUN, priority: int | None = None,
    allow_draft: bool = False, seed: int = 0, combination: FittedArtefact | None = None,
    calibrations: Sequence[FittedArtefact] = (), first_sample: int = 0, newest_first: bool = False,
    supposed: Mapping[str, Any] | None = None,
) -> Run:  # fmt: skip
    """Have workers judge answers: pairs of version and subject, or versions (or a set) over a data set.

    `combination` is a jury or a cascade of the judges: of a cascade only the first judges everything. `calibrations`
    are applied where one score is made of several judges, and nowhere else. Samples are numbered from `first_sample`,
    so that a judge can be asked afresh; with `newest_first` later runs of the same priority come before this one.
    `supposed` is a rubric in plain values that stands in for what the one version says; no score is kept of it.
    """
    permissions.check_may_run(by, purpose)
    if workspace is not None:
        permissions.check_belongs(by, workspace.pk, "run")
    parts = plan(
        by=by, judges=_first(judges, combination), pairs=pairs, versions=versions, set_version=set_version,
        dataset=dataset, filter=filter, subjects=subjects,
    )  # fmt: skip
    chosen = _versions(parts)
    total = _check(by, parts, chosen if supposed is None else [], samples)
    permissions.check_inputs(by, chosen, judges, dataset)
    computed.check_computable(judges, chosen)
    if combination is not None:
        check_scored_alone(chosen)
    for artefact in (*calibrations, *([combination] if combination else [])):
        permissions.check_belongs(by, artefact.workspace_id, artefact.kind)
    if purpose == Run.Purpose.REWARD and not allow_draft:
        _check_approved(chosen)
    counted = _estimated(parts, samples).as_dict() if purpose == Run.Purpose.RUN else {}
    with transaction.atomic():
        run = Run.objects.create(
            workspace=by.workspace, purpose=purpose, name=name.strip()[:200] or "Run", dataset=dataset,
            set_version=set_version, filter=dict(filter or {}), samples=samples, seed=seed, estimate=counted,
            created_by=by.user, combination=combination, supposed=None if supposed is None else dict(supposed),
        )  # fmt: skip
        run.calibrations.set(calibrations)
        judged = _write_items(run, parts, samples, first_sample)
        run.judges.set(judges)
        if set_version is None and len(chosen) <= MOST_LISTED_VERSIONS:
            run.versions.set(chosen)
        size = _shard_size(total, chosen, judges, purpose)
        job = jobs.create_job(
            by=by, workspace=by.workspace, kind=JUDGE, shards=_shards(judged, size),
            title=run.name, params={"run": str(run.pk)}, deadline=deadline,
            priority=PRIORITY.get(Run.Purpose(purpose), 0) if priority is None else priority,
            newest_first=newest_first, quiet=purpose in QUIET,
        )  # fmt: skip
        Run.objects.filter(pk=run.pk).update(job=job)
        run.job = job
        if purpose not in QUIET:
            detail = {"items": total, "judges": [judge.fingerprint for judge in judges], "purpose": str(purpose)}
            history.record(by=by, workspace=by.workspace, action="run.start", target=run, detail=detail)
    return run


def check_scored_alone(versions: Sequence[RubricVersion]) -> None:
    """Refuse rubrics that compare the answers of a prompt where several judges make one score."""
    for version in versions:
        if pipeline.compares(version.scoring):
            raise RunInvalid(
                f"{version} compares all answers of a prompt, and a jury or cascade scores one answer at a time. "
                "Choose one judge, or take the step that compares out of the scoring.",
                code="group_needed",
            )


def estimate_run(
    *, by: Actor, judges: Sequence[JudgeVersion], pairs: Sequence[Pair] | None = None,
    versions: Sequence[RubricVersion] = (), set_version: RubricSetVersion | None = None,
    dataset: Dataset | None = None, filter: Mapping[str, Any] | None = None,  # noqa: A002
    subjects: Sequence[Subject] | None = None, samples: int = 1,
) -> queries.Estimate:  # fmt: skip
    """Say what a run would cost, without starting it."""
    permissions.check_may_run(by, Run.Purpose.RUN)
    parts = plan(
        by=by, judges=judges, pairs=pairs, versions=versions, set_version=set_version, dataset=dataset, filter=filter,
        subjects=subjects,
    )  # fmt: skip
    chosen = _versions(parts)
    _check(by, parts, chosen, samples)
    permissions.check_inputs(by, chosen, judges, dataset)
    computed.check_computable(judges, chosen)
    return _estimated(parts, samples)


def _first(judges: Sequence[JudgeVersion], combination: FittedArtefact | None) -> Sequence[JudgeVersion]:
    """Who judges everything: all judges, of a cascade the first one."""
    if combination is None:
        return judges
    named = queries.stages(combination) or combination.payload["judges"]
    if {judge.fingerprint for judge in judges} != set(named):
        raise RunInvalid(f"The judges of the run are not those of its {combination.kind}.")
    ordered = queries.stages(combination)
    return [judge for judge in judges if judge.fingerprint == ordered[0]] if ordered else judges


def _versions(parts: Sequence[Part]) -> list[RubricVersion]:
    return list({version.pk: version for part in parts for version, _ in part.pairs}.values())


def _estimated(parts: Sequence[Part], samples: int) -> queries.Estimate:
    whole = {subject.pk: subject for subject in with_prompts([subject for part in parts for _, subject in part.pairs])}
    given = [(part.judge, [(version, whole[subject.pk]) for version, subject in part.pairs]) for part in parts]
    return queries.estimate(given, samples)


def _check(by: Actor, parts: Sequence[Part], versions: Sequence[RubricVersion], samples: int) -> int:
    """Refuse what cannot be run; the number of items of what can."""
    if not parts:
        raise RunInvalid("Name at least one judge.", problems=[errors.Problem("/judges", "At least one is needed.")])
    if not 1 <= samples <= MOST_SAMPLES:
        said = f"Each answer is judged 1 to {MOST_SAMPLES} times."
        raise RunInvalid(said, problems=[errors.Problem("/samples", said)])
    total = samples * sum(len(part.pairs) for part in parts)
    if not total:
        raise RunInvalid("There is nothing to judge.")
    if total > MOST_ITEMS:
        raise RunInvalid(f"A run judges at most {MOST_ITEMS:,} answers; choose fewer with a filter.")
    for workspace in {subject.workspace_id for part in parts for _, subject in part.pairs}:
        permissions.check_belongs(by, workspace, "answer")
    for version in versions:
        if not version.criteria.exists() if version.is_draft else not (version.document or {}).get("criteria"):
            raise RunInvalid(f"{version} has no criteria yet, so there is nothing to judge by.")
    return total


def _check_approved(versions: Sequence[RubricVersion]) -> None:
    for version in versions:
        if version.status != VersionStatus.APPROVED:
            raise NotApproved(
                f"{version} is {version.get_status_display()}; rewards come from approved versions only.",
                details={"version": str(version), "status": str(version.status)},
            )


def _write_items(run: Run, parts: Sequence[Part], samples: int, first: int = 0) -> list[Subject]:
    """Store what is to be judged, as columns; the subject of each item, in their order."""
    rows = [
        (part.judge.pk, sample, version.pk, subject)
        for part in parts
        for sample in range(first, first + samples)
        for version, subject in part.pairs
    ]
    with connection.cursor() as cursor:
        for start in range(0, len(rows), ITEMS_AT_ONCE):
            judges, numbers, versions, subjects = map(list, zip(*rows[start : start + ITEMS_AT_ONCE], strict=True))
            keys = [subject.pk for subject in subjects]
            cursor.execute(_ITEMS, [run.pk, start - 1, versions, judges, keys, numbers])
    return [row[-1] for row in rows]


def _shards(subjects: Sequence[Subject], size: int) -> Iterator[dict[str, int]]:
    """Runs of `size` items and a little more where a list would be cut: it is asked about once."""
    first = 0
    while first < len(subjects):
        after = first + size
        while after < len(subjects) and subjects[after].kind == SubjectKind.LIST and subjects[after].step:
            after += 1
        yield {"first": first, "last": min(after, len(subjects)) - 1}
        first = after


def _shard_size(total: int, versions: Sequence[RubricVersion], judges: Sequence[JudgeVersion], purpose: str) -> int:
    """Answers in one part of the job: seconds of work for slow engines, hundreds of verdicts for fast ones.

    A part of rewards is what one worker asks about at once, so that a server is full from the first moment.
    """
    if purpose == Run.Purpose.TRY:
        return 1
    slow = any(judge.engine == EngineKind.EMBEDDED for judge in judges)
    if purpose == Run.Purpose.REWARD:
        return max(1, min(8, total // 32)) if slow else min(settings.STUDIO_ANSWERS_IN_FLIGHT, math.ceil(total / 2))
    wanted = 80 if slow else 400
    if any(judge.protocol == Protocol.REASONED for judge in judges):
        wanted //= _REASONED_COST
    criteria = max(1, _criteria_of(versions[0]))
    asked = max(_asked_of_each(judge, criteria) for judge in judges)
    return max(1, min(64, wanted // asked, math.ceil(total / 8)))


def _asked_of_each(judge: JudgeVersion, criteria: int) -> int:
    """How many questions one item costs; the members of a list share theirs."""
    strategy = strategies.get(judge.strategy)
    if strategy.about.subject == SubjectKind.RESPONSE:
        return criteria
    settings = strategies.filled(strategy.about, judge.settings)
    members = int(settings.get("most_members", 2))
    cost = strategy.cost(strategies.Load(criteria, members, judge.protocol, settings))
    return max(criteria, cost.questions // (members if strategy.about.subject == SubjectKind.LIST else 1))


def _criteria_of(version: RubricVersion) -> int:
    return version.criteria.count()
