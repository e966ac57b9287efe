"""What was measured of rubric versions, and what was drafted for them."""

from django.contrib.postgres.fields import ArrayField
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


class MetaRubric(Stamped):
    """Rules for writing rubrics: the general ones of a workspace, or those of a domain that a tag names."""

    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="meta_rubrics")
    tag = models.CharField(max_length=60, blank=True, default="", help_text="Of rubrics that it governs; empty: of all")
    current = models.ForeignKey("MetaRubricVersion", null=True, on_delete=models.SET_NULL, related_name="+")
    created_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "tag"], name="meta_rubric_once")]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """What it is called on pages."""
        return f"Rules for {self.tag}" if self.tag else "General rules"


class MetaRubricVersion(Stamped):
    """What a meta-rubric said; it never changes."""

    meta_rubric = models.ForeignKey(MetaRubric, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    text = models.TextField()
    note = models.CharField(max_length=500, blank=True, default="", help_text="What was changed, and why")
    provenance = models.JSONField(default=default_dict, help_text="What made it, where no person wrote it")
    created_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["meta_rubric", "number"], name="meta_rubric_version_once")]

    def __str__(self) -> str:
        return f"{self.meta_rubric}, version {self.number}"


class Draft(Stamped):
    """A loop of drafting or refining: what it works on, how far it is, and what came of it."""

    class State(models.TextChoices):
        """Where it stands."""

        WORKING = "working", "being made"
        WAITING = "waiting", "waits for a person"
        PROPOSED = "proposed", "proposed"
        REFUSED = "refused", "nothing to propose"

    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="drafts")
    version = models.ForeignKey("rubrics.RubricVersion", on_delete=models.CASCADE, related_name="drafts")
    dataset = models.ForeignKey("datasets.Dataset", null=True, on_delete=models.CASCADE, related_name="+")
    judge = models.ForeignKey("judging.JudgeVersion", on_delete=models.PROTECT, related_name="+")
    writer = models.ForeignKey("judging.JudgeVersion", on_delete=models.PROTECT, related_name="+")
    job = models.OneToOneField("jobs.Job", null=True, on_delete=models.SET_NULL, related_name="draft_made")
    proposal = models.ForeignKey("rubrics.Proposal", null=True, on_delete=models.SET_NULL, related_name="+")
    method = models.CharField(max_length=60)
    params = models.JSONField(default=default_dict)
    seed = models.PositiveIntegerField(default=0)
    inputs = models.JSONField(default=default_dict, help_text="Frozen: ids of answers, texts of sources, what governs")
    responses = ArrayField(models.BigIntegerField(), default=list, help_text="The answers that it rests on")
    state = models.CharField(max_length=10, choices=State, default=State.WORKING)
    stage = models.CharField(max_length=120, blank=True, default="")
    batch = models.PositiveIntegerField(default=0, help_text="How often questions were added")
    reason = models.CharField(max_length=500, blank=True, default="", help_text="Why it stopped")
    budget = models.JSONField(default=default_dict, help_text="{calls, tokens, minutes}")
    figures = models.JSONField(default=default_dict)
    suggestions = models.JSONField(
        default=default_list, help_text="[{key, op, text, target, parents, round, drop, weight, kind, evidence}]"
    )
    done_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["version", "-id"], name="draft_newest")]

    def __str__(self) -> str:
        return f"draft for {self.version}"


