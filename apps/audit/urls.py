"""Where each URL of the app leads."""

from django.urls import URLPattern, URLResolver, path

from apps.audit.views import auditing, benchmarks, browsing, examining, planning, probing, reporting, scoring

app_name = "audit"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", browsing.home, name="home"),
    path("findings", browsing.audit_list, name="list"),
    path("rubrics/<slug:slug>/<int:number>", browsing.version_card, name="version"),
    path("judges/<slug:name>/<int:number>", browsing.judge_card, name="judge"),
    path("rubrics/<slug:slug>/<int:number>/report.<slug:form>", reporting.version_report, name="version-report"),
    path("judges/<slug:name>/<int:number>/report.<slug:form>", reporting.judge_report, name="judge-report"),
    path("<uuid:key>/report.<slug:form>", reporting.finding_report, name="report"),
    path("rubrics/<slug:slug>/<int:number>/plans", planning.plan_new, name="plan"),
    path("rubrics/<slug:slug>/<int:number>/plans/<int:key>/end", planning.plan_end, name="plan-end"),
    path("all", auditing.audit_all, name="all"),
    path("scores", scoring.score_tables, name="scores"),
    path("benchmarks", benchmarks.board, name="benchmarks"),
    path("benchmarks/new", benchmarks.benchmark_new, name="benchmark-new"),
    path("benchmarks/compare", benchmarks.benchmark_compare, name="benchmark-compare"),
    path("benchmarks/<uuid:key>", benchmarks.benchmark_detail, name="benchmark"),
    path("exams", examining.exam_list, name="exams"),
    path("exams/new", examining.exam_new, name="exam-new"),
    path("exams/<int:key>", examining.exam_detail, name="exam"),
    path("exams/<int:key>/sit", examining.exam_sit, name="exam-sit"),
    path("exams/<int:key>/retire", examining.exam_retire, name="exam-retire"),
    path("sittings/<int:key>/revoke", examining.licence_revoke, name="licence-revoke"),
    path("new", auditing.choose, name="choose"),
    path("probes", probing.probe_new, name="probes"),
    path("probes/preview", probing.probe_preview, name="probe-preview"),
    path("new/<slug:kind>", auditing.audit_new, name="new"),
    path("new/<slug:kind>/preview", auditing.audit_preview, name="preview"),
    path("<uuid:key>", browsing.audit_detail, name="detail"),
    path("<uuid:key>/again", auditing.audit_again, name="again"),
]
