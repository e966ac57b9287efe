"""Criteria worded more clearly where people disagree about them (ours)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from domain.refinement import rewording, writing
from domain.refinement.loop import Answer, End, Inputs, Method, More, Need, Op, Param, Present, Refused, Suggestion
from domain.refinement.replay import Batch, Story, replay
from domain.refinement.rewording import Case, Trial, Work, side

SHAPE = writing.Shape("wording", "cause", "change", rewording.CHANGES, rewording.WORDINGS)
LEAST_DISPUTED = 2


def disputed(inputs: Inputs, least: float) -> list[tuple[Present, list[Case]]]:
    """Criteria of which people disagree about at least two answers and this share of those that two or more voted on.

    Most disputed first. Raises Refused where there is none.
    """
    answers = {one.key: one for one in inputs.answers}
    found = []
    for criterion in inputs.criteria:
        own = [one for one in inputs.verdicts if one.criterion == criterion.id and one.answer in answers]
        cases = [Case(answers[one.answer], one, _split(one.votes)) for one in own if len(one.votes) > 1]
        count = sum(one.open for one in cases)
        if count >= LEAST_DISPUTED and count >= least * len(cases):
            found.append((criterion, cases))
    if not found:
        raise Refused(
            f"There is no criterion of which people disagree about {LEAST_DISPUTED} answers and {least:.0%} of those "
            "that several of them judged.", code="nothing_disputed",
        )  # fmt: skip
    return sorted(found, key=lambda one: -sum(case.open for case in one[1]) / len(one[1]))


def step(inputs: Inputs, params: Mapping[str, Any], seed: int, answers: Mapping[str, Answer]) -> More | End:
    """Word anew from some of the disputed answers; the judge must be surer of the others and keep what was agreed."""
    return replay(_story(inputs, params, seed), answers)


def _story(inputs: Inputs, params: Mapping[str, Any], seed: int) -> Story:
    chosen = disputed(inputs, params["disputed"])[: params["criteria"]]
    works = [rewording.divided(one, cases, most=params["cases"], seed=seed) for one, cases in chosen]
    asks = {one.criterion.id: rewording.asked(inputs, one, SHAPE, _titles(one)) for one in works}
    answers = yield Batch("Wording more clearly", tuple(asks.values()))
    reads = {
        name: writing.read(answers[asks[name].key], SHAPE, inputs, [one.answer.text for one in work.shown])
        for name, work in zip(asks, works, strict=True)
    }
    trials: dict[str, list[Trial]] = {}
    yield from rewording.tried(inputs, works, {name: one.entries for name, one in reads.items()}, trials)
    found = [one for work in works for one in _judged(work, trials[work.criterion.id], params["surer"])]
    found += writing.unfit_ones({asks[name].key: one for name, one in reads.items()})
    figures = {"criteria": len(works), "cases": sum(len(one.cases) for one in works)}
    return writing.ended(
        found, reads.values(), figures,
        "Proposed is the wording that leaves the judge least in doubt on answers that it was not shown. Whether people "
        "agree on it, only people can tell.",
    )  # fmt: skip


def _titles(work: Work) -> list[str]:
    titles = []
    for number, one in enumerate(work.shown, start=1):
        yes = sum(side(vote) is True for vote in one.verdict.votes)
        told = f"{yes} of {len(one.verdict.votes)} people say that it meets the criterion"
        titles.append(f"Answer {number}, of which {told}")
    return titles


def _judged(work: Work, trials: Sequence[Trial], least: float) -> list[Suggestion]:
    before = _sureness(work, trials[0])
    after = [_sureness(work, one) for one in trials[1:]]
    drops = [_lost(work, trials[0], one) for one in trials[1:]]
    drops = [drop or _doubt(before, sure, least) for drop, sure in zip(drops, after, strict=True)]
    fit = [place for place, drop in enumerate(drops) if not drop]
    best = max(fit, key=lambda place: (after[place] or 0.0, -place), default=None)
    return [
        Suggestion(
            f"{work.criterion.id}.{place}", Op.CHANGE, one.text, target=work.criterion.id,
            drop=drops[place] or ("" if place == best else "another wording is clearer"),
            evidence={
                "sure_before": _round(before), "sure_after": _round(after[place]), "cause": one.cause,
                "change": one.change, "present": work.criterion.text,
                "disputed": sum(case.open for case in work.cases), "agreed": sum(not case.open for case in work.cases),
            },
        )
        for place, one in enumerate(trials[1:])
    ]  # fmt: skip


def _sureness(work: Work, trial: Trial) -> float | None:
    """How far from even the judge is on the disputed answers that were held out, in [0, 1]."""
    held = list(zip(work.cases, trial.shares, strict=True))[len(work.shown) :] if trial.shares else []
    found = [abs(2 * share - 1) for case, share in held if case.open and share is not None]
    return sum(found) / len(found) if found else None


def _lost(work: Work, present: Trial, one: Trial) -> str:
    """Whether it turns what people agree on, where the present wording does not."""
    lost = 0
    for case, old, new in zip(work.cases, present.shares, one.shares, strict=True):
        agreed = None if case.open else side(case.verdict.votes[0])
        lost += agreed is not None and side(old) is agreed and new is not None and side(new) is not agreed
    return f"turns {lost} of the answers that people agree on" if lost else ""


def _doubt(before: float | None, after: float | None, least: float) -> str:
    if before is None or after is None:
        return "could not be checked"
    return "" if after >= before + least else "leaves as much in doubt"


def _split(votes: Sequence[float]) -> bool:
    return len({side(one) for one in votes}) > 1


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


METHOD = Method(
    kind="wording",
    title="Clearer words where people disagree",
    question="Which wording leaves no doubt where people disagreed?",
    needs=frozenset({Need.FAULTS, Need.META}),
    params=(
        Param("criteria", "Criteria to word anew, at most", 3, 1, 20, help="The most disputed. One call each."),
        Param(
            "cases", "Disputed answers, and agreed ones, of each", 12, 2, 24,
            help="Half of both are shown to the writer, the other half is held out.",
        ),
        Param("disputed", "Share of answers in dispute", 0.2, 0, 1, whole=False, help="Others count as clear enough."),
        Param("surer", "How much surer the judge must be", 0.05, 0, 1, whole=False),
    ),
    source="ours",
    step=step,
    frontier="A judge that is surer is a sign, no proof, that people will agree; ask them again.",
)  # fmt: skip
