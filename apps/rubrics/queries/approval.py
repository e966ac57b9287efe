"""Which gates of an approval are open."""

from apps.rubrics import gates
from apps.rubrics.models import RubricVersion
from apps.rubrics.queries import documents
from domain import errors


def gate_states(version: RubricVersion) -> list[gates.GateState]:
    """The state of every gate."""
    return gates.states(version)


def open_gates(version: RubricVersion) -> list[str]:
    """What is still missing before the version can be approved, in sentences."""
    return [state.sentence for state in gates.states(version) if not state.met]


def reads_without_fault(version: RubricVersion) -> gates.GateState:
    """The gate that the document is valid and has something to judge by."""
    name = "document"
    try:
        rubric = documents.domain_rubric(version)
    except errors.Invalid as error:
        return gates.GateState(name, False, error.message)
    if not rubric.criteria:
        return gates.GateState(name, False, "The rubric has no criteria yet.")
    return gates.GateState(name, True, f"The document is valid and holds {len(rubric.criteria)} criteria.")


def written_by_somebody_else(version: RubricVersion) -> gates.GateState:
    """The gate that somebody stands behind the version whom the approver can be told apart from."""
    known = version.submitted_by_id is not None
    sentence = "A person other than the author approves." if known else "Nobody has submitted this version yet."
    return gates.GateState("two_people", known, sentence)
