"""What a version does to the order of judged answers, as a gate of its approval."""

from apps.judging.queries import effects
from apps.rubrics import queries as rubrics
from apps.rubrics.gates import GateState
from apps.rubrics.models import RubricVersion
from domain import errors

NAME = "order"


def keeps_the_order(version: RubricVersion) -> GateState | None:
    """Not a hurdle of its own: says whether answers change places so often that a second person has to approve.

    Measured by the mean Kendall tau-b against the approved version (docs/methods.md); where nothing can be compared,
    nobody more is asked for.
    """
    limit = rubrics.approval_policy(version.rubric.workspace).second_when_tau_below
    if limit is None:
        return None
    base = rubrics.approved_beside(version)
    if base is None:
        return GateState(NAME, True, "No version is approved yet to compare with.")
    figures = {"against": base.number, "tau": None, "limit": limit}
    try:
        found = effects.effect_of(base, version)
    except errors.Invalid as error:
        return GateState(NAME, True, f"The order of answers cannot be compared: {error.message}", figures=figures)
    if found is None:
        said = "No answer was judged under this rubric yet, so the order of answers cannot be compared."
        return GateState(NAME, True, said, figures=figures)
    moved = found.movement
    kind = "pinned answers" if found.pinned else "answers judged last"
    figures |= {"compared": moved.compared, "answers": moved.answers, "prompts": moved.prompts, "pinned": found.pinned}
    if moved.tau is None:
        said = (
            f"The order cannot be compared: of {moved.answers} {kind}, {moved.compared} have a score under this version"
            f" and version {base.number}, and no prompt has two of them that differ under both."
        )
        return GateState(NAME, True, said, figures=figures)
    far = moved.tau < limit
    sentence = (
        f"Against version {base.number} the order of answers is kept to {moved.tau:.2f} (Kendall τ-b, mean over"
        f" {moved.prompts} prompt{'s' if moved.prompts > 1 else ''}; {moved.compared} of {moved.answers} {kind}"
        f" compared); below {limit:g} two people approve."
    )
    figures["tau"] = round(moved.tau, 4)
    return GateState(NAME, True, sentence, figures=figures, approvers=2 if far else 1)
