"""Queues of review items, claims, reviews, adjudications and gold."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from apps.core.models import Stamped, default_dict, default_list
from apps.datasets.models import Subject
from domain import errors


class Queue(Stamped):
    """A named list of decisions to be made by people, drawn by a rule."""

    class Task(models.TextChoices):
        """What is asked."""

        VERDICT = "verdict", "decide one criterion of one response"
        RESPONSE = "response", "decide all criteria of one response"
        PAIR = "pair", "which of two responses is better"
        RANKING = "ranking", "put responses in order"
        RATING = "rating", "rate a response"
        SPANS = "spans", "mark errors"
        CRITIQUE = "critique", "write a critique"
        NECESSITY = "necessity", "is this criterion needed"
        TRIAGE = "triage", "is this change of a proposal wanted"

    class State(models.TextChoices):
        """Whether it gives out items."""

        DRAWING = "drawing", "being drawn"
        OPEN = "open", "open"
        PAUSED = "paused", "paused"
        CLOSED = "closed", "closed"

    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="queues")
    name = models.CharField(max_length=200)
    task = models.CharField(max_length=10, choices=Task, default=Task.VERDICT)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    run = models.ForeignKey("judging.Run", null=True, blank=True, on_delete=models.PROTECT, related_name="queues")
    dataset = models.ForeignKey("datasets.Dataset", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(
        "rubrics.RubricVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    proposal = models.ForeignKey("rubrics.Proposal", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    job = models.OneToOneField(
        "jobs.Job", null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        help_text="What draws it where that takes long",
    )  # fmt: skip
    state_reason = models.CharField(max_length=300, blank=True, default="", help_text="Why it was paused or closed")
    rule = models.JSONField(default=default_dict, help_text="{kind, size, criteria, …}: how items were drawn")
    seed = models.PositiveIntegerField(default=0)
    overlap = models.PositiveSmallIntegerField(default=1, help_text="How many people decide each item")
    blind = models.BooleanField(default=True)
    gold_share = models.FloatField(default=0)
    repeat_share = models.FloatField(default=0)
    priority = models.SmallIntegerField(default=0)
    deadline = models.DateTimeField(null=True, blank=True)
    minimum_role = models.CharField(max_length=10, default="annotator")
    skills = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    assignees = models.ManyToManyField("accounts.User", blank=True, related_name="+")
    instructions = models.TextField(blank=True, default="")
    consensus = models.JSONField(
        default=default_dict, blank=True, help_text="{rule, share, limit}: how answers that differ are settled; empty: "
        "by an author",
    )  # fmt: skip
    created_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.name

    @property
    def is_overdue(self) -> bool:
        """Past its deadline with work left to give out."""
        return self.deadline is not None and self.state != self.State.CLOSED and self.deadline < timezone.now()


class ReviewItem(models.Model):
    """One thing to decide."""

    class State(models.TextChoices):
        """Where it stands."""

        OPEN = "open", "open"
        ANSWERED = "answered", "all answers in"
        CONFLICT = "conflict", "people disagree"
        RESOLVED = "resolved", "resolved"

    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveIntegerField()
    subject = models.ForeignKey(
        "datasets.Subject", null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        help_text="What is decided about; none for questions on a criterion or a proposal",
    )  # fmt: skip
    version = models.ForeignKey(
        "rubrics.RubricVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    criterion = models.CharField(max_length=80, blank=True, default="")
    verdict_keys = ArrayField(
        models.UUIDField(), default=list, blank=True, help_text="The judges' verdicts under review"
    )
    payload = models.JSONField(default=default_dict, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    priority = models.SmallIntegerField(default=0)
    seats = models.PositiveSmallIntegerField(default=1, help_text="Answers still wanted in all")
    taken = models.PositiveSmallIntegerField(default=0, help_text="Live claims and answers")
    gold_id = models.BigIntegerField(null=True, blank=True, help_text="Set where the answer is known")
    is_gold = models.BooleanField(
        default=False, help_text="Put in because its answer is known; the people who decide are not told"
    )
    repeat_of = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="repeats")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["queue", "position"], name="item_position_once"),
            models.UniqueConstraint(
                fields=["queue", "subject", "version", "criterion"],
                condition=Q(repeat_of__isnull=True, subject__isnull=False),
                name="item_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=Q(taken__lte=models.F("seats")), name="item_never_overbooked"),
        ]
        indexes = [
            models.Index(
                fields=["queue", "-priority", "position"],
                condition=Q(state="open", taken__lt=models.F("seats")),
                name="item_next",
            )
        ]

    def __str__(self) -> str:
        return f"{self.queue_id}#{self.position}"

    @property
    def about(self) -> Subject:
        """The subject of an item that has one; Conflict for questions on a criterion or a proposal."""
        if self.subject is None:
            raise errors.Conflict("This item asks about no answer.", code="item_without_subject")
        return self.subject


class Claim(Stamped):
    """A person's seat at an item, under a lease."""

    class State(models.TextChoices):
        """What became of it."""

        LEASED = "leased", "being decided"
        ANSWERED = "answered", "answered"
        SKIPPED = "skipped", "skipped"
        DECLINED = "declined", "declined"
        RELEASED = "released", "given back"
        EXPIRED = "expired", "timed out"

    item = models.ForeignKey(ReviewItem, on_delete=models.CASCADE, related_name="claims")
    queue = models.ForeignKey(
        Queue, on_delete=models.CASCADE, related_name="claims", db_index=False, help_text="The item's, to find by"
    )
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="claims")
    state = models.CharField(max_length=10, choices=State, default=State.LEASED)
    lease_until = models.DateTimeField()
    reason = models.CharField(max_length=300, blank=True, default="")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["item", "user"],
                condition=Q(state__in=["leased", "answered", "declined"]),
                name="claim_once_per_person",
            )
        ]
        indexes = [
            models.Index(fields=["user", "-created_at"], name="claim_of_person"),
            models.Index(fields=["queue", "user", "-id"], include=["state"], name="claim_in_queue"),
            models.Index(fields=["item", "user"], name="claim_at_item"),
            models.Index(fields=["lease_until"], condition=Q(state="leased"), name="claim_leases"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} at {self.item_id}"


class Review(Stamped):
    """A person's decision on an item; kept with what they changed after the reveal."""

    class After(models.TextChoices):
        """What they did after seeing the judge's verdict."""

        NONE = "", "not shown"
        KEPT = "kept", "kept"
        CHANGED = "changed", "changed"

    item = models.ForeignKey(ReviewItem, on_delete=models.CASCADE, related_name="reviews")
    claim = models.OneToOneField(Claim, on_delete=models.PROTECT, related_name="review")
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="reviews")
    mode = models.CharField(max_length=10, default="blind", choices=[("blind", "blind"), ("assisted", "assisted")])
    value = models.FloatField(
        null=True, blank=True, help_text="Degree to which the text is true; null: cannot be decided"
    )
    payload = models.JSONField(default=default_dict, blank=True)
    confidence = models.FloatField(null=True, blank=True)
    spans = models.JSONField(default=default_list, blank=True)
    note = models.TextField(blank=True, default="")
    seconds = models.FloatField(null=True, blank=True)
    repeat = models.PositiveSmallIntegerField(default=0)
    after = models.CharField(max_length=10, choices=After, default=After.NONE, blank=True)
    after_value = models.FloatField(null=True, blank=True)
    after_reason = models.TextField(blank=True, default="")
    changed_at = models.DateTimeField(null=True, blank=True)
    revealed_at = models.DateTimeField(null=True, blank=True, help_text="When the person was shown the judge's verdict")
    earlier = models.JSONField(
        default=default_list, blank=True, help_text="What was decided before it was changed without seeing the verdict"
    )

    def __str__(self) -> str:
        return f"{self.by_id}: {self.value}"

    @property
    def final_value(self) -> float | None:
        """The value after the reveal where it was changed, else the first."""
        return self.after_value if self.after == self.After.CHANGED else self.value


