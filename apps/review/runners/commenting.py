"""What a worker does with comments: ask a judge for the principles in them, then find those that say the same."""

import contextlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
from django.db import transaction
from django.utils import timezone

from apps.core import gateway, sealing
from apps.history import services as history
from apps.jobs.leases import Lease
from apps.jobs.models import Job, Shard
from apps.review import queries
from apps.review.models import CandidateCriterion, Principle, ReadComment, Reading
from apps.rubrics import queries as rubrics
from domain import errors, principles, prompts, subjects
from domain.ports import Failure, FailureKind, TextRequest
from domain.principles import Drop, Group, Held, Met, Vectors

TOKENS = 700
_AGAIN = (FailureKind.UNAVAILABLE, FailureKind.TIMEOUT)
UNREADABLE = "The judge did not reply with a list of principles."


def read_shard(shard: Shard, lease: Lease) -> dict[str, Any]:
    """Read the comments on one answer, or group what was found in all; what was read already is not asked again."""
    if "group" in shard.payload:
        return _group(Reading.objects.select_related("version__rubric", "workspace").get(job=shard.job), lease)
    rows = ReadComment.objects.filter(pk__in=shard.payload["comments"], state=ReadComment.State.WAITING)
    comments = list(rows.select_related("subject__prompt", "reading__version", "reading__judge").order_by("pk"))
    if not comments:
        return {"comments": 0}
    try:
        replies, answer = _asked(comments)
    except errors.Invalid as problem:
        replies, answer = [("", problem.message)] * len(comments), ""
    with transaction.atomic():
        lease.guard()
        for comment, (reply, failure) in zip(comments, replies, strict=True):
            _keep(comment, reply, failure, answer)
    return {"comments": len(comments), "unread": sum(one.state == ReadComment.State.UNREAD for one in comments)}


def group_after(job: Job) -> list[dict[str, Any]]:
    """What comes when all comments are read: one part that groups what was found."""
    return [{"group": True}] if Reading.objects.filter(job=job, grouped_at=None).exists() else []


def _asked(comments: Sequence[ReadComment]) -> tuple[list[tuple[str, str]], str]:
    """The judge's reply to each comment on one answer or why there is none, and the answer's text.

    Raises Unavailable where it cannot be asked now, Invalid where the answer is not only text.
    """
    reading = comments[0].reading
    secret = sealing.fence_secret()
    material, answer = _material(comments[0], secret)
    token = prompts.fence(secret, material.subject_hash if material else f"reading {reading.pk}")
    held = reading.judge.settings.get("hold_to_form", True)
    request = TextRequest(
        prompts.principles_shared(material, token),
        tuple(
            prompts.principles_suffix(
                prompts.Remark(one.text, one.about), token, principles.MOST_PRINCIPLES, answered=material is not None
            )
            for one in comments
        ),
        max_tokens=TOKENS,
        forms=tuple(principles.form(TOKENS) for _ in comments) if held else (),
    )
    batch = gateway.engine_for(reading.judge).complete(request)
    for failure in batch.failures:
        if failure is not None and failure.kind in _AGAIN:
            raise errors.Unavailable(failure.detail, code="judge_away")
    told = [(text or "", _reason(failure)) for text, failure in zip(batch.texts, batch.failures, strict=True)]
    return told, answer


def _material(comment: ReadComment, secret: str) -> tuple[prompts.Material | None, str]:
    """What the comment is about and the text of it; nothing of a discussion."""
    subject = comment.subject
    if subject is None:
        return None, ""
    responses = [member.response for member in subject.members.select_related("response").order_by("position")]
    material = prompts.Material(
        rubric=rubrics.domain_rubric(comment.reading.version), messages=subject.prompt.messages,
        answers=tuple(one.parts for one in responses), fence_secret=secret, subject_hash=subject.hash,
    )  # fmt: skip
    return material, "\n\n".join(subjects.text_of(one.parts) for one in responses)


def _reason(failure: Failure | None) -> str:
    return failure.detail if failure else ""


