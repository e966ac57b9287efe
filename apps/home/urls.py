"""Where each URL of the app leads."""

from django.urls import path

from apps.home import views

app_name = "home"
urlpatterns = [
    path("", views.start, name="start"),
    path("w/<slug:workspace>/", views.home, name="home"),
    path("w/<slug:workspace>/find/", views.find, name="find"),
    path("w/<slug:workspace>/jobs/", views.job_list, name="jobs"),
    path("w/<slug:workspace>/jobs/<uuid:job_id>/<slug:verb>", views.job_steer, name="job-steer"),
]
