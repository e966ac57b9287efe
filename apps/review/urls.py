"""Where each URL of the app leads."""

from django.urls import URLPattern, URLResolver, path

from apps.review.views import browsing, deciding, making, settling

app_name = "review"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", browsing.queue_list, name="list"),
    path("new", making.queue_new, name="new"),
    path("<int:key>/", browsing.queue_detail, name="queue"),
    path("<int:key>/state", making.queue_state, name="state"),
    path("<int:key>/next", deciding.next_item, name="next"),
    path("<int:key>/mine", browsing.my_decisions, name="mine"),
    path("<int:key>/report", browsing.queue_report, name="report"),
    path("<int:key>/conflicts", browsing.conflict_list, name="conflicts"),
    path("claims/<int:key>", deciding.decision, name="decision"),
    path("claims/<int:key>/heartbeat", deciding.claim_heartbeat, name="heartbeat"),
    path("claims/<int:key>/give-up", deciding.claim_give_up, name="give-up"),
    path("reviews/<int:key>", deciding.reveal, name="reveal"),
    path("items/<int:key>/adjudicate", settling.adjudicate, name="adjudicate"),
]
