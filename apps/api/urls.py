"""Where each REST call leads."""

from django.urls import path, re_path

from apps.api import (
    datasets,
    docs,
    judges,
    proposals,
    quality,
    queues,
    releases,
    rewards,
    rubric_sets,
    rubrics,
    runs,
    scores,
    threads,
    training_runs,
)
from apps.api.missing import missing

app_name = "api"
VERSION = "rubrics/<slug:slug>/versions/<int:number>"
SET = "rubric-sets/<slug:name>/versions/<int:number>"
urlpatterns = [
    path("schema", docs.schema_view, name="schema"),
    path("docs", docs.docs_view, name="docs"),
    path("rubrics", rubrics.RubricsView.as_view()),
    path("rubrics/import", rubrics.ImportView.as_view()),
    path("rubrics/<slug:slug>", rubrics.RubricView.as_view()),
    path("rubrics/<slug:slug>/versions", rubrics.VersionsView.as_view()),
    path("rubrics/<slug:slug>/threads", threads.ThreadsView.as_view()),
    path("threads/<int:thread_id>", threads.ThreadView.as_view()),
    path("threads/<int:thread_id>/reply", threads.ThreadReplyView.as_view()),
    *(path(f"threads/<int:thread_id>/{verb}", threads.ThreadStepView.as_view(verb=verb)) for verb in threads.VERBS),
    path(VERSION, rubrics.VersionView.as_view()),
    path(f"{VERSION}/quality", quality.QualityView.as_view()),
    path(f"{VERSION}/merge", rubrics.MergeView.as_view()),
    path(f"{VERSION}/quality/ask", quality.QualityAskView.as_view()),
    path(f"{VERSION}/export", rubrics.ExportView.as_view()),
    *(path(f"{VERSION}/{verb}", rubrics.WorkflowView.as_view(verb=verb)) for verb in rubrics.VERBS),
    path("rubric-versions/<str:digest>", rubrics.DigestView.as_view()),
    path("rubric-sets", rubric_sets.RubricSetsView.as_view()),
    path(SET, rubric_sets.RubricSetView.as_view()),
    path(f"{SET}/sample", rubric_sets.RubricSetSampleView.as_view()),
    path(f"{SET}/sample/<int:place>", rubric_sets.RubricSetSampledView.as_view()),
    *(path(f"{SET}/{verb}", rubric_sets.RubricSetStepView.as_view(verb=verb)) for verb in rubric_sets.VERBS),
    path("releases", releases.ReleasesView.as_view()),
    path("releases/<slug:name>", releases.ReleaseView.as_view()),
    path("releases/<slug:name>/rubrics.ndjson", releases.ReleaseLinesView.as_view()),
    path("releases/<slug:name>/rubrics.parquet", releases.ReleaseParquetView.as_view()),
    path("datasets", datasets.DatasetsView.as_view()),
    path("datasets/import", datasets.DatasetImportView.as_view()),
    path("datasets/<slug:slug>", datasets.DatasetView.as_view()),
    path("datasets/<slug:slug>/items", datasets.DatasetItemsView.as_view()),
    path("datasets/<slug:slug>/labels", datasets.DatasetLabelsView.as_view()),
    path("datasets/<slug:slug>/accuracy", datasets.DatasetAccuracyView.as_view()),
    path("judges", judges.JudgesView.as_view()),
    path("judges/<str:name>", judges.JudgeView.as_view()),
    path("judges/<str:name>/test", judges.JudgeTestView.as_view()),
    path("runs", runs.RunsView.as_view()),
    path("runs/<str:run_id>", runs.RunView.as_view()),
    *(path(f"runs/<str:run_id>/{verb}", runs.RunStepView.as_view(verb=verb)) for verb in runs.VERBS),
    path("runs/<str:run_id>/verdicts.ndjson", runs.RunVerdictsView.as_view()),
    path("score", scores.ScoreView.as_view()),
    path("checks/evaluate", scores.CheckView.as_view()),
    path("rewards", rewards.patient(rewards.RewardsView)),
    path("rewards/<str:request_id>", rewards.patient(rewards.RewardView)),
    path("proposals", proposals.ProposalsView.as_view()),
    path("proposals/<int:proposal_id>", proposals.ProposalView.as_view()),
    *(
        path(f"proposals/<int:proposal_id>/{verb}", proposals.ProposalStepView.as_view(verb=verb))
        for verb in ("accept", "reject")
    ),
    path("queues", queues.QueuesView.as_view()),
    path("queues/<int:queue_id>/claim", queues.ClaimView.as_view()),
    path("queues/<int:queue_id>/report", queues.QueueReportView.as_view()),
    *(path(f"review-items/<int:item_id>/{verb}", queues.ItemStepView.as_view(verb=verb)) for verb in queues.STEPS),
    path("training-runs", training_runs.TrainingRunsView.as_view()),
    path("training-runs/<str:run_id>/telemetry", training_runs.TelemetryView.as_view()),
    path("training-runs/<str:run_id>/report", training_runs.ReportView.as_view()),
    re_path(r"^.*$", missing),
]
