"""Having weights learnt from preferences."""

from django.db import transaction

from apps.accounts.permissions import Actor, Role
from apps.datasets.models import Dataset
from apps.history import services as history
from apps.jobs import services as jobs
from apps.jobs.models import Job
from apps.judging import permissions
from apps.judging.models import JudgeVersion
from apps.judging.queries import keys, preferring
from apps.rubrics.models import RubricVersion
from domain import errors, weighing


@transaction.atomic
def start_weight_fit(
    *, by: Actor, version: RubricVersion, dataset: Dataset, judge: JudgeVersion, loss: str = "scaled",
    signed: bool = True, penalty: float | None = None, seed: int = 0,
) -> Job:  # fmt: skip
    """Have a worker fit weights on a data set's preferences, from verdicts that are stored; asks no judge.

    `loss` says what the strength of a preference does, `signed` keeps weights from turning negative, and without a
    penalty the one is taken that predicts best.
    """
    by.require_scope("rubrics:write")
    by.require(Role.AUTHOR, "fit weights")
    permissions.check_inputs(by, [version], [judge], dataset)
    if loss not in set(weighing.Loss):
        said = f"There is no loss {loss[:40]!r}; there are {', '.join(weighing.Loss)}."
        raise errors.Invalid(said, problems=[errors.Problem("/loss", said)])
    weighing.Options(weighing.Loss(loss), signed, penalty)
    if not dataset.preferences.filter(criterion=None).exists():
        raise errors.Invalid(
            f"Nobody said in {dataset.title} which answer is better.", code="no_preferences",
            problems=[errors.Problem("/dataset", "has no preferences")],
        )  # fmt: skip
    params = {
        "version": version.pk, "digest": keys.digest_of(version), "dataset": dataset.pk, "judge": judge.pk,
        "loss": loss, "signed": signed, "penalty": penalty, "seed": seed,
    }  # fmt: skip
    job = jobs.create_job(
        by=by, workspace=by.workspace, kind=preferring.FIT, shards=[{}], params=params, priority=20,
        title=f"Weights of {version} from {dataset.slug}",
    )  # fmt: skip
    history.record(by=by, workspace=by.workspace, action="weights.fit_asked", target=version, detail=params)
    return job
