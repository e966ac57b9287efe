"""What may be typed about people, workspaces, tokens and webhooks."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils import timezone

from apps.accounts.models import RoleName, User
from apps.accounts.permissions import SCOPES, Actor, Role, scopes_of
from domain import errors, webhooks

ROLE_HELP = {
    Role.VIEWER: "viewer: reads everything, makes tokens that may do what the person may",
    Role.ANNOTATOR: "annotator: also decides in review queues",
    Role.AUTHOR: "author: also writes rubrics, imports data, starts runs",
    Role.APPROVER: "approver: also approves rubrics of others, sets up judges, reads the history",
    Role.ADMIN: "admin: also manages people, tokens and policies",
}
SCOPE_HELP = {
    "rubrics:read": "read rubrics and releases",
    "rubrics:write": "write drafts, submit them, use drafts for rewards",
    "rubrics:approve": "approve, ask for changes, retire",
    "data:read": "read data sets",
    "data:write": "import data, add labels",
    "judges:write": "set up and test judges",
    "runs:write": "start, pause and cancel runs",
    "rewards:write": "ask for rewards",
    "reviews:write": "claim and answer review items",
    "proposals:write": "suggest edits, ask for proposals, take part in discussions",
    "audits:write": "ask for audits",
    "telemetry:write": "report a training run's numbers",
    "exports:read": "download verdicts and releases in bulk",
    "admin": "manage members and settings",
}
TRAINING_SCOPES = ("rubrics:read", "rewards:write", "telemetry:write")
LIFETIMES = (("1", "1 day"), ("30", "30 days"), ("90", "90 days"), ("365", "1 year"), ("0", "no end"))
GRACES = (("0", "no time: it ends now"), ("1", "1 hour"), ("24", "24 hours"), ("168", "7 days"), ("720", "30 days"))
HINT = "At least 10 characters; not a common password, not your name."


def add_problems(form: forms.Form, error: errors.StudioError) -> None:
    """Put a service's refusal at the fields it points at, the rest above the form."""
    placed = False
    for problem in getattr(error, "problems", ()):
        name = problem.pointer.strip("/").split("/")[0]
        form.add_error(name if name in form.fields else None, problem.message)
        placed = True
    if not placed:
        form.add_error(None, error.message)


def _password(label: str, *, new: bool, help_text: str = "") -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": "new-password" if new else "current-password"})
    return forms.CharField(label=label, strip=False, widget=widget, max_length=4096, help_text=help_text)


