"""Criteria from like cases of the rubric bank: retrieved, reranked, rewritten (InfiMed-ORBIT, arXiv:2510.15859)."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from domain import principles
from domain.refinement import writing
from domain.refinement.loop import (
    Alike,
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
    unanswered,
)  # fmt: skip

POINTS = ("10", "8", "5", "3", "1", "-3", "-5", "-8", "-10", "2")
"""On offer; of a word that is none of them 2 is taken (ours)."""
SHAPE = writing.Shape("similar", "from", "points", POINTS, 8)
MOST_BANK = 150


def nearest(task: str, sources: Sequence[Source], count: int, answer: Answer) -> list[tuple[Source, float]]:
    """The cases most alike to the task, of equal ones the first; `answer` holds cosines of the task and all cases.

    Without them words are compared.
    """
    if len(answer.alike) == len(sources) + 1:
        row = np.array(answer.alike[0][1:], dtype=np.float64)
    else:
        vectors = principles.word_vectors([task, *(_said(one) for one in sources)])
        row = principles.cosines(vectors[:1], vectors[1:])[0]
    order = sorted(range(len(sources)), key=lambda place: (-float(row[place]), place))[:count]
    return [(sources[place], float(row[place])) for place in order]


def step(inputs: Inputs, params: Mapping[str, Any], seed: int, answers: Mapping[str, Answer]) -> More | End:
    """Find like cases, ask which of them help, write for this task, say what is new."""
    sources = [one for one in inputs.sources if one.text.strip()][:MOST_BANK]
    task = inputs.goal.strip() or "\n".join(list(inputs.prompts.values())[:3])
    if not sources:
        raise Refused("The bank holds no criterion of another rubric to draw on.", code="bank_empty")
    if not task:
        raise Refused("Say what the task is, so that like cases can be found.", code="goal_missing")
    search = Ask("near", Role.STUDIO, "Finds like cases", Alike((task, *(_said(one) for one in sources))))
    if rest := unanswered((search,), answers):
        return More("Searching the bank", rest)
    found = nearest(task, sources, params["retrieved"], answers[search.key])
    rank = writing.checked(
        inputs, "rank", "Says which of them help", [("Task", task)], [("useful", one.text) for one, _ in found]
    )
    if rest := unanswered((rank,), answers):
        return More("Ranking what was found", rest)
    best = reranked(found, writing.yes(answers[rank.key], len(found)), params["used"])
    ask = _write(inputs, task, [one for one, _ in best])
    if rest := unanswered((ask,), answers):
        return More("Writing for this task", rest)
    read = writing.read(answers[ask.key], SHAPE, inputs)
    made = [_drawn(n, one, best) for n, one in enumerate(read.entries)]
    if more := writing.comparison(made, inputs, answers):
        return more
    made = [_badged(one, sources) for one in writing.once(made, inputs, answers)]
    new = sum(one.evidence["novelty"] == "new" for one in made if not one.drop)
    figures = {"bank": len(sources), "used": len(best), "new": new, "searched_by": answers[search.key].by or "words"}
    return writing.ended(
        [*made, *writing.unfit_ones({ask.key: read})], [read], figures,
        f"{new} of those kept are like nothing in the bank; the others say what they were taken from.",
    )  # fmt: skip


def reranked(
    found: Sequence[tuple[Source, float]], useful: Sequence[float | None], count: int
) -> list[tuple[Source, float]]:
    """The most useful by the judge, of equal ones and those it said nothing about the likest."""
    order = sorted(range(len(found)), key=lambda place: (-(useful[place] or 0.0), place))[:count]
    return [found[place] for place in order]


def _said(one: Source) -> str:
    return f"{one.about}\n{one.text}" if one.about else one.text


def _write(inputs: Inputs, task: str, used: Sequence[Source]) -> Ask:
    listed = writing.listed([one.text for one in used])
    shape = dataclasses.replace(SHAPE, numbers=len(used))
    return writing.written(inputs, "write", "Writes for this task", shape, [("Task", task), ("Criteria", listed)])


def _drawn(place: int, one: writing.Entry, best: Sequence[tuple[Source, float]]) -> Suggestion:
    points = int(one.choice)
    used = [best[n] for n in writing.numbers(one.before, len(best))]
    return Suggestion(
        f"s{place}", Op.ADD, one.text, weight=float(abs(points)), kind="pitfall" if points < 0 else "principle",
        evidence={
            "points": points,
            "bank": [
                {"key": case.key, "title": case.title, "text": case.text, "alike": round(near, 3)}
                for case, near in used
            ],
        },
    )  # fmt: skip


def _badged(one: Suggestion, sources: Sequence[Source]) -> Suggestion:
    """Whether it is new, or says much the same as something in the bank, by words."""
    vectors = principles.word_vectors([one.text, *(each.text for each in sources)])
    row = principles.cosines(vectors[:1], vectors[1:])[0]
    at = int(row.argmax())
    like = float(row[at]) >= principles.ALIKE_IN_WORDS
    told = {"novelty": "like the bank", "like": sources[at].title} if like else {"novelty": "new"}
    return one._replace(evidence={**one.evidence, **told})


METHOD = Method(
    "similar", "From like cases of the bank", "What did other rubrics ask of such tasks?",
    frozenset({Need.CASES, Need.META}),
    (
        Param("retrieved", "Criteria retrieved", 20, 1, 100),
        Param("used", "Criteria written from", 8, 1, 30, help="The most useful of those retrieved, as the judge says."),
    ),
    "InfiMed-ORBIT, arXiv:2510.15859", step,
    "ORBIT's criteria are written by a frontier model from a bank of experts' rubrics; yours depend on your bank and "
    "on the writer that you attach.",
)  # fmt: skip
