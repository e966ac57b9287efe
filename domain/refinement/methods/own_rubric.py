"""Criteria from the rubrics that a judge writes itself before it judges, made general (RM-R1, arXiv:2505.02387)."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Mapping, Sequence
from typing import Any

from domain.refinement import writing
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
    Text,
    unanswered,
)  # fmt: skip

WEIGHTS = {"high": 3.0, "medium": 2.0, "low": 1.0}
OWN = writing.Shape("own_rubric", "why", "weight", tuple(WEIGHTS), 6)
GENERAL = writing.Shape("general", "from", "weight", tuple(WEIGHTS), 10, 1_200)
MOST_JOINED = 40


def step(inputs: Inputs, params: Mapping[str, Any], seed: int, answers: Mapping[str, Answer]) -> More | End:
    """Tell tasks that are judged by a rubric from those to be solved first, write for each, make it general."""
    cases = _cases(inputs, params["prompts"], seed)
    routes = tuple(_route(inputs, prompt) for prompt, _ in cases)
    if rest := unanswered(routes, answers):
        return More("Telling the tasks apart", rest)
    chat = [
        case for case, ask in zip(cases, routes, strict=True) if (writing.yes(answers[ask.key], 1)[0] or 0.0) <= 0.5
    ]
    figures = {"prompts": len(cases), "solved_first": len(cases) - len(chat)}
    if not chat:
        return End(
            (), figures, "All these tasks ask for a result that is right or wrong. RM-R1 solves such tasks first and "
            "writes no rubric for them.",
        )  # fmt: skip
    asks = tuple(_own(inputs, prompt, texts) for prompt, texts in chat)
    if rest := unanswered(asks, answers):
        return More("Writing a rubric for each task", rest)
    reads = {
        ask.key: writing.read(answers[ask.key], OWN, inputs, [one.text for one in texts])
        for ask, (_, texts) in zip(asks, chat, strict=True)
    }
    own = [
        Suggestion(
            f"{ask.key}.{n}", Op.ADD, one.text, weight=WEIGHTS[one.choice], kind="principle",
            evidence={"why": one.before, "prompt": prompt},
        )
        for ask, (prompt, _) in zip(asks, chat, strict=True)
        for n, one in enumerate(reads[ask.key].entries)
    ]  # fmt: skip
    if not own:
        return writing.ended(writing.unfit_ones(reads), reads.values(), figures, "")
    return _joined(inputs, own, reads, figures, answers)


def _joined(
    inputs: Inputs, own: list[Suggestion], reads: dict[str, writing.Read], figures: Mapping[str, Any],
    answers: Mapping[str, Answer],
) -> More | End:  # fmt: skip
    """Put those of single tasks before the writer, which makes them general."""
    listed = own[:MOST_JOINED]
    numbered = writing.listed([one.text for one in listed])
    shape = dataclasses.replace(GENERAL, numbers=len(listed))
    ask = writing.written(inputs, "general", "Makes them general", shape, [("Criteria", numbered)])
    if rest := unanswered((ask,), answers):
        return More("Making them general", rest)
    reads = {**reads, ask.key: writing.read(answers[ask.key], GENERAL, inputs)}
    made = [_general(n, one, listed) for n, one in enumerate(reads[ask.key].entries)]
    if more := writing.comparison(made, inputs, answers):
        return more
    made = writing.once(made, inputs, answers)
    used = {key for one in made for key in one.parents}
    told = [
        one._replace(drop="joined into a general one" if one.key in used else "holds for its task only") for one in own
    ]
    return writing.ended(
        [*told, *made, *writing.unfit_ones(reads)], reads.values(), figures,
        "Kept are the general ones; each names the criteria of single tasks that it joins.",
    )  # fmt: skip


def _general(place: int, one: writing.Entry, listed: Sequence[Suggestion]) -> Suggestion:
    parents = [listed[n] for n in writing.numbers(one.before, len(listed))]
    tasks = len({each.evidence["prompt"] for each in parents})
    return Suggestion(
        f"g{place}", Op.ADD, one.text, parents=tuple(each.key for each in parents), round=1, kind="principle",
        drop="" if parents else "joins none of the criteria that were written", weight=WEIGHTS[one.choice],
        evidence={"tasks": tasks, "joins": [each.text for each in parents][:5]},
    )  # fmt: skip


def _cases(inputs: Inputs, most: int, seed: int) -> list[tuple[int, tuple[Text, ...]]]:
    """Prompts by the seed, each with its first two answers. Raises Refused where there is none with two."""
    found: list[tuple[int, tuple[Text, ...]]] = []
    for prompt in inputs.prompts:
        texts = {one.text: one for one in reversed(inputs.answers) if one.prompt == prompt and one.text.strip()}
        if len(texts) > 1:
            found.append((prompt, tuple(sorted(texts.values(), key=lambda one: one.key))[:2]))
    if not found:
        raise Refused(
            "A judge writes its rubric before two answers that differ, and no prompt has two.", code="answers_missing"
        )
    random.Random(seed).shuffle(found)
    return found[:most]


def _route(inputs: Inputs, prompt: int) -> Ask:
    blocks = [("Task", inputs.prompts[prompt])]
    return writing.checked(inputs, f"r{prompt}", "Says what sort of task it is", blocks, [("route", "")])


def _own(inputs: Inputs, prompt: int, texts: Sequence[Text]) -> Ask:
    blocks = [("Task", inputs.prompts[prompt]), *((f"Answer {'AB'[n]}", one.text) for n, one in enumerate(texts))]
    return writing.written(inputs, f"w{prompt}", "Writes its rubric for a task", OWN, blocks, role=Role.JUDGE)


METHOD = Method(
    "own_rubric", "From a judge's own rubrics", "What would a judge look for by itself?",
    frozenset({Need.ANSWERS, Need.META}), (Param("prompts", "Prompts to write for", 5, 1, 50),),
    "RM-R1, arXiv:2505.02387", step,
    "RM-R1's rubrics are those of models trained to write them; yours depend on the judge that you attach.",
)  # fmt: skip