class Gold(Stamped):
    """A value that people settled on for a subject and a criterion, with where it came from."""

    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="gold")
    subject = models.ForeignKey("datasets.Subject", on_delete=models.PROTECT, related_name="gold")
    criterion = models.CharField(max_length=80)
    criterion_digest = models.CharField(max_length=71)
    value = models.FloatField(null=True, blank=True)
    item = models.ForeignKey(ReviewItem, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    decided_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(blank=True, default="")
    provenance = models.JSONField(default=default_dict, help_text="Reviews it rests on, how it was settled")
    superseded_by = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name_plural = "gold"
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "subject", "criterion_digest"],
                condition=Q(superseded_by__isnull=True),
                name="gold_one_current",
            )
        ]

    def __str__(self) -> str:
        return f"{self.criterion}: {self.value}"


class Reading(Stamped):
    """Comments that a judge is asked to name principles of: those of a queue, or all about a rubric."""

    class Likeness(models.TextChoices):
        """By what principles are found to say the same."""

        WORDS = "words", "words in common (TF-IDF)"
        SERVER = "server", "the server of embeddings"

    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="readings")
    queue = models.ForeignKey(Queue, null=True, blank=True, on_delete=models.CASCADE, related_name="readings")
    version = models.ForeignKey(
        "rubrics.RubricVersion", on_delete=models.CASCADE, related_name="+",
        help_text="What criteria are proposed for, and compared with",
    )  # fmt: skip
    judge = models.ForeignKey("judging.JudgeVersion", on_delete=models.PROTECT, related_name="+")
    job = models.OneToOneField("jobs.Job", null=True, on_delete=models.SET_NULL, related_name="+")
    likeness = models.CharField(max_length=10, choices=Likeness, default=Likeness.WORDS)
    model = models.CharField(max_length=200, blank=True, default="", help_text="The model of the vectors")
    alike = models.FloatField(help_text="Cosine over which two principles say the same")
    prompt_digest = models.CharField(max_length=71)
    grouped_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"comments for {self.version}"


