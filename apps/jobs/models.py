"""Background work as rows: a job and its shards, which workers lease."""

import uuid

from django.db import models
from django.db.models import F, Q

from apps.core.models import Stamped, default_dict


class JobState(models.TextChoices):
    """Where a job stands."""

    QUEUED = "queued", "waiting for a worker"
    RUNNING = "running", "running"
    PAUSED = "paused", "paused"
    DONE = "done", "done"
    FAILED = "failed", "failed"
    CANCELLED = "cancelled", "cancelled"


class ShardState(models.TextChoices):
    """Where a shard stands."""

    WAITING = "waiting", "waiting"
    LEASED = "leased", "being worked on"
    DONE = "done", "done"
    FAILED = "failed", "failed"
    CANCELLED = "cancelled", "cancelled"


OPEN_JOBS = (JobState.QUEUED, JobState.RUNNING, JobState.PAUSED)
LIVE_JOBS = (JobState.QUEUED, JobState.RUNNING)


class Job(Stamped):
    """One piece of background work that somebody asked for."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="jobs")
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=JobState, default=JobState.QUEUED)
    params = models.JSONField(default=default_dict)
    counts = models.JSONField(default=default_dict)
    priority = models.SmallIntegerField(default=0)
    deadline = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    note = models.TextField(blank=True, default="", help_text="Why the job waits or ended, in a sentence")
    quiet = models.BooleanField(default=False, help_text="Of many that programs ask for: nobody is told of its end")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(state__in=JobState.values), name="job_state_known")]
        indexes = [
            models.Index(fields=["workspace", "-created_at"], name="job_workspace_recent"),
            models.Index(fields=["state"], condition=Q(state__in=["queued", "running", "paused"]), name="job_open"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.title}"

    @property
    def is_open(self) -> bool:
        """Whether anything may still happen."""
        return self.state in OPEN_JOBS


class Shard(models.Model):
    """A part of a job that one worker does under a lease; `fence` grows with every claim."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="shards")
    index = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=ShardState, default=ShardState.WAITING)
    payload = models.JSONField(default=default_dict)
    result = models.JSONField(default=default_dict)
    priority = models.SmallIntegerField(default=0)
    turn = models.BigIntegerField(default=0, help_text="Among shards of one priority: workspaces take turns")
    not_before = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    leased_by = models.CharField(max_length=120, blank=True, default="")
    fence = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    waits = models.PositiveIntegerField(default=0, help_text="Times it was put back because something was unavailable")
    error = models.TextField(blank=True, default="")
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["job", "index"], name="shard_once_per_job"),
            models.CheckConstraint(condition=Q(state__in=ShardState.values), name="shard_state_known"),
            models.CheckConstraint(
                condition=~Q(state="leased") | Q(lease_until__isnull=False), name="shard_lease_has_an_end"
            ),
        ]
        indexes = [
            models.Index(F("priority").desc(), "turn", "id", condition=Q(state="waiting"), name="shard_in_turn"),
            models.Index(fields=["lease_until"], condition=Q(state="leased"), name="shard_leases"),
        ]

    def __str__(self) -> str:
        return f"shard {self.index} of {self.job_id}"
