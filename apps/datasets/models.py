"""What is judged and what people said of it: data sets, prompts, responses, subjects, preferences, labels."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from apps.core.models import Stamped, default_dict, default_list


class Dataset(Stamped):
    """A named collection of prompts with responses."""

    class Purpose(models.TextChoices):
        """Who fills it: people import a library set; rollouts and scratch are filled by rewards and by Try."""

        LIBRARY = "library", "imported"
        ROLLOUTS = "rollouts", "rollouts of training runs"
        SCRATCH = "scratch", "pasted on the Try page"

    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="datasets")
    slug = models.SlugField(max_length=80)
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True, default="")
    purpose = models.CharField(max_length=10, choices=Purpose, default=Purpose.LIBRARY)
    language = models.CharField(max_length=16, blank=True, default="")
    licence = models.CharField(max_length=80, blank=True, default="")
    consent = models.CharField(max_length=200, blank=True, default="")
    source = models.CharField(max_length=300, blank=True, default="")
    mapping = models.JSONField(
        default=default_dict, blank=True, help_text="Field mapping of the last import, for reuse"
    )
    extensions = models.JSONField(default=default_dict, blank=True)
    created_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "slug"], name="dataset_slug_once")]

    def __str__(self) -> str:
        return self.title


class Prompt(Stamped):
    """What was asked: messages of typed parts, with reference and context."""

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="prompts")
    external_id = models.CharField(max_length=200)
    messages = models.JSONField(help_text="[{role, parts: [{type, text}]}]")
    reference = models.JSONField(null=True, blank=True, help_text="Parts of a reference answer")
    context = models.JSONField(null=True, blank=True, help_text="Parts of retrieved passages or other material")
    language = models.CharField(max_length=16, blank=True, default="")
    tags = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    translation_of = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    hash = models.CharField(max_length=64)
    context_hash = models.CharField(max_length=64)
    extensions = models.JSONField(default=default_dict, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dataset", "external_id"], name="prompt_once_per_dataset")]

    def __str__(self) -> str:
        return self.external_id


class Response(Stamped):
    """What was answered: typed parts, the model that wrote it, steps where it has any."""

    prompt = models.ForeignKey(Prompt, on_delete=models.CASCADE, related_name="responses")
    external_id = models.CharField(max_length=200)
    parts = models.JSONField(help_text="[{type, text}]")
    model = models.CharField(max_length=120, blank=True, default="")
    steps = models.JSONField(null=True, blank=True, help_text="[{start, end}] character offsets of steps")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="edits")
    edit = models.CharField(max_length=60, blank=True, default="", help_text="What was changed against the parent")
    tags = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    hash = models.CharField(max_length=64)
    extensions = models.JSONField(default=default_dict, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["prompt", "external_id"], name="response_once_per_prompt")]
        indexes = [models.Index(fields=["prompt", "hash"], name="response_by_hash")]

    def __str__(self) -> str:
        return self.external_id


class SubjectKind(models.TextChoices):
    """What is judged at once."""

    RESPONSE = "response", "response"
    PAIR = "pair", "ordered pair"
    LIST = "list", "ordered list"
    STEP = "step", "step"
    TRAJECTORY = "trajectory", "trajectory"


class Subject(Stamped):
    """What is judged: ordered members; a swapped pair is another subject with another hash."""

    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=SubjectKind, default=SubjectKind.RESPONSE)
    prompt = models.ForeignKey(Prompt, on_delete=models.CASCADE, related_name="subjects")
    hash = models.CharField(max_length=64, help_text="sha256 over kind, prompt, ordered members and step")
    step = models.PositiveIntegerField(null=True, blank=True, help_text="Index of the step that is judged")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "prompt", "hash"], name="subject_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.hash[:10]}"

    @property
    def judged_member(self) -> int | None:
        """The place of the member that verdicts are about: in a list its own, of a pair none, else the only one."""
        if self.kind == SubjectKind.PAIR:
            return None
        return self.step or 0 if self.kind == SubjectKind.LIST else 0


class SubjectMember(models.Model):
    """A response at its place in a subject."""

    subject = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="members")
    position = models.PositiveSmallIntegerField()
    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="memberships")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject", "position"], name="member_position_once")]
        ordering = ["position"]

    def __str__(self) -> str:
        return f"{self.position} of {self.subject_id}"


class Rater(Stamped):
    """Who labelled: a member of the workspace, an outside annotator, a crowd position or a model."""

    class Sort(models.TextChoices):
        """What the rater is."""

        HUMAN = "human", "person"
        CROWD = "crowd", "crowd worker"
        MODEL = "model", "model"

    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="raters")
    name = models.CharField(max_length=120)
    sort = models.CharField(max_length=10, choices=Sort, default=Sort.HUMAN)
    user = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="rater_once")]

    def __str__(self) -> str:
        return self.name


class Label(Stamped):
    """One rater's value for one subject, on one criterion or on the whole."""

    class Mode(models.TextChoices):
        """Whether the rater saw a suggestion first."""

        BLIND = "blind", "blind"
        ASSISTED = "assisted", "assisted"

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="labels")
    subject = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="labels")
    rater = models.ForeignKey(Rater, on_delete=models.CASCADE, related_name="labels")
    criterion = models.CharField(max_length=80, null=True, blank=True)
    value = models.FloatField(
        null=True, blank=True, help_text="In the criterion's own unit; null means cannot be decided"
    )
    payload = models.JSONField(
        default=default_dict, blank=True, help_text="What a number cannot hold: categories, error lists"
    )
    mode = models.CharField(max_length=10, choices=Mode, default=Mode.BLIND)
    repeat = models.PositiveSmallIntegerField(default=0)
    confidence = models.FloatField(null=True, blank=True)
    spans = models.JSONField(default=default_list, blank=True)
    note = models.TextField(blank=True, default="")
    review_id = models.BigIntegerField(null=True, blank=True, help_text="The review it came from, where it did")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dataset", "subject", "rater", "criterion", "mode", "repeat"],
                name="label_once",
                nulls_distinct=False,
            )
        ]
        indexes = [models.Index(fields=["dataset", "criterion"], name="label_by_criterion")]

    def __str__(self) -> str:
        return f"{self.rater_id} {self.criterion} {self.value}"


