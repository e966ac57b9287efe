"""Audits that were run, and which run by themselves."""

import uuid
from typing import ClassVar

import pgtrigger
from django.db import models

from apps.core.models import Stamped, default_dict, default_list

_AUDIT_GUARD = """
IF OLD.done_at IS NOT NULL THEN
    RAISE EXCEPTION 'an audit that is done is never changed' USING ERRCODE = '42501';
END IF;
RETURN NEW;
"""


class Band(models.TextChoices):
    """The verdict of an audit at one look."""

    GOOD = "good", "good"
    WATCH = "watch", "to be watched"
    POOR = "poor", "poor"
    UNCLEAR = "unclear", "unclear"


class Audit(Stamped):
    """One audit with its inputs' digests, parameters and seed, and what it found; frozen once done.

    What it is about is for finding it again: the rubric version and the judge of its first scores, where those came
    from a run.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="audits")
    kind = models.CharField(max_length=40)
    number = models.PositiveSmallIntegerField(help_text="The version of the audit itself")
    inputs = models.JSONField(help_text="{scores: [{table, scorer} or {run, judge, rubric}], dataset, gold} as asked")
    params = models.JSONField(default=default_dict)
    seed = models.PositiveBigIntegerField(default=0)
    version = models.ForeignKey(
        "rubrics.RubricVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="audits"
    )
    judge_version = models.ForeignKey(
        "judging.JudgeVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="audits"
    )
    dataset = models.ForeignKey("datasets.Dataset", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    job = models.OneToOneField("jobs.Job", null=True, on_delete=models.PROTECT, related_name="audit")
    digest = models.CharField(
        max_length=71, blank=True, default="", help_text="Of kind, version, inputs, parameters and seed"
    )
    input_digests = models.JSONField(default=default_list, help_text="[{name, rows, digest}]")
    result = models.JSONField(null=True, help_text="The finding; none where the inputs were refused")
    places = models.JSONField(default=default_dict, help_text="{responses, prompts}: where what the finding names is")
    band = models.CharField(max_length=10, choices=Band, blank=True, default="")
    reason = models.CharField(max_length=1000, blank=True, default="", help_text="Why the inputs were refused")
    seconds = models.FloatField(null=True)
    again_of = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="repeats")
    agreement = models.CharField(
        max_length=20, blank=True, default="", help_text="same, inputs, audit or differs: against the one before"
    )
    plan = models.ForeignKey("audit.Plan", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["workspace", "-created_at"], name="audit_recent"),
            models.Index(fields=["version", "kind", "-created_at"], name="audit_of_version"),
            models.Index(fields=["judge_version", "kind", "-created_at"], name="audit_of_judge"),
        ]
        triggers: ClassVar = [
            pgtrigger.Trigger(name="audit_frozen", when=pgtrigger.Before, operation=pgtrigger.Update, func=_AUDIT_GUARD)
        ]

    def __str__(self) -> str:
        return f"{self.kind} {str(self.pk)[:8]}"


class Plan(Stamped):
    """An audit that runs by itself whenever a run has judged by a version of the rubric."""

    rubric = models.ForeignKey("rubrics.Rubric", on_delete=models.CASCADE, related_name="audit_plans")
    kind = models.CharField(max_length=40)
    params = models.JSONField(default=default_dict)
    seed = models.PositiveBigIntegerField(default=0)
    created_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["rubric", "kind"], condition=models.Q(ended_at__isnull=True), name="audit_planned_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.rubric_id}"


_EXAM_GUARD = """
IF to_jsonb(NEW) - 'retired_at' <> to_jsonb(OLD) - 'retired_at' THEN
    RAISE EXCEPTION 'an exam is never changed' USING ERRCODE = '42501';
END IF;
RETURN NEW;
"""
_SITTING_GUARD = """
IF OLD.marked_at IS NOT NULL THEN
    RAISE EXCEPTION 'a marked exam is never changed' USING ERRCODE = '42501';
