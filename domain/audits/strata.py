"""The same scorer where answers or prompts differ: by language, by length of what must be read, and under other
passages."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from domain import agreement
from domain.audits import measured, resampling
from domain.audits.entries import Audit
from domain.audits.params import Param, Params
from domain.audits.plots import Form, Plot, Series
from domain.audits.shapes import (
    MOST_ROWS,
    Cell,
    Column,
    Figure,
    Finding,
    Floats,
    Holds,
    Inputs,
    Need,
    Unit,
    graded,
    written,
)
from domain.audits.taking import SCORER, TooFew, right, scored

LANGUAGE, PARALLEL, CONTEXT, PASSAGES = "language", "parallel", "context", "passages"
KEPT, REMOVED, CONTRADICTED, SHUFFLED = "kept", "removed", "contradicted", "shuffled"
_PASSAGES = {
    REMOVED: "Gold passage removed: the score of a grounded answer falls",
    CONTRADICTED: "Contradicting passage planted: the score falls",
    SHUFFLED: "Passages shuffled: the score stays",
}


def winners(inputs: Inputs, name: str, key: str) -> tuple[dict[str, dict[str, tuple[float, str]]], tuple[str, ...]]:
    """By item and stratum: 1, ½ or 0 as the best right answer stands above, beside or below the best wrong one, and the
    prompt that it was. The item is the tag `parallel`, else the prompt itself."""
    taken = scored(inputs, name, correct=True)
    answers, values, truth = taken.answers, taken.scores.values, right(taken.answers)
    groups = answers.groups
    best = groups.most(np.where(truth, values, -np.inf))
    wrong = groups.most(np.where(truth, -np.inf, values))
    first = groups.order[groups.starts]
    strata, items = answers.tagged(key)[first], answers.tagged(PARALLEL)[first]
    found: dict[str, dict[str, tuple[float, str]]] = {}
    for n, prompt in enumerate(groups.names):
        if strata[n] and np.isfinite(best[n]) and np.isfinite(wrong[n]):
            worth = 0.5 if best[n] == wrong[n] else float(best[n] > wrong[n])
            found.setdefault(str(items[n]) or prompt, {})[str(strata[n])] = (worth, prompt)
    if not found:
        raise TooFew(f"No prompt with a {key} has a right and a wrong answer, both scored.")
    return found, taken.notes


def run_languages(inputs: Inputs, params: Params, rng: np.random.Generator) -> Finding:
    """Accuracy by language, its drop against the pivot, and Cohen's kappa of the verdicts on the same items with the
    pivot's, averaged over languages (M-RewardBench, 2410.15522); three verdicts: right, tie, wrong."""
    found, notes = winners(inputs, params["scorer"], LANGUAGE)
    languages = sorted({language for by in found.values() for language in by})
    pivot = params["pivot"]
    if pivot not in languages or len(languages) < 2:
        raise TooFew(f"There have to be items in {pivot} and in another language; there are {', '.join(languages)}.")
    accuracy, kappas, flips = [], {}, []
    for language in languages:
        worth = np.array([by[language][0] for by in found.values() if language in by])
        accuracy.append(measured.mean(f"in_{language}", language, values=worth, codes=None, rng=rng))
        if language != pivot:
            both = [(by[pivot][0], by[language][0]) for by in found.values() if pivot in by and language in by]
            kappas[language] = agreement.cohen_kappa([a for a, _ in both], [b for _, b in both]) if both else None
    for item, by in found.items():
        if pivot not in by:
            continue
        changed = [one for one in languages if one in by and by[one][0] != by[pivot][0]]
        if changed:
            flips.append((len(changed), item, by[pivot][1], ", ".join(changed)))
    flips.sort(key=lambda one: (-one[0], one[1]))
    known = [value for value in kappas.values() if value is not None]
    mean = Figure(
        "kappa", f"Mean kappa of verdicts with {pivot}", float(np.mean(known)) if known else None, n=len(known)
    )
    base = next(one for one in accuracy if one.title == pivot)
    drops = [
        Figure(
            f"drop_{one.title}",
            f"{one.title}: drop against {pivot}",
            (base.value or 0.0) - (one.value or 0.0),
            unit=Unit.SHARE,
        )
        for one in accuracy
        if one.title != pivot
    ]
    single = [Figure(f"kappa_{name}", f"{name}: kappa with {pivot}", value) for name, value in kappas.items()]
    worst = max(drops, key=lambda one: one.value or 0.0)
    bars = Series(
        "accuracy",
        [one.value for one in accuracy],
        languages,
        Form.BARS,
        [one.low for one in accuracy],
        [one.high for one in accuracy],
    )
    return Finding(
        figures=(mean, *accuracy, *drops, *single),
        band=graded(mean, good=params["good"], poor=params["poor"]),
        reading=f"Verdicts on the same items agree with those in {pivot} by a kappa of {mean.said()}; the accuracy is "
        f"{base.said()} in {pivot} and "
        f"differs most in {worst.name.removeprefix('drop_')} ({written(-(worst.value or 0.0), Unit.SHARE)}). "
        f"{len(flips):,} of {len(found):,} items change their verdict with the language.",
        columns=(Column("Item"), Column("Prompt", Holds.PROMPT), Column("Changed in")),
        rows=tuple((item, prompt, changed) for _, item, prompt, changed in flips[:MOST_ROWS]),
        left_out=max(0, len(flips) - MOST_ROWS),
        notes=(*notes, "Kappa is not defined where all verdicts are the same."),
        plot=Plot("Accuracy by language", "accuracy", "", [bars], lines=[0.5], across=True),
    )


