"""Where each URL of the app leads."""

from django.urls import path

from apps.home import views

app_name = "home"
urlpatterns = [
    path("", views.start, name="start"),
    path("w/<slug:workspace>/", views.home, name="home"),
]
