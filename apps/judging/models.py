"""Judges, runs, calls, verdicts and scores."""

import uuid
from typing import ClassVar

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from apps.core.models import Stamped, default_dict, default_list


class Judge(Stamped):
    """A named judge; its versions say which engine, strategy and settings."""

    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="judges")
    name = models.SlugField(max_length=80)
    is_default = models.BooleanField(default=False)
    created_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "name"], name="judge_name_once"),
            models.UniqueConstraint(fields=["workspace"], condition=Q(is_default=True), name="judge_one_default"),
        ]

    def __str__(self) -> str:
        return self.name


class EngineKind(models.TextChoices):
    """Where the model runs."""

    SERVED = "served", "a server that speaks the OpenAI API (vLLM, llama.cpp, a gateway)"
    EMBEDDED = "embedded", "the small model inside the worker (for trying things)"
    VLLM_LOCAL = "vllm_local", "vLLM inside the worker"
    RECORDED = "recorded", "elsewhere; its verdicts were imported"
    COMPUTED = "computed", "none: checks decide every criterion"


NOT_ASKED = (EngineKind.RECORDED, EngineKind.COMPUTED)
"""Where there is no model to ask."""


class Protocol(models.TextChoices):
    """What the judge sees beside one criterion."""

    ISOLATED = "isolated", "one criterion at a time"
    RUBRIC_CONTEXT = "rubric_context", "the whole rubric, then one criterion"
    REASONED = "reasoned", "quotes and reasoning before the verdict"


class JudgeVersion(Stamped):
    """Engine + strategy + prompt + settings, frozen, with a fingerprint."""

    judge = models.ForeignKey(Judge, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    engine = models.CharField(max_length=12, choices=EngineKind)
    base_url = models.CharField(max_length=500, blank=True, default="")
    replicas = models.JSONField(
        default=default_list, blank=True, help_text="Further addresses that serve the same model"
    )
    model = models.CharField(max_length=200)
    api_key_sealed = models.BinaryField(null=True, blank=True, help_text="Encrypted; never shown")
    strategy = models.CharField(max_length=40, default="label_distribution")
    protocol = models.CharField(max_length=20, choices=Protocol, default=Protocol.ISOLATED)
    settings = models.JSONField(default=default_dict)
    prompt_name = models.CharField(max_length=60)
    prompt_digest = models.CharField(max_length=71)
    fingerprint = models.CharField(max_length=71)
    lineage = models.CharField(max_length=120, blank=True, default="", help_text="Family of the base model")
    created_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["judge", "number"], name="judge_version_once")]
        indexes = [models.Index(fields=["fingerprint"], name="judge_by_fingerprint")]

    def __str__(self) -> str:
        return f"{self.judge.name}@{self.number}"

    @property
    def is_asked(self) -> bool:
        """Whether there is a model to ask: neither imported verdicts nor computed checks have one."""
        return self.engine not in NOT_ASKED


class JudgeTest(Stamped):
    """What a test of an endpoint found."""

    version = models.ForeignKey(JudgeVersion, on_delete=models.CASCADE, related_name="tests")
    job = models.ForeignKey("jobs.Job", null=True, on_delete=models.SET_NULL, related_name="+")
    ready = models.BooleanField(null=True)
    checks = models.JSONField(default=default_list, help_text="[{name, ok, value, sentence}]")
    by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"test of {self.version_id}"


class Licence(Stamped):
    """A passed exam: this judge version may serve, until then."""

    version = models.ForeignKey(JudgeVersion, on_delete=models.CASCADE, related_name="licences")
    exam = models.CharField(max_length=200)
    figures = models.JSONField(default=default_dict)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    granted_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.exam} for {self.version_id}"


