"""Where each URL of the app leads."""

from django.urls import URLPattern, URLResolver, path

from apps.datasets.views import browsing, importing, managing

app_name = "datasets"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", browsing.dataset_list, name="list"),
    path("import", importing.dataset_import, name="import"),
    path("import/<uuid:key>", importing.import_columns, name="import-columns"),
    path("<slug:slug>/", browsing.dataset_detail, name="detail"),
    path("<slug:slug>/import", importing.dataset_import, name="import-more"),
    path("<slug:slug>/labels", importing.labels_import, name="labels-import"),
    path("<slug:slug>/agreement", browsing.dataset_agreement, name="agreement"),
    path("<slug:slug>/report", browsing.dataset_report, name="report"),
    path("<slug:slug>/settings", managing.dataset_settings, name="settings"),
    path("<slug:slug>/archive", managing.dataset_archive, name="archive"),
    path("<slug:slug>/restore", managing.dataset_restore, name="restore"),
    path("<slug:slug>/prompts/<int:key>", browsing.prompt_detail, name="prompt"),
]
