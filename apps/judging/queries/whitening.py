"""Whitened weights of the answers of a run, or of those judged last, with what they rest on."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from apps.judging.models import JudgeVersion, Run, RunItem
from apps.judging.queries import artefacts, keys, pins, proposed, tables
from apps.rubrics.models import FittedArtefact
from domain import errors, rubric, weighing
from domain.scoring import diagnostics, table

if TYPE_CHECKING:
    from apps.rubrics.models import RubricVersion

MOST_ANSWERS = 20_000
METHOD = "whitened"
LISTED = 20


@dataclass(frozen=True)
class Source:
    """A run under this rubric and one of its judges; `key` names both in an address."""

    run: Run
    judge: JudgeVersion

    @property
    def key(self) -> str:
        """The run and the judge."""
        return f"{self.run.pk}:{self.judge.pk}"


@dataclass(frozen=True, eq=False)
class Whitening:
    """What whitening finds: shares by criterion id, correlations where both vary, and how many voices there are.

    `answers` have a verdict on every criterion, of `judged` ones. `now` and `then` are the effective numbers of
    criteria under the present and the whitened weights.
    `lacking` criteria have no verdict on any answer as they are worded now.
    """

    rubric: rubric.Rubric
    judge: JudgeVersion
    source: Source | None
    judged: int
    fitted: weighing.Whitened
    correlations: table.Floats
    now: float | None
    then: float | None
    lacking: tuple[int, ...]

    @property
    def names(self) -> list[str]:
        """The criteria in their order."""
        return [one.id for one in self.rubric.criteria]

    @property
    def shares(self) -> dict[str, float]:
        """The whitened weights, which add up to one."""
        return dict(zip(self.names, self.fitted.weights, strict=True))

    @property
    def answers(self) -> int:
        """How many answers they rest on."""
        return self.fitted.rows


def whitening_sources(version: "RubricVersion") -> list[Source]:
    """The runs that judged answers under any version of the rubric, by each of their judges, the newest first."""
    done = RunItem.objects.filter(
        version__rubric=version.rubric_id, state=RunItem.State.DONE, sample=0, subject__kind="response"
    )
    pairs = list(done.order_by().values_list("run", "judge_version").distinct())
    judges = JudgeVersion.objects.select_related("judge").in_bulk([judge for _, judge in pairs])
    shown = Run.objects.filter(pk__in=[run for run, _ in pairs], purpose=Run.Purpose.RUN).order_by("-created_at")
    runs = {run.pk: run for run in shown[:LISTED]}
    found = [Source(runs[run], judges[judge]) for run, judge in pairs if run in runs]
    place = {key: number for number, key in enumerate(runs)}
    return sorted(found, key=lambda one: (place[one.run.pk], str(one.judge)))


def whitening_source(version: "RubricVersion", key: str) -> Source | None:
    """The run and judge of an address, or of a run alone its first judge; none where none is named."""
    if not key:
        return None
    for one in whitening_sources(version):
        if key in (one.key, str(one.run.pk)):
            return one
    raise errors.NotFound("This rubric has no such run with judged answers.", code="run_unknown")


def whitening_of(version: "RubricVersion", source: Source | None = None) -> Whitening:
    """Whiten by the answers of a run, else by those judged last. Asks no judge, stores nothing."""
    judge = source.judge if source else pins.judge_of(version)
    answers = tables.judged_answers(version, judge, MOST_ANSWERS, run=source.run if source else None) if judge else []
    if judge is None or not answers:
        raise errors.Conflict(
            "No answer was judged under this rubric yet, so there is nothing to fit.", code="not_judged"
        )
    reader = keys.Reader()
    said = reader.rubric(version)
    found = tables.cells(answers, [version], judge, reader).table(reader, version, judge)
    whole = (found.codes == table.OK).all(axis=1) & ~found.degenerate
    values = weighing.oriented(found.values[whole], [one.is_pitfall for one in said.criteria])
    fitted = weighing.whitened(np.asarray(values, dtype=np.float64))
    present = list(rubric.shares(said).values())
    return Whitening(
        rubric=said, judge=judge, source=source, judged=len(answers), fitted=fitted,
        correlations=weighing.correlations(values), now=diagnostics.effective_number(values * np.array(present)),
        then=diagnostics.effective_number(values * np.array(fitted.weights)),
        lacking=tuple(np.flatnonzero(~(found.codes == table.OK).any(axis=0)).tolist()),
    )  # fmt: skip


def from_whitening(found: Whitening, version: "RubricVersion") -> proposed.Proposed:
    """Whitened weights in the place of the present ones; raises Conflict where they had to stay uniform."""
    if found.fitted.uniform:
        raise errors.Conflict(f"There are no whitened weights: {found.fitted.uniform}", code="weights_none")
    made = proposed.from_shares(version, found.shares)
    source = {"kind": METHOD, "judge": str(found.judge), "answers": found.answers}
    if found.source:
        source["run"] = str(found.source.run.pk)
    return proposed.Proposed(made.criteria, made.groups, made.shares, "whitening", source)


def whitened_fits(version: "RubricVersion") -> list[FittedArtefact]:
    """Whitened weights that were frozen for any version of the rubric, the newest first."""
    rows = FittedArtefact.objects.filter(
        workspace=version.rubric.workspace_id, kind=artefacts.WEIGHTS, payload__method=METHOD,
        inputs__slug=version.rubric.slug,
    )  # fmt: skip
    return list(rows.select_related("created_by").order_by("-pk")[:LISTED])
