"""Votes on a criterion and on an edit of a proposal: they stand beside it, and decide nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from apps.review.queries.asks.base import Ask
from apps.review.queries.asks.compared import picked_in
from apps.review.queries.choices import KEYS, Choice
from apps.rubrics import queries as rubric_queries
from apps.rubrics.models import Hunk
from domain import errors
from domain import rubric as rubrics
from domain.decisions import Decision
from domain.decisions import votes as votes_of
from domain.decisions.votes import Vote
from domain.rubric import Criterion

MOST_TEXT = 20_000


@dataclass(frozen=True)
class Shown:
    """What is voted on."""

    about: str
    choices: tuple[Choice, ...]
    title: str = ""
    criterion: Criterion | None = None
    others: tuple[Criterion, ...] = ()
    guidelines: tuple[str, ...] = ()
    view: Any = None
    hunk: Hunk | None = None
    words: str = ""
    evidence: Mapping[str, Any] = field(default_factory=dict)


class Voting(Ask):
    """What both kinds of vote share; an item has no subject."""

    document = "review/asks/_necessity_document.html"
    question = "review/asks/_vote_question.html"
    note_label = "Reason"
    offered: tuple[Vote, ...] = ()

    @property
    def choices(self) -> tuple[Choice, ...]:
        """The votes."""
        return tuple(Choice(KEYS[n], one.name, one.value, one.label, one.note) for n, one in enumerate(self.offered))

    def given(self, form: Mapping[str, Any]) -> dict[str, Any]:
        """From the chosen vote."""
        return {"vote": picked_in(form), **({"text": form["text"]} if form.get("text") else {})}

    def says(self, decision: Decision) -> str:
        """The vote, with the words that were proposed instead."""
        label = next((one.label for one in self.offered if one.name == decision.payload.get("vote")), "no vote")
        text = decision.payload.get("text")
        return f"{label}: “{text}”" if text else label

    def apart(self, first: Decision, second: Decision) -> float:
        """The difference of the votes; whoever is unsure is half way from everybody else."""
        if first.payload.get("vote") == second.payload.get("vote"):
            return 0.0
        if first.value is None or second.value is None:
            return 0.5
        return abs(first.value - second.value)

    def agreed(self, said: Sequence[Decision]) -> Decision:
        """The vote of all."""
        return Decision(said[0].value, {"vote": said[0].payload.get("vote")})


class AskNecessity(Voting):
    """Item: `version` and `criterion`, no subject. Answer: `{vote}`: needed, not_needed or unsure, with a reason."""

    offered = votes_of.NECESSITY

    @property
    def criterion(self) -> Criterion:
        """The criterion that is voted on."""
        found = self.rubric.criterion(self.item.criterion)
        if found is None:
            raise errors.Conflict(
                "The criterion is no longer in this draft, so it cannot be decided.", code="criterion_gone"
            )
        return found

    @property
    def title(self) -> str:
        """The criterion's text."""
        return self.criterion.text

    @property
    def shown(self) -> Shown:
        """The criterion among the others of its rubric."""
        criterion = self.criterion
        return Shown(
            about="Is this criterion needed?", choices=self.choices, title=self.rubric.title, criterion=criterion,
            others=tuple(one for one in self.rubric.criteria if one.id != criterion.id),
            guidelines=tuple(one.text for one in self.rubric.guidelines),
        )  # fmt: skip

    def body(self) -> dict[str, Any]:
        """The criterion and the others of its rubric."""
        shown = self.shown
        return {
            "rubric": str(self.item.version),
            "criterion": {"id": self.criterion.id, "text": self.criterion.text, "kind": self.criterion.kind},
            "others": [{"id": one.id, "text": one.text} for one in shown.others],
            "choices": [{"vote": one.name, "label": one.label} for one in self.offered],
        }

    def read(self, given: Mapping[str, Any], note: str) -> Decision:
        """The vote on the criterion as it is worded."""
        vote = votes_of.read_vote(given, self.offered, note)
        digest = rubrics.criterion_digest(self.rubric, self.criterion, "isolated")
        return Decision(vote.value, {"vote": vote.name, "digest": digest})


class AskTriage(Voting):
    """Item: `payload["hunk"]`, the key of a hunk of a proposal; no subject.

    Answer: `{vote, text}`: accept, edit or reject; `text` are other words for the edit, and `edit` needs them or a
    note. Who decides on the proposal sees the votes; a vote never decides.
    """

    document = "review/asks/_triage_document.html"
    answer = "review/asks/_triage_answer.html"
    offered = votes_of.TRIAGE

    @property
    def hunk(self) -> Hunk:
        """The edit that is voted on."""
        found = (
            Hunk.objects.select_related("proposal__base", "proposal__rubric")
            .filter(pk=self.item.payload.get("hunk"), proposal__rubric__workspace=self.item.queue.workspace_id)
            .first()
        )
        if found is None:
            raise errors.Conflict("The edit is no longer in its proposal.", code="hunk_gone")
        return found

    @property
    def title(self) -> str:
        """What the edit does to what."""
        hunk = self.hunk
        side = hunk.after if isinstance(hunk.after, dict) else hunk.before if isinstance(hunk.before, dict) else {}
        return f"{hunk.get_op_display().capitalize()} {side.get('text') or side.get('title') or hunk.pointer}"

    @property
    def shown(self) -> Shown:
        """The edit with what it changes, and its evidence."""
        hunk = self.hunk
        view = next((one for one in rubric_queries.hunks_of(hunk.proposal) if one.hunk.pk == hunk.pk), None)
        after = hunk.after if isinstance(hunk.after, dict) else {}
        return Shown(
            about="Is this edit good?", choices=self.choices, title=hunk.proposal.title, view=view, hunk=hunk,
            words=str(after.get("text") or ""), evidence=hunk.evidence,
        )  # fmt: skip

    def body(self) -> dict[str, Any]:
        """The edit before and after."""
        hunk = self.hunk
        return {
            "proposal": hunk.proposal_id,
            "hunk": {"position": hunk.position, "op": hunk.op, "pointer": hunk.pointer, "before": hunk.before,
                     "after": hunk.after, "evidence": hunk.evidence},
            "choices": [{"vote": one.name, "label": one.label} for one in self.offered],
        }  # fmt: skip

    def read(self, given: Mapping[str, Any], note: str) -> Decision:
        """The vote, and other words where there are some."""
        vote = votes_of.read_vote(given, self.offered, note)
        text = given.get("text") or ""
        if not isinstance(text, str) or len(text) > MOST_TEXT or "\x00" in text:
            raise errors.Invalid(
                f"The other words are a text of at most {MOST_TEXT:,} characters.", code="text_invalid"
            )
        hint = text.strip() if vote.name == "edit" else ""
        after = self.hunk.after
        if hint and isinstance(after, dict) and hint == str(after.get("text") or "").strip():
            hint = ""
        if vote.name == "edit" and not hint and not note.strip():
            raise errors.Invalid("Say what to change: in the note, or as other words.", code="note_missing")
        return Decision(vote.value, {"vote": vote.name, **({"text": hint} if hint else {})})