class Run(Stamped):
    """Rubric versions × subjects × judges."""

    class Purpose(models.TextChoices):
        """Why it was asked for."""

        RUN = "run", "run over a data set"
        TRY = "try", "trial on the Try page"
        REWARD = "reward", "rewards for a training job"
        SHADOW = "shadow", "shadow judge"
        CANARY = "canary", "canary"
        ADVICE = "advice", "opinion on how criteria are written"
        BAKEOFF = "bakeoff", "comparison of judges"
        EXAM = "exam", "exam of a judge"
        PREDICT = "predict", "forecast of edits"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="runs")
    job = models.OneToOneField("jobs.Job", null=True, on_delete=models.PROTECT, related_name="run")
    purpose = models.CharField(max_length=10, choices=Purpose, default=Purpose.RUN)
    name = models.CharField(max_length=200)
    dataset = models.ForeignKey(
        "datasets.Dataset", null=True, blank=True, on_delete=models.PROTECT, related_name="runs"
    )
    set_version = models.ForeignKey(
        "rubrics.RubricSetVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="runs"
    )
    versions = models.ManyToManyField("rubrics.RubricVersion", related_name="runs", blank=True)
    judges = models.ManyToManyField(JudgeVersion, related_name="runs", blank=True)
    filter = models.JSONField(default=default_dict, blank=True)
    samples = models.PositiveSmallIntegerField(default=1)
    seed = models.PositiveIntegerField(default=0)
    estimate = models.JSONField(default=default_dict, blank=True)
    combination = models.ForeignKey(
        "rubrics.FittedArtefact", null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        help_text="The jury or cascade that makes one score of the judges' verdicts",
    )  # fmt: skip
    calibrations = models.ManyToManyField("rubrics.FittedArtefact", related_name="+", blank=True)
    supposed = models.JSONField(
        null=True, blank=True, help_text="What is judged by instead of what the version says; no score is kept of it"
    )
    phase = models.PositiveSmallIntegerField(default=0, help_text="How many steps after the first judge are begun")
    created_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["workspace", "-created_at"], name="run_workspace_recent")]

    def __str__(self) -> str:
        return self.name


