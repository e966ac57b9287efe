"""Where each URL of the app leads."""

from django.urls import path

from apps.training import views

app_name = "training"
urlpatterns = [
    path("", views.overview.overview, name="overview"),
    path("releases/new", views.releases.release_create, name="release-create"),
    path("releases/<slug:name>/", views.releases.release_detail, name="release"),
    path("releases/<slug:name>/deprecate", views.releases.release_deprecate, name="release-deprecate"),
    path("data/", views.exporting.export_list, name="exports"),
    path("data/new", views.exporting.export_new, name="export-new"),
    path("data/preview", views.exporting.export_preview, name="export-preview"),
    path("data/<uuid:export_id>/", views.exporting.export_detail, name="export"),
    path("data/<uuid:export_id>/delete", views.exporting.export_delete, name="export-delete"),
    path("data/<uuid:export_id>/rows.<str:kind>", views.exporting.export_file, name="export-file"),
    path("releases/<slug:name>/diff", views.releases.release_diff, name="release-diff"),
    path("pulls/", views.releases.pull_list, name="pulls"),
    path("runs/new", views.runs.run_create, name="run-create"),
    path("runs/<uuid:run_id>/", views.runs.run_detail, name="run"),
    path("runs/<uuid:run_id>/close", views.runs.run_close, name="run-close"),
    path("runs/<uuid:run_id>/pin", views.runs.run_pin, name="run-pin"),
    path("runs/<uuid:run_id>/limits", views.runs.run_limits, name="run-limits"),
    path("runs/<uuid:run_id>/steps/<int:step>/", views.runs.step_detail, name="step"),
    path("alarms/", views.alarms.alarm_list, name="alarms"),
    path("alarms/<int:key>/", views.alarms.alarm_detail, name="alarm"),
    path("alarms/<int:key>/mute", views.alarms.alarm_mute, name="alarm-mute"),
    path("alarms/<int:key>/unmute", views.alarms.alarm_unmute, name="alarm-unmute"),
    path("alarms/<int:key>/close", views.alarms.alarm_close, name="alarm-close"),
    path("alarms/<int:key>/queue", views.alarms.alarm_queue, name="alarm-queue"),
    path(
        "suspensions/<slug:slug>/<int:number>/<str:criterion>/",
        views.alarms.suspension_create,
        name="suspension-create",
    ),
    path("suspensions/<int:key>/lift", views.alarms.suspension_lift, name="suspension-lift"),
    path("rewards/<uuid:request_id>/", views.requests.request_detail, name="request"),
]
