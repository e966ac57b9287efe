"""From what people wrote to criteria: having comments read, and what becomes of the candidates found in them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.permissions import Actor, Role
from apps.core import gateway
from apps.history import services as history
from apps.jobs import services as jobs
from apps.judging.models import JudgeVersion
from apps.review import queries
from apps.review.models import CandidateCriterion, Queue, ReadComment, Reading
from apps.rubrics import services as rubrics
from apps.rubrics.models import Proposal, RubricVersion
from domain import errors, principles, prompts, rubric

READ = "read-comments"
METHOD = "comments"
TOGETHER = 8
MOST_PROPOSED = 100
MOST_QUOTES = 3


@transaction.atomic
def start_reading(
    *, by: Actor, version: RubricVersion, judge: JudgeVersion, queue: Queue | None = None,
    likeness: str = Reading.Likeness.WORDS, alike: float | None = None,
) -> Reading:  # fmt: skip
    """Ask a judge which principles the comments of a queue name, or without one all comments about the rubric.

    Criteria are proposed for the version. `alike` is the cosine over which two principles say the same; 0.8 by
    embeddings as RLBFF has it, 0.5 by words. Raises Conflict where nobody wrote anything.
    """
    by.require(Role.AUTHOR, "have comments read")
    by.require_scope("reviews:write")
    for owner, name in ((version.rubric.workspace_id, "rubric"), (judge.judge.workspace_id, "judge")):
        if owner != by.workspace.pk:
            raise errors.NotFound(f"There is no such {name} here.", code=f"{name}_unknown")
    if queue is not None and queue.workspace_id != by.workspace.pk:
        raise errors.NotFound("There is no such queue here.", code="queue_unknown")
    if not judge.is_asked:
        raise _invalid("judge", "This judge has no model to ask.")
    limit = _limit(likeness, alike)
    written = queries.comments_of_queue(queue) if queue else queries.comments_on_rubric(version.rubric)
    if not written:
        raise errors.Conflict("Nobody has written a note, a critique or a comment here yet.", code="nothing_written")
    reading = Reading.objects.create(
        workspace=by.workspace, queue=queue, version=version, judge=judge, likeness=likeness, alike=limit,
        prompt_digest=prompts.prompt_digest("principles"), created_by=by.user,
    )  # fmt: skip
    rows = ReadComment.objects.bulk_create(
        ReadComment(
            reading=reading, review=one.review, remark=one.remark, subject_id=one.subject, by=one.by, about=one.about,
            text=one.text,
        )
        for one in written
    )  # fmt: skip
    reading.job = jobs.create_job(
        by=by, workspace=by.workspace, kind=READ, shards=_shards(rows), title=f"Read comments for {version}",
    )  # fmt: skip
    reading.save(update_fields=["job"])
    detail = {"comments": len(rows), "queue": queue.pk if queue else None, "version": str(version), "judge": str(judge)}
    history.record(by=by, workspace=by.workspace, action="comments.asked", target=reading, detail=detail)
    return reading


@transaction.atomic
def propose_candidates(*, by: Actor, reading: Reading, chosen: Mapping[int, str]) -> Proposal:
    """Put candidates into one proposal, each as a new criterion with these words and its evidence.

    Raises Conflict where one was decided on already, Invalid where none is chosen.
    """
    by.require(Role.AUTHOR, "propose criteria from comments")
    if not chosen:
        raise _invalid("candidates", "Choose at least one candidate.")
    if len(chosen) > MOST_PROPOSED:
        raise _invalid("candidates", f"Choose at most {MOST_PROPOSED} candidates.")
    rows = _open(by, reading, list(chosen))
    evidence = queries.evidence_of(rows)
    taken = {criterion for criterion, _ in queries.criterion_texts(reading)}
    behind = queries.last_criterion(reading)
    hunks: list[dict[str, Any]] = []
    for row in rows:
        text = chosen[row.pk].strip() or row.text
        name = _free(taken, len(taken), text)
        taken.add(name)
        hunks.append(
            {
                "op": "add", "pointer": f"criteria/{name}", "before": {"after": behind},
                "after": {"id": name, "text": text}, "evidence": _evidence(row, evidence.get(row.pk, [])),
            }
        )  # fmt: skip
        behind = name
    where = f"“{reading.queue.name}”" if reading.queue else "discussions and decisions"
    proposal = rubrics.propose_hunks(
        by=by, base=reading.version, hunks=hunks, title=f"Criteria from comments of {where}"[:200], method=METHOD,
        note=f"Read by {reading.judge} from {reading.comments.count()} comments.",
        provenance={
            "reading": reading.pk, "judge": str(reading.judge), "fingerprint": reading.judge.fingerprint,
            "prompt": reading.prompt_digest, "source": "RLBFF, arXiv:2509.21319",
        },
    )  # fmt: skip
    _decide(by, rows, CandidateCriterion.State.PROPOSED, proposal=proposal)
    return proposal


@transaction.atomic
def dismiss_candidate(*, by: Actor, reading: Reading, candidate: CandidateCriterion, reason: str) -> None:
    """Set a candidate aside, with a reason that stays."""
    by.require(Role.AUTHOR, "dismiss criteria from comments")
    by.require_scope("reviews:write")
    said = reason.strip()
    if not said or len(said) > 1_000 or "\x00" in said:
        raise _invalid("reason", "Say in at most 1,000 characters why it is no criterion.")
    _decide(by, _open(by, reading, [candidate.pk]), CandidateCriterion.State.DISMISSED, reason=said)
    detail = {"candidate": candidate.text[:200], "reason": said[:200]}
    history.record(by=by, workspace=by.workspace, action="comments.dismissed", target=reading, detail=detail)


@transaction.atomic
def reopen_candidate(*, by: Actor, reading: Reading, candidate: CandidateCriterion) -> None:
    """Take back that a candidate was dismissed."""
    by.require(Role.AUTHOR, "reopen criteria from comments")
    by.require_scope("reviews:write")
    rows = reading.candidates.filter(pk=candidate.pk, state=CandidateCriterion.State.DISMISSED)
    if not rows.update(state=CandidateCriterion.State.OPEN, reason="", decided_by=None, decided_at=None):
        raise errors.Conflict("This candidate is not dismissed.", code="candidate_not_dismissed")
    detail = {"candidate": candidate.text[:200]}
    history.record(by=by, workspace=by.workspace, action="comments.reopened", target=reading, detail=detail)


def _limit(likeness: str, alike: float | None) -> float:
    if likeness not in set(Reading.Likeness.values):
        raise _invalid("likeness", "Principles are compared by words or by the server of embeddings.")
    by_server = likeness == Reading.Likeness.SERVER
    if by_server and not gateway.has_embedder():
        raise errors.Conflict(
            "No server of embeddings is set up (STUDIO_EMBEDDINGS_URL). Compare by words.", code="embeddings_unset"
        )
    if alike is None:
        return principles.ALIKE if by_server else principles.ALIKE_IN_WORDS
    if not 0 < alike < 1:
        raise _invalid("alike", "The likeness lies between 0 and 1.")
    return alike


def _shards(rows: Sequence[ReadComment]) -> list[dict[str, Any]]:
    """Comments on one answer together, so that the judge reads it once; a few at a time."""
    of: dict[Any, list[int]] = defaultdict(list)
    for row in rows:
        of[row.subject_id].append(row.pk)
    return [
        {"comments": keys[start : start + TOGETHER]} for keys in of.values() for start in range(0, len(keys), TOGETHER)
    ]


def _open(by: Actor, reading: Reading, keys: Sequence[int]) -> list[CandidateCriterion]:
    if reading.workspace_id != by.workspace.pk:
        raise errors.NotFound("There is no such reading of comments here.", code="reading_unknown")
    rows = list(reading.candidates.select_for_update(of=("self",)).filter(pk__in=keys).order_by("position"))
    if len(rows) != len(set(keys)):
        raise errors.NotFound("There is no such candidate in this reading.", code="candidate_unknown")
    if any(row.state != CandidateCriterion.State.OPEN for row in rows):
        raise errors.Conflict("A candidate was decided on already.", code="candidate_decided")
    return rows


def _decide(
    by: Actor, rows: Sequence[CandidateCriterion], state: str, *, reason: str = "", proposal: Proposal | None = None
) -> None:
    for row in rows:
        row.state, row.reason, row.proposal = state, reason, proposal
        row.decided_by, row.decided_at = by.user, timezone.now()
        row.save(update_fields=["state", "reason", "proposal", "decided_by", "decided_at"])


def _free(taken: set[str], place: int, text: str) -> str:
    while (name := rubric.criterion_id(place, text)) in taken:
        place += 1
    return name


def _evidence(row: CandidateCriterion, found: Sequence[queries.Evidence]) -> dict[str, Any]:
    quotes = [f"“{one.parts[1]}” ({one.principle.comment.by.name})" for one in found if one.parts[1]]
    return {
        "people": row.figures["people"],
        "comments": row.figures["comments"],
        "answers": row.figures["answers"],
        "agreed": row.figures["agreed"],
        "split": row.figures["split"],
        "quotes": " · ".join(quotes[:MOST_QUOTES]),
    }


def _invalid(name: str, sentence: str) -> errors.Invalid:
    return errors.Invalid(sentence, code=f"{name}_invalid", problems=[errors.Problem(f"/{name}", sentence)])
