"""What people turned down of what was proposed for a rubric, so that the next round does not write it again."""

from apps.rubrics import queries as rubrics
from apps.rubrics.models import Hunk, Rubric

MOST = 30
MOST_REASON = 300


def turned_down(rubric: Rubric) -> tuple[tuple[str, str], ...]:
    """Criteria that were rejected for a rubric with the reasons given, the last at the end, each text once.

    What its proposer took back is not among them, nor what stands in a later accepted edit.
    """
    rows = Hunk.objects.filter(proposal__rubric=rubric, pointer__startswith="criteria/").order_by("-decided_at", "-pk")
    told = rows.exclude(decision="open").exclude(reason=rubrics.TAKEN_BACK).values_list("decision", "after", "reason")
    found: dict[str, tuple[str, str]] = {}
    settled = set[str]()
    for decision, after, reason in told.iterator():
        text = " ".join(str(after["text"]).split()) if isinstance(after, dict) and after.get("text") else ""
        if not text or text.casefold() in settled:
            continue
        settled.add(text.casefold())
        if decision == "rejected":
            found[text.casefold()] = (text, reason[:MOST_REASON])
        if len(found) == MOST:
            break
    return tuple(reversed(found.values()))
