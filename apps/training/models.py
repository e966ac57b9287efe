"""Releases, reward requests, training runs and their telemetry."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from apps.core.models import Stamped, default_dict


class Release(Stamped):
    """An immutable, named set of approved versions: what a training job pins."""

    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.PROTECT, related_name="releases")
    name = models.SlugField(max_length=120)
    digest = models.CharField(max_length=71, help_text="Of the manifest: sorted (prompt id, slug, version, digest)")
    notes = models.TextField(blank=True, default="")
    created_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="release_once")]

    def __str__(self) -> str:
        return self.name


class ReleaseEntry(models.Model):
    """One version in a release, with the prompt it is bound to."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="entries")
    position = models.PositiveIntegerField()
    version = models.ForeignKey("rubrics.RubricVersion", on_delete=models.PROTECT, related_name="release_entries")
    prompt_id_text = models.CharField(max_length=200, blank=True, default="")
    digest = models.CharField(max_length=71)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["release", "position"], name="entry_position_once"),
            models.UniqueConstraint(fields=["release", "prompt_id_text", "version"], name="entry_once"),
        ]
        indexes = [models.Index(fields=["release", "prompt_id_text"], name="entry_by_prompt")]
        ordering = ["position"]

    def __str__(self) -> str:
        return f"{self.release_id}/{self.position}"


class Deprecation(Stamped):
    """A release that should no longer be pinned, and why; the release itself never changes."""

    release = models.OneToOneField(Release, on_delete=models.PROTECT, related_name="deprecation")
    reason = models.TextField()
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.release_id}: {self.reason[:40]}"


class TrainingRun(Stamped):
    """A client's pinned handle: a release or a version, and a judge."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="training_runs")
    name = models.CharField(max_length=200)
    state = models.CharField(max_length=10, default="open", choices=[("open", "open"), ("closed", "closed")])
    config = models.JSONField(default=default_dict, blank=True)
    policy_model = models.CharField(max_length=200, blank=True, default="")
    keep_rollouts = models.BooleanField(default=True)
    retention_days = models.PositiveIntegerField(null=True, blank=True)
    created_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class Pin(Stamped):
    """What a training run is pinned to, from when; the latest counts, the rest is its past."""

    training_run = models.ForeignKey(TrainingRun, on_delete=models.CASCADE, related_name="pins")
    number = models.PositiveIntegerField(default=1)
    release = models.ForeignKey(Release, null=True, blank=True, on_delete=models.PROTECT, related_name="pins")
    version = models.ForeignKey(
        "rubrics.RubricVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    judge_version = models.ForeignKey("judging.JudgeVersion", on_delete=models.PROTECT, related_name="+")
    profile = models.ForeignKey("rubrics.Profile", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=71)
    fingerprint = models.CharField(max_length=71)
    by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["training_run", "number"], name="pin_once"),
            models.CheckConstraint(
                condition=Q(release__isnull=False) | Q(version__isnull=False), name="pin_names_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.training_run_id} pin {self.number}"


class TelemetryPoint(models.Model):
    """One number a training run reported at one step."""

    training_run = models.ForeignKey(TrainingRun, on_delete=models.CASCADE, related_name="telemetry")
    step = models.BigIntegerField()
    name = models.CharField(max_length=120)
    value = models.FloatField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["training_run", "name", "step"], name="telemetry_once")]

    def __str__(self) -> str:
        return f"{self.name}@{self.step} = {self.value}"


class RewardRequest(Stamped):
    """A batch of rollouts that wants rewards; the judging is a run, the answer is computed from its scores."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="reward_requests")
    run = models.OneToOneField("judging.Run", null=True, on_delete=models.PROTECT, related_name="reward_request")
    token = models.ForeignKey("accounts.Token", null=True, on_delete=models.SET_NULL, related_name="+")
    training_run = models.ForeignKey(
        TrainingRun, null=True, blank=True, on_delete=models.SET_NULL, related_name="requests"
    )
    judge_version = models.ForeignKey("judging.JudgeVersion", on_delete=models.PROTECT, related_name="+")
    rubric_ref = models.CharField(max_length=300)
    idempotency_key = models.CharField(max_length=200, null=True, blank=True)
    body_digest = models.CharField(max_length=71)
    shape = models.CharField(
        max_length=10, default="items", choices=[("items", "items"), ("groups", "groups"), ("steps", "steps")]
    )
    stepwise = models.JSONField(
        default=default_dict, blank=True, help_text="Of the shape steps: how steps are paid, and how trajectories ended"
    )
    deadline = models.DateTimeField(null=True, blank=True)
    step = models.BigIntegerField(null=True, blank=True, help_text="The training step it belongs to")
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "token", "idempotency_key"],
                condition=Q(idempotency_key__isnull=False),
                name="reward_request_once",
            )
        ]
        indexes = [models.Index(fields=["training_run", "step"], name="reward_by_step")]

    def __str__(self) -> str:
        return str(self.id)


class RewardItem(models.Model):
    """One rollout of a request."""

    request = models.ForeignKey(RewardRequest, on_delete=models.CASCADE, related_name="items")
    index = models.PositiveIntegerField()
    external_id = models.CharField(max_length=200)
    subject = models.ForeignKey("datasets.Subject", on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey("rubrics.RubricVersion", on_delete=models.PROTECT, related_name="+")
    profile = models.ForeignKey("rubrics.Profile", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    group = models.CharField(max_length=200, blank=True, default="")
    step = models.PositiveIntegerField(null=True, blank=True)
    score_key = models.UUIDField(null=True, blank=True)
    cached = models.BooleanField(default=False, help_text="All verdicts were stored before")
    result = models.JSONField(null=True, blank=True, help_text="What was served when all was judged; then it stays")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "index"], name="reward_item_once")]

    def __str__(self) -> str:
        return self.external_id


class Alarm(Stamped):
    """Something about a training run that a person should look at."""

    training_run = models.ForeignKey(TrainingRun, on_delete=models.CASCADE, related_name="alarms")
    kind = models.CharField(max_length=60)
    step = models.BigIntegerField(null=True, blank=True)
    figures = models.JSONField(default=default_dict)
    subjects = ArrayField(models.BigIntegerField(), default=list, blank=True)
    muted_until = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.kind} at {self.step}"