def run_context(inputs: Inputs, params: Params, rng: np.random.Generator) -> Finding:
    """Accuracy by how much must be read: buckets of the tag `context` (a number of words or tokens), the slope per
    doubling, and items of which several sizes are there whose verdict changes (LongRM, 2510.06915)."""
    found, notes = winners(inputs, params["scorer"], CONTEXT)
    cells = []
    for item, by in found.items():
        for size, (worth, prompt) in by.items():
            try:
                cells.append((float(size), worth, item, prompt))
            except ValueError:
                continue
    cells = [one for one in cells if one[0] > 0]
    if len({one[0] for one in cells}) < 2:
        raise TooFew("There have to be contexts of at least two sizes, tagged with numbers above 0.")
    sizes, credit = np.array([one[0] for one in cells]), np.array([one[1] for one in cells])
    place = np.floor(np.log2(sizes)).astype(np.intp)
    buckets = [
        measured.mean(
            f"from_{2 ** int(n)}",
            f"{2 ** int(n):,} to {2 ** (int(n) + 1):,}",
            values=credit[place == n],
            codes=None,
            rng=rng,
        )
        for n in np.unique(place)
    ]
    slope = _slope(np.log2(sizes), credit, rng)
    unsteady = []
    several = 0
    by_item: dict[str, list[tuple[float, float, str, str]]] = {}
    for cell in cells:
        by_item.setdefault(cell[2], []).append(cell)
    for item, mine in by_item.items():
        mine.sort()
        several += len(mine) > 1
        if len({one[1] for one in mine}) > 1:
            unsteady.append((item, mine[0][3], ", ".join(f"{one[0]:g}: {_word(one[1])}" for one in mine)))
    steady = Figure(
        "steady",
        "Items whose verdict stays at every size",
        1 - len(unsteady) / several if several else None,
        unit=Unit.SHARE,
        n=several,
    )
    line = Series(
        "accuracy",
        [one.title for one in buckets],
        [one.value for one in buckets],
        Form.BARS,
        [one.low for one in buckets],
        [one.high for one in buckets],
    )
    return Finding(
        figures=(slope, steady, *buckets),
        band=graded(slope, good=params["good"], poor=params["poor"]),
        reading=f"With each doubling of what must be read the accuracy changes by {slope.value or 0.0:+.3g}; it is "
        f"{buckets[0].said()} in the shortest contexts and {buckets[-1].said()} in the longest."
        + (f" {steady.said()} of {several:,} items keep their verdict as the context grows." if several else ""),
        columns=(Column("Item"), Column("Prompt", Holds.PROMPT), Column("Verdict by size")),
        rows=tuple(unsteady),
        notes=notes,
        plot=Plot("Accuracy by context", "size of the context", "accuracy", [line], lines=[0.5]),
    )


def _word(worth: float) -> str:
    return {1.0: "right", 0.5: "tie"}.get(worth, "wrong")


def _slope(x: Floats, y: Floats, rng: np.random.Generator) -> Figure:
    """The slope of a line by least squares, with its bootstrap interval over prompts."""
    sums = np.column_stack([x * y, x, y, x**2, np.ones(len(x))])

    def line(total: Floats) -> Floats:
        spread = total[:, 3] - total[:, 1] ** 2 / total[:, 4]
        cross = total[:, 0] - total[:, 1] * total[:, 2] / total[:, 4]
        found: Floats = np.where(spread > 1e-12, cross / np.where(spread > 1e-12, spread, 1.0), np.nan)
        return found

    low, high = resampling.interval(sums, line, rng)
    return Figure("slope", "Accuracy per doubling", float(line(sums.sum(axis=0)[None, :])[0]), low, high, n=len(x))