class DraftStep(models.Model):
    """One question of a loop: to the model that writes, to the judge, to a person. It is put once."""

    class State(models.TextChoices):
        """What became of it."""

        WAITING = "waiting", "waiting"
        DONE = "done", "answered"
        FAILED = "failed", "not answered"
        SKIPPED = "skipped", "over the budget"

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="steps")
    batch = models.PositiveIntegerField()
    position = models.PositiveIntegerField()
    key = models.CharField(max_length=200)
    role = models.CharField(max_length=10)
    purpose = models.CharField(max_length=80)
    question = models.TextField(blank=True, default="", help_text="Of a person: what is asked")
    digest = models.CharField(max_length=64, help_text="Of the request; equal ones to one model are put once")
    who = models.CharField(max_length=71, blank=True, default="", help_text="The fingerprint of the model")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    reason = models.CharField(max_length=300, blank=True, default="")
    reply = models.JSONField(default=default_dict, help_text="{texts} or {labels} or {alike, by}; {} once forgotten")
    usage = models.JSONField(default=default_dict, help_text="{calls, tokens, seconds}")
    cached = models.BooleanField(default=False, help_text="Answered by an earlier, equal question")
    answered_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["draft", "key"], name="draft_step_once")]
        indexes = [models.Index(fields=["digest"], name="draft_step_by_digest")]
        ordering = ["position"]

    def __str__(self) -> str:
        return self.key


class Prediction(Stamped):
    """What the edits of a proposal would do on held-out labelled pairs, beside the rubric as it is."""

    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="predictions")
    proposal = models.ForeignKey("rubrics.Proposal", on_delete=models.CASCADE, related_name="predictions")
    dataset = models.ForeignKey("datasets.Dataset", on_delete=models.CASCADE, related_name="+")
    judge = models.ForeignKey("judging.JudgeVersion", on_delete=models.PROTECT, related_name="+")
    run = models.OneToOneField("judging.Run", null=True, on_delete=models.SET_NULL, related_name="+")
    job = models.OneToOneField("jobs.Job", null=True, on_delete=models.SET_NULL, related_name="+")
    seen = models.CharField(max_length=80, help_text="What the open edits said when it was asked for")
    settings = models.JSONField(default=default_dict, help_text="{pairs, seed}")
    figures = models.JSONField(default=default_dict, help_text="All open edits together, the cost, what was left out")
    hunks = models.JSONField(default=default_list, help_text="[{position, …}]: each edit alone")
    done_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["proposal", "-id"], name="prediction_newest")]

    def __str__(self) -> str:
        return f"{self.proposal_id} on {self.dataset.slug}"


class RegressionCase(Stamped):
    """An answer, or two, of which every version of a rubric must find what is expected."""

    class Origin(models.TextChoices):
        """Where a case comes from."""

        HAND = "hand", "pinned by hand"
        VERDICT = "verdict", "a judge's verdict"
        GOLD = "gold", "what people settled"
        NEGATIVE = "negative", "a hard negative"

    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="+")
    rubric = models.ForeignKey("rubrics.Rubric", on_delete=models.CASCADE, related_name="cases")
    subject = models.ForeignKey("datasets.Subject", on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey("datasets.Subject", null=True, on_delete=models.CASCADE, related_name="+")
    expect = models.CharField(max_length=10, help_text="met, not_met, at_least, at_most, better")
    criterion = models.CharField(max_length=80, blank=True, default="")
    bound = models.FloatField(null=True)
    origin = models.CharField(max_length=10, choices=Origin, default=Origin.HAND)
    note = models.CharField(max_length=500, blank=True, default="", help_text="Why it must be so")
    created_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_reason = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["rubric", "subject", "other", "criterion", "expect"], name="case_once",
                condition=models.Q(withdrawn_at=None), nulls_distinct=False,
            )
        ]  # fmt: skip
        indexes = [models.Index(fields=["rubric", "id"], name="case_of_rubric")]

    def __str__(self) -> str:
        return f"case {self.pk} of {self.rubric.slug}"


