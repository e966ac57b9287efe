"""Criteria from what several strong answers share and the policy's answer lacks (RubiCap, arXiv:2603.09160)."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any, NamedTuple

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
    Suggestion,
    Text,
    unanswered,
)  # fmt: skip

LEAST_MEMBERS = 3
MOST_MEMBERS = 8
WEIGHTS = {"critical": 3.0, "important": 2.0, "minor": 1.0}
"""RubiCap's severities."""
SHAPE = writing.Shape("committee", "part", "severity", tuple(WEIGHTS), 6)
NAMES = "ABCDEFGH"


class Table(NamedTuple):
    """A prompt with the answers of its committee and that of the policy."""

    prompt: int
    members: tuple[Text, ...]
    policy: Text


def tables(inputs: Inputs) -> list[Table]:
    """The prompts with an answer of the policy (`inputs.weak`) and at least three of others, or of `inputs.strong`.

    The first answer of each author counts. Raises Refused where there is none.
    """
    found: list[Table] = []
    for prompt in inputs.prompts:
        own = {one.author: one for one in reversed(inputs.answers) if one.prompt == prompt}
        policy = next((own[name] for name in inputs.weak if name in own), None)
        names = inputs.strong or tuple(sorted(own))
        members = tuple(own[name] for name in names if name in own and name not in inputs.weak)[:MOST_MEMBERS]
        if policy is not None and len(members) >= LEAST_MEMBERS:
            found.append(Table(prompt, members, policy))
    if not found:
        raise Refused(
            f"A committee needs {LEAST_MEMBERS} answers by different authors to one prompt beside an answer of the "
            "policy, and no prompt has them.", code="committee_small",
        )  # fmt: skip
    return found


def needed(support: int, members: int) -> int:
    """How many members have to say something: at least `support` and, of more than four, half of them (ours)."""
    return max(support, (members + 1) // 2 if members > 4 else 0)


def step(inputs: Inputs, params: Mapping[str, Any], seed: int, answers: Mapping[str, Answer]) -> More | End:
    """Write from each committee, ask which answers meet each criterion, keep what the committee shares."""
    chosen = tables(inputs)
    random.Random(seed).shuffle(chosen)
    chosen = chosen[: params["prompts"]]
    asks = tuple(_write(inputs, one) for one in chosen)
    if rest := unanswered(asks, answers):
        return More("Writing from the committee's answers", rest)
    reads = {
        ask.key: writing.read(answers[ask.key], SHAPE, inputs, [each.text for each in (*one.members, one.policy)])
        for ask, one in zip(asks, chosen, strict=True)
    }
    checks = tuple(_check(inputs, one, text, reads[f"w{one.prompt}"]) for one in chosen for text in _texts(one))
    checks = tuple(one for one in checks if one.request.suffixes)  # type: ignore[union-attr]
    if rest := unanswered(checks, answers):
        return More("Asking which answers meet each criterion", rest)
    made = [one for table in chosen for one in _weighed(table, reads[f"w{table.prompt}"], params["support"], answers)]
    if more := writing.comparison(made, inputs, answers):
        return more
    found = writing.once(made, inputs, answers)
    figures = {"prompts": len(chosen), "members": max(len(one.members) for one in chosen)}
    return writing.ended(
        [*found, *writing.unfit_ones(reads)], reads.values(), figures,
        "Kept is what enough of the committee meets and the policy does not.",
    )  # fmt: skip


def _texts(one: Table) -> tuple[Text, ...]:
    return (*one.members, one.policy)


def _write(inputs: Inputs, one: Table) -> Ask:
    blocks = [("Task", inputs.prompts[one.prompt])]
    blocks += [(f"Answer {NAMES[n]}", each.text) for n, each in enumerate(one.members)]
    return writing.written(
        inputs, f"w{one.prompt}", "Writes what the answers share", SHAPE, blocks, count=len(one.members)
    )


def _check(inputs: Inputs, one: Table, text: Text, found: writing.Read) -> Ask:
    blocks = [("Task", inputs.prompts[one.prompt]), ("Answer", text.text)]
    questions = [("true_of", each.text) for each in found.entries]
    return writing.checked(inputs, f"c{one.prompt}.{text.key}", "Checks one answer", blocks, questions)


def _weighed(one: Table, found: writing.Read, support: int, answers: Mapping[str, Answer]) -> list[Suggestion]:
    """Each criterion with who of the committee meets it, dropped where too few do or the policy does."""
    count = len(found.entries)
    met = {each.key: writing.yes(answers.get(f"c{one.prompt}.{each.key}", Answer()), count) for each in _texts(one)}
    wanted = needed(support, len(one.members))
    made = []
    for n, entry in enumerate(found.entries):
        by = [each.author for each in one.members if (met[each.key][n] or 0.0) > 0.5]
        failed = sum(met[each.key][n] is None for each in one.members)
        made.append(
            Suggestion(
                f"w{one.prompt}.{n}", Op.ADD, entry.text, weight=WEIGHTS[entry.choice], kind="principle",
                drop=_drop(len(by), wanted, len(one.members), failed, met[one.policy.key][n]),
                evidence={
                    "support": len(by), "of": len(one.members), "by": by, "severity": entry.choice,
                    "unchecked": failed, "part": entry.before, "prompt": one.prompt,
                },
            )
        )  # fmt: skip
    return made


def _drop(support: int, wanted: int, members: int, failed: int, policy: float | None) -> str:
    if support < wanted:
        unknown = f", {failed} could not be checked" if failed else ""
        return f"met by {support} of {members} of the committee{unknown}; {wanted} are needed"
    if policy is None:
        return "could not be checked on the policy's answer"
    return "the policy's answer meets it already" if policy > 0.5 else ""


METHOD = Method(
    "committee", "From a committee of answers", "What do several strong answers get right that the policy misses?",
    frozenset({Need.ANSWERS, Need.POLICY, Need.META}),
    (
        Param("prompts", "Prompts to write from", 4, 1, 50),
        Param(
            "support", "Members that must agree", 2, 2, MOST_MEMBERS,
            help="Of a committee of more than four, at least half of it.",
        ),
    ),
    "RubiCap, arXiv:2603.09160", step,
    "RubiCap's writer is Gemini 2.5 Pro; what yours finds depends on the writer and the judge that you attach.",
)  # fmt: skip
