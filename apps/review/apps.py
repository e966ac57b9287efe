"""Registers the app, its place in the navigation and what the sweeper does for it."""

from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from apps.accounts.permissions import Actor


class ReviewConfig(AppConfig):
    """The review app."""

    name = "apps.review"
    label = "review"
    no_delete = ("Review", "Gold")

    def ready(self) -> None:
        """Fill the registries."""
        from apps.core import navigation
        from apps.jobs import registry
        from apps.judging import registry as judging
        from apps.review import receivers, runners, services  # noqa: F401  (connects the receivers)
        from apps.review.queries import gates as evidence
        from apps.rubrics import gates
        from apps.rubrics import registry as rubric_registry

        navigation.register(
            navigation.Place("Review", "review:list", order=50, minimum_role="annotator", counter=_open_items)
        )
        registry.register(services.DRAW, runners.draw_shard, runners.finish_draw, max_attempts=3)
        registry.register(services.READ, runners.read_shard, max_attempts=3, more=runners.group_after)
        registry.register_sweep(services.release_dead_leases)
        judging.register("gold", evidence.settled_values)
        rubric_registry.register("review", evidence.disagreements)
        gates.register("adjudicated", evidence.enough_settled, "Settled decisions")
        gates.register("agreement", evidence.judge_agrees, "A judge agrees with people")


def _open_items(actor: "Actor") -> tuple[str, str]:
    from apps.review import queries

    number = queries.open_count(actor)
    shown = f"{number}+" if number >= queries.MOST_SHOWN else str(number)
    return (shown if number else "", "decisions that wait for you")
