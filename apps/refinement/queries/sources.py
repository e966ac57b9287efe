"""Texts that methods write from: documents, passages, comments, cases of the rubric bank, what a person said."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Max, OuterRef, Subquery

from apps.datasets.models import SubjectMember
from apps.refinement.queries.asking import Asked, Gathered, invalid
from apps.review import queries as review
from apps.rubrics.models import Criterion, RubricVersion
from domain import errors, subjects
from domain.refinement import loop
from domain.refinement.methods import document as documents
from domain.refinement.methods import similar

MOST_TEXT = 400_000
MOST_PASSAGES = 50
MOST_SOURCES = 100
MOST_CRITERIA = 5_000
LEAST_TASK = 10
OF_RUBRIC = "rubric"

Kept = Sequence[Any]


def document(asked: Asked) -> Gathered:
    """A file or a text that was pasted, and what answers have to do where that was said."""
    return Gathered({"sources": [_kept(one) for one in _texts(asked)], "goal": _said(asked, "goal")})


def passages(asked: Asked) -> Gathered:
    """Passages for a question: those given, and of a document those that are likest to the question by their words."""
    question = _needed(asked, "question", "Ask the question that answers are to answer.")
    given = [str(one).strip() for one in asked.said.get("passages") or () if str(one).strip()][:MOST_PASSAGES]
    found = [loop.Source(f"passage-{n}", f"Passage {n}", text) for n, text in enumerate(given, start=1)]
    if texts := _texts(asked):
        pieces = documents.passages(texts)
        found += [one for one, _ in similar.nearest(question, pieces, MOST_PASSAGES - len(found), loop.Answer())]
    if not found:
        raise invalid("passages", "Give passages, or a document to find them in.")
    return Gathered({"sources": [_kept(one) for one in found], "goal": question})


def comments(asked: Asked) -> Gathered:
    """What people wrote in a queue, or about the rubric; who wrote it is told by a number only."""
    where = str(asked.said.get("comments_of") or OF_RUBRIC)
    if where == OF_RUBRIC:
        written = review.comments_on_rubric(asked.version.rubric)
    elif where.isascii() and where.isdigit() and len(where) < 10:
        with errors.at("/comments_of"):
            written = review.comments_of_queue(review.get_queue(asked.by, int(where)))
    else:
        raise invalid("comments_of", "Name a queue by its number, or say rubric.")
    people = {key: f"person {n}" for n, key in enumerate(dict.fromkeys(one.by.pk for one in written), start=1)}
    answers = _answers({one.subject for one in written if one.subject})
    sources = [
        loop.Source(
            str(n), f"Discussion {one.remark.thread_id}" if one.remark else f"Comment {n}", one.text[:MOST_TEXT],
            by=people[one.by.pk], about=one.about,
            answer=answers.get(one.subject or 0),
        )
        for n, one in enumerate(written)
    ]  # fmt: skip
    keys = tuple(dict.fromkeys(answers.values()))
    return Gathered({"sources": [_kept(one) for one in sources], "answers": list(keys)}, keys)


def cases(asked: Asked) -> Gathered:
    """Criteria of the newest versions of all other rubrics, at most as many as a search takes, the likest by words."""
    task = _needed(asked, "task", "Say what the task is, so that like cases can be found.")
    if len(task) < LEAST_TASK:
        raise invalid("task", f"Say what the task is in at least {LEAST_TASK} characters.")
    newest = RubricVersion.objects.filter(rubric=OuterRef("version__rubric")).order_by("-number").values("pk")[:1]
    rows = (
        Criterion.objects.filter(version__rubric__workspace=asked.by.workspace, version=Subquery(newest))
        .exclude(version__rubric=asked.version.rubric_id)
        .exclude(text="")
        .select_related("version__rubric")
        .order_by("version__rubric_id", "position", "pk")[:MOST_CRITERIA]
    )
    bank = [
        loop.Source(
            f"{row.version.rubric.slug}@{row.version.number}/{row.criterion_id}",
            f"{row.version.title}, version {row.version.number}", row.text,
        )
        for row in rows
    ]  # fmt: skip
    found = similar.nearest(task, bank, similar.MOST_BANK, loop.Answer()) if bank else []
    return Gathered({"sources": [_kept(one) for one, _ in found], "goal": task}, figures={"in_the_bank": len(bank)})


def conversation(asked: Asked) -> Gathered:
    """What a person wants, and what was said before."""
    goal = _needed(asked, "goal", "Say what answers should achieve; questions begin from there.")
    said = _said(asked, "said")
    sources = [loop.Source("said", "Said before", said)] if said else []
    return Gathered({"sources": [_kept(one) for one in sources], "goal": goal})


def _texts(asked: Asked) -> list[loop.Source]:
    """The file, then what was pasted."""
    file = asked.said.get("file")
    found = [loop.Source("file", str(file["title"])[:200], str(file["text"]))] if isinstance(file, Mapping) else []
    if text := _said(asked, "text"):
        found.append(loop.Source("text", _said(asked, "title")[:200] or "Text", text))
    return found


def _answers(subjects_: set[int]) -> dict[int, int]:
    """The one answer of each subject that holds one, where it is text."""
    rows = SubjectMember.objects.filter(subject__in=subjects_).select_related("response")
    alone = rows.filter(
        subject__in=SubjectMember.objects.values("subject")
        .annotate(last=Max("position"))
        .filter(last=0)
        .values("subject")
    )
    return {row.subject_id: row.response_id for row in alone if subjects.is_text_only(row.response.parts)}


def _needed(asked: Asked, name: str, sentence: str) -> str:
    said = _said(asked, name)
    if not said:
        raise invalid(name, sentence)
    return said


def _said(asked: Asked, name: str) -> str:
    return str(asked.said.get(name) or "").replace("\x00", "").strip()


def _kept(one: loop.Source) -> Kept:
    return list(one)
