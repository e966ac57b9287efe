"""Where each URL of the app leads."""

from django.urls import path

from apps.training import views

app_name = "training"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("releases/new", views.release_create, name="release-create"),
    path("releases/<slug:name>/", views.release_detail, name="release"),
    path("releases/<slug:name>/deprecate", views.release_deprecate, name="release-deprecate"),
    path("runs/new", views.run_create, name="run-create"),
    path("runs/<uuid:run_id>/", views.run_detail, name="run"),
    path("runs/<uuid:run_id>/close", views.run_close, name="run-close"),
    path("rewards/<uuid:request_id>/", views.request_detail, name="request"),
]
