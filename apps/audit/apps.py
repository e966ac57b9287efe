"""Registers the app, its place in the navigation, its jobs and its gate of approvals."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The audit app."""

    name = "apps.audit"
    label = "audit"
    append_only = ("ExamQuestion", "BenchmarkResult")
    no_delete = ("Audit", "Exam", "Sitting")

    def ready(self) -> None:
        """Fill the registries."""
        from apps.audit import queries, receivers, runners, services  # noqa: F401  (connects the receivers)
        from apps.audit.queries import gates as evidence
        from apps.core import navigation
        from apps.jobs import registry
        from apps.rubrics import gates

        registry.register(services.AUDIT, runners.audit_shard, max_attempts=3)
        registry.register(services.ALL, runners.all_shard, max_attempts=3)
        registry.register(queries.JOB, runners.benchmark_shard, max_attempts=3)
        gates.register(evidence.NAME, evidence.nothing_poor, "Audits")
        navigation.register(navigation.Place("Audit", "audit:home", order=60, minimum_role="author"))
