"""Registers the app: its navigation, its kinds of job, its metrics and its gate of approvals."""

from django.apps import AppConfig


class JudgingConfig(AppConfig):
    """The judging app."""

    name = "apps.judging"
    label = "judging"
    append_only = ("JudgeVersion",)
    no_delete = ("Verdict", "Score", "Call", "Licence")

    def ready(self) -> None:
        """Make runs and judge tests known to the workers."""
        from apps.core import metrics, navigation
        from apps.jobs import registry
        from apps.judging import queries, receivers, runners  # noqa: F401  (connects the receivers)
        from apps.judging.queries import gates as evidence
        from apps.rubrics import gates
        from apps.rubrics import registry as rubric_registry

        registry.register("judge", runners.run_shard, runners.finish_run, more=runners.next_shards)
        registry.register("judge-test", runners.test_shard, runners.finish_test)
        registry.register("judge-replay", runners.replay_shard)
        registry.register("rescore", runners.rescore_shard)
        registry.register("weight-fit", runners.fit_weights, max_attempts=2)
        rubric_registry.register("judge", queries.opinions)
        metrics.register(queries.metrics)
        gates.register("order", evidence.keeps_the_order, "Order of judged answers", asks_people=True)
        navigation.register(navigation.Place("Runs", "judging:list", order=40, counter=_live_runs))
        navigation.lend("Rubrics", "judging:try", "judging:pins", "judging:weights")
        navigation.register(navigation.Place("Judges", "judges:list", order=80))


def _live_runs(actor: object) -> tuple[str, str]:
    from apps.accounts.permissions import Actor
    from apps.judging import queries

    assert isinstance(actor, Actor)
    count = queries.live_count(actor)
    return (f"{count} live" if count else "", "runs under way" if count else "")
