"""Where each URL of the app leads."""

from django.urls import URLPattern, URLResolver, path

from apps.accounts.views import admin, entry, profile, tokens, webhooks

app_name = "accounts"
urlpatterns: list[URLPattern | URLResolver] = [
    path("sign-in/", entry.login, name="login"),
    path("sign-out/", entry.logout, name="logout"),
    path("theme/", entry.theme, name="theme"),
    path("links/<str:secret>/", entry.link, name="link"),
    path("profile/", profile.profile, name="profile"),
    path("profile/keys/", profile.keys, name="keys"),
    path("profile/tour/", profile.tour, name="tour"),
    path("profile/password/", profile.password, name="password"),
    path("workspaces/", profile.workspaces, name="workspaces"),
    path("workspaces/new/", profile.workspace_create, name="workspace-create"),
    path("w/<slug:workspace>/admin/", admin.index, name="admin"),
    path("w/<slug:workspace>/admin/members/", admin.members, name="members"),
    path("w/<slug:workspace>/admin/members/invite/", admin.member_invite, name="member-invite"),
    path("w/<slug:workspace>/admin/members/<int:member_id>/role/", admin.member_role, name="member-role"),
    path("w/<slug:workspace>/admin/members/<int:member_id>/skills/", admin.member_skills, name="member-skills"),
    path(
        "w/<slug:workspace>/admin/members/<int:member_id>/password-link/",
        admin.member_password_link,
        name="member-password-link",
    ),
    path(
        "w/<slug:workspace>/admin/members/<int:member_id>/deactivate/",
        admin.member_deactivate,
        name="member-deactivate",
    ),
    path(
        "w/<slug:workspace>/admin/members/<int:member_id>/reactivate/",
        admin.member_reactivate,
        name="member-reactivate",
    ),
    path(
        "w/<slug:workspace>/admin/invitations/<int:invitation_id>/withdraw/",
        admin.invitation_withdraw,
        name="invitation-withdraw",
    ),
    path("w/<slug:workspace>/admin/settings/", admin.settings, name="settings"),
    path("w/<slug:workspace>/admin/sandbox/", admin.sandbox, name="sandbox"),
    path("w/<slug:workspace>/admin/webhooks/", webhooks.webhook_list, name="webhooks"),
    path("w/<slug:workspace>/admin/webhooks/new/", webhooks.webhook_new, name="webhook-new"),
    path("w/<slug:workspace>/admin/webhooks/<uuid:key>/", webhooks.webhook_detail, name="webhook"),
    path("w/<slug:workspace>/admin/webhooks/<uuid:key>/change/", webhooks.webhook_change, name="webhook-change"),
    path("w/<slug:workspace>/admin/webhooks/<uuid:key>/rotate/", webhooks.webhook_rotate, name="webhook-rotate"),
    path("w/<slug:workspace>/admin/webhooks/<uuid:key>/test/", webhooks.webhook_test, name="webhook-test"),
    path("w/<slug:workspace>/admin/webhooks/<uuid:key>/delete/", webhooks.webhook_delete, name="webhook-delete"),
    path(
        "w/<slug:workspace>/admin/webhooks/<uuid:key>/deliveries/<uuid:delivery>/send/",
        webhooks.delivery_send,
        name="delivery-send",
    ),
    path("w/<slug:workspace>/admin/tokens/", tokens.tokens, name="tokens"),
    path("w/<slug:workspace>/admin/tokens/issue/", tokens.token_issue, name="token-issue"),
    path("w/<slug:workspace>/admin/tokens/<int:token_id>/", tokens.token, name="token"),
    path("w/<slug:workspace>/admin/tokens/<int:token_id>/rotate/", tokens.token_rotate, name="token-rotate"),
    path("w/<slug:workspace>/admin/tokens/<int:token_id>/revoke/", tokens.token_revoke, name="token-revoke"),
]
