"""Criteria from what people wrote about answers, kept where they agree (RLBFF, arXiv:2509.21319)."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from domain import principles, prompts, rubric, subjects
from domain.ports import TextRequest
from domain.principles import Group, Held, Met, Said, Standing
from domain.refinement import drafting, writing
from domain.refinement.loop import (
    Answer,
    Ask,
    End,
    Inputs,
    Method,
    More,
    Need,
    Op,
    Param,
    Refused,
    Role,
    Source,
    Suggestion,
    Text,
    unanswered,
)  # fmt: skip

TOKENS = 700
MOST = 400
_WHY = {
    principles.Drop.PARTLY: "is met only in part", principles.Drop.GENERAL: "says only that it should help",
    principles.Drop.UNFOUND: "rests on words that stand neither in the comment nor in the answer",
}  # fmt: skip
_NO_CONSENSUS = {
    Standing.SPLIT: "people say the contrary of the same answer",
    Standing.SEVERAL: "people hold it of different answers",
    Standing.ALONE: "one person alone holds it",
}  # fmt: skip


class _Comment(NamedTuple):
    """A comment with the answer that it is about, where it is about one."""

    source: Source
    answer: Text | None

    @property
    def subject(self) -> str:
        """What it is about."""
        return f"answer {self.answer.key}" if self.answer else self.source.title


def step(inputs: Inputs, params: Mapping[str, Any], seed: int, answers: Mapping[str, Answer]) -> More | End:
    """Read the principles of each comment, find those that say the same, keep those on which people agree."""
    comments = _comments(inputs, params["comments"])
    asks = tuple(_ask(inputs, one) for one in comments)
    if rest := unanswered(asks, answers):
        return More("Reading comments", rest)
    expected = drafting.languages([one.text for one in inputs.sources] + [inputs.goal])
    made: list[Suggestion] = []
    held: dict[str, Held] = {}
    unread = 0
    for ask, one in zip(asks, comments, strict=True):
        answer = answers[ask.key]
        said = principles.read_principles(answer.texts[0]) if answer.texts and answer.texts[0] else None
        unread += said is None
        for n, each in enumerate(said or ()):
            key = f"{ask.key}.{n}"
            made.append(_suggestion(key, each, one, expected))
            held[key] = Held(one.source.by or one.source.key, one.subject, each.met is Met.YES)
    if more := writing.comparison(made, inputs, answers):
        return more
    made = _settled(made, held, comments, inputs=inputs, answers=answers, least=params["people"])
    reads = [_read(answers[ask.key]) for ask in asks]
    return writing.ended(
        made, reads, {"comments": len(comments), "unread": unread},
        "Kept are principles that all who wrote about an answer hold, and say the same of it.",
    )  # fmt: skip


def _comments(inputs: Inputs, most: int) -> list[_Comment]:
    of = {one.key: one for one in inputs.answers}
    found = [_Comment(one, of.get(one.answer or 0)) for one in inputs.sources if one.text.strip()]
    if not found:
        raise Refused("Nobody wrote a comment that could be read.", code="comments_missing")
    return found[:most]


def _ask(inputs: Inputs, one: _Comment) -> Ask:
    """What `domain.prompts` asks of every comment."""
    key = f"p{one.source.key}"
    mark = hashlib.sha256(key.encode()).hexdigest()
    token = prompts.fence(inputs.secret, mark)
    material = None
    if one.answer is not None:
        material = prompts.Material(
            rubric=rubric.Rubric(), messages=subjects.as_messages(inputs.prompts.get(one.answer.prompt, "")),
            answers=(tuple(subjects.as_parts(one.answer.text)),), fence_secret=inputs.secret, subject_hash=mark,
        )  # fmt: skip
    shared = (*prompts.principles_shared(material, token), *prompts.governed(inputs.meta, inputs.turned_down))
    suffix = prompts.principles_suffix(
        prompts.Remark(one.source.text, one.source.about), token, principles.MOST_PRINCIPLES,
        answered=material is not None,
    )  # fmt: skip
    request = TextRequest(shared, (suffix,), max_tokens=TOKENS, forms=(principles.form(TOKENS),))
    return Ask(key, Role.WRITER, "Reads a comment", request)


def _read(answer: Answer) -> writing.Read:
    if answer.reason or not answer.texts or answer.texts[0] is None:
        return writing.Read(reason=answer.reason or "The writer gave no reply.")
    if principles.read_principles(answer.texts[0]) is None:
        return writing.Read(reason="The writer did not reply with a list of principles.")
    return writing.Read()


def _suggestion(key: str, said: Said, one: _Comment, expected: frozenset[str]) -> Suggestion:
    answer = one.answer.text if one.answer else ""
    place = principles.find_place(said.quote, one.source.text, answer)
    unfit = drafting.unfit(said.text, [drafting.runs(answer)], expected)
    fault = principles.kept(said) or (None if place else principles.Drop.UNFOUND)
    drop = _WHY[fault] if fault else writing.WHY[unfit] if unfit else ""
    return Suggestion(
        key, Op.ADD, said.text, kind="principle", drop=drop,
        evidence={"quote": said.quote, "by": one.source.by, "comment": one.source.key, "met": str(said.met)},
    )  # fmt: skip


def _settled(
    made: Sequence[Suggestion], held: Mapping[str, Held], comments: Sequence[_Comment], *,
    inputs: Inputs, answers: Mapping[str, Answer], least: int,
) -> list[Suggestion]:  # fmt: skip
    """Each group of principles as one suggestion, its middle; dropped where people do not agree."""
    left = [one for one in made if not one.drop]
    known = len(inputs.criteria)
    cosines, over = writing.compared(answers, len(left) + known)
    wrote: dict[str, set[str]] = defaultdict(set)
    for one in comments:
        wrote[one.subject].add(one.source.by or one.source.key)
    writers = {subject: len(names) for subject, names in wrote.items()}
    count = len(left)
    groups = principles.groups_of([held[one.key] for one in left], cosines[:count, :count], over=over, wrote=writers)
    found = {one.key: one for one in made}
    for group in groups:
        first, *others = (left[place] for place in group.members)
        like = int(cosines[group.members[0], count:].argmax()) if known else 0
        old = bool(known) and cosines[group.members[0], count + like] >= over
        found[first.key] = first._replace(
            drop=writing.WHY[drafting.Drop.KNOWN] if old else _no_consensus(group, least),
            evidence={
                **first.evidence, "people": group.people, "answers": group.answers, "agreed": group.agreed,
                "split": group.split, "quotes": [each.evidence["quote"] for each in (first, *others)][:5],
            },
        )  # fmt: skip
        for each in others:
            found[each.key] = each._replace(drop=writing.WHY[drafting.Drop.REPEATED])
    return list(found.values())


def _no_consensus(group: Group, least: int) -> str:
    if group.standing is Standing.SPLIT:
        return _NO_CONSENSUS[Standing.SPLIT]
    if group.people < least:
        return _NO_CONSENSUS[Standing.ALONE] if group.people == 1 else f"only {group.people} people hold it"
    alone = least == 1
    return "" if alone or group.standing is Standing.AGREED else _NO_CONSENSUS[group.standing]


METHOD = Method(
    "comments", "From people's comments", "By which principles did people judge, and where do they agree?",
    frozenset({Need.COMMENTS, Need.META}),
    (
        Param("comments", "Comments read", 50, 1, MOST),
        Param("people", "People that must agree", 2, 1, 20, help="With 1, what one person holds is proposed too."),
    ),
    "RLBFF, arXiv:2509.21319", step,
    "RLBFF read its comments with DeepSeek-V3; yours depend on the model that you attach.",
)  # fmt: skip
