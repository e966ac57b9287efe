"""What a licence as typed says about giving texts to a training job."""

from __future__ import annotations

import re
from typing import NamedTuple

_UNKNOWN = frozenset({
    "", "unknown", "unclear", "unspecified", "not specified", "none", "n/a", "na", "null", "other", "tbd", "todo", "?",
    "-", "see source", "various", "mixed",
})  # fmt: skip
_NOT_FOR_SALE = re.compile(r"(?:^|[-_\s])NC(?:$|[-_\s.\d])|non[-\s]?commercial|research[-\s]only", re.IGNORECASE)
_NO_CHANGES = re.compile(r"(?:^|[-_\s])ND(?:$|[-_\s.\d])|no[-\s]?deriv", re.IGNORECASE)


class Terms(NamedTuple):
    """What a licence says; nothing of it where it is unknown."""

    known: bool
    non_commercial: bool = False
    no_derivatives: bool = False


def terms(licence: str) -> Terms:
    """What a licence permits, by its name: nobody's reading of its text (ours)."""
    said = " ".join(licence.split())
    if said.casefold() in _UNKNOWN:
        return Terms(known=False)
    return Terms(True, bool(_NOT_FOR_SALE.search(said)), bool(_NO_CHANGES.search(said)))


def refusal(licence: str, *, non_commercial: bool, changes_texts: bool) -> str:
    """Why texts under this licence may not be exported, in a sentence; nothing where they may.

    `non_commercial` is the asker's word that the training is not for sale; `changes_texts` where the export edits them.
    """
    said = terms(licence)
    if not said.known:
        return "Nobody said under which licence this data set stands, so its texts cannot be given to a training job."
    if said.non_commercial and not non_commercial:
        return f"{licence} forbids commercial use: say that this training is not commercial, or choose other data."
    if said.no_derivatives and changes_texts:
        return f"{licence} forbids changed copies, and this export edits texts."
    return ""