END IF;
RETURN NEW;
"""


class Exam(Stamped):
    """Right and wrong answers in equal numbers, by which judges are licensed to serve; frozen, with a digest."""

    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="exams")
    name = models.CharField(max_length=200)
    dataset = models.ForeignKey("datasets.Dataset", on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey("rubrics.RubricVersion", on_delete=models.PROTECT, related_name="+")
    seed = models.PositiveIntegerField(default=0)
    size = models.PositiveIntegerField()
    bar = models.JSONField(help_text="{balanced_accuracy, false_accepts, swap_consistency, unscored, accept_from}")
    valid_days = models.PositiveIntegerField(help_text="How long a licence of it holds")
    digest = models.CharField(max_length=71)
    retired_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "digest"], name="exam_once")]
        triggers: ClassVar = [
            pgtrigger.Trigger(name="exam_frozen", when=pgtrigger.Before, operation=pgtrigger.Update, func=_EXAM_GUARD)
        ]

    def __str__(self) -> str:
        return self.name


class ExamQuestion(models.Model):
    """One answer of an exam, and whether it is right: what no judge is told."""

    exam = models.ForeignKey(Exam, on_delete=models.CASCADE, related_name="questions")
    position = models.PositiveIntegerField()
    response = models.ForeignKey("datasets.Response", on_delete=models.PROTECT, related_name="+")
    correct = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["exam", "position"], name="exam_position_once")]
        ordering = ["position"]

    def __str__(self) -> str:
        return f"{self.position} of {self.exam_id}"


class Sitting(Stamped):
    """A judge at an exam: its run, how it did, and the licence where it passed."""

    exam = models.ForeignKey(Exam, on_delete=models.PROTECT, related_name="sittings")
    judge_version = models.ForeignKey("judging.JudgeVersion", on_delete=models.PROTECT, related_name="sittings")
    run = models.OneToOneField("judging.Run", on_delete=models.PROTECT, related_name="sitting")
    figures = models.JSONField(default=default_dict)
    failings = models.JSONField(default=default_list, help_text="What was not reached, as sentences")
    passed = models.BooleanField(null=True)
    licence = models.OneToOneField("judging.Licence", null=True, on_delete=models.PROTECT, related_name="sitting")
    marked_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        triggers: ClassVar = [
            pgtrigger.Trigger(
                name="sitting_frozen", when=pgtrigger.Before, operation=pgtrigger.Update, func=_SITTING_GUARD
            )
        ]

    def __str__(self) -> str:
        return f"{self.judge_version_id} at {self.exam_id}"


_RESULT_GUARD = """
RAISE EXCEPTION 'a result of a benchmark is never changed' USING ERRCODE = '42501';
"""


class BenchmarkResult(Stamped):
    """What one scorer reached on a benchmark over a data set, frozen with the digests of what was looked at.

    The scorer is a judge under a rubric version, an outside scorer, or, where rules decide, the model that answered.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="benchmark_results")
    benchmark = models.CharField(max_length=40)
    number = models.PositiveSmallIntegerField(help_text="The version of the scoring")
    dataset = models.ForeignKey("datasets.Dataset", on_delete=models.PROTECT, related_name="+")
    source = models.JSONField(help_text="{dataset, judge, rubric}, {run, judge, rubric}, {table, scorer} or {writer}")
    gold = models.JSONField(null=True, help_text="Whose scores it was held against, where it was")
    scorer = models.CharField(max_length=400, help_text="As it is called on screen")
    version = models.ForeignKey(
        "rubrics.RubricVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="benchmark_results"
    )
    judge_version = models.ForeignKey(
        "judging.JudgeVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="benchmark_results"
    )
    seed = models.PositiveBigIntegerField(default=0)
    score = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    items = models.PositiveIntegerField(help_text="What the score is made of: prompts, pairs or answers")
    ties = models.PositiveIntegerField()
    unscored = models.PositiveIntegerField()
    cost = models.JSONField(null=True, help_text="{calls, prompt_tokens, completion_tokens, seconds}; none if unknown")
    outcome = models.JSONField(help_text="Score, figures, domains, lost items, notes")
    faults = models.JSONField(
        default=default_list, help_text="Degenerate rows of the data: [{name, title, rows, first}]"
    )
    licence = models.CharField(max_length=200, blank=True, default="", help_text="Of the data, as it was said then")
    places = models.JSONField(default=default_dict, help_text="Where each lost item can be looked at")
    input_digests = models.JSONField(default=default_list, help_text="[{name, rows, digest}]")
    digest = models.CharField(max_length=71, help_text="Of benchmark, version, inputs and seed")
    created_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "digest"], name="benchmark_result_once")]
        indexes = [models.Index(fields=["workspace", "dataset", "benchmark", "-score"], name="benchmark_board")]
        triggers: ClassVar = [
            pgtrigger.Trigger(
                name="benchmark_frozen", when=pgtrigger.Before, operation=pgtrigger.Update, func=_RESULT_GUARD
            )
        ]

    def __str__(self) -> str:
        return f"{self.scorer} on {self.benchmark}"