class MarginReport(Stamped):
    """What a rubric does to a judge's own margin on labelled pairs: asked with the rubric and without (C2)."""

    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="margin_reports")
    version = models.ForeignKey("rubrics.RubricVersion", on_delete=models.CASCADE, related_name="margin_reports")
    dataset = models.ForeignKey("datasets.Dataset", on_delete=models.CASCADE, related_name="+")
    judge = models.ForeignKey("judging.JudgeVersion", on_delete=models.PROTECT, related_name="+")
    job = models.OneToOneField("jobs.Job", null=True, on_delete=models.SET_NULL, related_name="margin_report")
    digest = models.CharField(max_length=71, help_text="The version's digest when it was asked for")
    settings = models.JSONField(default=default_dict, help_text="{pairs, seed, alone}")
    said = models.JSONField(default=default_dict, help_text="The rubric in plain values, as it was asked with")
    figures = models.JSONField(default=default_dict, help_text="Counts and rates of the rubric, and what it cost")
    criteria = models.JSONField(default=default_list, help_text="[{id, text, helpful, neutral, misleading, …}]")
    done_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["version", "-id"], name="margin_report_newest")]

    def __str__(self) -> str:
        return f"margins of {self.version} on {self.dataset.slug}"


class MarginPair(models.Model):
    """One pair of a report, put to the judge once: its margins towards the better answer, in nats."""

    class State(models.TextChoices):
        """What became of it."""

        WAITING = "waiting", "waiting"
        DONE = "done", "answered"
        FAILED = "failed", "not answered"

    report = models.ForeignKey(MarginReport, on_delete=models.CASCADE, related_name="pairs")
    position = models.PositiveIntegerField()
    better = models.ForeignKey("datasets.Response", on_delete=models.CASCADE, related_name="+")
    worse = models.ForeignKey("datasets.Response", on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    reason = models.CharField(max_length=300, blank=True, default="")
    base = models.FloatField(null=True, help_text="Without the rubric; null where neither letter was offered")
    whole = models.FloatField(null=True, help_text="With the rubric")
    alone = models.JSONField(default=default_list, help_text="With each criterion alone")
    usage = models.JSONField(default=default_dict, help_text="{calls, tokens, seconds}")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "position"], name="margin_pair_once")]
        ordering = ["position"]

    def __str__(self) -> str:
        return f"pair {self.position}"


class CausalSet(Stamped):
    """Answers of which a model makes one criterion better and worse, or says the same in other words."""

    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="causal_sets")
    version = models.ForeignKey("rubrics.RubricVersion", on_delete=models.CASCADE, related_name="causal_sets")
    dataset = models.ForeignKey("datasets.Dataset", on_delete=models.CASCADE, related_name="+")
    writer = models.ForeignKey("judging.JudgeVersion", on_delete=models.PROTECT, related_name="+")
    job = models.OneToOneField("jobs.Job", null=True, on_delete=models.SET_NULL, related_name="+")
    stored = models.ForeignKey("datasets.Dataset", null=True, on_delete=models.SET_NULL, related_name="+")
    said = models.JSONField(default=default_dict, help_text="The rubric in plain values, as it was edited by")
    settings = models.JSONField(default=default_dict, help_text="{answers, seed}")
    stored_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["version", "-id"], name="causal_set_newest")]

    def __str__(self) -> str:
        return f"edits of {self.dataset.slug}"


class CausalEdit(models.Model):
    """One edit of one answer, put to the model once; nothing is done with it before a person keeps it."""

    class State(models.TextChoices):
        """What became of it."""

        WAITING = "waiting", "waiting"
        DONE = "done", "written"
        REFUSED = "refused", "of no use"

    made = models.ForeignKey(CausalSet, on_delete=models.CASCADE, related_name="edits")
    position = models.PositiveIntegerField()
    response = models.ForeignKey("datasets.Response", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, help_text="upgrade, degrade or neutral")
    criterion = models.CharField(max_length=80, blank=True, default="")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    reason = models.CharField(max_length=300, blank=True, default="")
    text = models.TextField(blank=True, default="")
    kept = models.BooleanField(null=True, help_text="What a person decided; null before")
    usage = models.JSONField(default=default_dict, help_text="{calls, tokens, seconds}")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["made", "position"], name="causal_edit_once")]
        ordering = ["position"]

    def __str__(self) -> str:
        return f"{self.kind} {self.position}"
