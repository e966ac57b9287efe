"""What was measured of rubric versions, and what was drafted for them."""

from django.db import models

from apps.core.models import Stamped, default_dict, default_list


class GateReport(Stamped):
    """What the criteria of a version do on the labelled pairs of a data set, by a judge's stored verdicts."""

    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="gate_reports")
    version = models.ForeignKey("rubrics.RubricVersion", on_delete=models.CASCADE, related_name="gate_reports")
    dataset = models.ForeignKey("datasets.Dataset", on_delete=models.CASCADE, related_name="+")
    judge = models.ForeignKey("judging.JudgeVersion", on_delete=models.PROTECT, related_name="+")
    job = models.OneToOneField("jobs.Job", null=True, on_delete=models.SET_NULL, related_name="+")
    digest = models.CharField(max_length=71, help_text="The version's digest when it was asked for")
    figures = models.JSONField(default=default_dict, help_text="Counts, and rates of the whole rubric")
    criteria = models.JSONField(default=default_list, help_text="[{id, text, standing, faults, rates}]")
    correlations = models.JSONField(default=default_list, help_text="Between the criteria, in their order")
    done_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["version", "-id"], name="gate_report_newest")]

    def __str__(self) -> str:
        return f"{self.version} on {self.dataset.slug}"
