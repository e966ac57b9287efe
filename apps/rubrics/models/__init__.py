"""Rubrics, their versions with criteria, and what belongs to them: sets, profiles, artefacts, threads, proposals."""

from typing import ClassVar

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import Q
from django.db.models.functions import Left
from django.utils import timezone

from apps.core.models import Stamped, default_dict, default_list
from apps.rubrics.models import guards
from apps.rubrics.models.discussion import Mention as Mention
from apps.rubrics.models.lineage import Origin as Origin
from apps.rubrics.models.sets import RubricSet, RubricSetMember, RubricSetVersion
from apps.rubrics.models.states import VersionEnd, VersionStatus
from apps.rubrics.models.suggesting import SuggestionStep as SuggestionStep
from apps.rubrics.models.weighing import Elicitation as Elicitation
from apps.rubrics.models.weighing import ProfileEnd as ProfileEnd

__all__ = [
    "Comment",
    "Criterion",
    "Decision",
    "Favourite",
    "FittedArtefact",
    "Group",
    "Guideline",
    "Hunk",
    "LintDismissal",
    "Presence",
    "Profile",
    "Proposal",
    "Revision",
    "Rubric",
    "RubricSet",
    "RubricSetMember",
    "RubricSetVersion",
    "RubricVersion",
    "Thread",
    "VersionEnd",
    "VersionStatus",
]


class Rubric(Stamped):
    """A named rubric; what it says is in its versions."""

    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="rubrics")
    slug = models.SlugField(max_length=120)
    title = models.CharField(max_length=300)
    tags = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    rubric_set = models.ForeignKey(
        "RubricSet",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="rubrics",
        help_text="Members of a set stay out of the library",
    )
    created_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    archived_at = models.DateTimeField(null=True, blank=True)
    last_edit = models.DateTimeField(
        default=timezone.now, help_text="When a version was last made or edited; the library is in this order"
    )
    is_template = models.BooleanField(default=False, db_default=False, help_text="New rubrics may start from it")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "slug"], name="rubric_slug_once")]
        indexes = [GinIndex(fields=["tags"], name="rubric_tags")]

    def __str__(self) -> str:
        return self.title


class Favourite(Stamped):
    """A rubric that a person keeps at hand."""

    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    rubric = models.ForeignKey(Rubric, on_delete=models.CASCADE, related_name="favourites")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "rubric"], name="favourite_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.rubric_id}"


class RubricVersion(Stamped):
    """One numbered version; rows while a draft, frozen with canonical document and digest afterwards."""

    rubric = models.ForeignKey(Rubric, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=VersionStatus, default=VersionStatus.DRAFT)
    ended = models.CharField(max_length=20, choices=VersionEnd, default=VersionEnd.NONE, blank=True)
    revision = models.PositiveIntegerField(default=0, help_text="Grows with every edit of the draft")
    title = models.CharField(max_length=300)
    description = models.TextField(blank=True, default="")
    language = models.CharField(max_length=16, default="en")
    translation_of = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    scope = models.CharField(
        max_length=10, default="general", choices=[("general", "general"), ("prompt", "one prompt")]
    )
    prompt = models.ForeignKey(
        "datasets.Prompt", null=True, blank=True, on_delete=models.PROTECT, related_name="rubrics"
    )
    scope_ref = models.JSONField(
        default=default_dict, blank=True, help_text="dataset and prompt_id as the document names them"
    )
    scoring = models.JSONField(default=default_list)
    unscored = models.JSONField(default=default_dict)
    content_gate = models.JSONField(default=default_dict)
    extensions = models.JSONField(default=default_dict, blank=True)
    weighting = models.JSONField(
        default=default_dict, blank=True, help_text="How the author weighs: mode and the weight of each tier"
    )
    joined = ArrayField(
        models.BigIntegerField(), default=list, blank=True, help_text="The merges in force: keys of origins"
    )
    document = models.JSONField(null=True, blank=True, help_text="The canonical form, set when the draft is submitted")
    digest = models.CharField(max_length=71, blank=True, default="")
    judged_digest = models.CharField(max_length=71, blank=True, default="")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="children")
    created_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    edited_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    note = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rubric", "number"], name="version_number_once"),
            models.UniqueConstraint(fields=["rubric"], condition=Q(status="approved"), name="version_one_approved"),
            models.CheckConstraint(condition=Q(status__in=VersionStatus.values), name="version_status_known"),
            models.CheckConstraint(
                condition=Q(status="draft") | ~Q(digest="") | Q(ended="discarded"), name="version_digest_when_frozen"
            ),
        ]
        indexes = [
            models.Index(fields=["digest"], name="version_by_digest"),
            models.Index(fields=["status", "rubric"], name="version_by_status"),
        ]
        triggers: ClassVar = [
            pgtrigger.Trigger(
                name="version_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=guards.VERSION_GUARD,
            )
        ]

    def __str__(self) -> str:
        return f"{self.rubric.slug}@{self.number}"

    @property
    def is_draft(self) -> bool:
        """Whether it may still be edited."""
        return self.status == VersionStatus.DRAFT


