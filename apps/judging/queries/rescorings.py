"""What came of scoring a run again: scores as the run asked and as they are asked for now, side by side."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from django.core.exceptions import ValidationError

from apps.datasets.models import SubjectMember
from apps.jobs import queries as jobs
from apps.jobs.models import Job
from apps.judging.models import Run, Score
from apps.judging.queries import artefacts, juried, keys, rescoring
from apps.judging.queries.rescoring import Line, Rescoring
from apps.rubrics import queries as rubric_queries
from apps.rubrics.models import FittedArtefact, Profile, RubricVersion
from domain import errors, scoring
from domain.scoring.table import Floats

if TYPE_CHECKING:
    from apps.accounts.permissions import Actor

KIND = "rescore"
MOST_ANSWERS = 4_000
MOVERS = 20
LISTED = 20


@dataclass(frozen=True)
class Choices:
    """With what a run can be scored again."""

    versions: list[RubricVersion]
    profiles: list[Profile]
    calibrations: list[FittedArtefact]


@dataclass(frozen=True)
class Mover:
    """An answer whose score moved, by its place in the run."""

    title: str
    place: int
    before: float | None
    after: float | None


@dataclass(frozen=True)
class Rescored:
    """One rescoring: what was asked, how far it is, and what moved on the answers looked at."""

    job: Job
    progress: jobs.Progress
    again: Rescoring
    jury: FittedArtefact | None
    answers: int
    looked_at: int
    before: Floats
    after: Floats
    movement: scoring.Movement
    movers: tuple[Mover, ...]

    @property
    def lacking(self) -> int:
        """Answers for which some criterion was never judged."""
        return int(self.job.counts.get("lacking", 0))


def choices(run: Run) -> Choices:
    """The versions of the rubrics that a run judged, their profiles, and the calibrations of its judges."""
    rubrics = list(run.versions.values_list("rubric", flat=True).distinct())
    versions = RubricVersion.objects.filter(rubric__in=rubrics).select_related("rubric").order_by("rubric", "-number")
    found = [one for judge in run.judges.select_related("judge") for one in artefacts.calibrations_of(judge)]
    return Choices(list(versions[:100]), profiles_of_run(run), list({one.pk: one for one in found}.values()))


def profiles_of_run(run: Run) -> list[Profile]:
    """The profiles of the rubrics that a run judged."""
    mine = run.versions.order_by().values("rubric")
    rows = Profile.objects.filter(rubric__in=mine).select_related("rubric").order_by("rubric", "name", "-number")
    return list(rows[:100])


def profile_by_ref(run: Run, ref: str) -> Profile:
    """A profile of one of the rubrics of a run, as `name` (its latest) or `name@n`."""
    versions = {version.rubric_id: version for version in run.versions.select_related("rubric")}
    refusal: errors.StudioError = errors.NotFound(
        f"The rubrics of this run have no profile {ref[:100]}.", code="profile_unknown"
    )
    for version in versions.values():
        try:
            return rubric_queries.profile_of(version, ref)
        except errors.NotFound:
            continue
        except errors.StudioError as unfit:
            refusal = unfit
    raise refusal


def rescorings_of(run: Run) -> list[Job]:
    """When a run was scored again, newest first."""
    found = Job.objects.filter(workspace=run.workspace_id, kind=KIND, params__run=str(run.pk))
    return list(found.select_related("created_by").order_by("-created_at")[:LISTED])


def get_rescoring(actor: "Actor", run: Run, job_id: Any) -> Job:
    """One of them."""
    try:
        return Job.objects.select_related("created_by").get(
            pk=job_id, workspace=actor.workspace, kind=KIND, params__run=str(run.pk)
        )
    except (Job.DoesNotExist, ValidationError, ValueError) as missing:
        raise errors.NotFound("This run was not scored again under this id.", code="rescoring_unknown") from missing


def asked(params: dict[str, Any]) -> Rescoring:
    """What a rescoring was asked for."""
    version = profile = None
    if params["version"] is not None:
        version = RubricVersion.objects.select_related("rubric").get(pk=params["version"])
    if params["profile"] is not None:
        profile = Profile.objects.select_related("rubric").get(pk=params["profile"])
    named = FittedArtefact.objects.filter(digest__in=params["artefacts"]).order_by("id")
    named = named.exclude(kind=artefacts.WEIGHTS)  # the profile names the fit that it comes from
    return Rescoring(version, profile, tuple(named.filter(workspace__runs=params["run"])))


def rescored(run: Run, job: Job) -> Rescored:
    """The scores before and after, of all answers or of every so many prompts, with no judge call.

    Where a jury makes one score of several judges, it is the jury's.
    """
    again, together = asked(job.params), juried.asked(job.params)
    lines = rescoring.lines_of(run, again)
    if together is not None:
        lines = juried.leading(lines)
    seen = _some(lines)
    known = rescoring.Known.of(seen)
    wanted = [
        _keys(seen, known, together.own if together else Rescoring(), None),
        _keys(seen, known, together.of(again) if together else again, job.params["digest"]),
    ]
    scores = dict(Score.objects.filter(key__in=[k for of_side in wanted for k in of_side]).values_list("key", "raw"))
    before, after = (_column(of_side, scores) for of_side in wanted)
    prompts = [line.prompt for line in seen]
    return Rescored(
        job=job, progress=jobs.progress(job), again=again,
        jury=together.jury if together else None, answers=len(lines), looked_at=len(seen), before=before,
        after=after, movement=scoring.compare(before, after, prompts), movers=_movers(seen, before, after),
    )  # fmt: skip


def _some(lines: Sequence[Line]) -> list[Line]:
    """All lines, or those of every so many prompts, so that the answers of a prompt stay together."""
    step = -(-len(lines) // MOST_ANSWERS)
    if step <= 1:
        return list(lines)
    kept = set(sorted({line.prompt for line in lines})[::step])
    return [line for line in lines if line.prompt in kept]


def _keys(lines: Sequence[Line], known: rescoring.Known, again: Rescoring, digest: str | None) -> list[uuid.UUID]:
    """The keys of the scores of lines; `digest` is what a version said when it was asked for."""
    reader = keys.Reader()
    found: list[uuid.UUID] = [uuid.UUID(int=0)] * len(lines)
    for (version, judge, compares), rows in rescoring.couples(lines).items():
        target, part = again.of(known.versions[version]), [lines[row] for row in rows]
        groups = [""] * len(part) if compares else rescoring.group_hashes(reader.rubric(target), part)
        made = rescoring.score_keys(part, known.judges[judge], digest or reader.digest(target), again, groups)
        for row, key in zip(rows, made, strict=True):
            found[row] = key
    return found


def _column(wanted: Sequence[uuid.UUID], scores: dict[uuid.UUID, float | None]) -> Floats:
    found = [scores.get(key) for key in wanted]
    return np.array([np.nan if one is None else one for one in found], dtype=np.float64)


def _movers(lines: Sequence[Line], before: Floats, after: Floats) -> tuple[Mover, ...]:
    """Answers that lost or won a score first, then by how far they moved."""
    change = np.where(np.isnan(before) & np.isnan(after), 0.0, np.abs(after - before))
    change = np.where(np.isnan(change), np.inf, change)
    order = [int(row) for row in np.argsort(-change, kind="stable")[:MOVERS] if change[row] > scoring.SAME]
    titles = _titles([lines[row].subject for row in order])
    return tuple(
        Mover(titles.get(lines[row].subject, ""), lines[row].place, _number(before[row]), _number(after[row]))
        for row in order
    )


def _titles(subjects: Sequence[int]) -> dict[int, str]:
    members = SubjectMember.objects.filter(subject__in=subjects).order_by("subject", "position")
    found: dict[int, str] = {}
    for subject, prompt, response in members.values_list(
        "subject", "response__prompt__external_id", "response__external_id"
    ):
        found[subject] = f"{found[subject]}, {response}" if subject in found else f"{prompt} / {response}"
    return found


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
