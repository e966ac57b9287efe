"""Registers the app: its kinds of job, its gates of approval and its badges."""

from django.apps import AppConfig


class RefinementConfig(AppConfig):
    """The refinement app."""

    name = "apps.refinement"
    label = "refinement"
    append_only = ("MetaRubricVersion",)

    def ready(self) -> None:
        """Fill the registries."""
        from apps.core import navigation
        from apps.jobs import registry
        from apps.refinement import receivers, runners, services  # noqa: F401  (connects the receiver)
        from apps.refinement.queries import badges, gates, passes_its_cases
        from apps.rubrics import gates as rubric_gates
        from apps.rubrics import registry as rubric_registry

        registry.register(services.MEASURE, runners.measure_shard, max_attempts=2)
        registry.register(services.DRAFT, runners.draft_shard, max_attempts=3, more=runners.next_draft_shards)
        registry.register(services.PREDICT, runners.predict_shard, max_attempts=2)
        registry.register(services.MARGINS, runners.margins_shard, max_attempts=3, more=runners.next_margin_shards)
        registry.register(services.EDITS, runners.edits_shard, max_attempts=3)
        rubric_registry.register_badges("quality", badges.badges_of)
        rubric_gates.register("label_consistency", gates.orders_the_pairs, "Agreement with labelled pairs")
        rubric_gates.register("no_harmful", gates.no_harmful_criterion, "No criterion that harms")
        rubric_gates.register("cases", passes_its_cases, "Pinned cases pass")
        rubric_gates.register("misleading", gates.seldom_misleads, "Seldom misleads the judge")
        navigation.lend(
            "Rubrics", "refinement:gate", "refinement:draft", "refinement:draft-detail", "refinement:effects",
            "refinement:margins", "refinement:edits", "refinement:edit-set",
            "refinement:meta-rubrics", "refinement:meta-rubric", "refinement:meta-rubric-new", "refinement:cases",
        )  # fmt: skip
        navigation.lend("Data", "refinement:draft-from")