class Group(models.Model):
    """A weighted group of criteria, in a tree."""

    version = models.ForeignKey(RubricVersion, on_delete=models.CASCADE, related_name="groups")
    group_id = models.CharField(max_length=80)
    title = models.CharField(max_length=4000)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="children")
    weight = models.FloatField(default=1.0)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "group_id"], name="group_once_per_version")]
        ordering = ["position", "id"]
        triggers: ClassVar = [guards.part_trigger("group_frozen")]

    def __str__(self) -> str:
        return self.title


class Guideline(models.Model):
    """A sentence that holds for every criterion of a version."""

    version = models.ForeignKey(RubricVersion, on_delete=models.CASCADE, related_name="guidelines")
    guideline_id = models.CharField(max_length=80)
    text = models.TextField()
    position = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "guideline_id"], name="guideline_once")]
        ordering = ["position", "id"]
        triggers: ClassVar = [guards.part_trigger("guideline_frozen")]

    def __str__(self) -> str:
        return self.text[:80]


class Criterion(models.Model):
    """One criterion of one version; `criterion_id` stays the same across versions."""

    version = models.ForeignKey(RubricVersion, on_delete=models.CASCADE, related_name="criteria")
    criterion_id = models.CharField(max_length=80)
    position = models.PositiveIntegerField(default=0)
    group = models.ForeignKey(Group, null=True, blank=True, on_delete=models.SET_NULL, related_name="criteria")
    text = models.TextField()
    kind = models.CharField(max_length=10, default="binary")
    polarity = models.CharField(max_length=10, default="positive")
    weight = models.FloatField(default=1.0)
    tier = models.CharField(max_length=10, null=True, blank=True)
    role = models.CharField(max_length=10, null=True, blank=True)
    aspect = models.CharField(max_length=10, null=True, blank=True)
    gate = models.JSONField(null=True, blank=True)
    applies_when = models.JSONField(null=True, blank=True)
    evidence = models.CharField(max_length=10, default="optional")
    needs = ArrayField(models.CharField(max_length=12), default=list, blank=True)
    tags = models.JSONField(default=default_dict, blank=True)
    levels = models.JSONField(null=True, blank=True)
    check_spec = models.JSONField(null=True, blank=True)
    examples = models.JSONField(default=default_list, blank=True)
    notes = models.TextField(blank=True, default="")

    class Meta:
        verbose_name_plural = "criteria"
        constraints = [
            models.UniqueConstraint(fields=["version", "criterion_id"], name="criterion_once_per_version"),
            models.CheckConstraint(condition=Q(weight__gte=0), name="criterion_weight_not_negative"),
        ]
        indexes = [GinIndex(SearchVector(Left("text", 20_000), config="simple"), name="criterion_words")]
        ordering = ["position", "id"]
        triggers: ClassVar = [guards.part_trigger("criterion_frozen")]

    def __str__(self) -> str:
        return self.text[:80]


class Revision(Stamped):
    """A step in a draft's edit history; every so often the whole document is kept, between them only what changed."""

    version = models.ForeignKey(RubricVersion, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=200)
    document = models.JSONField(null=True, help_text="The draft after this step, where it is kept whole")
    change = models.JSONField(null=True, help_text="What changed against the step with the number before, else")
    weighting = models.JSONField(default=default_dict, blank=True, help_text="How it was weighed after this step")
    joined = ArrayField(
        models.BigIntegerField(), default=list, blank=True, help_text="The merges in force after this step"
    )
    undone = models.BooleanField(default=False)
    aside = models.BooleanField(default=False, help_text="Undone, and then somebody went on with another edit")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "number"], name="revision_once"),
            models.CheckConstraint(
                condition=Q(document__isnull=True) ^ Q(change__isnull=True), name="revision_whole_or_change"
            ),
        ]
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.version_id} r{self.number}"


class Decision(Stamped):
    """What somebody decided about a version that left draft."""

    class Verb(models.TextChoices):
        """The decision."""

        SUBMIT = "submit", "submitted"
        APPROVE = "approve", "approved"
        TAKE_BACK = "take_back", "took back the approval"
        REQUEST_CHANGES = "request_changes", "requested changes"
        WITHDRAW = "withdraw", "withdrew"
        RETIRE = "retire", "retired"
        SUPERSEDE = "supersede", "superseded"

    version = models.ForeignKey(RubricVersion, on_delete=models.PROTECT, related_name="decisions")
    verb = models.CharField(max_length=20, choices=Verb)
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    note = models.TextField(blank=True, default="")
    evidence = models.JSONField(default=default_dict, blank=True, help_text="Which gates were met, with their figures")

    def __str__(self) -> str:
        return f"{self.verb} {self.version_id}"


