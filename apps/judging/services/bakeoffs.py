"""Comparing judges on a labelled sample."""

import random
from collections.abc import Sequence

from apps.accounts.permissions import Actor
from apps.datasets.models import Dataset
from apps.judging import permissions, queries
from apps.judging.models import JudgeVersion, Run
from apps.judging.services.runs import RunInvalid, start_run
from apps.rubrics.models import RubricVersion
from domain import errors

MOST_JUDGES = 12


def start_bakeoff(
    *, by: Actor, version: RubricVersion, dataset: Dataset, judges: Sequence[JudgeVersion], prompts: int | None = None,
    seed: int = 0, name: str = "",
) -> Run:  # fmt: skip
    """Have several judges judge the same prompts that people labelled; `prompts` draws so many of them by the seed.

    Raises RunInvalid where there are fewer than two judges, too many, or nobody labelled anything.
    """
    permissions.check_may_run(by, Run.Purpose.BAKEOFF)
    permissions.check_inputs(by, [version], judges, dataset)
    unique = list({judge.pk: judge for judge in judges}.values())
    if not 2 <= len(unique) <= MOST_JUDGES:
        said = f"Choose 2 to {MOST_JUDGES} judges to compare."
        raise RunInvalid(said, problems=[errors.Problem("/judges", said)])
    labelled = queries.labelled_prompts(dataset)
    if not labelled:
        said = "Nobody said which answers of this data set are better, nor labelled them by criterion."
        raise RunInvalid(said, problems=[errors.Problem("/dataset", said)])
    if prompts is not None and prompts < 1:
        said = "Choose at least one prompt."
        raise RunInvalid(said, problems=[errors.Problem("/prompts", said)])
    if prompts is not None and prompts < len(labelled):
        drawn = set(random.Random(seed).sample(labelled, prompts))
        labelled = [each for each in labelled if each in drawn]
    return start_run(
        by=by, name=name or f"Judges on {dataset.slug} by {version}", judges=unique, versions=[version],
        dataset=dataset, filter={"prompts": labelled}, purpose=Run.Purpose.BAKEOFF, seed=seed,
    )  # fmt: skip
