"""Answers of policies that do nothing useful: what a training run would find if a rubric paid them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from domain.probes.edits import keywords
from domain.selection.augmented import FILLERS

REFUSAL = "I am sorry, but I cannot help with that."
ONE_WORD = "Yes."
LONG = 40


def degenerate(
    prompt: str, criteria: Sequence[str], *, best: str = "", labels: Sequence[str] = ()
) -> Mapping[str, str]:
    """The answer of each degenerate policy to a prompt, by the policy's name (Job application reward, 2511.16073, for
    constant labels; the others are ours). `best` is the best real answer, to which every criterion is appended."""
    found = {
        "empty": "",
        "refusal": REFUSAL,
        "one word": ONE_WORD,
        "prompt copied": prompt,
        "filler": " ".join(FILLERS[n % len(FILLERS)] for n in range(LONG)),
    }
    found |= {f"constant {label}": label for label in labels}
    if criteria:
        found |= {"rubric pasted": "\n".join(criteria), "keywords": ", ".join(keywords(criteria))}
        if best.strip():
            found["criteria appended"] = f"{best.rstrip()}\n\n" + "\n".join(criteria)
    return found
