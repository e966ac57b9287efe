"""Registers the app, its place in the navigation and the gates every approval has."""

from django.apps import AppConfig


class RubricsConfig(AppConfig):
    """The rubrics app."""

    name = "apps.rubrics"
    label = "rubrics"
    append_only = ("Decision", "Profile", "ProfileEnd", "FittedArtefact")

    def ready(self) -> None:
        """Fill the registries."""
        from apps.accounts import registry as admin
        from apps.accounts.permissions import Role
        from apps.core import navigation
        from apps.jobs import registry as jobs
        from apps.rubrics import gates, receivers  # noqa: F401  (connects the receivers)
        from apps.rubrics.queries import approval, listing
        from apps.rubrics.services import presence

        navigation.register(
            navigation.Place(
                "Rubrics",
                "rubrics:list",
                order=20,
                counter=lambda actor: (str(listing.rubric_count(actor) or ""), "rubrics in the library"),
            )
        )
        jobs.register_sweep(presence.forget_the_gone)
        admin.register("Approval", "rubrics:policy", Role.ADMIN)
        gates.register("document", approval.reads_without_fault, "The document is valid")
        gates.register("truth_table", approval.keeps_its_promises, "The truth table holds")
        gates.register("two_people", approval.written_by_somebody_else, "Two people")
        gates.register("threads", approval.nothing_left_to_discuss, "Discussions are closed")
        gates.register("lint", approval.nothing_wrong_by_rule, "No error by the rules")
        gates.register("opinions", approval.nothing_doubted_by_the_judge, "No open opinion of the judge")
        gates.register("distance", approval.changed_how_much, "Distance to the approved version", asks_people=True)