class Preference(Stamped):
    """One rater's order of two or more responses to one prompt; equal ranks are ties."""

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="preferences")
    prompt = models.ForeignKey(Prompt, on_delete=models.CASCADE, related_name="preferences")
    rater = models.ForeignKey(Rater, null=True, blank=True, on_delete=models.CASCADE, related_name="preferences")
    criterion = models.CharField(max_length=80, null=True, blank=True)
    external_id = models.CharField(max_length=200)
    strength = models.FloatField(null=True, blank=True, help_text="How much better, in the source's unit")
    mode = models.CharField(max_length=10, choices=Label.Mode, default=Label.Mode.BLIND)
    repeat = models.PositiveSmallIntegerField(default=0)
    note = models.TextField(blank=True, default="")
    extensions = models.JSONField(default=default_dict, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dataset", "external_id", "rater", "criterion", "repeat"],
                name="preference_once",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return self.external_id


class PreferenceMember(models.Model):
    """A response and its rank in a preference; 1 is best."""

    preference = models.ForeignKey(Preference, on_delete=models.CASCADE, related_name="members")
    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="+")
    rank = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["preference", "response"], name="preferred_once")]
        ordering = ["rank"]

    def __str__(self) -> str:
        return f"{self.rank} in {self.preference_id}"


class ScoreTable(Stamped):
    """Scores of an outside scorer, for audits and comparisons."""

    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="score_tables")
    name = models.CharField(max_length=200)
    digest = models.CharField(max_length=71)
    source = models.CharField(max_length=300, blank=True, default="")
    created_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.name


class ScoreRow(models.Model):
    """One outside score."""

    table = models.ForeignKey(ScoreTable, on_delete=models.CASCADE, related_name="rows")
    prompt_id = models.CharField(max_length=200)
    response_id = models.CharField(max_length=200)
    scorer = models.CharField(max_length=200)
    score = models.FloatField(null=True)
    correct = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["table", "scorer", "prompt_id", "response_id"], name="score_row_once"),
        ]

    def __str__(self) -> str:
        return f"{self.scorer} {self.response_id}"


class Upload(Stamped):
    """A file that waits for its columns to be chosen; gone once imported, or after a day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="+")
    dataset = models.ForeignKey(Dataset, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=200, blank=True, default="")
    target = models.JSONField(default=default_dict, help_text="{slug, title, format} as typed")
    content = models.BinaryField()

    def __str__(self) -> str:
        return self.name


LIBRARY = Q(purpose=Dataset.Purpose.LIBRARY, archived_at__isnull=True)
