"""Which gates of an approval are open, and who has approved so far."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse

from apps.rubrics import gates
from apps.rubrics.models import Decision, RubricVersion, VersionStatus
from apps.rubrics.queries import documents, linting, threads
from apps.rubrics.queries.policy import approval_policy
from domain import errors, rubric, words
from domain.scoring import truths


@dataclass(frozen=True)
class Approvals:
    """The approvals that stand on a version, and how many it needs."""

    standing: tuple[Decision, ...]
    needed: int

    @property
    def by(self) -> set[int]:
        """Who approved."""
        return {decision.by_id for decision in self.standing}

    @property
    def sentence(self) -> str:
        """How far it is."""
        return f"{len(self.standing)} of {self.needed} approval{'s' if self.needed > 1 else ''}"


def approvals(version: RubricVersion, states: Iterable[gates.GateState] | None = None) -> Approvals:
    """Approvals that nobody took back, and the most people that the policy or a gate asks for.

    `states` are those of the version's gates where they are known already.
    """
    last: dict[int, Decision] = {}
    verbs = (Decision.Verb.APPROVE, Decision.Verb.TAKE_BACK)
    for decision in version.decisions.filter(verb__in=verbs).select_related("by").order_by("pk"):
        last[decision.by_id] = decision
    standing = tuple(decision for decision in last.values() if decision.verb == Decision.Verb.APPROVE)
    asked = [state.approvers for state in (gates.asking(version) if states is None else states)]
    return Approvals(standing, max(approval_policy(version.rubric.workspace).approvers, *asked, 1))


def approved_beside(version: RubricVersion) -> RubricVersion | None:
    """The approved version of the rubric, unless it is this one."""
    rows = version.rubric.versions.filter(status=VersionStatus.APPROVED).exclude(pk=version.pk)
    return rows.select_related("rubric__workspace", "translation_of__rubric").first()


def distance(version: RubricVersion) -> float | None:
    """The share of judged weight that changed since the approved version; None where none is approved."""
    base = approved_beside(version)
    if base is None:
        return None
    return rubric.changed_share(documents.domain_rubric(base), documents.domain_rubric(version))


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
        said = documents.domain_rubric(version)
    except errors.Invalid as error:
        return gates.GateState(name, False, error.message)
    if not said.criteria:
        return gates.GateState(name, False, "The rubric has no criteria yet.")
    figures = {"criteria": len(said.criteria)}
    return gates.GateState(
        name, True, f"The document is valid and holds {len(said.criteria)} criteria.", figures=figures
    )


def keeps_its_promises(version: RubricVersion) -> gates.GateState | None:
    """The gate that the truth table holds, where the rubric has one; setting a remark aside does not open it."""
    name = "truth_table"
    try:
        found = truths.held(documents.domain_rubric(version))
    except errors.Invalid:
        return None  # the gate of the document says what is wrong
    if not found:
        return None
    failed = sum(not one.holds for one in found)
    figures = {"rows": len(found), "failed": failed}
    if not failed:
        return gates.GateState(
            name, True, f"All {len(found)} rows hold." if len(found) > 1 else "Its row holds.", figures=figures
        )
    said = "1 row does not hold" if failed == 1 else f"{failed} rows do not hold"
    sentence = f"{said}: change the scoring steps, or what the table promises."
    return gates.GateState(name, False, sentence, _page("scoring", version), "Open the scoring", figures)


def written_by_somebody_else(version: RubricVersion) -> gates.GateState:
    """The gate that somebody stands behind the version whom the approver can be told apart from."""
    known = version.submitted_by_id is not None
    sentence = "A person other than the author approves." if known else "Nobody has submitted this version yet."
    return gates.GateState("two_people", known, sentence)


def nothing_left_to_discuss(version: RubricVersion) -> gates.GateState | None:
    """The gate that no discussion is open, where the workspace asks for it."""
    if not approval_policy(version.rubric.workspace).no_open_threads:
        return None
    count = threads.open_thread_count(version.rubric)
    figures = {"open": count}
    if not count:
        return gates.GateState("threads", True, "No discussion is open.", figures=figures)
    said = "1 discussion is open; resolve it." if count == 1 else f"{count} discussions are open; resolve them."
    return gates.GateState("threads", False, said, _page("discuss", version), "Open the discussions", figures)


def changed_how_much(version: RubricVersion) -> gates.GateState | None:
    """Not a hurdle of its own: says whether the change is so large that a second person has to approve."""
    limit = approval_policy(version.rubric.workspace).second_when_far
    if limit is None:
        return None
    moved = distance(version)
    if moved is None:
        return gates.GateState("distance", True, "No version is approved yet to compare with.")
    far = moved >= limit
    sentence = f"{words.percent(moved)} of the judged weight changed since the approved version; " + (
        f"from {words.percent(limit)} on two people approve."
        if far
        else f"a second person is asked from {words.percent(limit)} on."
    )
    figures = {"changed": round(moved, 4), "limit": limit}
    return gates.GateState("distance", True, sentence, figures=figures, approvers=2 if far else 1)


def _page(name: str, version: RubricVersion) -> str:
    place = version.rubric
    return reverse(f"rubrics:{name}", args=[place.workspace.slug, place.slug, version.number])


def nothing_wrong_by_rule(version: RubricVersion) -> gates.GateState | None:
    """The gate that no rule finds an error that nobody has set aside."""
    if not approval_policy(version.rubric.workspace).no_lint_errors:
        return None
    found = linting.open_lint_errors(version)
    if not found:
        return gates.GateState("lint", True, "No rule finds an error.", figures={"errors": 0})
    names = ", ".join(sorted({remark.finding.rule.title.lower() for remark in found}))
    sentence = f"The rules find {len(found)} error{'s' if len(found) > 1 else ''} ({names}): mend or set aside."
    return gates.GateState(
        "lint", False, sentence, _page("quality", version), "See the remarks", {"errors": len(found)}
    )


def nothing_doubted_by_the_judge(version: RubricVersion) -> gates.GateState | None:
    """The gate that no opinion of the judge is left open, where the workspace asks for it."""
    if not approval_policy(version.rubric.workspace).no_opinions:
        return None
    count = len(linting.open_opinions(version))
    figures = {"opinions": count}
    if not count:
        return gates.GateState("opinions", True, "No opinion of the judge is open.", figures=figures)
    left = "1 opinion of the judge is" if count == 1 else f"{count} opinions of the judge are"
    sentence = f"{left} open: change the text or set the opinion aside."
    return gates.GateState("opinions", False, sentence, _page("quality", version), "See the opinions", figures)
