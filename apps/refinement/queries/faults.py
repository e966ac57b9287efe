"""What people and a judge found on the criteria of a version: where the judge erred, where people disagree."""

from collections import defaultdict
from collections.abc import Collection

from apps.datasets.models import Label, Subject, SubjectKind
from apps.judging import queries as judging
from apps.judging.models import JudgeVersion
from apps.review.models import Queue, Review
from apps.rubrics import queries as rubrics
from apps.rubrics.models import RubricVersion
from domain import rubric, subjects
from domain.refinement import loop

MOST_ANSWERS = 2_000
Place = tuple[int, str]
"""A subject and a criterion by its id."""


def verdicts_on(version: RubricVersion, judge: JudgeVersion) -> tuple[list[loop.Verdict], int]:
    """By answer and criterion what people settled, what each said, and the judge's stored verdict; and how many answers
    were left out, because they hold more than text or are too many.

    What somebody only said is settled by the mean where no gold is (as for calibration).
    """
    settled = judging.known_values(version)
    votes = votes_on(version)
    keys = sorted({subject for subject, _ in (*settled, *votes)})
    rows = Subject.objects.filter(pk__in=keys, kind=SubjectKind.RESPONSE).select_related("prompt__dataset")
    chosen = list(rows.prefetch_related("members__response").order_by("pk")[:MOST_ANSWERS])
    read = [one for one in chosen if subjects.is_text_only(one.members.all()[0].response.parts)]
    known = judging.standings(version, judge, read)
    found = []
    for one in read:
        answer = one.members.all()[0].response_id
        for criterion in rubrics.domain_rubric(version).criteria:
            place = (one.pk, criterion.id)
            if place in settled or place in votes:
                verdict = known[one.pk].verdicts.get(criterion.id)
                said = settled.get(place)
                found.append(
                    loop.Verdict(
                        criterion.id, answer, said.value if said else None, verdict.value if verdict else None,
                        tuple(votes.get(place, ())),
                    )
                )  # fmt: skip
    return found, len(keys) - len(read)


def votes_on(version: RubricVersion) -> dict[Place, list[float]]:
    """What each person said blind of a criterion as it is worded now, in review or in labels that were brought."""
    said = rubrics.domain_rubric(version)
    ids = {one.id for one in said.criteria}
    found: dict[Place, list[float]] = defaultdict(list)
    labels = Label.objects.filter(
        dataset__workspace=version.rubric.workspace_id, criterion__in=sorted(ids), value__gte=0, value__lte=1,
        mode=Label.Mode.BLIND, review_id=None,
    )  # fmt: skip
    for subject, criterion, value in labels.values_list("subject_id", "criterion", "value").order_by("pk"):
        if criterion is not None and value is not None:
            found[subject, criterion].append(value)
    reviews = Review.objects.filter(
        item__queue__workspace=version.rubric.workspace_id, item__queue__task=Queue.Task.VERDICT,
        item__version__rubric=version.rubric_id, item__criterion__in=sorted(ids), item__subject__isnull=False,
        value__isnull=False, mode="blind",
    )  # fmt: skip
    rows = list(reviews.order_by("pk").values_list("item__version_id", "item__subject_id", "item__criterion", "value"))
    same = _worded_so(version, said, {row[0] for row in rows})
    for asked, subject, criterion, value in rows:
        if (asked, criterion) in same and value is not None:
            found[subject, criterion].append(value)
    return dict(found)


def _worded_so(version: RubricVersion, said: rubric.Rubric, others: Collection[int]) -> set[tuple[int, str]]:
    """The versions, each with the criteria that it words as this one does."""
    own = rubric.criterion_digests(said, "isolated")
    found = set()
    for other in RubricVersion.objects.filter(pk__in=list(others)).select_related("rubric"):
        digests = own if other.pk == version.pk else judging.criterion_digests(other, "isolated")
        found |= {(other.pk, name) for name, digest in digests.items() if own.get(name) == digest}
    return found
