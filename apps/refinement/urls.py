"""Where each URL of refinement leads."""

from django.urls import path

from apps.refinement import views

app_name = "refinement"
urlpatterns = [
    path("<slug:slug>/<int:number>/edits/", views.edits, name="edits"),
    path("edits/<int:key>/", views.edit_set, name="edit-set"),
    path("<slug:slug>/<int:number>/gate/margins/", views.margins, name="margins"),
    path("proposals/<int:key>/effects/", views.effects, name="effects"),
    path("proposals/<int:key>/effects/panel/", views.effects_panel, name="effects-panel"),
    path("<slug:slug>/<int:number>/gate/", views.gate, name="gate"),
    path("<slug:slug>/<int:number>/gate/panel/", views.gate_panel, name="gate-panel"),
    path("<slug:slug>/<int:number>/draft/", views.draft, name="draft"),
    path("<slug:slug>/<int:number>/cases/", views.cases, name="cases"),
    path("<slug:slug>/<int:number>/cases/judge/", views.cases_judge, name="cases-judge"),
    path("<slug:slug>/<int:number>/cases/<int:key>/withdraw/", views.case_withdraw, name="case-withdraw"),
    path("drafts/<int:key>/", views.draft_detail, name="draft-detail"),
    path("drafts/<int:key>/answer/", views.draft_answer, name="draft-answer"),
    path("from/<slug:slug>/", views.draft_from, name="draft-from"),
    path("rules/", views.meta_rubrics, name="meta-rubrics"),
    path("rules/new/", views.meta_rubric_new, name="meta-rubric-new"),
    path("rules/<int:key>/", views.meta_rubric, name="meta-rubric"),
    path("rules/<int:key>/<int:number>/choose/", views.meta_rubric_choose, name="meta-rubric-choose"),
]
