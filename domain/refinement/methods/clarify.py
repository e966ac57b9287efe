"""Criteria from a conversation in which a person is asked a few questions (ARCANE, arXiv:2512.06196)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import rapidfuzz.fuzz

from domain import reply_forms
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
    Suggestion,
    unanswered,
)  # fmt: skip

WEIGHTS = {"high": 3.0, "medium": 2.0, "low": 1.0}
SHAPE = writing.Shape("conversation", "rests_on", "weight", tuple(WEIGHTS), 12, 1_400)
MOST_QUESTION = 300
QUESTION = reply_forms.sentence(200, "?", otherwise="None")
ASKED_BEFORE = 90.0
REWORDED = 60.0
_NOTHING = re.compile(r"\W*(none|no|nothing)\b\W*", re.IGNORECASE)


class _Turn(NamedTuple):
    """A question to the person and what it answered."""

    question: str
    answer: str


def step(inputs: Inputs, params: Mapping[str, Any], seed: int, answers: Mapping[str, Answer]) -> More | End:
    """Write from the goal; then ask, wait, and write anew, at most so many times."""
    if not inputs.goal.strip():
        raise Refused("Say what answers should achieve; questions begin from there.", code="goal_missing")
    turns: list[_Turn] = []
    reads: dict[str, writing.Read] = {}
    told: list[Suggestion] = []
    stopped = "The number of questions was used up."
    for number in range(params["questions"] + 1):
        now = [one for one in told if not one.drop]
        write = _write(inputs, number, now, turns)
        if rest := unanswered((write,), answers):
            return More("Writing" if not number else f"Writing anew after answer {number}", rest)
        reads[write.key] = writing.read(answers[write.key], SHAPE, inputs)
        told = [
            *_revised(told, reads[write.key], number, turns),
            *writing.unfit_ones({write.key: reads[write.key]}, number),
        ]
        if number == params["questions"] or not any(not one.drop for one in told):
            break
        ask = _question(inputs, number + 1, [one for one in told if not one.drop], turns)
        if rest := unanswered((ask,), answers):
            return More("Looking for what is not clear", rest)
        question = _asked(answers[ask.key], turns)
        if not question:
            stopped = "Nothing more needed asking." if not answers[ask.key].reason else answers[ask.key].reason
            break
        person = _person(number + 1, question)
        if rest := unanswered((person,), answers):
            return More(f"Waiting for an answer, question {number + 1} of {params['questions']} at most", rest)
        answer = writing.said(answers[person.key])
        if not answer:
            stopped = "A question was left unanswered."
            break
        turns.append(_Turn(question, answer))
    return _end(inputs, told, reads, turns, stopped=stopped, answers=answers)


def _end(
    inputs: Inputs, told: Sequence[Suggestion], reads: Mapping[str, writing.Read], turns: Sequence[_Turn], *,
    stopped: str, answers: Mapping[str, Answer],
) -> More | End:  # fmt: skip
    if more := writing.comparison(told, inputs, answers):
        return more
    made = writing.once(told, inputs, answers)
    whole = sum(one.weight or 0.0 for one in made if not one.drop)
    made = [
        one if one.drop else one._replace(evidence={**one.evidence, "share": round((one.weight or 0.0) / whole, 4)})
        for one in made
    ]
    figures = {"turns": [{**turn._asdict(), **_changes(made, n)} for n, turn in enumerate(turns, start=1)]}
    return writing.ended(made, reads.values(), figures, stopped)


def _write(inputs: Inputs, number: int, now: Sequence[Suggestion], turns: Sequence[_Turn]) -> Ask:
    blocks = _blocks(inputs, now, turns)
    return writing.written(inputs, f"w{number}", "Writes the criteria", SHAPE, blocks)


def _question(inputs: Inputs, number: int, now: Sequence[Suggestion], turns: Sequence[_Turn]) -> Ask:
    return writing.sentence(
        inputs, f"q{number}", "Looks for a question", "clarify", _blocks(inputs, now, turns), form=QUESTION
    )


def _person(number: int, question: str) -> Ask:
    return Ask(f"p{number}", Role.PERSON, "Asks you", writing.plain(question))


def _blocks(inputs: Inputs, now: Sequence[Suggestion], turns: Sequence[_Turn]) -> list[tuple[str, str]]:
    blocks = [("Goal", inputs.goal), *((one.title or "Said before", one.text) for one in inputs.sources)]
    blocks += [("Asked and answered", f"{one.question}\n{one.answer}") for one in turns]
    if now:
        blocks.append(("Criteria so far", "\n".join(f"- {one.text}" for one in now)))
    return blocks


def _asked(answer: Answer, turns: Sequence[_Turn]) -> str:
    """The question; empty where there is none, it was asked before, or it is no question to a person."""
    text = writing.said(answer)
    if not text or _NOTHING.fullmatch(text) or len(text) > MOST_QUESTION or drafting.gives_orders(text):
        return ""
    return "" if any(rapidfuzz.fuzz.ratio(text, one.question) > ASKED_BEFORE for one in turns) else text


def _revised(told: Sequence[Suggestion], read: writing.Read, number: int, turns: Sequence[_Turn]) -> list[Suggestion]:
    """What stays, what came or was changed by the last answer, and what went; an unreadable reply changes nothing."""
    if not read.entries:
        return list(told)
    before = {one.text.casefold().rstrip("."): one for one in told if not one.drop}
    stay = {one.text.casefold().rstrip("."): one for one in read.entries}
    came: list[Suggestion] = []
    changed: set[str] = set()
    gone = [one for name, one in before.items() if name not in stay]
    for n, (name, one) in enumerate(stay.items()):
        if name not in before:
            parent = _likest(one.text, [each for each in gone if each.key not in changed])
            changed |= {parent.key} if parent else set()
            came.append(_new(f"w{number}.{n}", one, number, parent, turns))
    after = f"after answer {number}"
    fate = {one.key: f"reworded {after}" if one.key in changed else f"left out {after}" for one in gone}
    weights = {before[name].key: WEIGHTS[stay[name].choice] for name in before if name in stay}
    kept = [
        one._replace(drop=one.drop or fate.get(one.key, ""), weight=weights.get(one.key, one.weight)) for one in told
    ]
    return [*kept, *came]


def _new(key: str, one: writing.Entry, number: int, parent: Suggestion | None, turns: Sequence[_Turn]) -> Suggestion:
    evidence = {"rests_on": one.before, "from": "the goal"}
    if number:
        evidence |= {"from": f"answer {number}", "question": turns[-1].question, "answer": turns[-1].answer}
    return Suggestion(
        key, Op.ADD, one.text, parents=(parent.key,) if parent else (), round=number, weight=WEIGHTS[one.choice],
        kind="principle", evidence=evidence,
    )  # fmt: skip


def _likest(text: str, gone: Sequence[Suggestion]) -> Suggestion | None:
    rated = [(rapidfuzz.fuzz.ratio(text, one.text), -n, one) for n, one in enumerate(gone)]
    best = max(rated, default=None, key=lambda one: one[:2])
    return best[2] if best and best[0] >= REWORDED else None


def _changes(made: Sequence[Suggestion], number: int) -> dict[str, list[str]]:
    """What an answer added, reworded and took out, by the texts."""
    came = [one for one in made if one.round == number and ".x" not in one.key]
    return {
        "added": [one.text for one in came if not one.parents],
        "reworded": [one.text for one in came if one.parents],
        "left_out": [one.text for one in made if one.drop == f"left out after answer {number}"],
    }


METHOD = Method(
    "clarify", "From a conversation", "What does the person who needs the rubric want?",
    frozenset({Need.CONVERSATION, Need.META}),
    (Param("questions", "Questions at most", 3, 0, 10, help="The draft waits for the answer to each."),),
    "ARCANE, arXiv:2512.06196", step,
    "ARCANE trains the model that asks; yours asks as well as the writer that you attach.",
)  # fmt: skip
