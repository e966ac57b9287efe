"""Where each URL of the app leads."""

from django.urls import URLPattern, URLResolver

app_name = "rubrics"
urlpatterns: list[URLPattern | URLResolver] = []
