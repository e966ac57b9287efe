"""What a worker does for a draft: take the method's next questions, put them, store what came, go on to the end.

A part of the job goes on from question to question until the draft ends, a person is asked, the job is stopped, or
its time is over, so that others have their turn.
"""

import time
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.core import gateway
from apps.history import services as history
from apps.jobs.leases import Lease, NotYet
from apps.jobs.models import Job, JobState, Shard
from apps.refinement import queries
from apps.refinement.models import Draft, DraftStep
from apps.refinement.runners import putting, suggesting
from apps.refinement.runners.measuring import likeness
from domain import errors
from domain.refinement.loop import Alike, Answer, Ask, End, More, Refused, Role
from domain.refinement.registry import METHODS

SLICE_SECONDS = 60.0
CHANGED = "The method asks something else since a newer release. Begin it again."


def draft_shard(shard: Shard, lease: Lease) -> dict[str, Any]:
    """Go on with a draft."""
    related = ("version__rubric__workspace", "judge__judge", "writer__judge", "dataset", "created_by")
    draft = Draft.objects.select_related(*related).get(job=shard.job)
    return _Loop(draft, lease).run()


def next_draft_shards(job: Job) -> list[dict[str, Any]]:
    """Another part, as long as the draft is being made."""
    draft = Draft.objects.filter(job=job, done_at=None, state=Draft.State.WORKING).first()
    return [] if draft is None else [{"batch": draft.batch}]


