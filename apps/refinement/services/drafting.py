"""Having criteria drafted from preference pairs."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from apps.accounts.permissions import Actor, Role
from apps.datasets.models import Dataset
from apps.history import services as history
from apps.jobs import services as jobs
from apps.judging import permissions as judging
from apps.judging.models import JudgeVersion
from apps.refinement import queries
from apps.refinement.models import Draft, DraftStep
from apps.rubrics.models import RubricVersion
from domain import errors, prompts, refinement

DRAFT = "draft-criteria"
PAIRS = "pairs"
BUDGET = {"calls": 200, "tokens": 400_000, "minutes": 120}
MOST_PAIRS = 100


@transaction.atomic
def start_draft(
    *, by: Actor, version: RubricVersion, dataset: Dataset, judge: JudgeVersion, sources: int = 6, checks: int = 8,
    threshold: float = 0.8, seed: int = 0, budget: Mapping[str, Any] | None = None,
) -> Draft:  # fmt: skip
    """Have a model write criteria from pairs and check them on others, for a proposal to this version.

    `threshold` is the share of held-out pairs whose label all kept criteria together have to reproduce. The budget
    counts calls, tokens and minutes of the model. Raises Refused where the pairs cannot teach anything.
    """
    by.require_scope("proposals:write")
    by.require(Role.AUTHOR, "have criteria drafted")
    judging.check_inputs(by, [version], [judge], dataset)
    if not judge.is_asked:
        raise _invalid("judge", "This judge has no model to ask.")
    if not 0 <= threshold <= 1:
        raise _invalid("threshold", "The share lies between 0 and 1.")
    if not (1 <= sources <= MOST_PAIRS and 1 <= checks <= MOST_PAIRS):
        raise _invalid("sources", f"Choose between 1 and {MOST_PAIRS} pairs.")
    if not 0 <= seed < 2**31:
        raise _invalid("seed", "The seed lies between 0 and 2,147,483,647.")
    chosen = refinement.split(queries.pairs_of(dataset), sources=sources, checks=checks, seed=seed)
    draft = Draft.objects.create(
        workspace=by.workspace, version=version, dataset=dataset, judge=judge, method=PAIRS,
        prompt_digest=prompts.prompt_digest("drafts"), budget=_budget(budget or {}), created_by=by.user,
        settings={"seed": seed, "threshold": threshold, "sources": sources, "checks": checks},
        figures={"equal": chosen.equal, "contradictory": chosen.contradictory},
    )  # fmt: skip
    kinds = [
        (DraftStep.Kind.WRITE, chosen.sources), (DraftStep.Kind.SIEVE, chosen.sieve),
        (DraftStep.Kind.CHECK, chosen.held_out),
    ]  # fmt: skip
    pairs = [(kind, pair) for kind, each in kinds for pair in each]
    rows = DraftStep.objects.bulk_create(
        DraftStep(draft=draft, position=position, kind=kind, better_id=pair.better, worse_id=pair.worse)
        for position, (kind, pair) in enumerate(pairs)
    )
    draft.job = jobs.create_job(
        by=by, workspace=by.workspace, kind=DRAFT, title=f"Criteria for {version} from {dataset.slug}",
        shards=[{"step": row.pk} for row in rows if row.kind == DraftStep.Kind.WRITE],
    )  # fmt: skip
    draft.save(update_fields=["job"])
    detail = {"version": str(version), "dataset": dataset.slug, "judge": str(judge), "pairs": len(rows)}
    history.record(by=by, workspace=by.workspace, action="draft.asked", target=draft, detail=detail)
    return draft


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
