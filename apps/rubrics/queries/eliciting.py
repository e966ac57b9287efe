"""What people answered about the importance of criteria, and what is still to be asked."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from apps.rubrics.models import Elicitation, RubricVersion
from domain import errors, weighing

if TYPE_CHECKING:
    from apps.accounts.permissions import Actor


MOST_TYPED = 200_000
MOST_NUMBER = 1e12


@dataclass(frozen=True)
class Asked:
    """A section, what was said of it so far, and what follows from it once it is enough."""

    section: weighing.Section
    said: Mapping[str, Any]
    weights: Mapping[str, float] | None
    judged: weighing.Judged | None = None
    lacking: str = ""

    @property
    def is_done(self) -> bool:
        """Whether weights follow."""
        return self.weights is not None


def read_shares(text: str) -> dict[str, float]:
    """Numbers by criterion from a JSON object, as a page sends them; raises Invalid for anything else."""
    wrong = errors.Invalid("The weights cannot be read: send an object of numbers by criterion.", code="shares_invalid")
    if len(text) > MOST_TYPED:
        raise wrong
    try:
        found = json.loads(text, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        raise wrong from None
    if not isinstance(found, dict) or not found or not all(type(value) in {int, float} for value in found.values()):
        raise wrong
    if any(abs(value) > MOST_NUMBER for value in found.values()):
        raise wrong
    return {name: float(value) for name, value in found.items()}


def open_elicitation(version: RubricVersion, actor: "Actor", kind: str) -> Elicitation | None:
    """The one that this person has begun and not finished."""
    rows = Elicitation.objects.filter(version=version, by=actor.user, kind=kind, finished_at=None)
    return rows.select_related("version__rubric", "by").first()


def elicitations_of(version: RubricVersion, *, most: int = 20) -> list[Elicitation]:
    """Finished ones of all people, newest first."""
    rows = Elicitation.objects.filter(version=version, finished_at__isnull=False).select_related("by")
    return list(rows.order_by("-finished_at")[:most])


def get_elicitation(actor: "Actor", key: int) -> Elicitation:
    """One of the person's workspace."""
    rows = Elicitation.objects.select_related("version__rubric__workspace", "by")
    found = rows.filter(version__rubric__workspace=actor.workspace, pk=key).first()
    if found is None:
        raise errors.NotFound("There are no such answers in this workspace.", code="elicitation_unknown")
    return found


def asked(sections: Sequence[weighing.Section], row: Elicitation | None, kind: str) -> list[Asked]:
    """The open sections with what was said of them; answers about items that are gone are left aside."""
    answers: Mapping[str, Any] = row.answers if row else {}
    find = _swing if kind == Elicitation.Kind.SWING else _tradeoffs
    return [find(one, answers.get(one.id, {})) for one in sections if one.is_open]


def _swing(section: weighing.Section, said: Mapping[str, Any]) -> Asked:
    kept = [key for key in said.get("order", []) if key in section.keys]
    order = [*kept, *(key for key in section.keys if key not in kept)]
    ratings = {key: points for key, points in said.get("ratings", {}).items() if key in section.keys}
    now = {"order": order, "ratings": ratings}
    try:
        return Asked(section, now, weighing.swing_weights(section.keys, order, ratings))
    except errors.Invalid as lacking:
        return Asked(section, now, None, lacking=lacking.message)


def _tradeoffs(section: weighing.Section, said: Mapping[str, Any]) -> Asked:
    kept = [entry for entry in said.get("said", []) if entry[0] in section.keys and entry[1] in section.keys]
    ratios = {(first, second): float(ratio) for first, second, ratio, *_ in kept}
    try:
        judged = weighing.judge_tradeoffs(section.keys, ratios)
    except errors.Invalid as lacking:
        return Asked(section, {"said": kept}, None, lacking=lacking.message)
    return Asked(section, {"said": kept}, judged.weights, judged)
