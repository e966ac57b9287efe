"""Exams, who sat them, and what they said."""

from collections import defaultdict
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from apps.accounts.permissions import Actor
from apps.audit.models import Exam, Sitting
from apps.audit.queries import columns, facts
from apps.datasets.models import LIBRARY, Dataset, Label, Preference, SubjectKind
from apps.judging import queries as judging
from apps.judging.models import Call, JudgeVersion, Verdict
from apps.judging.queries import Side
from apps.rubrics.models import RubricVersion, VersionStatus
from domain import errors, exams, strategies

MOST_VERSIONS = 100


def list_exams(actor: Actor) -> QuerySet[Exam]:
    """The exams of the workspace, newest first, with how many judges sat and passed."""
    rows = Exam.objects.filter(workspace=actor.workspace).select_related("dataset", "version__rubric", "created_by")
    passed = Count("sittings", filter=Q(sittings__passed=True))
    return rows.annotate(sat=Count("sittings"), passed=passed).order_by("-created_at", "-pk")


def exam_versions(actor: Actor) -> list[RubricVersion]:
    """The rubric versions that can no longer change and judge answers alone, newest first."""
    rows = RubricVersion.objects.filter(rubric__workspace=actor.workspace, rubric__rubric_set=None, scope="general")
    frozen = rows.filter(status__in=(VersionStatus.IN_REVIEW, VersionStatus.APPROVED))
    return list(frozen.select_related("rubric").order_by("-pk")[:MOST_VERSIONS])


def library_sets(actor: Actor) -> list[Dataset]:
    """The data sets that people imported, by title; what training runs sent in is none of them."""
    return list(Dataset.objects.filter(LIBRARY, workspace=actor.workspace).order_by("title"))


def exam_datasets(actor: Actor) -> list[Dataset]:
    """The data sets in which people said which answers are right: by preferences, or blind labels of whole answers."""
    preferred = Preference.objects.filter(dataset=OuterRef("pk"), criterion=None)
    labelled = Label.objects.filter(dataset=OuterRef("pk"), criterion=None, value__in=(0, 1), mode=Label.Mode.BLIND)
    rows = Dataset.objects.filter(LIBRARY, workspace=actor.workspace).filter(Q(Exists(preferred)) | Q(Exists(labelled)))
    return list(rows.order_by("title"))


def get_exam(actor: Actor, key: int) -> Exam:
    """An exam of the actor's workspace."""
    found = list_exams(actor).filter(pk=key).first() if 0 < key < 2**63 else None
    if found is None:
        raise errors.NotFound("There is no such exam here.", code="exam_unknown")
    return found


def sittings_of(exam: Exam) -> list[Sitting]:
    """Who sat an exam, newest first."""
    rows = exam.sittings.select_related("judge_version__judge", "run__job", "licence", "created_by")
    return list(rows.order_by("-created_at", "-pk"))


def get_sitting(actor: Actor, key: int) -> Sitting:
    """A sitting in the actor's workspace."""
    rows = Sitting.objects.filter(exam__workspace=actor.workspace)
    rows = rows.select_related("exam", "judge_version__judge", "run__job", "licence", "created_by")
    found = rows.filter(pk=key).first() if 0 < key < 2**63 else None
    if found is None:
        raise errors.NotFound("There is no such sitting here.", code="sitting_unknown")
    return found


def keyed_of(dataset: Dataset) -> list[exams.Keyed]:
    """Each prompt with its right and its wrong answers, by key, as far as people said which they are."""
    known = facts.facts_of(dataset)
    sides: dict[int, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for key, correct in known.correct.items():
        fact = known.answers.get(key)
        if fact is not None:
            sides[fact.prompt][0 if correct else 1].append(str(fact.response))
    return [exams.Keyed(str(prompt), right, wrong) for prompt, (right, wrong) in sides.items()]


def compares(judge: JudgeVersion) -> bool:
    """Whether a judge compares two answers."""
    return strategies.get(judge.strategy).about.subject == SubjectKind.PAIR


def said_in(sitting: Sitting) -> tuple[list[tuple[bool, float | None]], list[bool]]:
    """What the judge gave to each right and wrong answer, and of each pair whether both orders agreed.

    A pair is one right answer to accept and one wrong one to reject: how far each was preferred.
    """
    items = columns.items_of(Side(sitting.run, sitting.judge_version, sitting.exam.version))
    correct = dict(sitting.exam.questions.values_list("response", "correct"))
    said: list[tuple[bool, float | None]] = []
    for item in items:
        if item.kind == SubjectKind.PAIR and len(item.members) == 2:
            first = correct[item.members[0][0]]
            said.append((first, item.raw))
            said.append((not first, None if item.raw is None else 1 - item.raw))
        elif item.member is not None:
            said.append((correct[item.member[0]], item.raw))
    keys = [key for item in items if item.kind == SubjectKind.PAIR for key in item.keys]
    details = Verdict.objects.filter(key__in=keys).values_list("detail", flat=True)
    return said, [not detail["flipped"] for detail in details if "flipped" in detail]


def agreement_in(sitting: Sitting) -> list[dict[str, Any]]:
    """How far a judge agrees with people on each criterion of the exam's version, on the answers of the exam.

    Both are halved at ½. A judge that compares says nothing of a criterion of one answer, so there is none.
    """
    version, judge = sitting.exam.version, sitting.judge_version
    subjects = set(sitting.run.items.filter(subject__kind=SubjectKind.RESPONSE).values_list("subject", flat=True))
    truths = {place: truth for place, truth in judging.known_values(version).items() if place[0] in subjects}
    found = judging.said_by(version, judge, truths)
    rows: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for (subject, criterion), truth in truths.items():
        verdict = found.get((subject, criterion))
        if verdict is not None and verdict.value is not None:
            rows[criterion].append((verdict.value, truth.value))
    return [exams.agreement(criterion, rows[criterion]) for criterion in sorted(rows)]


def due_again(exam: Exam) -> list[JudgeVersion]:
    """The newest versions of judges that passed an exam and whose licence does not hold for them: to sit it again."""
    passed = exam.sittings.filter(passed=True).values("judge_version__judge")
    rows = JudgeVersion.objects.filter(judge__in=passed, judge__archived_at=None).select_related("judge")
    newest = list(rows.order_by("judge", "-number").distinct("judge"))
    waiting = set(exam.sittings.filter(marked_at=None).values_list("judge_version", flat=True))
    licensed = judging.licensed_of(newest)
    return [one for one in newest if one.pk not in waiting and one.pk not in licensed]


def cost_of(sitting: Sitting) -> dict[str, Any]:
    """What the run of a sitting cost; verdicts that were stored before cost nothing."""
    return Call.objects.filter(run=sitting.run).aggregate(
        calls=Count("pk"), prompt_tokens=Sum("prompt_tokens", default=0),
        completion_tokens=Sum("completion_tokens", default=0), seconds=Sum("seconds", default=0.0),
    )  # fmt: skip
