"""What a worker does to learn weights from preferences: collect, check, fit, freeze."""

from typing import Any

from django.db import transaction

from apps.datasets.models import Dataset
from apps.history import services as history
from apps.jobs.leases import Lease
from apps.jobs.models import Shard
from apps.judging.models import JudgeVersion
from apps.judging.queries import artefacts, keys, preferring
from apps.rubrics import queries as rubric_queries
from apps.rubrics.models import FittedArtefact, RubricVersion
from domain import errors, rubric, weighing


def fit_weights(shard: Shard, lease: Lease) -> dict[str, Any]:
    """Fit the weights that a job asks for and freeze them; raises Refused where the pairs cannot teach any."""
    asked = shard.job.params
    version = RubricVersion.objects.select_related("rubric__workspace").get(pk=asked["version"])
    if keys.digest_of(version) != asked["digest"]:
        raise errors.Conflict(f"{version} was changed after the fit was asked for. Ask again.", code="draft_changed")
    dataset = Dataset.objects.get(pk=asked["dataset"])
    judge = JudgeVersion.objects.select_related("judge").get(pk=asked["judge"])
    collected = preferring.labelled_pairs(version, dataset, judge)
    enough = weighing.checked(collected.pairs)
    options = weighing.Options(weighing.Loss(asked["loss"]), asked["signed"], asked["penalty"])
    found = weighing.report(enough, rubric.shares(rubric_queries.domain_rubric(version)), options, asked["seed"])
    payload = {
        "shares": {one.criterion: one.revealed for one in found.weights},
        "coefficients": dict(zip(found.criteria, found.fit.coefficients.tolist(), strict=True)),
        "tie": found.fit.tie, "penalty": found.fit.penalty, "loss": asked["loss"], "signed": asked["signed"],
        "version": asked["digest"], "judge": judge.fingerprint, "dataset": dataset.slug,
        "pairs": len(enough.pairs), "seed": asked["seed"],
    }  # fmt: skip
    inputs = {
        "slug": version.rubric.slug, "rubric": str(version), "judge": str(judge), "dataset": dataset.slug,
        **_figures(found, enough, collected),
    }  # fmt: skip
    with transaction.atomic():
        lease.guard()
        made = _frozen(shard, payload, inputs)
    return {"artefact": made.digest, "pairs": len(enough.pairs)}


def _figures(
    found: weighing.Report, enough: weighing.Enough, collected: preferring.Collected
) -> dict[str, Any]:  # fmt: skip
    return {
        "pairs": len(enough.pairs), "ties": int(enough.pairs.ties.sum()),
        "prompts": len(set(enough.pairs.prompts)), "folds": found.folds,
        "unjudged": collected.unjudged, "same_text": collected.same_text,
        "constant": [*enough.constant, *collected.silent],
        "alike": enough.alike, "opposed": enough.opposed, "separable": enough.separable,
        "accuracy": {
            name: vars(getattr(found, name)) for name in ("fitted", "uniform", "stated", "gain")
        },
        "weights": [vars(one) for one in found.weights],
        "curve": [vars(one) for one in found.curve],
    }  # fmt: skip


def _frozen(shard: Shard, payload: dict[str, Any], inputs: dict[str, Any]) -> FittedArtefact:
    digest = rubric.sha256({"kind": artefacts.WEIGHTS, "payload": payload})
    made, fresh = FittedArtefact.objects.get_or_create(
        workspace=shard.job.workspace, digest=digest,
        defaults={
            "kind": artefacts.WEIGHTS, "payload": payload, "inputs": inputs, "created_by": shard.job.created_by,
        },
    )  # fmt: skip
    if fresh:
        detail = {"digest": digest, "job": str(shard.job_id)}
        history.record(by=None, workspace=shard.job.workspace, action="weights.fitted", target=made, detail=detail)
    return made
