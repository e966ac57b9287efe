"""What REST answers, as models: they describe the schema; views build the values."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from domain import rubric


class Answer(BaseModel):
    """A JSON object."""

    model_config = ConfigDict(populate_by_name=True)


class Page(Answer):
    """A part of a list; `next` is the cursor of the following part."""

    next: str | None


class Document(rubric.Rubric):
    """A rubric as `rubricstudio/1`."""

    format: str = rubric.FORMAT
    slug: str | None = None
    version: int | None = None
    status: str | None = None
    digest: str | None = None
    judged_digest: str | None = None


class VersionState(Answer):
    """A version and its status."""

    version: int
    status: str


class RubricSummary(Answer):
    """A rubric in a list."""

    slug: str
    title: str
    tags: list[str]
    approved_version: int | None
    digest: str | None
    versions: list[VersionState]


class RubricList(Page):
    """Rubrics."""

    results: list[RubricSummary]


class Note(Answer):
    """One line of an import's report."""

    level: str
    pointer: str
    message: str


class RubricRef(Answer):
    """A version and its digest."""

    slug: str
    version: int
    digest: str


class RubricImport(Answer):
    """What an import of rubrics made."""

    rubrics: list[RubricRef]
    rubric_set: str | None
    report: list[Note]


class Hunk(Answer):
    """One edit of a proposal."""

    position: int
    op: str
    pointer: str
    before: Any
    after: Any
    evidence: dict[str, Any]
    decision: str
    reason: str


class Proposal(Answer):
    """Edits of a rubric that are proposed, and what was decided on each."""

    id: int
    rubric: str
    method: str
    state: str
    title: str
    note: str
    result: str | None
    cost: dict[str, Any]
    provenance: dict[str, Any]
    hunks: list[Hunk]


class RubricSetSummary(Answer):
    """A rubric set in a list."""

    name: str
    title: str
    versions: list[VersionState]


class RubricSetList(Page):
    """Rubric sets."""

    results: list[RubricSetSummary]


class RubricSetVersion(Answer):
    """A version of a rubric set."""

    name: str
    version: int
    status: str
    digest: str | None
    rubrics: int
    sample_size: int


class BoundRubric(RubricRef):
    """A rubric and the prompt that it is bound to."""

    prompt_id: str | None


class RubricSetMembers(RubricSetVersion):
    """A version of a rubric set with its members."""

    members: list[BoundRubric]


class SampledRubric(BoundRubric):
    """A rubric of a sample, and what its reader found; `ok` is null until somebody read it."""

    place: int
    ok: bool | None
    note: str
    by: str | None
    at: datetime | None


class RubricSetSample(Answer):
    """The sample of a set version; `bound` is null until all of it is read, `limit` where the policy has none."""

    size: int
    of: int
    seed: int
    read: int
    bad: int
    bound: float | None
    confidence: float
    limit: float | None
    results: list[SampledRubric]


class ReleaseSummary(Answer):
    """A release in a list."""

    name: str
    digest: str
    count: int | None
    created_at: datetime
    deprecated: bool


class ReleaseList(Page):
    """Releases."""

    results: list[ReleaseSummary]


class Deprecated(Answer):
    """Why a release should no longer be pinned."""

    reason: str
    at: datetime


class Manifest(Answer):
    """A release: `digest` is sha256 over RFC 8785 of `{"rubrics": […]}` as listed here."""

    name: str
    digest: str
    notes: str
    created_at: datetime
    created_by: str
    count: int
    deprecated: Deprecated | None
    rubrics: list[BoundRubric]


class Dataset(Answer):
    """A data set."""

    slug: str
    title: str
    description: str
    language: str
    licence: str
    consent: str
    source: str
    counts: dict[str, int]


class DatasetList(Page):
    """Data sets."""

    results: list[Dataset]


class DatasetReport(Answer):
    """What an import into a data set did; `followed` names what came with it, such as a rubric set."""

    dataset: str
    counts: dict[str, int]
    followed: list[Any]
    report: list[Note]


class MeasuredAccuracy(Answer):
    """A mean over prompts with its 95 % bootstrap interval."""

    value: float | None
    low: float | None
    high: float | None
    items: int


