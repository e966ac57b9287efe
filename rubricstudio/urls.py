"""Where each URL leads."""

from django.urls import include, path

from apps.core import views as core_views

urlpatterns = [
    path("healthz", core_views.healthz),
    path("readyz", core_views.readyz),
    path("metrics", core_views.metrics),
    path("api/v1/", include("apps.api.urls")),
    path("", include("apps.accounts.urls")),
    path("", include("apps.home.urls")),
    path("w/<slug:workspace>/rubrics/<slug:slug>/<int:number>/weights/", include("apps.judging.weight_urls")),
    path("w/<slug:workspace>/refine/", include("apps.refinement.urls")),
    path("w/<slug:workspace>/rubrics/", include("apps.rubrics.urls")),
    path("w/<slug:workspace>/data/", include("apps.datasets.urls")),
    path("w/<slug:workspace>/runs/", include("apps.judging.urls")),
    path("w/<slug:workspace>/judges/", include("apps.judging.judge_urls")),
    path("w/<slug:workspace>/review/", include("apps.review.urls")),
    path("w/<slug:workspace>/audit/", include("apps.audit.urls")),
    path("w/<slug:workspace>/training/", include("apps.training.urls")),
    path("w/<slug:workspace>/admin/history/", include("apps.accounts.history_urls")),
]
handler400 = "apps.core.views.bad_request"
handler403 = "apps.core.views.forbidden"
handler404 = "apps.core.views.not_found"
handler500 = "apps.core.views.server_error"
