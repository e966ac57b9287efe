"""What a version promises of its scores."""

from typing import Any

from apps.accounts.permissions import Actor
from apps.rubrics.models import RubricVersion
from apps.rubrics.services import drafts, joining
from domain import rubric


def edit_truth_table(
    *,
    by: Actor,
    version: RubricVersion,
    rows: list[dict[str, Any]],
    what: str = "edited the truth table",
    seen: joining.Seen | None = None,
    burst: bool = False,
    keep: drafts.Keep = drafts.change,
) -> RubricVersion:
    """Put these rows in the place of the truth table; what others keep under the extensions stays."""

    def edit(document: dict[str, Any]) -> None:
        present = {"truth_table": rubric.raw_truth_rows(document["extensions"])}
        joined = joining.join(present, {"truth_table": rows}, seen or joining.Seen())
        document["extensions"] = rubric.with_truth_rows(document["extensions"], joined["truth_table"])

    return keep(by=by, version=version, what=what, edit=edit, burst=burst)
