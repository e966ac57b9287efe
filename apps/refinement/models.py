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


class Draft(Stamped):
    """Criteria that a model is asked to write from pairs of a data set, checked on pairs that it did not see."""

    class State(models.TextChoices):
        """Where it stands."""

        WORKING = "working", "being made"
        PROPOSED = "proposed", "proposed"
        REFUSED = "refused", "nothing to propose"

    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="drafts")
    version = models.ForeignKey("rubrics.RubricVersion", on_delete=models.CASCADE, related_name="drafts")
    dataset = models.ForeignKey("datasets.Dataset", on_delete=models.CASCADE, related_name="+")
    judge = models.ForeignKey("judging.JudgeVersion", on_delete=models.PROTECT, related_name="+")
    job = models.OneToOneField("jobs.Job", null=True, on_delete=models.SET_NULL, related_name="+")
    proposal = models.ForeignKey("rubrics.Proposal", null=True, on_delete=models.SET_NULL, related_name="+")
    method = models.CharField(max_length=60)
    state = models.CharField(max_length=10, choices=State, default=State.WORKING)
    reason = models.CharField(max_length=500, blank=True, default="", help_text="Why nothing was proposed")
    prompt_digest = models.CharField(max_length=71)
    settings = models.JSONField(default=default_dict, help_text="{seed, threshold, sources, checks}")
    budget = models.JSONField(default=default_dict, help_text="{calls, tokens, minutes}")
    figures = models.JSONField(default=default_dict)
    candidates = models.JSONField(default=default_list, help_text="[{text, kind, differences, sources, worth, drop}]")
    merged_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["version", "-id"], name="draft_newest")]

    def __str__(self) -> str:
        return f"draft for {self.version}"


class DraftStep(models.Model):
    """One pair put to the model: to write from it, or to check what was written. It is asked once."""

    class Kind(models.TextChoices):
        """What is asked."""

        WRITE = "write", "write"
        SIEVE = "sieve", "choose"
        CHECK = "check", "hold out"

    class State(models.TextChoices):
        """What became of it."""

        WAITING = "waiting", "waiting"
        DONE = "done", "answered"
        FAILED = "failed", "not answered"
        SKIPPED = "skipped", "over the budget"

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=Kind)
    better = models.ForeignKey("datasets.Response", on_delete=models.CASCADE, related_name="+")
    worse = models.ForeignKey("datasets.Response", on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    reason = models.CharField(max_length=300, blank=True, default="")
    reply = models.TextField(blank=True, default="")
    result = models.JSONField(default=default_list, help_text="Degrees of each criterion in both orders")
    usage = models.JSONField(default=default_dict, help_text="{calls, tokens, seconds}")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["draft", "position"], name="draft_step_once")]
        ordering = ["position"]

    def __str__(self) -> str:
        return f"{self.kind} {self.position}"
