"""Where each URL of the history leads; its pages are part of Admin, the records are those of the app `history`."""

from django.urls import URLPattern, URLResolver, path, re_path

from apps.accounts.views import history

app_name = "history"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", history.entries, name="list"),
    path("anchor.json", history.anchor, name="anchor"),
    path("verify/", history.verify, name="verify"),
    re_path(r"^export\.(?P<form>csv|ndjson)$", history.export, name="export"),
]