class RunItem(models.Model):
    """One subject under one rubric version and one judge version in a run: its verdicts, by key."""

    class State(models.TextChoices):
        """Where it stands."""

        WAITING = "waiting", "waiting"
        DONE = "done", "judged"
        FAILED = "failed", "unscored"
        CANCELLED = "cancelled", "cancelled"

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="items")
    index = models.PositiveIntegerField()
    version = models.ForeignKey("rubrics.RubricVersion", on_delete=models.PROTECT, related_name="+")
    judge_version = models.ForeignKey(JudgeVersion, on_delete=models.PROTECT, related_name="+")
    subject = models.ForeignKey("datasets.Subject", on_delete=models.PROTECT, related_name="run_items")
    sample = models.PositiveSmallIntegerField(default=0)
    stage = models.PositiveSmallIntegerField(
        default=1, help_text="Of a cascade: 1 judges all, later ones what is doubted"
    )
    asked = ArrayField(
        models.CharField(max_length=80), default=list, blank=True, help_text="Only these criteria; empty means all"
    )
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    reason = models.CharField(max_length=300, blank=True, default="")
    content_reason = models.CharField(
        max_length=60, blank=True, default="", help_text="Why the content gate decided it"
    )
    verdict_keys = ArrayField(
        models.UUIDField(),
        default=list,
        help_text="In the order of the version's criteria, where `asked` names some of those alone",
    )
    scored = models.PositiveIntegerField(default=0)
    unscored = models.PositiveIntegerField(default=0)
    reused = models.PositiveIntegerField(default=0, help_text="Verdicts that were stored before")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "index"], name="run_item_index_once"),
            models.UniqueConstraint(
                fields=["run", "subject", "version", "judge_version", "sample"], name="run_item_once"
            ),
        ]
        indexes = [
            models.Index(fields=["subject", "version", "judge_version"], name="run_item_by_subject"),
            models.Index(fields=["run", "state"], name="run_item_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}#{self.index}"


class Advice(Stamped):
    """A judge was asked how the criteria of a version are written; its run judges them by the rubric for criteria."""

    run = models.OneToOneField(Run, on_delete=models.CASCADE, related_name="advice")
    version = models.ForeignKey("rubrics.RubricVersion", on_delete=models.CASCADE, related_name="advice")
    asked = models.JSONField(help_text="criterion id → {subject, shown: digest of the text that the judge read}")

    class Meta:
        indexes = [models.Index(fields=["version", "-id"], name="advice_newest")]

    def __str__(self) -> str:
        return f"advice on {self.version_id}"


class Call(Stamped):
    """One exchange with an engine: what was sent, what came back, what it cost."""

    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="+")
    run = models.ForeignKey(Run, null=True, on_delete=models.SET_NULL, related_name="calls")
    judge_version = models.ForeignKey(JudgeVersion, on_delete=models.PROTECT, related_name="+")
    subject = models.ForeignKey("datasets.Subject", on_delete=models.CASCADE, related_name="+")
    purpose = models.CharField(max_length=20, default="labels", help_text="labels, reasoning, replay")
    exchange = models.UUIDField(null=True, help_text="The same for all calls that led to verdicts together")
    request = models.JSONField(
        default=default_dict, help_text="What was asked beside the text: labels, lengths of the parts, limits"
    )
    replay_of = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="replays")
    prompt_name = models.CharField(max_length=60)
    prompt_digest = models.CharField(max_length=71)
    rendered_shared = models.TextField()
    rendered_suffixes = models.JSONField(default=default_list)
    reply = models.JSONField(default=default_list, help_text="Raw reply per suffix")
    model = models.CharField(max_length=200, blank=True, default="")
    replica = models.CharField(max_length=300, blank=True, default="")
    seed = models.BigIntegerField(null=True)
    prompt_tokens = models.PositiveIntegerField(default=0)
    cached_tokens = models.PositiveIntegerField(default=0)
    shared_tokens = models.PositiveIntegerField(
        default=0, help_text="Prompt tokens that sharing the answer among criteria could have saved; 0 where not known"
    )
    completion_tokens = models.PositiveIntegerField(default=0)
    http_calls = models.PositiveSmallIntegerField(default=1)
    seconds = models.FloatField(default=0)
    error = models.CharField(max_length=500, blank=True, default="")

    def __str__(self) -> str:
        return f"call {self.pk}"


class VerdictStatus(models.TextChoices):
    """Whether there is a value, and why not."""

    OK = "ok", "scored"
    JUDGE_ERROR = "judge_error", "the judge failed"
    UNPARSEABLE = "unparseable", "the reply could not be read"
    CANNOT_ASSESS = "cannot_assess", "the judge could not decide"
    EVIDENCE_INVALID = "evidence_invalid", "the quoted evidence is not in the answer"
    REFUSED_INPUT = "refused_input", "the input does not fit the judge"
    EXPIRED = "expired", "the deadline passed"
    NOT_APPLICABLE = "not_applicable", "does not apply here"


_VERDICT_GUARD = """
IF (OLD.status = 'ok' OR OLD.status = 'not_applicable')
   AND NOT (NEW.evidence = '[]' AND NEW.rationale = ''
            AND to_jsonb(NEW) - 'evidence' - 'rationale' = to_jsonb(OLD) - 'evidence' - 'rationale'
            AND EXISTS (SELECT 1 FROM datasets_subjectmember m JOIN datasets_response r ON r.id = m.response_id
                         WHERE m.subject_id = OLD.subject_id AND r.parts = '[{"type": "erased"}]')) THEN
    RAISE EXCEPTION 'a stored verdict is never changed' USING ERRCODE = '42501';
END IF;
RETURN NEW;
"""