class JudgeAccuracy(Answer):
    """One judge under one rubric version; `compares` where it was shown two answers at once.

    Measures end in the policy on ties: strict, lenient or split. `wins_` and `pairs_` are comparisons won, `best_` that
    nothing wrong stands above the right answer, `both_` right in both orders, `steady` the same in both orders.
    """

    judge: str
    recorded: bool
    model: str
    rubric: str
    compares: bool
    prompts: int
    judged: int
    unscored: int
    measures: dict[str, MeasuredAccuracy]


class Accuracies(Answer):
    """How often judges are right where people said which answer is better."""

    dataset: str
    results: list[JudgeAccuracy]


class LabelReport(Answer):
    """What an import of labels did."""

    counts: dict[str, int]
    report: list[Note]


class EngineShown(Answer):
    """Where a model runs."""

    kind: str
    base_url: str | None
    model: str


class Prompt(Answer):
    """The prompt that a judge is given."""

    name: str
    digest: str


class Judge(Answer):
    """A version of a judge; secrets are never shown."""

    name: str
    version: int
    default: bool
    engine: EngineShown
    strategy: str
    protocol: str
    settings: dict[str, Any]
    prompt: Prompt
    fingerprint: str
    licensed: bool
    has_api_key: bool


class JudgeList(Page):
    """Judges, each with its latest version."""

    results: list[Judge]


class JudgeTest(Answer):
    """What a test of a judge's endpoint found; `ready` is null while it runs."""

    id: int
    ready: bool | None
    checks: list[dict[str, Any]]
    at: datetime


class TestedJudge(Judge):
    """A judge with its last test."""

    test: JudgeTest | None


class Run(Answer):
    """A run with its progress."""

    id: str
    name: str
    purpose: str
    dataset: str | None
    rubrics: list[str]
    judges: list[str]
    created_at: datetime
    combination: str | None
    stages: list[dict[str, Any]]
    progress: dict[str, Any]


class RunList(Page):
    """Runs."""

    results: list[Run]


class Scored(Answer):
    """A score with its trace; `raw` is null where the rubric's policy says that there is none."""

    raw: float | None
    display: float | None
    status: str
    coverage: float
    contributions: dict[str, float | None] = Field(description="They add up to raw less baseline.")
    baseline: float = Field(default=0.0, description="The score without any contribution.")
    explained: str = Field(default="sum", description="How contributions were found: sum, shapley, sampled or scaled.")
    standard_error: float | None = Field(default=None, description="The largest one, where they were sampled.")
    trace: list[dict[str, Any]]
    verdicts: dict[str, Any] | None = Field(default=None, description="What the jury says, where votes were sent.")


class ScoredGroup(Answer):
    """A score for each member of a group."""

    results: list[Scored]


class Queue(Answer):
    """A review queue."""

    id: int
    name: str
    task: str
    state: str
    run: str | None
    overlap: int
    blind: bool
    items: int


class QueueList(Page):
    """Review queues."""

    results: list[Queue]


class PinnedJudge(Answer):
    """The judge that a training run is pinned to."""

    name: str
    version: int
    fingerprint: str


class Pin(Answer):
    """What a training run is pinned to."""

    number: int
    release: str | None
    rubric: str | None
    digest: str
    judge: PinnedJudge


class Point(Answer):
    """One number at one step."""

    step: int
    value: float


class ShadowSettings(Answer):
    """The second judge, and the share of rollouts that it sees."""

    judge: str
    share: float


class CanarySettings(Answer):
    """The known answers, and after how many requests the judge is asked about them afresh."""

    dataset: str
    every: int | None


class RunSettings(Answer):
    """How the rewards of a run are made, what guards it, and what is kept on whose consent."""

    parts: dict[str, Any] | None
    novelty_beta: float | None
    shadow: ShadowSettings | None
    canaries: CanarySettings | None
    keep_rollouts: bool
    retention_days: int | None
    consent: str


class TrainingRun(Answer):
    """A training run."""

    id: str
    name: str
    state: str
    policy_model: str
    pin: Pin
    settings: RunSettings
    telemetry: dict[str, list[Point]]
    requests: int


class Stored(Answer):
    """How many numbers were stored."""

    stored: int