def run_passages(inputs: Inputs, params: Params, rng: np.random.Generator) -> Finding:
    """What other passages do to the score of the same answer: it must fall without the gold passage or beside a
    contradiction, and stay under shuffling (RAG-RewardBench, 2412.13746, as probes; tolerance ours)."""
    taken = scored(inputs, params["scorer"])
    answers, values = taken.answers, taken.scores.values
    kinds, origins = answers.tagged(PASSAGES), answers.tagged("of")
    place = {name: n for n, name in enumerate(answers.ids)}
    rows = [n for n in range(len(answers)) if kinds[n] in _PASSAGES and str(origins[n]) in place]
    if not rows:
        raise TooFew("No answer was scored both with its own passages and with other ones.")
    mine = np.array(rows, dtype=np.intp)
    before = values[[place[str(origins[n])] for n in rows]]
    delta, kind = values[mine] - before, kinds[mine]
    tolerance = float(params["tolerance"])
    good = np.where(kind == SHUFFLED, np.abs(delta) <= tolerance, delta < -tolerance).astype(np.float64)
    codes: npt.NDArray[np.intp] = answers.groups.codes[mine]
    headline = measured.mean("grounded", "Scores that do as they must", values=good, codes=codes, rng=rng)
    parts = [
        measured.mean(name, title, values=good[kind == name], codes=codes[kind == name], rng=rng)
        for name, title in _PASSAGES.items()
        if (kind == name).any()
    ]
    order = np.lexsort((np.arange(len(delta)), good)).tolist()
    cells: list[tuple[Cell, ...]] = [
        (answers.prompts[mine[n]], answers.ids[mine[n]], str(kind[n]), float(before[n]), float(values[mine[n]]))
        for n in order
        if not good[n]
    ]
    bars = Series(
        "as they must",
        [one.value for one in parts],
        [one.name for one in parts],
        Form.BARS,
        [one.low for one in parts],
        [one.high for one in parts],
    )
    weakest = min(parts, key=lambda one: one.value or 0.0)
    return Finding(
        figures=(headline, *parts),
        band=graded(headline, good=params["good"], poor=params["poor"]),
        reading=f"Scores do as they must under other passages in {headline.said()} of cases; least often: "
        f"{weakest.title[0].lower()}{weakest.title[1:]} ({weakest.said()}).",
        columns=(
            Column("Prompt", Holds.PROMPT),
            Column("Answer", Holds.RESPONSE),
            Column("Passages"),
            Column("before", Holds.NUMBER),
            Column("after", Holds.NUMBER),
        ),
        rows=tuple(cells),
        notes=taken.notes,
        plot=Plot("Under other passages", "share", "", [bars], across=True),
    )


LANGUAGES = Audit(
    kind="languages",
    version=1,
    title="Languages",
    needs=(Need.SCORES, Need.CORRECT),
    run=run_languages,
    wanted=(LANGUAGE,),
    tags=(LANGUAGE, PARALLEL),
    question="Does the verdict on the same item change with the language?",
    source="M-RewardBench (2410.15522)",
    policy="A tie is a verdict of its own, worth half.",
    params=(
        SCORER,
        Param("pivot", "Pivot", "text", "en", "The language that the others are held against."),
        Param("good", "Good from", "number", 0.6, "From this mean kappa on it is good.", -1, 1),
        Param("poor", "Poor up to", "number", 0.4, "Up to this mean kappa it is poor.", -1, 1),
    ),
)
CONTEXTS = Audit(
    kind="context_growth",
    version=1,
    title="Long contexts",
    needs=(Need.SCORES, Need.CORRECT),
    run=run_context,
    wanted=(CONTEXT,),
    tags=(CONTEXT, PARALLEL),
    question="Does the judge get worse the more it has to read?",
    source="LongRM (2510.06915); slope per doubling ours",
    policy="A tie is worth half.",
    params=(
        SCORER,
        Param("good", "Good from", "number", -0.01, "From this change per doubling on it is good.", -1, 1),
        Param("poor", "Poor up to", "number", -0.05, "Up to this change per doubling it is poor.", -1, 1),
    ),
)
RAG = Audit(
    kind="passages",
    version=1,
    title="Passages",
    needs=(Need.SCORES,),
    run=run_passages,
    wanted=(PASSAGES, "of"),
    tags=(PASSAGES, "of"),
    calls=True,
    question="Does the score rest on the passages that the answer was given?",
    source="P16; RAG-RewardBench (2412.13746) as probes (ours)",
    policy="A change of just the tolerance is no change. Answers whose original has no score are left out.",
    params=(
        SCORER,
        Param("tolerance", "Tolerance", "number", 0.05, "Changes of the score up to this do not count.", 0),
        Param("good", "Good from", "number", 0.9, "From this share on it is good.", 0, 1),
        Param("poor", "Poor up to", "number", 0.6, "Up to this share it is poor.", 0, 1),
    ),
)
