"""Stores what an ensemble makes of the scores of a run's judges: one score an answer; twice changes nothing."""

from collections.abc import Iterator

from apps.judging.models import Run
from apps.judging.queries import ensembles as told
from apps.judging.queries import keys, rescoring
from apps.judging.runners import writing
from apps.rubrics.models import FittedArtefact
from domain import ensembles, scoring

AT_ONCE = 2_000


def write_ensemble(run: Run, artefact: FittedArtefact, given: told.Given) -> dict[str, int]:
    """Write the score of every answer, scored or not; returns what was counted."""
    counts = {"answers": 0, "scored": 0, "unscored": 0}
    batch: list[writing.ScoreRow] = []
    for row in _rows(run, artefact, given):
        counts["answers"] += 1
        counts["unscored" if row.score.raw is None else "scored"] += 1
        batch.append(row)
        if len(batch) >= AT_ONCE:
            writing.write_scores(batch)
            batch = []
    writing.write_scores(batch)
    return counts


def _rows(run: Run, artefact: FittedArtefact, given: told.Given) -> Iterator[writing.ScoreRow]:
    way, reader = told.way_of(artefact), keys.Reader()
    known = rescoring.Known.of(given.lines)
    digests = {pk: reader.digest(version) for pk, version in known.versions.items()}
    made = told.score_keys(run, artefact, given.lines, digests)
    groups = told.group_hashes(given.lines)
    coverage = given.coverage.tolist()
    for place, parts in enumerate(told.parts_of(given, artefact)):
        line, step = given.lines[place], ensembles.step(parts, way)
        raw = step["out"]
        yield writing.ScoreRow(
            key=made[place], workspace_id=run.workspace_id, version_id=line.version, judge_version_id=None,
            subject_id=line.subject, sample=line.sample, digest=digests[line.version],
            score=scoring.Score(
                raw=raw,
                display=None if raw is None else ensembles.displayed(raw, parts),
                status=told.status_of(raw, parts, given.statuses[place]),
                coverage=told.coverage_of(parts, coverage[place]),
                contributions={},
                trace=(step,),
            ),
            verdict_keys=(), artefacts=[artefact.digest], group=groups[place],
        )  # fmt: skip