class Profile(Stamped):
    """A named weight set for a rubric, versioned apart and pinned by a job; a persona is a profile."""

    rubric = models.ForeignKey(Rubric, on_delete=models.CASCADE, related_name="profiles")
    name = models.SlugField(max_length=80)
    number = models.PositiveIntegerField(default=1)
    weights = models.JSONField(default=default_dict, help_text="criterion id → weight")
    digest = models.CharField(max_length=71)
    description = models.TextField(blank=True, default="")
    source = models.JSONField(default=default_dict, blank=True, help_text="What the weights come from")
    created_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rubric", "name", "number"], name="profile_once")]

    def __str__(self) -> str:
        return f"{self.name}@{self.number}"


class FittedArtefact(Stamped):
    """Something fitted and frozen: weights, a calibration; found by its digest."""

    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="artefacts")
    kind = models.CharField(max_length=40)
    digest = models.CharField(max_length=71)
    payload = models.JSONField()
    inputs = models.JSONField(default=default_dict)
    created_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "digest"], name="artefact_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.digest[:15]}"


class Thread(Stamped):
    """A discussion on a rubric, a criterion or a level, that follows it across versions."""

    rubric = models.ForeignKey(Rubric, on_delete=models.CASCADE, related_name="threads")
    criterion = models.CharField(max_length=80, blank=True, default="")
    level = models.CharField(max_length=80, blank=True, default="")
    opened_on = models.ForeignKey(RubricVersion, null=True, on_delete=models.SET_NULL, related_name="+")
    created_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.rubric_id} {self.criterion}"


class Comment(Stamped):
    """A message in a thread."""

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="comments")
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.text[:60]


class Proposal(Stamped):
    """A set of edits to a rubric, by a person or a method, with its evidence; accepted hunk by hunk."""

    class State(models.TextChoices):
        """Where a proposal stands."""

        WORKING = "working", "being made"
        OPEN = "open", "waiting for a decision"
        CLOSED = "closed", "decided"
        FAILED = "failed", "could not be made"

    rubric = models.ForeignKey(Rubric, on_delete=models.CASCADE, related_name="proposals")
    base = models.ForeignKey(RubricVersion, on_delete=models.PROTECT, related_name="proposals")
    result = models.ForeignKey(RubricVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    job = models.ForeignKey("jobs.Job", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    method = models.CharField(max_length=60)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    title = models.CharField(max_length=200)
    inputs = models.JSONField(default=default_dict)
    budget = models.JSONField(default=default_dict)
    cost = models.JSONField(default=default_dict)
    provenance = models.JSONField(default=default_dict)
    created_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.title


class Hunk(models.Model):
    """One edit of a proposal."""

    class Op(models.TextChoices):
        """What the edit does."""

        ADD = "add", "add"
        CHANGE = "change", "change"
        REMOVE = "remove", "remove"
        MOVE = "move", "move"

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="hunks")
    position = models.PositiveIntegerField()
    op = models.CharField(max_length=10, choices=Op)
    pointer = models.CharField(max_length=300, help_text="What it touches: criteria/c_1, groups/safety, scoring")
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    evidence = models.JSONField(default=default_dict)
    decision = models.CharField(
        max_length=10, default="open", choices=[("open", "open"), ("accepted", "accepted"), ("rejected", "rejected")]
    )
    decided_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["proposal", "position"], name="hunk_once")]
        ordering = ["position"]

    def __str__(self) -> str:
        return f"{self.op} {self.pointer}"


class LintDismissal(Stamped):
    """A remark of the rules that somebody set aside; it comes back when what it is about changes."""

    rubric = models.ForeignKey(Rubric, on_delete=models.CASCADE, related_name="lint_dismissals")
    fingerprint = models.CharField(max_length=64)
    rule = models.CharField(max_length=60)
    criterion = models.CharField(max_length=80, blank=True, default="")
    sentence = models.TextField(blank=True, default="")
    reason = models.TextField()
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rubric", "fingerprint"], name="lint_dismissal_once")]

    def __str__(self) -> str:
        return f"{self.rule} {self.criterion}"


class Presence(models.Model):
    """Who has a draft open now, and in which criterion; worth nothing when its last sign of life is old."""

    version = models.ForeignKey(RubricVersion, on_delete=models.CASCADE, related_name="present")
    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    criterion = models.CharField(max_length=80, blank=True, default="")
    since = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "user"], name="presence_once")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.version_id}"
