"""Where each URL of the judges leads."""

from django.urls import path

from apps.judging import views

app_name = "judges"
urlpatterns = [
    path("", views.judges.judge_list, name="list"),
    path("accuracy/", views.accuracy.judge_accuracy, name="accuracy"),
    path("compare/", views.bakeoffs.judge_compare, name="compare"),
    path("compare/<uuid:run>/", views.bakeoffs.bakeoff_detail, name="bakeoff"),
    path("new/", views.judges.judge_create, name="create"),
    path("<slug:name>/", views.judges.judge_detail, name="detail"),
    path("<slug:name>/default/", views.judges.judge_default, name="default"),
    path("<slug:name>/<int:number>/calibration/", views.calibrating.judge_calibration, name="calibration"),
    path("<slug:name>/<int:number>/test/", views.judges.judge_test, name="test"),
]
