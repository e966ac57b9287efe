"""Where a version comes from beside its parent: states of other versions that it was copied from or merged with."""

from typing import ClassVar

from django.db import models

from apps.core.models import Stamped
from apps.rubrics.models import guards


class Origin(Stamped):
    """A state of another version that this one took over; a later merge starts from it."""

    class Way(models.TextChoices):
        """How it was taken over."""

        COPIED = "copied", "copied"
        MERGED = "merged", "merged"

    version = models.ForeignKey("rubrics.RubricVersion", on_delete=models.CASCADE, related_name="origins")
    other = models.ForeignKey("rubrics.RubricVersion", on_delete=models.CASCADE, related_name="+")
    way = models.CharField(max_length=10, choices=Way)
    document = models.JSONField(help_text="What the other version said at that moment")
    by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        triggers: ClassVar = [guards.part_trigger("origin_frozen")]

    def __str__(self) -> str:
        return f"{self.version_id} {self.way} {self.other_id}"
