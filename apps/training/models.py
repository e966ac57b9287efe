"""Releases, reward requests, training runs and their telemetry."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils import timezone

from apps.core.models import Stamped, default_dict, default_list


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
    consent = models.CharField(
        max_length=500, blank=True, default="", help_text="On whose consent texts of rollouts are kept"
    )
    novelty_beta = models.FloatField(
        null=True, blank=True, help_text="A positive reward is divided by how often the run has seen it, to this power"
    )
    shadow_judge = models.ForeignKey(
        "judging.JudgeVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    shadow_share = models.FloatField(default=0, help_text="The share of rollouts that the shadow judge judges too")
    canary_dataset = models.ForeignKey(
        "datasets.Dataset", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    canary_every = models.PositiveIntegerField(null=True, blank=True, help_text="Requests between two rounds")
    created_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    watch = models.JSONField(default=default_dict, blank=True, help_text="What was changed of the alarms' limits")
    watched_at = models.DateTimeField(null=True, blank=True, help_text="Up to when its figures are summed up")

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
    parts = models.JSONField(
        default=default_dict,
        blank=True,
        help_text="How rewards are split: by criterion, dimension or tier, and the keys",
    )
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
    options = models.JSONField(
        default=default_dict, blank=True, help_text="What else was asked: the mode, how groups are compared"
    )
    pin = models.ForeignKey(Pin, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    shadow = models.OneToOneField(
        "judging.Run", null=True, blank=True, on_delete=models.SET_NULL, related_name="shadow_of"
    )
    deadline = models.DateTimeField(null=True, blank=True)
    step = models.BigIntegerField(null=True, blank=True, help_text="The training step it belongs to")
    done_at = models.DateTimeField(null=True, blank=True)

    made_items: "list[RewardItem] | None" = None
    """The items of a request that was answered just now from what is known, so that they are not read again."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "token", "idempotency_key"],
                condition=Q(idempotency_key__isnull=False),
                name="reward_request_once",
            ),
            models.UniqueConstraint(
                fields=["workspace", "token", "body_digest"],
                condition=Q(idempotency_key__isnull=True, done_at__isnull=True) & ~Q(body_digest=""),
                name="reward_content_once",
            ),
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
    score_key = models.UUIDField(
        null=True, blank=True, help_text="Of a reward that depends on no other answer: what decides it"
    )
    run_item = models.ForeignKey(
        "judging.RunItem", null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        help_text="Where it is judged, maybe in the run of an earlier request",
    )  # fmt: skip
    off_policy = models.BooleanField(default=False, help_text="Scored like the others, left out of what groups say")
    seen = models.PositiveIntegerField(
        default=0, help_text="How often the training run has sent it, this time included"
    )
    cached = models.BooleanField(default=False, help_text="All verdicts were stored before")
    result = models.JSONField(null=True, blank=True, help_text="What was served when all was judged; then it stays")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "index"], name="reward_item_once")]
        indexes = [models.Index(fields=["score_key"], condition=Q(score_key__isnull=False), name="reward_by_score_key")]

    def __str__(self) -> str:
        return self.external_id


class Seen(models.Model):
    """How often a training run has sent the same answer to the same prompt."""

    training_run = models.ForeignKey(TrainingRun, on_delete=models.CASCADE, related_name="+")
    subject = models.ForeignKey("datasets.Subject", on_delete=models.CASCADE, related_name="+")
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["training_run", "subject"], name="seen_once")]

    def __str__(self) -> str:
        return f"{self.subject_id} {self.count} times"


class CanaryRound(Stamped):
    """The judge of a training run is asked afresh about answers whose first verdicts are known."""

    training_run = models.ForeignKey(TrainingRun, on_delete=models.CASCADE, related_name="canaries")
    number = models.PositiveIntegerField()
    run = models.OneToOneField("judging.Run", on_delete=models.CASCADE, related_name="canary_round")
    step = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["training_run", "number"], name="canary_round_once")]

    def __str__(self) -> str:
        return f"{self.training_run_id} round {self.number}"


class Cohort(Stamped):
    """Rollouts that are posted one by one and rewarded together, once enough are there or the time is over."""

    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="+")
    token = models.ForeignKey("accounts.Token", null=True, on_delete=models.SET_NULL, related_name="+")
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    key = models.CharField(
        max_length=71, help_text="Digest of the caller's name for it and of all that must be the same"
    )
    size = models.PositiveIntegerField()
    closes_at = models.DateTimeField()
    body = models.JSONField(default=default_dict, help_text="What the members have in common")
    request = models.OneToOneField(RewardRequest, null=True, on_delete=models.CASCADE, related_name="cohort")
    closed_at = models.DateTimeField(null=True, blank=True)
    failed = models.JSONField(null=True, blank=True, help_text="Why the whole could not be asked for")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "key"], condition=Q(closed_at__isnull=True), name="cohort_open_once"
            )
        ]

    def __str__(self) -> str:
        return f"cohort {self.pk}"


