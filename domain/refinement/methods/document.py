"""Criteria from a document, each with the passage that it follows from (AI Co-Scientists, arXiv:2512.23707)."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence
from typing import Any

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
    Source,
    Suggestion,
    unanswered,
)  # fmt: skip

MOST_CHARACTERS = 400_000
PASSAGE = 1_800
MOST_GOAL = 300
GOAL = reply_forms.sentence(MOST_GOAL - 2, ".")
LEAST_WORDS = 40
EACH = 5
SHAPE = writing.Shape("document", "sentences", "kind", ("hard rule", "principle"), EACH)
QUESTIONS = ("specific", "telling", "guarded")
"""What a candidate is scored by: specific, not trivial, gives no answer away."""
_BREAK = re.compile(r"\n\s*\n")
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_WORD = re.compile(r"\w+")


def passages(sources: Sequence[Source]) -> list[Source]:
    """Documents cut at paragraphs, of long ones at sentences, into passages of at most 1,800 characters.

    Raises Refused for what holds hardly any words (empty, or scanned pages without text), and for more than 400,000
    characters.
    """
    size = sum(len(one.text) for one in sources)
    if size > MOST_CHARACTERS:
        raise Refused(
            f"The document has {size:,} characters; at most {MOST_CHARACTERS:,} are read. Give the chapters that say "
            "how answers should be.", code="document_long",
        )  # fmt: skip
    if sum(len(_WORD.findall(one.text)) for one in sources) < LEAST_WORDS:
        raise Refused(
            f"The document has fewer than {LEAST_WORDS} words. Scanned pages hold pictures of text: give the text.",
            code="document_empty",
        )
    found: list[Source] = []
    for source in sources:
        texts = _packed([piece for part in _BREAK.split(source.text) for piece in _pieces(part.strip())])
        found += [Source(f"{source.key}.{n}", f"{source.title}, passage {n + 1}", text) for n, text in enumerate(texts)]
    return found


def spread(found: Sequence[Source], count: int) -> list[Source]:
    """So many passages, evenly over the document; all where there are no more."""
    if len(found) <= count:
        return list(found)
    return [found[n * len(found) // count] for n in range(count)]


def chosen(scores: Sequence[float], count: int) -> list[int]:
    """The places of the highest scores, of equal ones the first, in their order."""
    best = sorted(range(len(scores)), key=lambda place: (-scores[place], place))[:count]
    return sorted(best)


def step(inputs: Inputs, params: Mapping[str, Any], seed: int, answers: Mapping[str, Answer]) -> More | End:
    """Say the goal, write candidates passage by passage, score them, keep the best."""
    taken = spread(passages(inputs.sources), -(-params["candidates"] // EACH))
    goal = inputs.goal
    if not goal:
        blocks = [("Passage", one.text) for one in taken[:2]]
        ask = writing.sentence(inputs, "goal", "Says what answers have to do", "goal", blocks, form=GOAL)
        if rest := unanswered((ask,), answers):
            return More("Reading what the document is for", rest)
        said = writing.said(answers["goal"])
        words = _WORD.findall(said.casefold())
        goal = said if len(said) <= MOST_GOAL and 2 * len(set(words)) > len(words) else ""
    asks = tuple(_write(inputs, goal, one, n) for n, one in enumerate(taken))
    if rest := unanswered(asks, answers):
        return More("Writing from passages", rest)
    reads = {ask.key: writing.read(answers[ask.key], SHAPE, inputs) for ask in asks}
    made = [one for ask, passage in zip(asks, taken, strict=True) for one in _cited(ask.key, reads[ask.key], passage)]
    if more := writing.comparison(made, inputs, answers):
        return more
    made = _first(writing.once(made, inputs, answers), params["candidates"])
    checks = tuple(_score(inputs, goal, one) for one in made if not one.drop)
    if rest := unanswered(checks, answers):
        return More("Scoring the candidates", rest)
    made = _scored(made, answers, params["keep"])
    return writing.ended(
        [*made, *writing.unfit_ones(reads)], reads.values(), {"goal": goal, "passages": len(taken)},
        "Kept are the candidates that are specific, telling and give no answer away. Whether each is needed is for "
        "people to say.",
    )  # fmt: skip


def _write(inputs: Inputs, goal: str, passage: Source, number: int) -> Ask:
    found = writing.sentences(passage.text)
    blocks = [*([("Task", goal)] if goal else []), ("Passage", writing.listed(found))]
    shape = dataclasses.replace(SHAPE, numbers=len(found))
    return writing.written(inputs, f"w{number}", "Writes from a passage", shape, blocks)


def _cited(key: str, found: writing.Read, passage: Source) -> list[Suggestion]:
    made = []
    for n, one in enumerate(found.entries):
        quote = writing.cited(one.before, passage.text)
        made.append(
            Suggestion(
                f"{key}.{n}", Op.ADD, one.text, kind=one.choice,
                drop="" if quote else "rests on words that do not stand in the passage",
                evidence={"source": passage.title, "passage": quote or one.before},
            )
        )  # fmt: skip
    return made


def _first(made: Sequence[Suggestion], most: int) -> list[Suggestion]:
    left = [one.key for one in made if not one.drop][most:]
    return [one._replace(drop=writing.WHY[drafting.Drop.MANY]) if one.key in left else one for one in made]


def _score(inputs: Inputs, goal: str, one: Suggestion) -> Ask:
    blocks = [("Task", goal or "Not said.")]
    return writing.checked(
        inputs, f"s.{one.key}", "Scores a candidate", blocks, [(each, one.text) for each in QUESTIONS]
    )


def _scored(made: Sequence[Suggestion], answers: Mapping[str, Answer], keep: int) -> list[Suggestion]:
    """The mean share of yes to the three questions; what could not be scored is dropped."""
    scores: dict[str, float | None] = {}
    for one in made:
        if not one.drop:
            given = writing.yes(answers.get(f"s.{one.key}", Answer()), len(QUESTIONS))
            known = [each for each in given if each is not None]
            scores[one.key] = sum(known) / len(known) if len(known) == len(QUESTIONS) else None
    rated = [(key, score) for key, score in scores.items() if score is not None]
    best = {rated[place][0] for place in chosen([score for _, score in rated], keep)}
    return [_fate(one, scores[one.key], one.key in best) if one.key in scores else one for one in made]


def _fate(one: Suggestion, score: float | None, kept: bool) -> Suggestion:
    if score is None:
        return one._replace(drop="could not be scored")
    drop = "" if kept else "scored lower than those kept"
    return one._replace(drop=drop, evidence={**one.evidence, "score": round(score, 3)})


def _pieces(text: str) -> list[str]:
    """A paragraph, or the sentences of one that is too long, or stretches of one without sentences."""
    if len(text) <= PASSAGE:
        return [text] if text else []
    return [each[at : at + PASSAGE] for each in _SENTENCE.split(text) for at in range(0, len(each), PASSAGE)]


def _packed(pieces: Sequence[str]) -> list[str]:
    found: list[str] = []
    for piece in pieces:
        if found and len(found[-1]) + len(piece) + 1 <= PASSAGE:
            found[-1] += f"\n{piece}"
        else:
            found.append(piece)
    return found


METHOD = Method(
    "document", "From a document", "What does a standard, guideline or paper ask of answers?",
    frozenset({Need.DOCUMENT, Need.META}),
    (
        Param("candidates", "Candidates", 15, 3, 60, help="Five a passage; passages lie evenly over the document."),
        Param("keep", "Kept", 10, 1, 40),
    ),
    "AI co-scientists, arXiv:2512.23707", step,
    "Its goals and criteria were written by frontier models; experts approved 84 % of them. Yours depend on the writer "
    "that you attach.",
)  # fmt: skip
