"""Where each URL of rubrics leads; names of rubrics never are a lone hyphen, so `-/` holds the fixed pages."""

from django.urls import path

from apps.rubrics import views

app_name = "rubrics"
VERSION = "<slug:slug>/<int:number>/"

urlpatterns = [
    path("", views.library.rubric_list, name="list"),
    path("-/new/", views.library.rubric_new, name="new"),
    path("-/import/", views.library.rubric_import, name="import"),
    path("-/standards/", views.standards.workspace_standards, name="standards"),
    path("-/selected/", views.library.rubrics_selected, name="selected"),
    path("-/policy/", views.policy.approval_policy, name="policy"),
    path("-/sets/<slug:name>/", views.sets.set_detail, name="set"),
    path("-/sets/<slug:name>/<int:number>/", views.sets.set_version_detail, name="set-version"),
    path("-/sets/<slug:name>/<int:number>/export/", views.sets.set_export, name="set-export"),
    path("-/sets/<slug:name>/<int:number>/<slug:step>/", views.sets.set_step, name="set-step"),
    path("-/proposals/<int:proposal>/", views.proposals.proposal_detail, name="proposal"),
    path("-/proposals/<int:proposal>/<slug:verb>/", views.proposals.proposal_act, name="proposal-act"),
    path("-/threads/<int:thread>/<slug:verb>/", views.threads.thread_act, name="thread-act"),
    path("<slug:slug>/", views.versions.rubric_open, name="rubric"),
    path("<slug:slug>/versions/", views.versions.rubric_versions, name="versions"),
    path(VERSION, views.versions.version_edit, name="edit"),
    path(f"{VERSION}versions/", views.versions.version_list, name="versions"),
    path(f"{VERSION}standards/", views.standards.version_standards, name="version-standards"),
    path(f"{VERSION}use/", views.versions.version_use, name="use"),
    path(f"{VERSION}export/", views.versions.version_export, name="export"),
    path(f"{VERSION}discuss/", views.threads.thread_list, name="discuss"),
    path(f"{VERSION}suggest/", views.proposals.suggest, name="suggest"),
    path(f"{VERSION}settings/", views.settings.version_settings, name="settings"),
    path(f"{VERSION}guidelines/", views.settings.version_guidelines, name="guidelines"),
    path(f"{VERSION}criteria/new/", views.criteria.criterion_add, name="criterion-add"),
    path(f"{VERSION}criteria/insert/", views.table.criterion_insert, name="criterion-insert"),
    path(f"{VERSION}criteria/paste/", views.table.criteria_paste, name="criteria-paste"),
    path(f"{VERSION}weighting/", views.table.version_weighting, name="weighting"),
    path(f"{VERSION}criteria/bulk/", views.table.criteria_bulk, name="criteria-bulk"),
    path(f"{VERSION}criteria/order/", views.criteria.criteria_order, name="criteria-order"),
    path(f"{VERSION}criteria/<int:criterion>/", views.criteria.criterion_edit, name="criterion-edit"),
    path(f"{VERSION}criteria/<int:criterion>/cell/", views.table.criterion_cell, name="criterion-cell"),
    path(f"{VERSION}criteria/<int:criterion>/move/", views.criteria.criterion_move, name="criterion-move"),
    path(f"{VERSION}criteria/<int:criterion>/delete/", views.criteria.criterion_delete, name="criterion-delete"),
    path(f"{VERSION}groups/new/", views.groups.group_add, name="group-add"),
    path(f"{VERSION}groups/<int:group>/", views.groups.group_edit, name="group-edit"),
    path(f"{VERSION}groups/<int:group>/move/", views.groups.group_move, name="group-move"),
    path(f"{VERSION}groups/<int:group>/delete/", views.groups.group_delete, name="group-delete"),
    path(f"{VERSION}undo/", views.workflow.draft_undo, name="undo"),
    path(f"{VERSION}redo/", views.workflow.draft_redo, name="redo"),
    path(f"{VERSION}draft/", views.workflow.draft_new, name="draft-new"),
    path(f"{VERSION}discard/", views.workflow.draft_discard, name="discard"),
    path(f"{VERSION}submit/", views.workflow.version_submit, name="submit"),
    path(f"{VERSION}approve/", views.workflow.version_approve, name="approve"),
    path(f"{VERSION}take-back/", views.workflow.version_take_back, name="take-back"),
    path(f"{VERSION}request-changes/", views.workflow.version_request_changes, name="request-changes"),
    path(f"{VERSION}withdraw/", views.workflow.version_withdraw, name="withdraw"),
    path(f"{VERSION}retire/", views.workflow.version_retire, name="retire"),
]