def _keep(comment: ReadComment, reply: str, failure: str, answer: str) -> None:
    said = None if failure else principles.read_principles(reply)
    comment.reply = _clean(reply)
    comment.state = ReadComment.State.UNREAD if said is None else ReadComment.State.READ
    comment.reason = (failure or ("" if said is not None else UNREADABLE))[:500]
    comment.save(update_fields=["reply", "state", "reason"])
    found = []
    for one in said or ():
        place = principles.find_place(one.quote, comment.text, answer)
        drop = principles.kept(one) or (None if place else Drop.UNFOUND)
        found.append(
            Principle(
                comment=comment, text=_clean(one.text), met=one.met, quote=_clean(one.quote), dropped=drop or "",
                source=place.source if place else "", start=place.start if place else None,
                end=place.end if place else None, similarity=place.similarity if place else None,
            )
        )  # fmt: skip
    Principle.objects.bulk_create(found)


def _clean(text: str) -> str:
    """Without what PostgreSQL cannot keep."""
    return text.replace("\x00", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()


def _group(reading: Reading, lease: Lease) -> dict[str, Any]:
    rows = list(
        Principle.objects.filter(comment__reading=reading, dropped="").select_related("comment__remark").order_by("pk")
    )
    held = [Held(str(one.comment.by_id), _answer(one.comment), one.met == Met.YES) for one in rows]
    criteria = queries.criterion_texts(reading)
    texts = [*(one.text for one in rows), *(text for _, text in criteria)]
    vectors, model = _vectors(reading, texts) if rows else (np.zeros((0, 1)), "")
    found = principles.groups(held, vectors[: len(rows)], over=reading.alike, wrote=_writers(reading))
    middle = vectors[[one.members[0] for one in found]] if found else vectors[:0]
    near = principles.nearest(middle, vectors[len(rows) :])
    with transaction.atomic():
        lease.guard()
        reading.candidates.all().delete()
        for position, (one, like) in enumerate(zip(found, near, strict=True)):
            candidate = CandidateCriterion.objects.create(
                reading=reading, position=position, text=rows[one.members[0]].text, standing=one.standing,
                figures=_figures(one, held),
                similar={"id": criteria[like[0]][0], "text": criteria[like[0]][1], "alike": like[1]} if like else {},
            )  # fmt: skip
            Principle.objects.filter(pk__in=[rows[n].pk for n in one.members]).update(candidate=candidate)
        Reading.objects.filter(pk=reading.pk).update(grouped_at=timezone.now(), model=model[:200])
        detail = {"candidates": len(found), "principles": len(rows)}
        history.record(by=None, workspace=reading.workspace, action="comments.read", target=reading, detail=detail)
    return {"candidates": len(found)}


def _vectors(reading: Reading, texts: Sequence[str]) -> tuple[Vectors, str]:
    if reading.likeness == Reading.Likeness.WORDS:
        return principles.word_vectors(texts), ""
    with contextlib.closing(gateway.embedder()) as embedder:
        each = list(dict.fromkeys(texts))
        of = dict(zip(each, embedder.embed(each), strict=True))
        return np.array([of[text] for text in texts], dtype=np.float64), embedder.model


def _answer(comment: ReadComment) -> str:
    """What the comment is about: its answer, else the discussion that it stands in."""
    if comment.subject_id is not None:
        return f"answer {comment.subject_id}"
    return f"discussion {comment.remark.thread_id}" if comment.remark else f"comment {comment.pk}"


def _writers(reading: Reading) -> dict[str, int]:
    """How many people wrote about each answer, of those whose comments were read."""
    people: dict[str, set[int]] = defaultdict(set)
    for comment in reading.comments.filter(state=ReadComment.State.READ).select_related("remark"):
        people[_answer(comment)].add(comment.by_id)
    return {answer: len(names) for answer, names in people.items()}


def _figures(group: Group, held: Sequence[Held]) -> dict[str, int]:
    said = Counter(held[n].met for n in group.members)
    return {
        "people": group.people, "answers": group.answers, "comments": len(group.members), "agreed": group.agreed,
        "split": group.split, "partial": group.partial, "met": said[True], "unmet": said[False],
    }  # fmt: skip
