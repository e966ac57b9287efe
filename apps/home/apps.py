"""Registers the app."""

from django.apps import AppConfig


class HomeConfig(AppConfig):
    """The home app."""

    name = "apps.home"
    label = "home"

    def ready(self) -> None:
        """Add the first place to go, and have the sweeper complete the sample."""
        from apps.core import navigation
        from apps.home import services
        from apps.jobs import registry

        navigation.register(navigation.Place("Home", "home:home", order=10))
        registry.register_sweep(services.complete_sample)
