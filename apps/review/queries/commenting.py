"""What people wrote in words: comments of a queue or about a rubric, readings of them, and what was found."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from apps.accounts.models import User
from apps.accounts.permissions import Actor
from apps.datasets.models import SubjectMember
from apps.review.models import CandidateCriterion, Principle, Queue, ReadComment, Reading, Review
from apps.rubrics import queries as rubrics
from apps.rubrics.models import Comment, Rubric
from apps.rubrics.models import Criterion as CriterionRow
from domain import errors, subjects

MOST_COMMENTS = 2_000
MOST_SHOWN = 5
AROUND = 400
_READING = ("queue", "version__rubric", "judge__judge", "job", "workspace", "created_by")


@dataclass(frozen=True)
class Written:
    """A comment that can be read: who wrote it to what; `about` is the criterion or question."""

    by: User
    text: str
    about: str = ""
    review: Review | None = None
    remark: Comment | None = None
    subject: int | None = None


@dataclass(frozen=True)
class Read:
    """How far a reading is, and what came of its comments and their principles."""

    waiting: int
    read: int
    unread: int
    reasons: tuple[tuple[str, int], ...]
    empty: int
    principles: int
    partly: int
    general: int
    unfound: int

    @property
    def comments(self) -> int:
        """All comments of the reading."""
        return self.waiting + self.read + self.unread


@dataclass(frozen=True)
class Evidence:
    """A principle with the text that its passage stands in."""

    principle: Principle
    text: str

    @property
    def parts(self) -> tuple[str, str, str]:
        """What stands before the passage, the passage, and what stands behind it; of a long text only what is near."""
        start, end = self.principle.start or 0, self.principle.end or 0
        before, behind = self.text[:start], self.text[end:]
        return (
            before if len(before) <= AROUND else f"…{before[-AROUND:]}",
            self.text[start:end],
            behind if len(behind) <= AROUND else f"{behind[:AROUND]}…",
        )


def comments_of_queue(queue: Queue) -> list[Written]:
    """Notes and critiques of a queue's decisions, and reasons for changing them, oldest first."""
    return _of_reviews(Review.objects.filter(item__queue=queue))


def comments_on_rubric(rubric: Rubric) -> list[Written]:
    """What stands in the rubric's discussions, and beside decisions by its criteria."""
    rows = Comment.objects.filter(thread__rubric=rubric, deleted_at=None).exclude(text="")
    said = [
        Written(row.by, row.text, remark=row)
        for row in rows.select_related("by", "thread").order_by("pk")[:MOST_COMMENTS]
    ]
    return [*said, *_of_reviews(Review.objects.filter(item__version__rubric=rubric))][:MOST_COMMENTS]


def get_reading(actor: Actor, key: int) -> Reading:
    """A reading of the workspace."""
    found = Reading.objects.select_related(*_READING).filter(workspace=actor.workspace, pk=key).first()
    if found is None:
        raise errors.NotFound("There is no such reading of comments here.", code="reading_unknown")
    return found


def readings_of(actor: Actor, *, queue: Queue | None = None, rubric: Rubric | None = None) -> list[Reading]:
    """The readings of a queue, or of a rubric as a whole, newest first."""
    rows = Reading.objects.select_related(*_READING).filter(workspace=actor.workspace)
    rows = rows.filter(queue=queue) if queue else rows.filter(queue=None, version__rubric=rubric)
    return list(rows.order_by("-pk")[:20])


def get_candidate(reading: Reading, key: int) -> CandidateCriterion:
    """A candidate of a reading."""
    found = reading.candidates.filter(pk=key).first()
    if found is None:
        raise errors.NotFound("There is no such candidate in this reading.", code="candidate_unknown")
    return found


def candidates_of(reading: Reading) -> QuerySet[CandidateCriterion]:
    """What was found, those of most people first."""
    return reading.candidates.select_related("proposal", "decided_by").order_by("position")


def evidence_of(candidates: Sequence[CandidateCriterion]) -> dict[int, list[Evidence]]:
    """The first principles behind each candidate with the text that they quote, by the candidate's key."""
    rows = Principle.objects.filter(candidate__in=candidates).select_related("comment__by", "comment__review")
    kept: dict[int, list[Principle]] = defaultdict(list)
    for row in rows.order_by("pk"):
        assert row.candidate_id is not None
        if len(kept[row.candidate_id]) < MOST_SHOWN:
            kept[row.candidate_id].append(row)
    answers = answers_of({one.comment.subject_id for each in kept.values() for one in each if one.comment.subject_id})
    return {
        key: [
            Evidence(one, answers.get(one.comment.subject_id or 0, "") if one.source == "answer" else one.comment.text)
            for one in each
        ]
        for key, each in kept.items()
    }


def answers_of(keys: set[int]) -> dict[int, str]:
    """The text of the answers of subjects, of several one behind the other."""
    found: dict[int, list[str]] = defaultdict(list)
    members = SubjectMember.objects.filter(subject__in=keys).select_related("response").order_by("subject", "position")
    for member in members:
        found[member.subject_id].append(subjects.text_of(member.response.parts))
    return {key: "\n\n".join(texts) for key, texts in found.items()}


def read_so_far(reading: Reading) -> Read:
    """How far a reading is."""
    states = dict(reading.comments.values_list("state").annotate(n=Count("pk")))
    said = Counter(reading.comments.exclude(reason="").values_list("reason", flat=True))
    dropped = Counter(Principle.objects.filter(comment__reading=reading).values_list("dropped", flat=True))
    read = reading.comments.filter(state=ReadComment.State.READ)
    return Read(
        waiting=states.get(ReadComment.State.WAITING, 0),
        read=states.get(ReadComment.State.READ, 0),
        unread=states.get(ReadComment.State.UNREAD, 0),
        reasons=tuple(said.most_common(5)),
        empty=read.annotate(n=Count("principles")).filter(n=0).count(),
        principles=sum(dropped.values()),
        partly=dropped["partly"],
        general=dropped["general"],
        unfound=dropped["unfound"],
    )


def criterion_texts(reading: Reading) -> list[tuple[str, str]]:
    """Id and text of each criterion of the version that criteria are proposed for."""
    return [(one.id, one.text) for one in rubrics.domain_rubric(reading.version).criteria if one.text.strip()]


def last_criterion(reading: Reading) -> str | None:
    """The id of the last criterion of that version, behind which new ones are put."""
    criteria = rubrics.domain_rubric(reading.version).criteria
    return criteria[-1].id if criteria else None


def _of_reviews(rows: QuerySet[Review]) -> list[Written]:
    told = rows.filter(~Q(note="") | ~Q(after_reason="")).select_related("by", "item", "item__queue").order_by("pk")
    reviews = list(told[:MOST_COMMENTS])
    texts = _criteria({(one.item.version_id, one.item.criterion) for one in reviews})
    found = []
    for review in reviews:
        item = review.item
        about = texts.get((item.version_id, item.criterion), "") or str(item.payload.get("question") or "")
        found += [
            Written(review.by, text, about, review=review, subject=item.subject_id)
            for text in (review.note, review.after_reason)
            if text.strip()
        ]
    return found[:MOST_COMMENTS]


def _criteria(places: set[tuple[int | None, str]]) -> dict[tuple[int | None, str], str]:
    """The texts of criteria by version and id."""
    wanted = {(version, name) for version, name in places if version and name}
    rows = CriterionRow.objects.filter(version__in={version for version, _ in wanted})
    return {
        (version, name): text
        for version, name, text in rows.values_list("version_id", "criterion_id", "text")
        if (version, name) in wanted
    }