class Verdict(models.Model):
    """One criterion's verdict on one subject by one judge: judged once ever, by its key.

    `key` is made of everything in the contract's verdict key and the workspace, so it is also the partition key to
    come; nothing has a foreign key to a verdict, and a verdict has none that a partition could not keep.
    """

    key = models.UUIDField(primary_key=True, editable=False)
    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="+", db_index=False)
    judge_version = models.ForeignKey(JudgeVersion, on_delete=models.PROTECT, related_name="+", db_index=False)
    subject = models.ForeignKey("datasets.Subject", on_delete=models.CASCADE, related_name="verdicts")
    criterion = models.CharField(max_length=80, help_text="The criterion's id where it was first judged")
    criterion_digest = models.CharField(max_length=71)
    fingerprint = models.CharField(max_length=71)
    strategy = models.CharField(max_length=40)
    protocol = models.CharField(max_length=20)
    context_hash = models.CharField(max_length=64, blank=True, default="")
    sample = models.PositiveSmallIntegerField(default=0)
    status = models.CharField(max_length=20, choices=VerdictStatus)
    reason = models.CharField(max_length=300, blank=True, default="")
    value = models.FloatField(null=True)
    probability = models.FloatField(null=True)
    label_mass = models.FloatField(null=True)
    distribution = models.JSONField(default=default_list, help_text="[[label, probability]]")
    evidence = models.JSONField(default=default_list, help_text="[{start, end, text}] offsets into the response text")
    rationale = models.TextField(blank=True, default="")
    detail = models.JSONField(
        default=default_dict, help_text="What else the strategy measured: votes, orders, variance"
    )
    call_id = models.BigIntegerField(null=True, help_text="The call it was read from; none for computed checks")
    call_index = models.PositiveIntegerField(default=0)
    judged_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(status="ok") & Q(value__isnull=False)) | (~Q(status="ok") & Q(value__isnull=True)),
                name="verdict_value_only_when_ok",
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=True) | (Q(value__gte=0) & Q(value__lte=1)), name="verdict_value_in_range"
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Trigger(
                name="verdict_frozen", when=pgtrigger.Before, operation=pgtrigger.Update, func=_VERDICT_GUARD
            )
        ]

    def __str__(self) -> str:
        return f"{self.criterion}: {self.value if self.value is not None else self.status}"


class Score(Stamped):
    """A score recomputable from verdicts with no judge call; `key` is the contract's score key with the judge."""

    key = models.UUIDField(primary_key=True, editable=False)
    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="+", db_index=False)
    version = models.ForeignKey("rubrics.RubricVersion", on_delete=models.PROTECT, related_name="scores")
    judge_version = models.ForeignKey(JudgeVersion, null=True, on_delete=models.PROTECT, related_name="+")
    subject = models.ForeignKey("datasets.Subject", on_delete=models.CASCADE, related_name="scores")
    profile = models.ForeignKey("rubrics.Profile", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    artefacts = ArrayField(models.CharField(max_length=71), default=list, help_text="Digests of fitted artefacts used")
    group_hash = models.CharField(
        max_length=64, blank=True, default="", help_text="For scores that depend on their group"
    )
    sample = models.PositiveSmallIntegerField(default=0)
    digest = models.CharField(max_length=71, help_text="The version's digest")
    status = models.CharField(max_length=20)
    raw = models.FloatField(null=True)
    display = models.FloatField(null=True)
    coverage = models.FloatField(default=0)
    contributions = models.JSONField(default=default_dict)
    trace = models.JSONField(default=default_list)
    verdict_keys = ArrayField(models.UUIDField(), default=list)

    class Meta:
        indexes = [models.Index(fields=["version", "subject"], name="score_by_version")]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["ok", "partial"]) | Q(raw__isnull=True), name="score_no_reward_unless_scored"
            )
        ]

    def __str__(self) -> str:
        return f"{self.raw} {self.status}"


class PinnedAnswer(Stamped):
    """An answer that the authors of a rubric keep in view beside the editor."""

    rubric = models.ForeignKey("rubrics.Rubric", on_delete=models.CASCADE, related_name="pinned_answers")
    subject = models.ForeignKey("datasets.Subject", on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rubric", "subject"], name="answer_pinned_once")]

    def __str__(self) -> str:
        return f"{self.subject_id} pinned to {self.rubric_id}"
