"""Having criteria drafted or refined by a method, and answering what it asks people."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from apps.accounts.permissions import Actor, Role
from apps.history import services as history
from apps.jobs import services as jobs
from apps.judging import permissions as judging
from apps.judging.models import JudgeVersion
from apps.refinement import queries
from apps.refinement.models import Draft, DraftStep
from apps.rubrics.models import RubricVersion
from domain import errors
from domain.ports import LabelRequest, TextRequest, text_of
from domain.refinement import loop
from domain.refinement.registry import METHODS

DRAFT = "draft-criteria"
BUDGET = {"calls": 200, "tokens": 400_000, "minutes": 120}
CHARACTERS_A_TOKEN = 4
MOST_SAID = 5_000


@dataclass(frozen=True)
class Wanted:
    """What is to be drafted: by which method, for which version, from what, by whom, within what."""

    method: str
    version: RubricVersion
    judge: JudgeVersion
    writer: JudgeVersion | None = None
    inputs: Mapping[str, Any] | None = None
    params: Mapping[str, Any] | None = None
    seed: int = 0
    budget: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Foreseen:
    """What a draft would ask: its first questions, and where it can be told the most calls in all.

    `tokens` are read in the first stage, roughly; `seconds` follow from the pace of earlier drafts by the judge.
    """

    stage: str
    calls: int
    tokens: int
    most_calls: int | None
    seconds: float | None
    budget: Mapping[str, int]


@dataclass(frozen=True)
class _Checked:
    """A wish that can be begun."""

    method: loop.Method
    params: dict[str, Any]
    budget: dict[str, int]
    gathered: queries.Gathered
    first: loop.More


def start_draft(*, by: Actor, wanted: Wanted) -> Draft:
    """Have a method draft or refine; it ends in a proposal to the version, or in a reason why there is none.

    The budget counts calls, tokens and minutes of the models. Raises Invalid at a field, and Refused where the inputs
    do not do.
    """
    ready = _checked(by, wanted)
    with transaction.atomic():
        draft = Draft.objects.create(
            workspace=by.workspace, version=wanted.version, dataset=ready.gathered.dataset, judge=wanted.judge,
            writer=wanted.writer or wanted.judge, method=ready.method.kind, params=ready.params, seed=wanted.seed,
            inputs=dict(ready.gathered.frozen), responses=list(ready.gathered.responses), stage=ready.first.stage[:120],
            budget=ready.budget, figures=dict(ready.gathered.figures), created_by=by.user,
        )  # fmt: skip
        _go_on(by, draft)
        detail = {"version": str(wanted.version), "method": draft.method, "judge": str(wanted.judge)}
        history.record(by=by, workspace=by.workspace, action="draft.asked", target=draft, detail=detail)
    return draft


def estimate_draft(*, by: Actor, wanted: Wanted) -> Foreseen:
    """What it would ask; nothing is stored and nobody is asked. Raises as `start_draft` does."""
    ready = _checked(by, wanted)
    calls = tokens = 0
    for ask in ready.first.asks:
        if isinstance(ask.request, TextRequest | LabelRequest) and ask.role is not loop.Role.PERSON:
            calls += len(ask.request.suffixes)
            shared = len(text_of(ask.request.shared))
            tokens += sum(shared + len(text_of(suffix)) for suffix in ask.request.suffixes) // CHARACTERS_A_TOKEN
    most = None
    if ready.method.most_calls is not None:
        inputs = queries.thawed(ready.gathered.frozen, ready.gathered.responses)
        most = ready.method.most_calls(ready.params, inputs)
    pace = queries.seconds_a_call(wanted.judge.fingerprint)
    seconds = None if pace is None or most is None else round(min(most, ready.budget["calls"]) * pace, 1)
    return Foreseen(ready.first.stage, calls, tokens, most, seconds, ready.budget)


@transaction.atomic
def answer_question(*, by: Actor, draft: Draft, key: str, text: str) -> Draft:
    """Tell a waiting draft what it asked; it goes on once all it asked is answered."""
    by.require_scope("proposals:write")
    by.require(Role.AUTHOR, "answer what a draft asks")
    said = text.strip().replace("\x00", "")
    if not said or len(said) > MOST_SAID:
        raise _invalid("text", f"Say something, in at most {MOST_SAID:,} characters.")
    row = Draft.objects.select_for_update(of=("self",)).get(pk=draft.pk, workspace=by.workspace)
    step = row.steps.filter(key=key, role=loop.Role.PERSON).first()
    if step is None:
        raise errors.NotFound("This draft asked no such question.", code="question_unknown")
    if row.state != Draft.State.WAITING or step.state != DraftStep.State.WAITING:
        raise errors.Conflict("This draft does not wait for that answer.", code="not_waiting")
    step.reply, step.state, step.answered_by = {"texts": [said]}, DraftStep.State.DONE, by.user
    step.save(update_fields=["reply", "state", "answered_by"])
    history.record(by=by, workspace=by.workspace, action="draft.answered", target=row, detail={"question": key[:80]})
    if not row.steps.filter(state=DraftStep.State.WAITING).exists():
        row.state = Draft.State.WORKING
        row.save(update_fields=["state"])
        _go_on(by, row)
    return row


def _go_on(by: Actor, draft: Draft) -> None:
    title = f"{METHODS[draft.method].title}: {draft.version}"
    draft.job = jobs.create_job(
        by=by, workspace=by.workspace, kind=DRAFT, title=title, shards=[{"batch": draft.batch}]
    )  # fmt: skip
    draft.save(update_fields=["job"])


def _checked(by: Actor, wanted: Wanted) -> _Checked:
    by.require_scope("proposals:write")
    by.require(Role.AUTHOR, "have criteria drafted")
    writer = wanted.writer or wanted.judge
    judging.check_inputs(by, [wanted.version], [wanted.judge, writer], None)
    known = queries.methods()
    method = known.get(wanted.method)
    if method is None:
        raise _invalid("method", f"There is no method {wanted.method[:60]}; there are {', '.join(sorted(known))}.")
    for name, judge in (("judge", wanted.judge), ("writer", writer)):
        if not judge.is_asked:
            raise _invalid(name, "This judge has no model to ask.")
    if not 0 <= wanted.seed < 2**31:
        raise _invalid("seed", "The seed lies between 0 and 2,147,483,647.")
    params, budget = method.settled(wanted.params or {}), _budget(wanted.budget or {})
    asked = queries.Asked(by, wanted.version, wanted.inputs or {}, wanted.seed)
    gathered = queries.gathered(asked, method.needs)
    first = method.step(queries.thawed(gathered.frozen, gathered.responses), params, wanted.seed, {})
    if isinstance(first, loop.End):
        raise loop.Refused(first.stopped)
    return _Checked(method, params, budget, gathered, first)


def _budget(given: Mapping[str, Any]) -> dict[str, int]:
    unknown = sorted(set(given) - set(BUDGET))
    if unknown:
        raise _invalid("budget", f"A budget has {', '.join(BUDGET)}, and no {str(unknown[0])[:40]}.")
    found = {name: given.get(name) or most for name, most in BUDGET.items()}
    for value in found.values():
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 100_000_000:
            raise _invalid("budget", "Calls, tokens and minutes are whole numbers from 1.")
    return found


def _invalid(name: str, sentence: str) -> errors.Invalid:
    return errors.Invalid(sentence, code=f"{name}_invalid", problems=[errors.Problem(f"/{name}", sentence)])