class SignInForm(AuthenticationForm):
    """Username and password; the case of the username does not matter."""

    error_messages = {
        "invalid_login": "Username and password do not belong together. After several wrong tries sign-in is closed "
        "for a quarter of an hour.",
        "inactive": "This account was shut. An admin of your workspace can open it again.",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "Username"
        self.fields["password"].label = "Password"

    def clean_username(self) -> str:
        """The username as it is stored."""
        typed = str(self.cleaned_data["username"]).strip()
        return User.objects.filter(username__iexact=typed).values_list("username", flat=True).first() or typed


class NewPasswordForm(forms.Form):
    """A new password, twice."""

    password = _password("New password", new=True, help_text=HINT)
    again = _password("The same once more", new=True)

    def clean(self) -> dict[str, Any]:
        """Both must be the same."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("password") and cleaned.get("again") and cleaned["password"] != cleaned["again"]:
            self.add_error("again", "The two passwords differ.")
        return cleaned


class ChangePasswordForm(NewPasswordForm):
    """The present password and a new one."""

    old = _password("Present password", new=False)
    field_order = ("old", "password", "again")


class JoinForm(NewPasswordForm):
    """A new account, made by an invitation."""

    username = forms.CharField(
        max_length=150,
        help_text="Letters, digits and @ . + - _ only. You sign in with it.",
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "autofocus": True}),
    )
    display_name = forms.CharField(
        label="Name", max_length=120, required=False, help_text="How others see you. Left empty: your username."
    )
    field_order = ("username", "display_name", "password", "again")


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg] # Django takes no parameter here at run time
    """How one is called."""

    class Meta:
        model = User
        fields = ("display_name", "email")
        labels = {"display_name": "Name", "email": "E-mail"}
        help_texts = {
            "display_name": "How others see you. Left empty: your username.",
            "email": "For the admins of your workspace; the studio sends no mail.",
        }


class InviteForm(forms.Form):
    """Who may join, and as what."""

    role = forms.ChoiceField(choices=[(role.value, text) for role, text in ROLE_HELP.items()], initial=Role.ANNOTATOR)
    email = forms.EmailField(
        label="For whom", required=False, help_text="An e-mail address, to tell the links apart. No mail is sent."
    )


class RoleForm(forms.Form):
    """A member's role."""

    role = forms.ChoiceField(choices=RoleName.choices, widget=forms.Select(attrs={"class": "w-auto-in"}))


class WorkspaceForm(forms.Form):
    """A new workspace."""

    name = forms.CharField(max_length=120, widget=forms.TextInput(attrs={"autofocus": True}))
    slug = forms.SlugField(
        label="Address", max_length=60, required=False,
        help_text="Part of every URL, as in /w/<address>/. Left empty: made from the name.",
    )  # fmt: skip


class SettingsForm(forms.Form):
    """Name and policies of a workspace."""

    name = forms.CharField(max_length=120)
    unlicensed_judge = forms.ChoiceField(
        label="Judges without a passed exam",
        choices=[
            ("allow", "may give rewards; every answer says that the judge has no licence"),
            ("refuse", "give no rewards: requests are refused until the judge passes an exam"),
        ],
        widget=forms.RadioSelect,
    )
    retention_days = forms.IntegerField(
        label="Keep rollouts for", min_value=1, max_value=36_500, required=False,
        help_text="Days after which the texts of training rollouts may be deleted. Left empty: kept for good.",
    )  # fmt: skip


class TokenForm(forms.Form):
    """A new access token."""

    name = forms.CharField(max_length=80, help_text="Where it is used, as in “GRPO run on node 7”.")
    scopes = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple)
    lifetime = forms.ChoiceField(label="Valid for", choices=LIFETIMES, initial="90")
    networks = forms.CharField(
        label="Only from these networks", required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="One a line, as in 10.0.0.0/8. Left empty: from anywhere.",
    )  # fmt: skip
    requests_per_minute = forms.IntegerField(
        label="Requests a minute", min_value=1, max_value=1_000_000, required=False,
        help_text="Counted in each web process. Left empty: 6,000.",
    )  # fmt: skip

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = scopes_of(actor.role)
        field = self.fields["scopes"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(scope, f"{scope}: {SCOPE_HELP[scope]}") for scope in SCOPES if scope in held]
        field.initial = [scope for scope in TRAINING_SCOPES if scope in held]

    def expires_at(self) -> datetime | None:
        """When it ends."""
        days = int(self.cleaned_data["lifetime"])
        return timezone.now() + timedelta(days=days) if days else None

    def network_list(self) -> list[str]:
        """The networks, one each."""
        return str(self.cleaned_data["networks"]).split()


class RotateForm(forms.Form):
    """For how long the old token goes on."""

    grace_hours = forms.ChoiceField(
        label="The old token works on for", choices=GRACES, initial="24",
        help_text="Time to put the new one where the old one is used.",
    )  # fmt: skip

    def grace(self) -> timedelta:
        """For how long."""
        return timedelta(hours=int(self.cleaned_data["grace_hours"]))


class WebhookForm(forms.Form):
    """Where a webhook leads and what it is told."""

    name = forms.CharField(max_length=80, help_text="Who listens there, as in “On-call chat”.")
    url = forms.CharField(
        label="Address", max_length=webhooks.MOST_URL, widget=forms.URLInput(attrs={"placeholder": "https://…"}),
        help_text="Names are looked up when a message is sent; private addresses are refused then, too.",
    )  # fmt: skip
    events = forms.MultipleChoiceField(
        label="Tell it when", widget=forms.CheckboxSelectMultiple,
        choices=[(name, f"{name}: {says}") for name, says in webhooks.EVENTS.items()],
    )  # fmt: skip


class WebhookChangeForm(WebhookForm):
    """The same, and whether it is on."""

    on = forms.BooleanField(label="On: events are sent to it", required=False)


class SecretForm(forms.Form):
    """For how long a webhook's old secret goes on signing."""

    grace_hours = forms.ChoiceField(
        label="The old secret also signs for", choices=GRACES, initial="24",
        help_text="Time to put the new one where messages are checked.",
    )  # fmt: skip

    def grace(self) -> timedelta:
        """For how long."""
        return timedelta(hours=int(self.cleaned_data["grace_hours"]))


class HistoryFilterForm(forms.Form):
    """Which entries of the history are wanted."""

    person = forms.ChoiceField(required=False)
    action = forms.CharField(max_length=60, required=False, label="What was done begins with")
    target = forms.CharField(max_length=120, required=False, label="To what")
    since = forms.DateField(required=False, label="From", widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(required=False, label="To", widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, people: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["person"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "anybody"), *people]
