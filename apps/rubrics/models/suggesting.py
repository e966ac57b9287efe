"""What one person suggests for a version, step by step."""

from django.db import models

from apps.core.models import Stamped


class SuggestionStep(Stamped):
    """A step of somebody's suggestion for a version, so that it can be taken back and brought again.

    `change` lists pairs `[before, after]` of edits `{op, pointer, before, after}`; null where there was none.
    """

    version = models.ForeignKey("rubrics.RubricVersion", on_delete=models.CASCADE, related_name="suggestion_steps")
    by = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    what = models.CharField(max_length=200)
    change = models.JSONField()
    undone = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["version", "by", "-id"], name="suggestion_step_of")]

    def __str__(self) -> str:
        return self.what
