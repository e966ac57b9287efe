"""Who is spoken to in a discussion."""

from django.db import models

from apps.core.models import Stamped


class Mention(Stamped):
    """A person named as `@name` in a comment, and when they read it."""

    comment = models.ForeignKey("rubrics.Comment", on_delete=models.CASCADE, related_name="mentions")
    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["comment", "user"], name="mention_once")]
        indexes = [models.Index(fields=["user"], condition=models.Q(read_at=None), name="mention_unread")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.comment_id}"
