"""Scores from stored verdicts, with no judge call: at once, or as a job."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from apps.accounts.permissions import Actor
from apps.history import services as history
from apps.jobs import services as jobs
from apps.jobs.models import LIVE_JOBS, Job
from apps.judging import permissions, runners
from apps.judging.models import JudgeVersion, Run, RunItem
from apps.judging.queries import juried, keys, rescoring
from apps.judging.queries.rescoring import Rescoring
from apps.judging.queries.rescorings import KIND
from apps.rubrics.models import FittedArtefact, Profile, RubricVersion
from domain import errors

NAMED = 5


class NotJudged(errors.Conflict):
    """The version asks what the run did not judge."""

    default_code = "not_judged"


def rescore(
    *, by: Actor, run: Run, version: RubricVersion | None = None, profile: Profile | None = None,
    artefacts: Sequence[FittedArtefact] = (),
) -> int:  # fmt: skip
    """Score a run's answers again from their verdicts; returns how many were scored.

    Where a jury makes one score of several judges, each judge is scored again and so is the jury of them all.

    `version` is another version of the rubric that asks nothing but what was judged, `profile` other weights,
    `artefacts` calibrations of its judges. Scores are stored under keys that name all of it; twice changes nothing.
    """
    again = _asked(by, run, version, profile, artefacts)
    with transaction.atomic():
        counts = runners.rescore(run, again)
        history.record(
            by=by, workspace=by.workspace, action="run.rescore", target=run,
            detail={**_named(again), "scores": counts["scored"] + counts["unscored"]},
        )  # fmt: skip
    return counts["scored"] + counts["unscored"]


def start_rescore(
    *, by: Actor, run: Run, version: RubricVersion | None = None, profile: Profile | None = None,
    artefacts: Sequence[FittedArtefact] = (),
) -> Job:  # fmt: skip
    """Have workers score a run again, as `rescore` does; the same that is still under way is given back."""
    again = _asked(by, run, version, profile, artefacts)
    together = juried.together_of(run)
    params = {"run": str(run.pk), **_keys(again), **({"jury": together.kept()} if together else {})}
    with transaction.atomic():
        Run.objects.select_for_update(no_key=True).get(pk=run.pk)
        known = Job.objects.filter(workspace=run.workspace_id, kind=KIND, state__in=LIVE_JOBS, params=params)
        if (under_way := known.first()) is not None:
            return under_way
        spans = rescoring.spans_of(run, again, runners.RESCORED_AT_ONCE)
        if not spans:
            raise errors.Conflict("Nothing of this run is judged, so there is nothing to score.", code="nothing_judged")
        job = jobs.create_job(
            by=by, workspace=run.workspace, kind=KIND, shards=[span._asdict() for span in spans],
            title=f"Score {run.name} again", params=params,
        )  # fmt: skip
        detail = {**_named(again), "job": str(job.pk)}
        history.record(by=by, workspace=by.workspace, action="run.rescore", target=run, detail=detail)
    return job


def _asked(
    by: Actor, run: Run, version: RubricVersion | None, profile: Profile | None, artefacts: Sequence[FittedArtefact]
) -> Rescoring:
    """What is to be done, once everything is known to belong here and to fit together."""
    permissions.check_may_rescore(by, run)
    if version is not None:
        permissions.check_belongs(by, version.rubric.workspace_id, "rubric")
    if profile is not None:
        permissions.check_belongs(by, profile.rubric.workspace_id, "profile")
    for artefact in artefacts:
        permissions.check_belongs(by, artefact.workspace_id, artefact.kind)
    if version is not None and profile is not None and version.rubric_id != profile.rubric_id:
        raise errors.Invalid(
            f"The profile {profile} is one of another rubric.", code="profile_of_another",
            problems=[errors.Problem("/profile", "is one of another rubric")],
        )  # fmt: skip
    again = Rescoring(version, profile, tuple(artefacts))
    if version is not None:
        _check_judged(run, version)
    return again


def _check_judged(run: Run, version: RubricVersion) -> None:
    """Refuse a version that asks what the run did not judge, or another length of what is compared."""
    rows = RunItem.objects.filter(run=run, version__rubric=version.rubric_id, asked=[])
    couples = list(rows.values_list("version", "judge_version").distinct())
    if not couples:
        raise NotJudged(f"This run judged nothing under {version.rubric.slug}.", code="rubric_not_in_run")
    judged = RubricVersion.objects.select_related("rubric").in_bulk({own for own, _ in couples})
    judges = JudgeVersion.objects.in_bulk({judge for _, judge in couples})
    reader = keys.Reader()
    for own, judge in couples:
        protocol = judges[judge].protocol
        known = set(reader.criterion_digests(judged[own], protocol).values())
        asked = reader.criterion_digests(version, protocol)
        lacking = [name for name, digest in asked.items() if digest not in known]
        if lacking:
            raise _not_judged(version, lacking)
    words = {reader.rubric(one).content_gate.min_words for one in (version, *judged.values())}
    if len(words) > 1 and rows.filter(subject__kind__in=["pair", "list"]).exists():
        raise NotJudged(f"{version} asks for another number of words, on which depends what was compared.")


def _not_judged(version: RubricVersion, lacking: Sequence[str]) -> NotJudged:
    named = ", ".join(lacking[:NAMED]) + (f" and {len(lacking) - NAMED} more" if len(lacking) > NAMED else "")
    return NotJudged(
        f"{version} asks what this run did not judge: {named}. Start a run with it; only what is new is asked.",
        details={"criteria": list(lacking)},
    )


def _keys(again: Rescoring) -> dict[str, Any]:
    """What a job keeps; the digest says what a draft said when it was asked."""
    return {
        "version": again.version.pk if again.version else None,
        "digest": keys.digest_of(again.version) if again.version else None,
        "profile": again.profile.pk if again.profile else None,
        "artefacts": again.digests,
    }


def _named(again: Rescoring) -> dict[str, Any]:
    return {
        "version": str(again.version) if again.version else None,
        "profile": again.profile.digest if again.profile else None,
        "artefacts": again.digests,
    }
