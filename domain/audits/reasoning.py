"""Whether what a judge writes says the same as its verdict, and how often nothing can be read."""

from __future__ import annotations

import re

import numpy as np

from domain.audits import measured
from domain.audits.entries import Audit
from domain.audits.params import Param, Params
from domain.audits.plots import Form, Plot, Series
from domain.audits.shapes import Cell, Column, Finding, Holds, Inputs, Need, Reply, Unit, graded, written
from domain.verdicts.reasons import said_truth

_WINNER = re.compile(
    r"\b(?:answer|response|assistant|output|candidate|option|model|summary)\s*[\"'“(\[]*\s*(?P<one>[AB12])\b(?![\w'])"
    r"|\[\[\s*(?P<two>[AB12])\s*\]\]|\b(?P<tie>tie|equally\s+good|equally\s+bad|both\s+are\s+equal)\b",
    re.IGNORECASE,
)
_BETTER = re.compile(
    r"\b(?:better|superior|preferred|prefer|prefers|wins?|winner|stronger|best|choose|chosen|more\s+\w+\s+(?:than|answer))\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]?")
SAME = {
    "1": "a",
    "2": "b",
    "yes": "pass",
    "true": "pass",
    "met": "pass",
    "no": "fail",
    "false": "fail",
    "not met": "fail",
}
EXCERPT = 160


def said(text: str, verdict: str) -> str | None:
    """The verdict that a rationale ends on, in the terms of its kind (a winner, or pass and fail); None where it names
    none. Of winners the last sentence counts that calls one better (R1-Reward, 2505.02835, as a rule; ours)."""
    if normal(verdict) in {"pass", "fail"}:
        truth = said_truth(text)
        return None if truth is None else "pass" if truth >= 0.5 else "fail"
    found = None
    for sentence in _SENTENCE.findall(text):
        names = list(_WINNER.finditer(sentence))
        if not names:
            continue
        ties = [one for one in names if one["tie"]]
        marked = [one for one in names if one["two"]]
        if ties:
            found = "tie"
        elif marked:
            found = normal(marked[-1]["two"])
        elif _BETTER.search(sentence):
            found = normal(names[0]["one"])
    return found


def normal(verdict: str) -> str:
    """A verdict in one spelling."""
    plain = verdict.strip().strip("[]()\"'. ").casefold()
    return SAME.get(plain, plain)


def run(inputs: Inputs, params: Params, rng: np.random.Generator) -> Finding:
    """The share of replies whose reasons end on their verdict, of those that say one, and of unread replies."""
    replies = inputs.replies
    read = [one for one in replies if one.verdict is not None]
    told = [(one, said(one.text, one.verdict or "")) for one in read]
    heard = [(one, found) for one, found in told if found is not None]
    agrees = np.array([found == normal(one.verdict or "") for one, found in heard], dtype=np.float64)
    rate = measured.mean("consistent", "Reasons end on the verdict", values=agrees, codes=None, rng=rng)
    unread = measured.mean(
        "unread",
        "Replies that could not be read",
        values=np.array([one.verdict is None for one in replies], dtype=np.float64),
        codes=None,
        rng=rng,
    )
    silent = measured.mean(
        "silent",
        "Reasons that name no verdict",
        values=np.array([found is None for _, found in told], dtype=np.float64),
        codes=None,
        rng=rng,
    )
    wrong = [(one, found) for (one, found), same in zip(heard, agrees.tolist(), strict=True) if not same]
    rows: list[tuple[Cell, ...]] = [(one.prompt, one.response, one.verdict, found, _end(one)) for one, found in wrong]
    rows += [(one.prompt, one.response, None, None, _end(one)) for one in replies if one.verdict is None]
    bands = [graded(rate, good=params["good"], poor=params["poor"]), graded(unread, good=0.01, poor=params["unread"])]
    worst = max(bands, key=["good", "unclear", "watch", "poor"].index)
    bars = Series("share", [rate.value, silent.value, unread.value], ["consistent", "silent", "unread"], Form.BARS)
    return Finding(
        figures=(rate, unread, silent),
        band=worst,
        reading=f"Of {len(heard):,} replies whose reasons name a verdict {rate.said()} agree with it: their votes may "
        f"weigh by that. {unread.said()} of {len(replies):,} replies could not be read."
        + (f" {written(silent.value, Unit.SHARE)} of the reasons name none and say nothing." if silent.value else ""),
        columns=(
            Column("Prompt", Holds.PROMPT),
            Column("Answer", Holds.RESPONSE),
            Column("Verdict"),
            Column("Reasons end on"),
            Column("Their end"),
        ),
        rows=tuple(rows),
        plot=Plot("Replies", "share", "", [bars], across=True),
        notes=("Read by rule from the text, without a second judge; reasons that name no verdict count neither way.",),
    )


def _end(reply: Reply) -> str:
    text = " ".join(reply.text.split())
    return text if len(text) <= EXCERPT else "…" + text[1 - EXCERPT :]


AUDIT = Audit(
    kind="reasoning",
    version=1,
    title="Reasons and verdicts",
    needs=(Need.REPLIES,),
    run=run,
    question="Do the judge's reasons say the same as its verdict, and can its replies be read?",
    source="P10; R1-Reward (2505.02835), read by rule instead of by a second model (ours)",
    policy="A reply that cannot be read is no verdict: it is counted apart and is neither consistent nor not.",
    params=(
        Param("good", "Good from", "number", 0.97, "From this share of consistent replies on it is good.", 0, 1),
        Param("poor", "Poor up to", "number", 0.85, "Up to this share it is poor.", 0, 1),
        Param("unread", "Unread, poor from", "number", 0.1, "From this share of unread replies on it is poor.", 0, 1),
    ),
)
