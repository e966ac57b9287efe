"""Figures of judging for Prometheus, with judges as labels."""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Sum
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric

from apps.judging.models import RunItem

WINDOW = timedelta(hours=24)


def metrics() -> Iterable[Metric]:
    """Verdicts of the runs of the last day by judge, and whether they have a value."""
    family = GaugeMetricFamily(
        "studio_verdicts_last_day",
        "Verdicts in runs started in the last 24 hours",
        labels=["workspace", "judge", "outcome"],
    )
    rows = (
        RunItem.objects.filter(run__created_at__gt=timezone.now() - WINDOW)
        .values_list("run__workspace__slug", "judge_version__judge__name", "judge_version__number")
        .annotate(scored=Sum("scored"), unscored=Sum("unscored"), reused=Sum("reused"))
    )
    for workspace, judge, number, scored, unscored, reused in rows:
        for outcome, count in (("scored", scored), ("unscored", unscored), ("reused", reused)):
            family.add_metric([workspace, f"{judge}@{number}", outcome], count)
    yield family
