"""Where weights come from: what people answered when they were asked, and profiles that are no longer offered."""

from django.db import models
from django.db.models import Q

from apps.core.models import Stamped, default_dict


class Elicitation(Stamped):
    """A person's answers to questions about importance, kept with who and when; goes on until it is finished."""

    class Kind(models.TextChoices):
        """How importance is asked for."""

        SWING = "swing", "swing weighting"
        TRADEOFFS = "tradeoffs", "pairwise trade-offs"

    version = models.ForeignKey("rubrics.RubricVersion", on_delete=models.CASCADE, related_name="elicitations")
    kind = models.CharField(max_length=10, choices=Kind)
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    answers = models.JSONField(default=default_dict, blank=True, help_text="By section: what was said, and when")
    result = models.JSONField(default=default_dict, blank=True, help_text="Weights by section, once finished")
    answered_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "kind", "by"], condition=Q(finished_at__isnull=True), name="elicitation_open_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.version_id} by {self.by_id}"


class ProfileEnd(Stamped):
    """A version of a profile that is no longer offered; jobs that name it with its number go on."""

    profile = models.OneToOneField("rubrics.Profile", on_delete=models.CASCADE, related_name="end")
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"end of {self.profile_id}"
