"""Having a judge compare labelled pairs with the rubric and without."""

import random
from dataclasses import dataclass

from django.db import transaction

from apps.accounts.permissions import Actor, Role
from apps.datasets.models import Dataset, Response
from apps.history import services as history
from apps.jobs import services as jobs
from apps.judging import permissions as judging
from apps.judging import queries as judged
from apps.judging.models import JudgeVersion
from apps.refinement import queries
from apps.refinement.models import MarginPair, MarginReport
from apps.rubrics import queries as rubrics
from apps.rubrics.models import RubricVersion
from domain import errors, rubric, subjects

MARGINS = "rubric-margins"
MOST_PAIRS = 1_000
MOST_ALONE = 30
TOGETHER = 8
_CHARACTERS_A_TOKEN = 4


@dataclass(frozen=True)
class MarginCost:
    """What it would ask: pairs, calls, prompt tokens about, and seconds where the judge's pace is known."""

    pairs: int
    calls: int
    tokens: int
    seconds: float | None


def estimate_margins(
    *, by: Actor, version: RubricVersion, dataset: Dataset, judge: JudgeVersion, pairs: int = 50, seed: int = 0,
    alone: bool = False,
) -> MarginCost:  # fmt: skip
    """Say what a report would cost, without asking."""
    said = _checked(by, version, dataset, judge, alone=alone)
    chosen = _chosen(dataset, pairs, seed)
    rows = Response.objects.in_bulk([key for pair in chosen for key in pair])
    calls = len(chosen) * (2 + (len(said.criteria) if alone else 0))
    read = sum(len(subjects.text_of(row.parts)) for row in rows.values()) // max(1, len(chosen))
    own = sum(len(one.text) for one in said.criteria)
    tokens = calls * (read + own) // _CHARACTERS_A_TOKEN
    pace = queries.seconds_a_call(judge.fingerprint)
    return MarginCost(len(chosen), calls, tokens, None if pace is None else pace * calls)


@transaction.atomic
def measure_margins(
    *, by: Actor, version: RubricVersion, dataset: Dataset, judge: JudgeVersion, pairs: int = 50, seed: int = 0,
    alone: bool = False,
) -> MarginReport:  # fmt: skip
    """Have the judge say which answer of labelled pairs is better, without the rubric and with it.

    With `alone` it is asked with each criterion alone too. One pair a prompt, drawn by the seed, which also says which
    answer stands first. Raises Invalid where nobody said which answer is better, or the judge has no model to ask.
    """
    said = _checked(by, version, dataset, judge, alone=alone)
    chosen = _chosen(dataset, pairs, seed)
    report = MarginReport.objects.create(
        workspace=by.workspace, version=version, dataset=dataset, judge=judge, digest=judged.digest_of(version),
        settings={"pairs": pairs, "seed": seed, "alone": alone}, said=said.model_dump(mode="json"), created_by=by.user,
    )  # fmt: skip
    rows = MarginPair.objects.bulk_create(
        MarginPair(report=report, position=place, better_id=better, worse_id=worse)
        for place, (better, worse) in enumerate(chosen)
    )
    report.job = jobs.create_job(
        by=by, workspace=by.workspace, kind=MARGINS, title=f"{version} with and without, on {dataset.slug}"[:200],
        shards=[{"first": at, "last": at + TOGETHER - 1} for at in range(0, len(rows), TOGETHER)],
    )  # fmt: skip
    report.save(update_fields=["job"])
    detail = {"version": str(version), "dataset": dataset.slug, "judge": str(judge), "pairs": len(rows)}
    history.record(by=by, workspace=by.workspace, action="quality.margins_asked", target=report, detail=detail)
    return report


def _checked(
    by: Actor, version: RubricVersion, dataset: Dataset, judge: JudgeVersion, *, alone: bool
) -> rubric.Rubric:  # fmt: skip
    by.require_scope("runs:write")
    by.require(Role.AUTHOR, "measure rubrics")
    judging.check_inputs(by, [version], [judge], dataset)
    if not judge.is_asked:
        raise _invalid("judge", "This judge has no model to ask.")
    said = rubrics.domain_rubric(version)
    if not said.criteria:
        raise errors.Invalid("The version has no criteria yet.", code="no_criteria")
    if alone and len(said.criteria) > MOST_ALONE:
        raise _invalid("alone", f"Criteria are asked alone where there are at most {MOST_ALONE}.")
    return said


def _chosen(dataset: Dataset, pairs: int, seed: int) -> list[tuple[int, int]]:
    if not 1 <= pairs <= MOST_PAIRS:
        raise _invalid("pairs", f"Choose 1 to {MOST_PAIRS:,} pairs.")
    if not 0 <= seed < 2**31:
        raise _invalid("seed", "The seed lies between 0 and 2,147,483,647.")
    better = judged.better_of(dataset)
    if not better:
        raise _invalid("dataset", f"Nobody said in {dataset.title} which answer is better.")
    prompts = sorted(better)
    random.Random(seed).shuffle(prompts)
    return [min(better[prompt]) for prompt in prompts[:pairs]]


def _invalid(name: str, sentence: str) -> errors.Invalid:
    return errors.Invalid(sentence, code=f"{name}_invalid", problems=[errors.Problem(f"/{name}", sentence)])
