"""Registers the app, its place in the navigation and its kind of job."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The audit app."""

    name = "apps.audit"
    label = "audit"
    no_delete = ("Audit",)

    def ready(self) -> None:
        """Fill the registries."""
        from apps.audit import runners, services
        from apps.core import navigation
        from apps.jobs import registry

        registry.register(services.AUDIT, runners.audit_shard, max_attempts=3)
        registry.register(services.ALL, runners.all_shard, max_attempts=3)
        navigation.register(navigation.Place("Audit", "audit:home", order=60, minimum_role="author"))