class _Loop:
    """One draft under way in one worker."""

    def __init__(self, draft: Draft, lease: Lease) -> None:
        self._draft = draft
        self._lease = lease
        self._asked = 0
        self._asks: dict[str, Ask] = {}

    def run(self) -> dict[str, Any]:
        """Until the end of the draft or of the time; raises NotYet where the job was paused."""
        if self._draft.done_at is not None:
            return {"asked": 0}
        self._inputs = queries.inputs_of(self._draft)
        self._steps = {step.key: step for step in self._draft.steps.all()}
        self._answers = {
            step.key: queries.answer_of(step) for step in self._steps.values() if step.state != DraftStep.State.WAITING
        }
        until = time.monotonic() + SLICE_SECONDS
        while time.monotonic() < until and self._may_go_on():
            waiting = [step for step in self._steps.values() if step.state == DraftStep.State.WAITING]
            own = [step for step in waiting if step.role != Role.PERSON]
            if own:
                self._put(own)
            elif waiting:
                self._wait_for_person()
                break
            else:
                self._turn()
        return {"asked": self._asked}

    def _may_go_on(self) -> bool:
        rows = Job.objects.filter(pk=self._lease.job_id)
        state, done_at = rows.values_list("state", "draft_made__done_at").get()
        if state == JobState.PAUSED:
            raise NotYet("The job was paused.", at=timezone.now())
        return state != JobState.CANCELLED and done_at is None

    def _turn(self) -> None:
        turn = self._stepped(self._answers)
        if isinstance(turn, End):
            self._end(turn)
            return
        new = [ask for ask in turn.asks if ask.key not in self._steps]
        if not new:
            raise RuntimeError(f"{self._draft.method} asks nothing new and does not end")
        self._asks = {ask.key: ask for ask in new}
        rows = putting.rows_of(self._draft, new, first=len(self._steps))
        self._draft.stage, self._draft.batch = turn.stage[:120], self._draft.batch + 1
        with transaction.atomic():
            if not self._hold():
                return
            DraftStep.objects.bulk_create(rows)
            self._draft.save(update_fields=["stage", "batch"])
        self._keep(rows)

    def _stepped(self, answers: dict[str, Answer]) -> More | End:
        method = METHODS.get(self._draft.method)
        if method is None:
            return End((), {}, f"There is no method {self._draft.method} any more.")
        try:
            return method.step(self._inputs, self._draft.params, self._draft.seed, answers)
        except Refused as why:
            return End((), {}, why.message)

    def _put(self, waiting: list[DraftStep]) -> None:
        """Put the questions that wait; raises Unavailable where a model went away, after storing the other replies."""
        if any(step.key not in self._asks for step in waiting):
            self._ask_again_for()
        known = [step for step in waiting if step.key in self._asks]
        for step in set(waiting) - set(known):
            step.state, step.reason = DraftStep.State.FAILED, CHANGED
            self._store([step])
        for step in [step for step in known if step.role == Role.STUDIO]:
            self._compare(step)
        asked = [step for step in known if step.role != Role.STUDIO]
        if asked:
            self._ask_models(asked)

    def _ask_again_for(self) -> None:
        """The questions of the batch, as they were made before any of it was answered."""
        earlier = {key for key, step in self._steps.items() if step.batch < self._draft.batch}
        turn = self._stepped({key: one for key, one in self._answers.items() if key in earlier})
        self._asks = {ask.key: ask for ask in turn.asks} if isinstance(turn, More) else {}

    def _compare(self, step: DraftStep) -> None:
        request = self._asks[step.key].request
        assert isinstance(request, Alike)
        table, by = likeness(list(request.texts))
        step.reply = {"alike": [[round(float(cell), 6) for cell in row] for row in table], "by": by}
        step.state = DraftStep.State.DONE
        self._store([step])

    def _ask_models(self, steps: list[DraftStep]) -> None:
        judges = {Role.WRITER: self._draft.writer, Role.JUDGE: self._draft.judge}
        engines = {role: gateway.engine_for(judges[role]) for role in {Role(step.role) for step in steps}}
        requests = {
            step.key: putting.request_for(judges[Role(step.role)], self._asks[step.key].request) for step in steps
        }
        put = putting.Putting(engines, requests, self._draft.budget, queries.cost_of(self._draft))
        try:
            put.run(steps, self._store, self._tick)
        finally:
            put.close(self._store)

    def _tick(self) -> bool:
        self._lease.check()
        return (
            Job.objects.filter(pk=self._lease.job_id).exclude(state__in=[JobState.PAUSED, JobState.CANCELLED]).exists()
        )

    def _store(self, steps: list[DraftStep]) -> None:
        with transaction.atomic():
            if not self._hold():
                return
            DraftStep.objects.bulk_update(steps, ["state", "reason", "reply", "usage", "cached"])
        self._asked += sum(step.usage.get("calls", 0) for step in steps)
        self._keep(steps)

    def _keep(self, steps: list[DraftStep]) -> None:
        self._steps |= {step.key: step for step in steps}
        ended = [step for step in steps if step.state != DraftStep.State.WAITING]
        self._answers |= {step.key: queries.answer_of(step) for step in ended}

    def _wait_for_person(self) -> None:
        self._draft.state = Draft.State.WAITING
        with transaction.atomic():
            if self._hold():
                self._draft.save(update_fields=["state"])

    def _hold(self) -> bool:
        """Within a transaction: whether the draft is still to be made; what it rests on may have been forgotten."""
        self._lease.guard()
        return Draft.objects.select_for_update(of=("self",)).filter(pk=self._draft.pk, done_at=None).exists()

    def _end(self, end: End) -> None:
        spent = queries.cost_of(self._draft)
        draft = self._draft
        draft.suggestions = [suggesting.plain(one) for one in end.suggestions]
        draft.figures |= {
            **end.figures, "cost": {"calls": spent.calls, "tokens": spent.tokens, "seconds": round(spent.seconds, 1)}
        }  # fmt: skip
        draft.reason, draft.state, draft.done_at = end.stopped[:500], Draft.State.REFUSED, timezone.now()
        kept = [one for one in end.suggestions if not one.drop]
        with transaction.atomic():
            if not self._hold():
                return
            if kept:
                try:
                    draft.proposal = suggesting.propose(draft, kept)
                    draft.state = Draft.State.PROPOSED
                except errors.Invalid as unfit:
                    draft.reason = f"What was written does not fit the rubric: {unfit.message}"[:500]
            draft.save(update_fields=["suggestions", "figures", "reason", "state", "done_at", "proposal"])
            detail = {"state": str(draft.state), "kept": len(kept), "reason": draft.reason[:200]}
            history.record(by=None, workspace=draft.workspace, action="draft.done", target=draft, detail=detail)
