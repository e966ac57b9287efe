"""What REST remembers of its callers: answers given under an idempotency key."""

from django.db import models

from apps.core.models import Stamped, default_dict


class IdempotentAnswer(Stamped):
    """The answer to a POST with an `Idempotency-Key`, replayed when the same request comes again."""

    token = models.ForeignKey("accounts.Token", on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    path = models.CharField(max_length=300)
    body_digest = models.CharField(max_length=71)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True)
    headers = models.JSONField(default=default_dict, help_text="Those that belong to the answer, such as Location")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token", "key"], name="idempotent_once")]

    def __str__(self) -> str:
        return f"{self.key} {self.path}"
