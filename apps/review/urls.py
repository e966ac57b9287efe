"""Where each URL of the app leads."""

from django.urls import URLPattern, URLResolver, path

from apps.review.views import (
    agreeing,
    browsing,
    deciding,
    doubting,
    exporting,
    gold,
    making,
    people,
    revising,
    settling,
)

app_name = "review"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", browsing.queue_list, name="list"),
    path("new", making.queue_new, name="new"),
    path("new/preview", making.queue_preview, name="preview"),
    path("me", people.my_figures, name="me"),
    path("gold", gold.gold_list, name="gold"),
    path("gold.<str:kind>", exporting.gold_export, name="gold-export"),
    path("gold/<int:key>", gold.gold_detail, name="gold-detail"),
    path("gold/<int:key>/example", gold.gold_example, name="gold-example"),
    path("data/<slug:slug>/quality", doubting.label_quality, name="label-quality"),
    path("data/<slug:slug>/labels.<str:kind>", exporting.labels_export, name="labels-export"),
    path("<int:key>/decisions.<str:kind>", exporting.reviews_export, name="reviews-export"),
    path("<int:key>/", browsing.queue_detail, name="queue"),
    path("<int:key>/state", making.queue_state, name="state"),
    path("<int:key>/add", making.queue_add, name="add"),
    path("<int:key>/next", deciding.next_item, name="next"),
    path("<int:key>/ahead", deciding.item_ahead, name="ahead"),
    path("<int:key>/mine", browsing.my_decisions, name="mine"),
    path("<int:key>/report", browsing.queue_report, name="report"),
    path("<int:key>/agreement", agreeing.queue_agreement, name="agreement"),
    path("data/<slug:slug>/agreement", agreeing.dataset_agreement, name="dataset-agreement"),
    path("data/<slug:slug>/estimates", agreeing.dataset_estimates, name="dataset-estimates"),
    path("<int:key>/conflicts", browsing.conflict_list, name="conflicts"),
    path("<int:key>/given-back", browsing.given_back, name="given-back"),
    path("<int:key>/conflicts/next", settling.conflict_next, name="conflict-next"),
    path("<int:key>/consensus", settling.queue_consensus, name="consensus"),
    path("claims/<int:key>", deciding.decision, name="decision"),
    path("claims/<int:key>/heartbeat", deciding.claim_heartbeat, name="heartbeat"),
    path("claims/<int:key>/give-up", deciding.claim_give_up, name="give-up"),
    path("reviews/<int:key>", revising.reveal, name="reveal"),
    path("items/<int:key>/rendered", browsing.answer_rendered, name="rendered"),
    path("items/<int:key>/adjudicate", settling.adjudicate, name="adjudicate"),
    path("items/<int:key>/<str:verb>", settling.conflict_act, name="conflict-act"),
]
