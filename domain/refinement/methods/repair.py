"""Criteria worded anew where the judge was wrong: what people settled stands, and what was right stays right (ours)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from domain.refinement import rewording, writing
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
    Present,
    Refused,
    Suggestion,
)  # fmt: skip
from domain.refinement.replay import Batch, Story, replay
from domain.refinement.rewording import Case, Trial, Work, side

SHAPE = writing.Shape("repair", "cause", "change", rewording.CHANGES, rewording.WORDINGS)
LEAST_FAULTS = 2
MOST_CASES = 24


class Count(NamedTuple):
    """On which cases a wording mends the judge's fault, and on which it makes one; by the keys of the answers."""

    mended: tuple[int, ...]
    broken: tuple[int, ...]
    right: int
    known: int
    before: int


def faults(inputs: Inputs) -> list[tuple[Present, list[Case]]]:
    """Criteria on which the judge was wrong at least twice, most faults first, with all their settled cases.

    Raises Refused where there is none.
    """
    answers = {one.key: one for one in inputs.answers}
    found = []
    for criterion in inputs.criteria:
        own = [one for one in inputs.verdicts if one.criterion == criterion.id and one.answer in answers]
        cases = [
            Case(answers[one.answer], one, side(one.settled) is not side(one.judged))
            for one in own
            if one.settled is not None and one.judged is not None
        ]
        if sum(one.open for one in cases) >= LEAST_FAULTS:
            found.append((criterion, cases))
    if not found:
        raise Refused(
            f"There is no criterion on which the judge erred {LEAST_FAULTS} times by what people settled. Settle more "
            "of its verdicts, or leave the rubric as it is.", code="nothing_to_repair",
        )  # fmt: skip
    return sorted(found, key=lambda one: -sum(case.open for case in one[1]))


def step(inputs: Inputs, params: Mapping[str, Any], seed: int, answers: Mapping[str, Answer]) -> More | End:
    """Word anew from some of the faults, check on the others and on what was right."""
    return replay(_story(inputs, params, seed), answers)


def _story(inputs: Inputs, params: Mapping[str, Any], seed: int) -> Story:
    chosen = faults(inputs)[: params["criteria"]]
    works = [rewording.divided(one, cases, most=params["cases"], seed=seed) for one, cases in chosen]
    asks = {one.criterion.id: rewording.asked(inputs, one, SHAPE, _titles(one)) for one in works}
    answers = yield Batch("Wording anew", tuple(asks.values()))
    reads = {name: _read(inputs, work, asks[name], answers) for name, work in zip(asks, works, strict=True)}
    trials: dict[str, list[Trial]] = {}
    yield from rewording.tried(inputs, works, {name: one.entries for name, one in reads.items()}, trials)
    found = [one for work in works for one in _judged(work, trials[work.criterion.id], params["broken"])]
    found += writing.unfit_ones({asks[name].key: one for name, one in reads.items()})
    figures = {"criteria": len(works), "cases": sum(len(one.cases) for one in works)}
    return writing.ended(
        found, reads.values(), figures, "Proposed is the wording that mends most of the faults that it was not shown."
    )


def _titles(work: Work) -> list[str]:
    titles = []
    for number, one in enumerate(work.shown, start=1):
        people = "meets the criterion" if side(one.verdict.settled) else "does not meet the criterion"
        judge = "the judge erred" if one.open else "the judge had it right"
        titles.append(f"Answer {number}, which by what people found {people}; {judge}")
    return titles


def _read(inputs: Inputs, work: Work, ask: Ask, answers: Mapping[str, Answer]) -> writing.Read:
    """Wordings that are not the present one."""
    read = writing.read(answers[ask.key], SHAPE, inputs, [one.answer.text for one in work.shown])
    same = work.criterion.text.casefold().rstrip(".")
    return read._replace(entries=tuple(one for one in read.entries if one.text.casefold().rstrip(".") != same))


def counted(cases: Sequence[Case], before: Trial, after: Trial, start: int = 0) -> Count:
    """How a wording does beside the present one on the cases from a place on; what either failed on is left out."""
    mended, broken = [], []
    right = known = had = 0
    for case, old, new in list(zip(cases, before.shares, after.shares, strict=True))[start:]:
        if old is None or new is None:
            continue
        wanted = side(case.verdict.settled)
        was, now = side(old) is wanted, side(new) is wanted
        known, right, had = known + 1, right + now, had + was
        if now and not was:
            mended.append(case.answer.key)
        elif was and not now:
            broken.append(case.answer.key)
    return Count(tuple(sorted(mended)), tuple(sorted(broken)), right, known, had)


def _judged(work: Work, trials: Sequence[Trial], most_broken: int) -> list[Suggestion]:
    """Each new wording with what it mends; at most one of them is proposed."""
    held = [counted(work.cases, trials[0], one, len(work.shown)) for one in trials[1:]]
    drops = [_drop(work, one, most_broken) for one in held]
    fit = [place for place, drop in enumerate(drops) if not drop]
    best = max(fit, key=lambda place: (_gain(held[place]), -place), default=None)
    found = []
    for place, (one, count) in enumerate(zip(trials[1:], held, strict=True)):
        whole = counted(work.cases, trials[0], one)
        drop = drops[place] or ("" if place == best else "another wording mends more")
        found.append(
            Suggestion(
                f"{work.criterion.id}.{place}",
                Op.CHANGE,
                one.text,
                target=work.criterion.id,
                drop=drop,
                evidence={
                    "mends": list(whole.mended),
                    "breaks": list(whole.broken),
                    "mended": len(whole.mended),
                    "broken": len(whole.broken),
                    "held_out": count.known,
                    "right_before": count.before,
                    "right_after": count.right,
                    "cause": one.cause,
                    "change": one.change,
                    "present": work.criterion.text,
                },
            )
        )
    return found


def _gain(one: Count) -> int:
    return len(one.mended) - len(one.broken)


def _drop(work: Work, one: Count, most_broken: int) -> str:
    if 2 * one.known < len(work.held):
        return "could not be checked"
    if len(one.broken) > most_broken:
        return f"makes {len(one.broken)} new faults on cases held out"
    return "" if _gain(one) > 0 else "mends nothing that it was not shown"


METHOD = Method(
    kind="repair",
    title="Repair by settled verdicts",
    question="Which wording makes the judge find what people found?",
    needs=frozenset({Need.FAULTS, Need.META}),
    params=(
        Param("criteria", "Criteria to repair, at most", 3, 1, 20, help="Those with most faults. One call each."),
        Param(
            "cases", "Faults, and right verdicts, of each", 12, 2, MOST_CASES,
            help="Half of both are shown to the writer, the other half is held out.",
        ),
        Param("broken", "New faults that a wording may make", 0, 0, 10, help="On the cases that are held out."),
    ),
    source="ours",
    step=step,
    frontier="How well a wording can be mended depends on the writer and the judge that you attach.",
)  # fmt: skip
