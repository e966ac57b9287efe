"""Registers the app."""

from typing import TYPE_CHECKING, cast

from django.apps import AppConfig

if TYPE_CHECKING:
    from apps.accounts.permissions import Actor


class TrainingConfig(AppConfig):
    """The training app."""

    name = "apps.training"
    label = "training"
    append_only = ("Release", "ReleaseEntry", "Deprecation", "Pin", "AlarmEvent")

    def ready(self) -> None:
        """Add the place in the navigation."""
        from apps.core import navigation
        from apps.jobs import registry
        from apps.training import receivers, runners  # noqa: F401  (connects the receivers)
        from apps.training.services import cohorts, data_exports, retention, watching

        registry.register(data_exports.WRITE, runners.write_export)
        registry.register_sweep(retention.sweep)
        registry.register_sweep(cohorts.sweep)
        registry.register_sweep(watching.sweep)
        navigation.register(navigation.Place("Training", "training:overview", order=70, counter=_alarms))


def _alarms(actor: object) -> tuple[str, str]:
    from apps.training import queries

    count = queries.open_alarms(cast("Actor", actor))
    return (
        (f"{count} alarm" + ("s" if count > 1 else ""), "alarms of training runs that nobody has closed or muted")
        if count
        else ("", "")
    )
