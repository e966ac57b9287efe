"""Having predicted what the edits of a proposal would do."""

import random
from typing import Any, NamedTuple

import numpy as np
from django.db import transaction

from apps.accounts.permissions import Actor, Role
from apps.datasets import services as datasets
from apps.datasets.models import Dataset, Response, Subject
from apps.history import services as history
from apps.jobs import services as jobs
from apps.judging import permissions as judging
from apps.judging import queries as judged
from apps.judging import services as runs
from apps.judging.models import JudgeVersion, Run
from apps.refinement import queries
from apps.refinement.models import Prediction
from apps.rubrics.models import Proposal, RubricVersion
from domain import errors, rubric, strategies

PREDICT = "predict-effects"
MOST_PAIRS = 500


class _Wish(NamedTuple):
    dataset: Dataset
    judge: JudgeVersion
    pairs: int
    seed: int


class _Plan(NamedTuple):
    version: RubricVersion
    seen: str
    said: dict[str, Any]
    chosen: list[tuple[RubricVersion, Subject]]
    estimate: judged.Estimate


def estimate_effects(
    *, by: Actor, proposal: Proposal, dataset: Dataset, judge: JudgeVersion, pairs: int = 20, seed: int = 0
) -> judged.Estimate:
    """Say what a prediction would cost, without asking: answers of held-out pairs that lack verdicts."""
    return _planned(by, proposal, _Wish(dataset, judge, pairs, seed)).estimate


@transaction.atomic
def predict_effects(
    *, by: Actor, proposal: Proposal, dataset: Dataset, judge: JudgeVersion, pairs: int = 20, seed: int = 0
) -> Prediction:
    """Have the judge read so many held-out pairs by what is proposed, then compare with the rubric as it is.

    What it judged before is not asked again, and all held-out pairs with verdicts are compared; with 0 pairs none is
    asked. Raises Conflict where nothing waits for a decision, Invalid where there is no pair to hold out.
    """
    plan = _planned(by, proposal, _Wish(dataset, judge, pairs, seed))
    row = Prediction.objects.create(
        workspace=by.workspace, proposal=proposal, dataset=dataset, judge=judge, seen=plan.seen, created_by=by.user,
        settings={"pairs": pairs, "seed": seed},
    )  # fmt: skip
    if plan.estimate.to_ask or plan.estimate.computed:
        row.run = runs.start_run(
            by=by, name=f"Forecast of {proposal.title}", judges=[judge], pairs=plan.chosen, dataset=dataset,
            purpose=Run.Purpose.PREDICT, supposed=plan.said, seed=seed,
        )  # fmt: skip
        row.save(update_fields=["run"])
    else:
        _compare(row)
    detail = {"proposal": proposal.pk, "dataset": dataset.slug, "judge": str(judge), "calls": plan.estimate.calls}
    history.record(by=by, workspace=by.workspace, action="proposal.predicted", target=proposal.rubric, detail=detail)
    return row


def go_on(*, run: Run) -> None:
    """Compare once the judgements that a prediction waits for are there."""
    row = Prediction.objects.select_for_update(of=("self",)).filter(run=run, job=None).first()
    if row is not None:
        _compare(row)


def _compare(row: Prediction) -> None:
    assert row.created_by is not None
    row.job = jobs.create_job(
        by=Actor(row.created_by, row.workspace, Role.AUTHOR), workspace=row.workspace, kind=PREDICT, priority=20,
        shards=[{"prediction": row.pk}], title=f"Forecast of {row.proposal.title}"[:200],
    )  # fmt: skip
    row.save(update_fields=["job"])


def _planned(by: Actor, proposal: Proposal, wish: _Wish) -> _Plan:
    judge = wish.judge
    by.require_scope("runs:write")
    by.require(Role.AUTHOR, "have effects predicted")
    found = queries.wordings_of(proposal)
    judging.check_inputs(by, [found.version], [judge], wish.dataset)
    if not 0 <= wish.pairs <= MOST_PAIRS:
        raise _invalid("pairs", f"Choose up to {MOST_PAIRS} pairs.")
    if not 0 <= wish.seed < 2**31:
        raise _invalid("seed", "The seed lies between 0 and 2,147,483,647.")
    if strategies.get(judge.strategy).about.subject != "response" or not judge.is_asked:
        raise _invalid("judge", "Choose a judge with a model that judges single answers.")
    said = queries.supposed(found, judge)
    chosen = _held_out(proposal, found, wish)
    reader = judged.Reader()
    reader.suppose(found.version, rubric.parse(said))
    estimate = judged.estimate([(judge, chosen)], 1, reader)
    return _Plan(found.version, found.seen, said, chosen, estimate)


def _held_out(
    proposal: Proposal, found: queries.Wordings, wish: _Wish
) -> list[tuple[RubricVersion, Subject]]:  # fmt: skip
    """The answers of one pair a prompt that nothing was written from; pairs judged by the rubric as it is first."""
    under = judged.pairs_under(found.version, wish.dataset, wish.judge, [found.present])
    closed = queries.prompts_written_from(proposal)
    known = ~np.isnan(under.scores[0]).any(axis=1)
    places = [place for place, prompt in enumerate(under.groups.tolist()) if prompt not in closed]
    if not places:
        raise errors.Invalid(
            f"Nobody said in {wish.dataset.title} which answer is better, but where the criteria were written from.",
            code="no_pairs", problems=[errors.Problem("/dataset", "has no pair to hold out")],
        )  # fmt: skip
    random.Random(wish.seed).shuffle(places)
    places.sort(key=lambda place: not known[place])
    first = {int(under.groups[place]): place for place in reversed(places)}
    taken = sorted(first.values(), key=places.index)[: wish.pairs]
    keys = [key for place in taken for key in (under.better[place], under.worse[place])]
    answers = queries.answers_by_text(keys)
    responses: list[Response] = [answers[key] for key in keys]
    subjects = datasets.of_responses(wish.dataset, responses)
    rows = Subject.objects.select_related("prompt").in_bulk(set(subjects.values()))
    return [(found.version, rows[key]) for key in dict.fromkeys(subjects[one.pk] for one in responses)]


def _invalid(name: str, sentence: str) -> errors.Invalid:
    return errors.Invalid(sentence, code=f"{name}_invalid", problems=[errors.Problem(f"/{name}", sentence)])