class CohortMember(Stamped):
    """One rollout of a cohort; its text is kept here only until the cohort closes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="members")
    place = models.PositiveIntegerField()
    external_id = models.CharField(max_length=200)
    item = models.JSONField(default=default_dict)
    idempotency_key = models.CharField(max_length=200, null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cohort", "place"], name="cohort_place_once"),
            models.UniqueConstraint(
                fields=["cohort", "idempotency_key"],
                condition=Q(idempotency_key__isnull=False),
                name="cohort_member_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.external_id} of {self.cohort_id}"


class WatchedStep(models.Model):
    """The figures of one step of a training run, summed up from the rewards that were served."""

    training_run = models.ForeignKey(TrainingRun, on_delete=models.CASCADE, related_name="watched_steps")
    step = models.BigIntegerField()
    figures = models.JSONField(help_text="Sums by name and by criterion, as domain.watch stores them")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["training_run", "step"], name="watched_step_once")]

    def __str__(self) -> str:
        return f"{self.training_run_id}@{self.step}"


class Alarm(Stamped):
    """Something about a training run that a person should look at: from one step on, until it ends or is closed."""

    training_run = models.ForeignKey(TrainingRun, on_delete=models.CASCADE, related_name="alarms")
    kind = models.CharField(max_length=60)
    about = models.CharField(max_length=200, blank=True, default="", help_text="A criterion or a reported number")
    step = models.BigIntegerField(null=True, blank=True)
    since = models.BigIntegerField(null=True, blank=True, help_text="Where the first window that left it begins")
    last = models.BigIntegerField(null=True, blank=True, help_text="The last step at which it held")
    ended = models.BigIntegerField(null=True, blank=True, help_text="The step at which it was over, if it is")
    figures = models.JSONField(default=default_dict)
    muted_until = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["training_run", "kind", "about", "step"], name="alarm_once")]

    def __str__(self) -> str:
        return f"{self.kind} at {self.step}"


class DataExport(Stamped):
    """Rows chosen for training from what one run judged: by a rule, under a licence, written once by a worker."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="data_exports")
    job = models.OneToOneField("jobs.Job", null=True, on_delete=models.PROTECT, related_name="data_export")
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20)
    rule = models.JSONField(default=default_dict)
    run = models.ForeignKey("judging.Run", on_delete=models.PROTECT, related_name="data_exports")
    judge_version = models.ForeignKey("judging.JudgeVersion", on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(
        "rubrics.RubricVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        help_text="None where each prompt has its own",
    )  # fmt: skip
    licence = models.CharField(max_length=80, help_text="Of the data set, as it was when the export was made")
    consent = models.CharField(max_length=200, blank=True, default="")
    source = models.CharField(max_length=300, blank=True, default="")
    non_commercial = models.BooleanField(default=False, help_text="The asker's word on what the training is for")
    figures = models.JSONField(default=default_list, help_text="[[what, how much]] of what was chosen and left out")
    rows = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=71, blank=True, default="", help_text="Of the rows as NDJSON")
    done_at = models.DateTimeField(null=True, blank=True)
    forgotten_at = models.DateTimeField(null=True, blank=True, help_text="When a text in it had to be forgotten")
    created_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["workspace", "-created_at"], name="data_export_recent")]

    def __str__(self) -> str:
        return self.name


class DataExportPart(models.Model):
    """Some rows of an export as compressed NDJSON, and the responses whose texts they hold."""

    export = models.ForeignKey(DataExport, on_delete=models.CASCADE, related_name="parts")
    index = models.PositiveIntegerField()
    rows = models.PositiveIntegerField()
    responses = ArrayField(models.BigIntegerField(), default=list)
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["export", "index"], name="export_part_once")]
        indexes = [GinIndex(fields=["responses"], name="export_part_texts")]

    def __str__(self) -> str:
        return f"part {self.index} of {self.export_id}"


class AlarmEvent(Stamped):
    """What became of an alarm, and who said so."""

    class Verb(models.TextChoices):
        """What happened."""

        RAISED = "raised", "raised"
        ENDED = "ended", "ended by itself"
        RETURNED = "returned", "came back"
        MUTED = "muted", "muted"
        UNMUTED = "unmuted", "no longer muted"
        CLOSED = "closed", "closed"
        QUEUED = "queued", "sent to a review queue"

    alarm = models.ForeignKey(Alarm, on_delete=models.CASCADE, related_name="events")
    verb = models.CharField(max_length=10, choices=Verb)
    by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(blank=True, default="")
    until = models.DateTimeField(null=True, blank=True)
    step = models.BigIntegerField(null=True, blank=True)
    queue_id = models.BigIntegerField(null=True, blank=True, help_text="The review queue that was made")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.alarm_id} {self.verb}"


class Suspension(Stamped):
    """A criterion as it is worded that new releases and training runs are refused, until somebody lifts it."""

    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="+")
    rubric = models.ForeignKey("rubrics.Rubric", on_delete=models.CASCADE, related_name="+")
    criterion = models.CharField(max_length=80)
    digest = models.CharField(max_length=71, help_text="Of what a judge is shown: worded anew it is another criterion")
    text = models.TextField()
    reason = models.TextField()
    alarm = models.ForeignKey(Alarm, null=True, blank=True, on_delete=models.SET_NULL, related_name="suspensions")
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    lift_reason = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["rubric", "digest"], condition=Q(lifted_at__isnull=True), name="suspended_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.rubric_id}/{self.criterion}"