class ReadComment(models.Model):
    """One comment of a reading, as it was read, and what the judge replied."""

    class State(models.TextChoices):
        """What became of it."""

        WAITING = "waiting", "waiting"
        READ = "read", "read"
        UNREAD = "unread", "not read"

    reading = models.ForeignKey(Reading, on_delete=models.CASCADE, related_name="comments")
    review = models.ForeignKey(Review, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    remark = models.ForeignKey("rubrics.Comment", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    subject = models.ForeignKey("datasets.Subject", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    about = models.TextField(blank=True, default="", help_text="The criterion or question that it was written to")
    text = models.TextField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    reason = models.CharField(max_length=500, blank=True, default="", help_text="Why it was not read")
    reply = models.TextField(blank=True, default="")
    usage = models.JSONField(default=default_dict, blank=True)

    def __str__(self) -> str:
        return self.text[:60]


class CandidateCriterion(models.Model):
    """Principles of a reading that say the same: perhaps a criterion."""

    class State(models.TextChoices):
        """What an author made of it."""

        OPEN = "open", "open"
        PROPOSED = "proposed", "proposed"
        DISMISSED = "dismissed", "dismissed"

    reading = models.ForeignKey(Reading, on_delete=models.CASCADE, related_name="candidates")
    position = models.PositiveIntegerField()
    text = models.TextField()
    standing = models.CharField(max_length=10)
    figures = models.JSONField(default=default_dict, help_text="{people, answers, agreed, split, partial, met, unmet}")
    similar = models.JSONField(default=default_dict, blank=True, help_text="{id, text, alike}: the nearest criterion")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    reason = models.TextField(blank=True, default="")
    proposal = models.ForeignKey("rubrics.Proposal", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    decided_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reading", "position"], name="candidate_position_once")]
        ordering = ["position"]

    def __str__(self) -> str:
        return self.text[:60]


class Principle(models.Model):
    """What a comment says of an answer, with the passage that it rests on."""

    comment = models.ForeignKey(ReadComment, on_delete=models.CASCADE, related_name="principles")
    candidate = models.ForeignKey(
        CandidateCriterion, null=True, blank=True, on_delete=models.SET_NULL, related_name="principles"
    )
    text = models.TextField()
    met = models.CharField(max_length=10)
    quote = models.TextField(blank=True, default="", help_text="As the judge copied it")
    source = models.CharField(max_length=10, blank=True, default="", help_text="comment or answer")
    start = models.PositiveIntegerField(null=True, blank=True)
    end = models.PositiveIntegerField(null=True, blank=True)
    similarity = models.FloatField(null=True, blank=True)
    dropped = models.CharField(max_length=10, blank=True, default="", help_text="partly, general or unfound")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.text[:60]
