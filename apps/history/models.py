"""The append-only record of who did what, and the seals that chain it."""

import hashlib
from datetime import UTC
from typing import Any

import rfc8785
from django.db import models
from django.utils import timezone

from apps.core.models import Stamped, default_dict

GENESIS = "0" * 64
_EXACT = 2**53


def plain(value: Any) -> Any:
    """The same JSON value with integers that RFC 8785 cannot hold written as text."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= _EXACT:
        return str(value)
    return value


class EntryQuerySet(models.QuerySet["Entry"]):
    """Entries by their place in the chains."""

    def of_chain(self, chain: int) -> "EntryQuerySet":
        """Those of one workspace, or with 0 those of none."""
        return self.filter(workspace_id=chain) if chain else self.filter(workspace__isnull=True)

    def unsealed(self) -> "EntryQuerySet":
        """Those that have no place in a chain yet."""
        return self.filter(~models.Exists(Seal.objects.filter(entry=models.OuterRef("pk"))))


class Entry(models.Model):
    """One thing somebody did; holds ids, digests and numbers, never texts. Never changed, never deleted."""

    workspace = models.ForeignKey("accounts.Workspace", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now, editable=False)
    actor = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    via = models.CharField(max_length=20, default="web", help_text="web, token, worker or system")
    token_id = models.BigIntegerField(null=True)
    action = models.CharField(max_length=60)
    target_type = models.CharField(max_length=40, blank=True, default="")
    target_id = models.CharField(max_length=64, blank=True, default="")
    target_label = models.CharField(max_length=200, blank=True, default="")
    detail = models.JSONField(default=default_dict)
    request_id = models.CharField(max_length=64, blank=True, default="")

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "entries"
        indexes = [
            models.Index(fields=["workspace", "-id"], name="entry_workspace_recent"),
            models.Index(fields=["target_type", "target_id"], name="entry_target"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action}"

    @property
    def chain(self) -> int:
        """The chain it belongs to: its workspace, 0 for what belongs to none."""
        return self.workspace_id or 0

    def form(self) -> dict[str, Any]:
        """Everything the seal covers."""
        return {
            "id": self.pk,
            "workspace": self.chain,
            "at": self.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "actor": self.actor_id,
            "via": self.via,
            "token": self.token_id,
            "action": self.action,
            "target_type": self.target_type,
            "target_id": self.target_id,
            "target_label": self.target_label,
            "detail": plain(self.detail),
            "request_id": self.request_id,
        }

    def digest_at(self, *, position: int, previous: str) -> str:
        """The digest that seals it at a place in its chain."""
        sealed: dict[str, Any] = {"entry": self.form(), "position": position, "previous": previous}
        return hashlib.sha256(rfc8785.dumps(sealed)).hexdigest()


class Seal(models.Model):
    """The place of an entry in its workspace's hash chain; written outside the user's transaction."""

    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, primary_key=True, related_name="seal")
    chain = models.BigIntegerField(help_text="Workspace id, 0 for what belongs to none")
    position = models.BigIntegerField()
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    sealed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chain", "position"], name="seal_one_per_position")]

    def __str__(self) -> str:
        return f"{self.chain}/{self.position}"


class PullCount(Stamped):
    """Who pulled what, counted per day, so that bulk reads are one row and one entry."""

    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="+")
    token_id = models.BigIntegerField(null=True)
    actor = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    ref = models.CharField(max_length=200)
    day = models.DateField()
    count = models.BigIntegerField(default=0)
    items = models.BigIntegerField(default=0)
    last_at = models.DateTimeField(default=timezone.now)
    recorded_at = models.DateTimeField(null=True, help_text="When the day's sum went into the history")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "token_id", "kind", "ref", "day"], name="pull_once_a_day", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.ref} {self.day}: {self.count}"
