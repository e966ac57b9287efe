"""Pairs that teach what must matter and what must not (Crome); nothing here asks a model."""

from typing import Any

from apps.datasets.models import Response
from apps.training.queries.selecting.chosen import Pick, Plot, Selection
from apps.training.queries.selecting.source import Source
from domain import selection
from domain.selection import SPURIOUS

Rule = dict[str, Any]
UP, DOWN = "upgrade", "degrade"
"""How the edit of a response begins that made its parent's matter better or worse."""


def augmented(source: Source, rule: Rule) -> Selection:
    """Edited answers with their parents in order; twins of manner and answers under foreign prompts as ties."""
    means = {answer.response: answer.mean for answers in source.answers.values() for answer in answers}
    causal, sure, unsaid = _causal(source, rule, means) if rule["causal"] else ([], 0, 0)
    neutral = _neutral(source, rule) if rule["neutral"] else []
    spurious = _spurious(source, rule) if rule["spurious"] else []
    picks = (*causal, *neutral, *spurious)
    margins = tuple(pick.values["margin"] for pick in causal if pick.values["margin"] is not None)
    figures = (
        ("edited answers", len(causal)), ("that the judge tells apart surely, left out", sure),
        (f"of edits that are neither {UP} nor {DOWN}, left out", unsaid),
        ("under a foreign prompt", len(neutral)), ("with another manner", len(spurious)),
    )  # fmt: skip
    plots = (Plot("The judge's margin on edited answers", margins, None, rule["unsure"]),) if margins else ()
    return Selection(picks, figures, plots)


def _causal(source: Source, rule: Rule, means: dict[int, float | None]) -> tuple[list[Pick], int, int]:
    rows = Response.objects.filter(prompt__in=source.answers, parent__isnull=False).order_by("prompt", "pk")
    picks, sure, unsaid = [], 0, 0
    for key, parent, prompt, edit in rows.values_list("pk", "parent", "prompt", "edit"):
        said = edit.strip().casefold()
        if parent is None or not said.startswith((UP, DOWN)):
            unsaid += 1
            continue
        better, worse = (key, parent) if said.startswith(UP) else (parent, key)
        above, below = means.get(better), means.get(worse)
        margin = None if above is None or below is None else above - below
        if rule["unsure"] is not None and margin is not None and margin >= rule["unsure"]:
            sure += 1
            continue
        picks.append(
            Pick((prompt,), (better, worse), {"sort": "causal", "relation": "better", "edit": edit, "margin": margin})
        )
    return picks, sure, unsaid


def _neutral(source: Source, rule: Rule) -> list[Pick]:
    """The first two answers to a prompt, under another prompt of the run."""
    hashes = source.prompt_hashes()
    foreign = selection.irrelevant([(prompt, hashes[prompt]) for prompt in source.answers], rule["seed"])
    return [
        Pick(
            (other, prompt), (source.answers[prompt][0].response, source.answers[prompt][1].response),
            {"sort": "neutral", "relation": "tie", "edit": "foreign prompt", "margin": None},
        )
        for prompt, other in foreign.items()
        if len(source.answers[prompt]) > 1
    ]  # fmt: skip


def _spurious(source: Source, rule: Rule) -> list[Pick]:
    """Each answer beside itself with another manner, the edits in turn."""
    found = []
    edits = list(SPURIOUS)
    for number, (prompt, answers) in enumerate(source.answers.items()):
        best = max(answers, key=lambda one: (one.mean is not None, one.mean or 0.0))
        values = {"sort": "spurious", "relation": "tie", "edit": edits[number % len(edits)], "margin": None}
        found.append(Pick((prompt,), (best.response,), values | {"seed": rule["seed"]}))
    return found
