"""Stores what several judges say together: one score for each answer, under the artefacts that made it."""

from apps.judging.models import Run
from apps.judging.queries import combining, keys
from apps.judging.runners import writing


def combine(run: Run, *, first: int = 0, last: int | None = None) -> int:
    """Write the combined scores of a run, or of the answers between two places; returns how many."""
    count = 0
    for page in combining.combined_pages(run, first=first, last=last):
        count += writing.write_scores(row for one in page if (row := _row(one)) is not None)
    return count


def _row(one: combining.Combined) -> writing.ScoreRow | None:
    if one.score is None:
        return None
    item = one.item
    return writing.ScoreRow(
        key=keys.score_key(one.digest, None, item.subject, sample=item.sample, artefacts=one.artefacts),
        workspace_id=item.subject.workspace_id,
        version_id=item.version_id,
        judge_version_id=None,
        subject_id=item.subject_id,
        sample=item.sample,
        digest=one.digest,
        score=one.score,
        verdict_keys=one.verdict_keys,
        artefacts=one.artefacts,
    )
