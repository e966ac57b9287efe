"""Where each URL of the weights of a version leads."""

from django.urls import path

from apps.judging import views

app_name = "weights"
urlpatterns = [
    path("", views.weighing.weights_overview, name="overview"),
    path("swing/", views.eliciting.weights_swing, name="swing"),
    path("tradeoffs/", views.eliciting.weights_tradeoffs, name="tradeoffs"),
    path("finish/<slug:kind>/", views.eliciting.elicitation_finish, name="finish"),
    path("result/", views.weighing.weights_result, name="result"),
    path("sliders/", views.sliding.weights_sliders, name="sliders"),
    path("rank/", views.sliding.weights_rank, name="rank"),
    path("fit/", views.fitting.weights_fit, name="fit"),
    path("whitened/", views.weighing.weights_whitened, name="whitened"),
    path("suggest/", views.weighing.weights_suggest, name="suggest"),
    path("apply/", views.weighing.weights_apply, name="apply"),
    path("profiles/save/", views.weighing.profile_save, name="profile-save"),
    path("profiles/<slug:name>/", views.weighing.profile_detail, name="profile"),
    path("profiles/<slug:name>/retire/", views.weighing.profile_retire, name="profile-retire"),
]
