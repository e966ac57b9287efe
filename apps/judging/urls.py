"""Where each URL of runs leads."""

from django.urls import path

from apps.judging import views

app_name = "judging"
urlpatterns = [
    path("", views.runs.run_list, name="list"),
    path("new/", views.starting.run_start, name="start"),
    path("estimate/", views.starting.run_estimate, name="estimate"),
    path("try/<slug:rubric>/<int:number>/", views.trying.response_try, name="try"),
    path("scores/<slug:rubric>/<int:number>/", views.trying.version_scores, name="version-scores"),
    path("scores/<slug:rubric>/<int:number>/missing/", views.trying.missing_judge, name="missing"),
    path("weights/<slug:rubric>/<int:number>/", views.comparing.weight_moves, name="weights"),
    path("steps/<slug:rubric>/<int:number>/", views.steps.steps_effect, name="steps-effect"),
    path("steps/<slug:rubric>/<int:number>/trace/", views.steps.score_trace, name="score-trace"),
    path("cascade/", views.combining.cascade, name="cascade"),
    path("compare/", views.comparing.run_compare, name="compare"),
    path("effect/<slug:rubric>/<int:old>/<int:new>/", views.comparing.version_effect, name="effect"),
    path("pins/<slug:rubric>/<int:number>/", views.pins.pin_list, name="pins"),
    path("pins/<slug:rubric>/<int:number>/pin/", views.pins.answer_pin, name="pin"),
    path("pins/<slug:rubric>/<int:number>/unpin/", views.pins.answer_unpin, name="unpin"),
    path("answers/<int:response>/pin/", views.pins.pin_choose, name="pin-choose"),
    path("writing/<slug:rubric>/<int:number>/", views.advice.version_writing, name="writing"),
    path("calls/<int:call>/", views.answers.call_detail, name="call"),
    path("calls/<int:call>/replay/", views.answers.call_replay, name="replay"),
    path("<uuid:run>/", views.runs.run_detail, name="detail"),
    path("<uuid:run>/verdicts.ndjson", views.runs.run_export, name="export"),
    path("<uuid:run>/verdicts.parquet", views.runs.run_parquet, name="parquet"),
    path("<uuid:run>/answers/<int:index>/", views.answers.answer_detail, name="answer"),
    path("<uuid:run>/combine/", views.combining.run_combine, name="combine"),
    path("<uuid:run>/ensemble/", views.ensembles.run_ensemble, name="ensemble"),
    path("<uuid:run>/ranking/", views.rankings.run_ranking, name="ranking"),
    path("<uuid:run>/smoothed/", views.rankings.run_smoothed, name="smoothed"),
    path("<uuid:run>/rescore/", views.rescoring.run_rescore, name="rescore"),
    path("<uuid:run>/rescored/<uuid:job>/", views.rescoring.run_rescored, name="rescored"),
    path("<uuid:run>/<slug:verb>/", views.runs.run_steer, name="steer"),
]
