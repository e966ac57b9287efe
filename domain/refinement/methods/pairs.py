"""Criteria from preference pairs: written from some, chosen by others, measured on those held out.

OpenRubrics' contrastive generation with preference-label consistency (arXiv:2510.07743). The requests that check hold
no word on which answer is better.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from domain import principles, prompts, rubric, subjects
from domain.ports import LabelRequest, TextRequest
from domain.refinement import drafting
from domain.refinement.gate import Rate
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
    Pair,
    Param,
    Role,
    Suggestion,
    unanswered,
)

TOKENS = 700
UNREADABLE = "The model did not reply with a list of criteria."
LEAST_HELD_OUT = 2
_Answers = Mapping[str, Answer]


class _Case(NamedTuple):
    """The pairs as they were divided, and what they rest on."""

    inputs: Inputs
    pairs: Mapping[tuple[int, int], Pair]
    split: drafting.Split
    seed: int


def step(inputs: Inputs, params: Mapping[str, Any], seed: int, answers: _Answers) -> More | End:
    """Write, put together what says the same, choose, hold out. Raises Refused where the pairs cannot teach."""
    keyed = {(one.better.key, one.worse.key): one for one in inputs.pairs}
    split = drafting.split(
        [drafting.plain(one) for one in inputs.pairs], sources=params["sources"], checks=params["checks"], seed=seed
    )
    case = _Case(inputs, keyed, split, seed)
    asks = tuple(_write(case, place, pair) for place, pair in enumerate(split.sources))
    if unanswered(asks, answers):
        return More("Writing", asks)
    written, dropped = _written(case, asks, answers)
    figures: dict[str, Any] = {"equal": split.equal, "contradictory": split.contradictory, "written": len(written)}
    known = [one.text for one in inputs.criteria if one.text.strip()]
    if not written:
        return End((), figures | {"dropped": dict(dropped)}, _why_nothing(case, asks, answers, dropped))
    merge = Ask("alike", Role.STUDIO, "compare", Alike((*(one.text for _, one in written), *known)))
    if unanswered((merge,), answers):
        return More("Putting together", (merge,))
    found, more = _merged(written, answers[merge.key], len(known))
    dropped.update(str(one) for one in more)
    figures |= {"likeness": answers[merge.key].by, "dropped": dict(dropped)}
    if not found:
        return End((), figures, f"All criteria that were written were dropped: {', '.join(sorted(dropped))}.")
    return _checked(case, params, found, answers, figures)


def _checked(
    case: _Case, params: Mapping[str, Any], found: Sequence[drafting.Candidate], answers: _Answers,
    figures: dict[str, Any],
) -> More | End:  # fmt: skip
    sieve = _checks(case, "choose", case.split.sieve, found)
    if unanswered(sieve, answers):
        return More("Choosing", sieve)
    table = _preferences(sieve, answers, len(found))
    worths = [drafting.worth([row[place] for row in table]) for place in range(len(found))]
    kept = [one for one, worth in zip(found, worths, strict=True) if worth.drop is None]
    held = _checks(case, "hold out", case.split.held_out, kept) if kept else ()
    if unanswered(held, answers):
        return More("Checking on pairs held out", held)
    rate, failed = drafting.consistency(_preferences(held, answers, len(kept)))
    figures |= {
        "kept": len(kept), "held_out": len(case.split.held_out), "failed": failed,
        "consistency": {"value": rate.value, "low": rate.low, "high": rate.high, "count": rate.count},
    }  # fmt: skip
    why = _why_not(len(kept), rate, params["threshold"], _reasons((*sieve, *held), answers))
    suggestions = [
        _suggestion(case, place, one, worth, str(worth.drop or (drafting.Drop.UNPROVEN if why else "")))
        for place, (one, worth) in enumerate(zip(found, worths, strict=True))
    ]
    hits = round((rate.value or 0) * rate.count)
    low, high = rate.low or 0, rate.high or 0
    told = f"Reproduces {hits} of {rate.count} held-out labels (95 % interval {low:.0%} to {high:.0%})."
    return End(tuple(suggestions), figures, why or told)


def _material(case: _Case, pair: drafting.Pair, place: int) -> prompts.Material:
    """Both answers, the better one at this place."""
    own = case.pairs[pair.better, pair.worse]
    ordered = [own.worse, own.better] if place else [own.better, own.worse]
    hashes = [pair.worse_hash, pair.better_hash] if place else [pair.better_hash, pair.worse_hash]
    return prompts.Material(
        rubric=rubric.Rubric(), messages=subjects.as_messages(case.inputs.prompts.get(pair.prompt, "")),
        answers=tuple(subjects.as_parts(one.text) for one in ordered), fence_secret=case.inputs.secret,
        subject_hash="".join(hashes),
    )  # fmt: skip


def _write(case: _Case, number: int, pair: drafting.Pair) -> Ask:
    place = (case.seed + number) % 2
    shared = (
        *prompts.write_shared(_material(case, pair, place)),
        *prompts.governed(case.inputs.meta, case.inputs.turned_down),
    )
    request = TextRequest(
        shared, (prompts.write_suffix(place, drafting.MOST_EACH),), max_tokens=TOKENS, forms=(drafting.form(TOKENS),)
    )
    return Ask(f"write {pair.better} {pair.worse}", Role.WRITER, "write", request)


def _checks(
    case: _Case, purpose: str, pairs: Sequence[drafting.Pair], candidates: Sequence[drafting.Candidate]
) -> tuple[Ask, ...]:
    """Both orders of each pair, for a judge may like what stands first."""
    asks = []
    for pair in pairs:
        for place in (0, 1):
            material = _material(case, pair, place)
            token = prompts.fence(material.fence_secret, material.subject_hash)
            suffixes = tuple(prompts.check_suffix(one.text, token) for one in candidates)
            request = LabelRequest(prompts.check_shared(material), suffixes, (prompts.CHECK_LABELS,) * len(suffixes))
            asks.append(Ask(f"{purpose} {pair.better} {pair.worse} {place}", Role.JUDGE, purpose, request))
    return tuple(asks)


def _written(
    case: _Case, asks: Sequence[Ask], answers: _Answers
) -> tuple[list[tuple[int, drafting.Written]], Counter[str]]:
    written: list[tuple[int, drafting.Written]] = []
    dropped: Counter[str] = Counter()
    for place, ask in enumerate(asks):
        if (read := _read(case, place, answers[ask.key])) is not None:
            written += [(place, one) for one in read[0]]
            dropped.update(str(one) for one in read[1])
    return written, dropped


def _read(case: _Case, place: int, answer: Answer) -> tuple[list[drafting.Written], list[drafting.Drop]] | None:
    pair = case.split.sources[place]
    own = case.pairs[pair.better, pair.worse]
    said = answer.texts[0] if answer.texts else None
    return None if said is None else drafting.read_written(said, [own.better.text, own.worse.text])


def _merged(
    written: Sequence[tuple[int, drafting.Written]], answer: Answer, known: int
) -> tuple[list[drafting.Candidate], list[drafting.Drop]]:
    import numpy as np

    over = principles.ALIKE_IN_WORDS if answer.by == "words" else principles.ALIKE
    return drafting.merged(written, np.array(answer.alike)[: len(written)], over=over, known=known)


def _preferences(asks: Sequence[Ask], answers: _Answers, count: int) -> list[list[int | None]]:
    """One row a pair, one column a candidate; asks come in twos, one for each order."""
    rows = []
    for first, second in zip(asks[::2], asks[1::2], strict=True):
        one, other = (
            drafting.degrees(answers[ask.key].labels, place, count) for place, ask in enumerate((first, second))
        )
        rows.append([drafting.preference(*both) for both in zip(one, other, strict=True)])
    return rows


def _reasons(asks: Sequence[Ask], answers: _Answers) -> str:
    reasons = Counter(answers[ask.key].reason for ask in asks if answers[ask.key].reason)
    return reasons.most_common(1)[0][0] if reasons else ""


def _why_nothing(case: _Case, asks: Sequence[Ask], answers: _Answers, dropped: Counter[str]) -> str:
    reason = _reasons(asks, answers)
    if not reason and any(_read(case, place, answers[ask.key]) is None for place, ask in enumerate(asks)):
        reason = UNREADABLE
    if reason:
        return f"No criterion could be read. {reason}"
    if dropped:
        return f"All {sum(dropped.values())} criteria that were written were dropped: {', '.join(sorted(dropped))}."
    return "The model named nothing that sets the answers apart."


def _why_not(kept: int, rate: Rate, threshold: float, reason: str) -> str:
    if not kept:
        sentence = "No criterion prefers the better answer more often than the worse on pairs it was not written from."
        return f"{sentence} {reason}".strip()
    if rate.value is None or rate.count < LEAST_HELD_OUT:
        return f"Only {rate.count} held-out pairs could be checked, too few to tell. {reason}".strip()
    if rate.value < threshold:
        hits = round(rate.value * rate.count)
        return f"The criteria reproduce {hits} of {rate.count} held-out labels; asked is {threshold:.0%}."
    return ""


def _suggestion(case: _Case, place: int, one: drafting.Candidate, worth: drafting.Worth, drop: str) -> Suggestion:
    sources = [case.split.sources[number] for number in one.sources]
    evidence = {
        "kind": str(one.kind), "pairs": len(one.sources), "right": worth.right, "wrong": worth.wrong,
        "tied": worth.tied, "failed": worth.failed, "difference": " · ".join(one.differences[:3]),
        "from": [[pair.better, pair.worse] for pair in sources],
    }  # fmt: skip
    return Suggestion(f"c{place}", Op.ADD, one.text, drop=drop, kind=str(one.kind), evidence=evidence)


def most_calls(params: Mapping[str, Any], inputs: Inputs) -> int:
    """One call a source; each of the fifteen criteria in both orders on all pairs that choose and that are held out."""
    prompts_given = len({one.better.prompt for one in inputs.pairs})
    sources = min(params["sources"], prompts_given // 3)
    checks = min(params["checks"], max(0, prompts_given - sources) // 2)
    return int(sources + 2 * 2 * checks * min(drafting.MOST_KEPT, sources * drafting.MOST_EACH))


METHOD = Method(
    kind="pairs",
    title="From pairs that people compared",
    question="What sets the better answers apart?",
    needs=frozenset({Need.PAIRS, Need.META}),
    params=(
        Param("sources", "Pairs to write from", 6, 1, 100, help="One call each."),
        Param(
            "checks", "Pairs to choose and to check by", 8, 1, 100,
            help="As many to choose criteria by, and again to hold out. Two calls for each criterion.",
        ),
        Param(
            "threshold", "Held-out labels to reproduce", 0.8, 0, 1, whole=False,
            help="Below this share nothing is proposed.",
        ),
    ),
    source="OpenRubrics, arXiv:2510.07743",
    step=step,
    frontier="Published gains come from frontier models; yours depend on the judge you choose.",
    most_calls=most_calls,
)  # fmt: skip
