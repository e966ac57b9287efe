"""Fits answers into what a judge can read, before its strategy asks; touches no database."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from domain import long_inputs, strategies, subjects, words
from domain.long_inputs import Count, Piece, Policy
from domain.ports import LabelRequest, LikelihoodRequest, TextRequest, text_of
from domain.strategies import Findings, Question
from engines.protocol import Engine

FRAME_TOKENS = 64
"""Room for the frame of a chat template, which no count of a prompt's text holds."""


@dataclasses.dataclass(frozen=True)
class Fitted:
    """The questions to ask instead of one, with the pieces of the answers in each; `note` goes into every verdict.

    `refused` holds the sentence where nothing is to be asked at all.
    """

    questions: tuple[Question, ...]
    pieces: tuple[tuple[Piece, ...], ...] = ()
    note: dict[str, Any] = dataclasses.field(default_factory=dict)
    refused: str = ""

    def findings(self, found: Sequence[Findings], offsets: Sequence[int]) -> Findings:
        """One set of findings; `offsets` says how many calls were made before those of each question."""
        if not self.pieces:
            return found[0]
        merged = Findings(away=next((each.away for each in found if each.away), ""))
        criteria = {criterion.id: criterion for criterion in self.questions[0].criteria}
        for place in found[0].verdicts:
            if not all(place in each.verdicts for each in found):
                continue
            read = [
                long_inputs.placed(each.verdicts[place], pieces[min(place.member, len(pieces) - 1)])
                for each, pieces in zip(found, self.pieces, strict=True)
            ]
            verdict, number = long_inputs.merge(criteria[place.criterion], read) if len(read) > 1 else (read[0], 0)
            merged.verdicts[place] = dataclasses.replace(verdict, detail={**verdict.detail, **self.note})
            if place in found[number].origins:
                call, position = found[number].origins[place]
                merged.origins[place] = (call + offsets[number], position)
        return merged


def fit(strategy: strategies.Strategy, question: Question, engine: Engine) -> Fitted:
    """The question as it is where it fits or nothing is to be done about its length, else as the policy says."""
    policy = Policy(question.settings.get("long_input", Policy.REFUSE))
    own = question.settings.get("input_tokens")
    if policy is Policy.REFUSE and own is None:
        return Fitted((question,))
    known = [limit for limit in (own, engine.info().context_length) if limit is not None]
    asked = _first(strategy, question)
    if not known or asked is None:
        return Fitted((question,))
    limit = min(known)
    prompt, room = asked
    if len(prompt.encode()) + room <= limit:
        return Fitted((question,))
    count, counted = _counter(engine)
    total = count(prompt) + room
    if total <= limit:
        return Fitted((question,))
    if policy is Policy.REFUSE:
        return Fitted((), refused=_too_long(total, limit, counted))
    return _shortened(question, total, limit, (count, counted))


def refusals(question: Question, sentence: str) -> Findings:
    """Findings that refuse every criterion, for each member of a list."""
    findings = Findings()
    members = len(question.material.answers) or 1
    for criterion in question.criteria:
        for member in range(members):
            findings.refuse(criterion, sentence, member)
    return findings


def _shortened(question: Question, total: int, limit: int, counter: tuple[Count, str]) -> Fitted:
    count, counted = counter
    policy = Policy(question.settings["long_input"])
    texts = [subjects.text_of(parts) for parts in question.material.answers]
    sizes = [count(text) for text in texts]
    budget = limit - (total - sum(sizes))
    if budget < long_inputs.LEAST * len(texts):
        over = f"{_too_long(total, limit, counted)} Without the answer it leaves too little room to cut it to."
        return Fitted((), refused=over)
    sets: list[tuple[Piece, ...]]
    if policy is Policy.CHUNK_MERGE and len(texts) == 1:
        sets = [(piece,) for piece in long_inputs.pieces(texts[0], budget, count)]
    else:
        kept = long_inputs.shares(sizes, budget)
        sets = [tuple(long_inputs.cut(text, keep, count) for text, keep in zip(texts, kept, strict=True))]
    after = max(sum(count(piece.text) for piece in pieces) for pieces in sets)
    note = {
        "long_input": policy.value, "tokens_before": sum(sizes), "tokens_after": after, "pieces": len(sets),
        "counted": counted,
    }  # fmt: skip
    return Fitted(tuple(_with(question, pieces) for pieces in sets), tuple(sets), note)


def _with(question: Question, pieces: Sequence[Piece]) -> Question:
    answers = tuple(tuple(subjects.as_parts(piece.text)) for piece in pieces)
    return dataclasses.replace(question, material=dataclasses.replace(question.material, answers=answers))


def _first(strategy: strategies.Strategy, question: Question) -> tuple[str, int] | None:
    """The longest prompt of the first request, and the tokens that must be free behind it; None where none is asked."""
    steps = strategy.judge(question)
    try:
        request = next(steps).request
    except StopIteration:
        return None
    finally:
        steps.close()
    tails = [text_of(suffix) for suffix in request.suffixes]
    if isinstance(request, LikelihoodRequest):
        tails = [f"{tail}{request.lead}{text}" for tail, text in zip(tails, request.continuations, strict=True)]
    elif isinstance(request, LabelRequest):
        tails = [f"{tail}{request.lead(place)}" for place, tail in enumerate(tails)]
    room = request.max_tokens if isinstance(request, TextRequest) else 1
    return text_of(request.shared) + max(tails, key=len, default=""), room + FRAME_TOKENS


def _counter(engine: Engine) -> tuple[Count, str]:
    """What counts tokens, and the word for it: the engine, or an estimate from the length of the text."""
    if engine.count_tokens("a") is None:
        return lambda text: -(-len(text.encode()) // words.BYTES_A_TOKEN), "estimate"
    return lambda text: engine.count_tokens(text) or 0, "engine"


def _too_long(total: int, limit: int, counted: str) -> str:
    about = "about " if counted == "estimate" else ""
    return f"The prompt needs {about}{total:,} tokens, and this judge reads at most {limit:,}."
