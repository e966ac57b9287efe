"""What other rollouts of the same prompt were paid, for trainers that cannot be told that there is no reward."""

from statistics import fmean

from apps.training.models import RewardItem

MOST_SIBLINGS = 64


def mean_of_siblings(item: RewardItem) -> float | None:
    """The mean raw reward of the last 64 rollouts of the same prompt under the same version; None where there is none.

    A rollout without a reward that gets this has no advantage over them.
    """
    served = RewardItem.objects.filter(
        request__workspace=item.request.workspace_id, version=item.version_id, profile=item.profile_id,
        subject__prompt=item.subject.prompt_id, result__isnull=False,
    )  # fmt: skip
    results = served.exclude(pk=item.pk).order_by("-pk").values_list("result", flat=True)[:MOST_SIBLINGS]
    paid = [result["reward"] for result in results if result and result["reward"] is not None]
    return fmean(paid) if paid else None
