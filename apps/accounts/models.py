"""People, workspaces, memberships, invitations, access tokens and webhooks."""

import uuid

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from apps.core.models import Stamped, default_dict


class User(AbstractUser):
    """A person who signs in."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    display_name = models.CharField(max_length=120, blank=True, default="")
    theme = models.CharField(
        max_length=5, default="auto", choices=[("auto", "auto"), ("light", "light"), ("dark", "dark")]
    )
    keys = models.JSONField(default=default_dict, blank=True, help_text="Own keys: default key → key in its place")
    tour_seen = models.BooleanField(default=False, help_text="The tour of the editor began by itself once")
    must_change_password = models.BooleanField(default=False)
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(Lower("username"), name="user_name_once")]

    def __str__(self) -> str:
        return f"person {self.pk}"

    @property
    def name(self) -> str:
        """What the screen calls this person; the history and the logs use `str`, which names nobody."""
        return self.display_name or self.username


class RoleName(models.TextChoices):
    """What a member may do; each role may also do what those before it may."""

    VIEWER = "viewer", "viewer"
    ANNOTATOR = "annotator", "annotator"
    AUTHOR = "author", "author"
    APPROVER = "approver", "approver"
    ADMIN = "admin", "admin"


class Workspace(Stamped):
    """Everything belongs to one workspace."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    settings = models.JSONField(
        default=default_dict, blank=True, help_text="Policies: unlicensed_judge allow|refuse, retention_days, …"
    )

    def __str__(self) -> str:
        return self.name


class Membership(Stamped):
    """A person's role in a workspace."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=RoleName)
    skills = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "user"], name="member_once"),
            models.CheckConstraint(condition=Q(role__in=RoleName.values), name="member_role_known"),
        ]

    def __str__(self) -> str:
        return f"member {self.pk}"


class Invitation(Stamped):
    """A link that lets one person join (or set a new password); only the hash of its secret is kept."""

    class Purpose(models.TextChoices):
        """What the link is for."""

        JOIN = "join", "join the workspace"
        PASSWORD = "password", "set a new password"

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="invitations")
    purpose = models.CharField(max_length=10, choices=Purpose, default=Purpose.JOIN)
    email = models.EmailField(blank=True, default="")
    role = models.CharField(max_length=10, choices=RoleName, blank=True, default="")
    user = models.ForeignKey(User, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    secret_hash = models.CharField(max_length=64, unique=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.purpose} link {self.pk}"

    @property
    def is_live(self) -> bool:
        """Neither used nor expired."""
        return self.used_at is None and self.expires_at > timezone.now()


class Token(Stamped):
    """An access token for REST: `rs_…`, SHA-256 at rest, scopes, expiry."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12, help_text="The first characters, to recognise it by")
    secret_hash = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=30))
    allowed_networks = ArrayField(models.CharField(max_length=50), default=list, blank=True)
    requests_per_minute = models.PositiveIntegerField(null=True, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="tokens")
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    replaced_by = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="replaces"
    )

    def __str__(self) -> str:
        return self.name

    @property
    def is_live(self) -> bool:
        """Neither revoked nor expired."""
        return self.revoked_at is None and not self.is_expired

    @property
    def is_expired(self) -> bool:
        """Past its last day."""
        return self.expires_at is not None and self.expires_at <= timezone.now()

    @property
    def state(self) -> str:
        """The word for it on screen."""
        if self.revoked_at is not None:
            return "revoked"
        return "lapsed" if self.is_expired else "active"


class TokenDay(models.Model):
    """How much a token was used on one day (UTC)."""

    token = models.ForeignKey(Token, on_delete=models.CASCADE, related_name="days")
    day = models.DateField()
    calls = models.PositiveBigIntegerField(default=0)
    items = models.PositiveBigIntegerField(default=0, help_text="What the calls brought that were served")
    errors = models.PositiveBigIntegerField(default=0, help_text="Calls that were refused or failed")
    throttled = models.PositiveBigIntegerField(default=0, help_text="Of the errors: over the token's rate")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token", "day"], name="token_day_once")]

    def __str__(self) -> str:
        return f"token {self.token_id} on {self.day}"


class Webhook(Stamped):
    """An address that is told of events; its signing secrets are sealed, as signing needs them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="webhooks")
    name = models.CharField(max_length=80)
    url = models.CharField(max_length=500)
    events = ArrayField(models.CharField(max_length=40))
    secret_sealed = models.BinaryField()
    old_secret_sealed = models.BinaryField(null=True, blank=True)
    old_until = models.DateTimeField(null=True, blank=True, help_text="Until then the secret before signs as well")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    off_at = models.DateTimeField(null=True, blank=True)
    off_reason = models.CharField(max_length=300, blank=True, default="", help_text="Empty where a person did it")
    failures = models.PositiveIntegerField(default=0, help_text="Attempts in a row that failed")
    failing_since = models.DateTimeField(null=True, blank=True)
    rest_until = models.DateTimeField(null=True, blank=True, help_text="After a failure nothing is sent for a while")
    last_ok_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["workspace"], condition=Q(off_at__isnull=True), name="webhook_on")]

    def __str__(self) -> str:
        return self.name

    @property
    def state(self) -> str:
        """The word for it on screen."""
        if self.off_at is not None:
            return "disabled" if self.off_reason else "off"
        return "failing" if self.failures else "active"


class Delivery(Stamped):
    """One event on its way to one webhook; sent again it is the same message."""

    class State(models.TextChoices):
        """Where it stands."""

        WAITING = "waiting", "waiting"
        DELIVERED = "delivered", "delivered"
        FAILED = "failed", "failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    event_id = models.UUIDField(help_text="The same for every webhook that is told of it")
    event = models.CharField(max_length=40)
    body = models.TextField(help_text="What is signed and sent, byte for byte")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    note = models.CharField(max_length=300, blank=True, default="", help_text="Why it ended, where it failed")
    job = models.ForeignKey("jobs.Job", null=True, on_delete=models.SET_NULL, related_name="+")
    since = models.DateTimeField(default=timezone.now, help_text="When it was first sent, or asked for again")
    tries = models.PositiveIntegerField(default=0, help_text="Attempts that failed since then")
    next_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(fields=["webhook", "event_id"], name="delivery_once"),
            models.CheckConstraint(condition=Q(state__in=["waiting", "delivered", "failed"]), name="delivery_state"),
        ]
        indexes = [
            models.Index(fields=["webhook", "-created_at"], name="delivery_recent"),
            models.Index(fields=["since"], name="delivery_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.message}"

    @property
    def message(self) -> str:
        """The header `webhook-id`."""
        return f"evt_{self.event_id.hex}"

    @property
    def is_due(self) -> bool:
        """Whether the time of the next attempt has come."""
        return self.next_at is not None and self.next_at <= timezone.now()


class DeliveryAttempt(models.Model):
    """One try to deliver; written before it begins, so that one whose worker died is known."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="attempts")
    number = models.PositiveIntegerField()
    at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    milliseconds = models.PositiveIntegerField(null=True, blank=True)
    error = models.CharField(max_length=300, blank=True, default="")
    answer = models.CharField(max_length=500, blank=True, default="", help_text="The beginning of what came back")
    address = models.CharField(max_length=50, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["delivery", "number"], name="attempt_once")]
        ordering = ["number"]

    def __str__(self) -> str:
        return f"attempt {self.number} of {self.delivery_id}"
