"""A new training run: what it is pinned to, how its rewards are made, what guards it, what is kept."""

from collections.abc import Sequence
from typing import Any

from django import forms

from apps.datasets.models import Dataset
from apps.training.forms import refusals
from domain import errors
from domain.scoring.parts import Axis

KEEP = [
    ("workspace", "Keep them as the workspace says"),
    ("days", "Keep them for a number of days"),
    ("no", "Keep none: forget each once it is judged"),
]
PARTS = [
    ("", "as the rubric suggests"),
    (Axis.CRITERION.value, "each criterion"),
    (Axis.DIMENSION.value, "dimensions"),
    (Axis.TIER.value, "tiers"),
    (Axis.ASPECT.value, "aspects"),
]
FIELDS = {
    "release": "pin", "rubric": "pin", "shadow/judge": "shadow_judge", "shadow/share": "shadow_share",
    "canaries/dataset": "canary_dataset", "canaries/every": "canary_every", "keep_rollouts": "keep",
}  # fmt: skip


def fields_of(pointer: str) -> str:
    """The field that a part of the body is typed into."""
    name = pointer.removeprefix("/")
    return FIELDS.get(name, name)


class RunForm(forms.Form):
    """All that a training run may be told when it is registered."""

    name = forms.CharField(max_length=200, help_text="As your trainer calls it, so that both logs name the same thing.")
    pin = forms.ChoiceField(
        label="Release or approved version",
        help_text="It changes only by an explicit new pin with a reason; later versions do not reach the run.",
    )
    judge = forms.ChoiceField(
        required=False, help_text="Pinned by its fingerprint: another model or another prompt is another judge."
    )
    policy_model = forms.CharField(
        label="Model that is trained", max_length=200, required=False,
        help_text="For example Qwen/Qwen3-0.6B. A judge of the same family is pointed out: it may favour its own.",
    )  # fmt: skip
    parts = forms.ChoiceField(
        label="Parts of a reward", choices=PARTS, required=False,
        help_text="Every reward is also given in these, under the same keys throughout. Suggested is each criterion "
        "where at most 64 differ, else dimensions or tiers.",
    )  # fmt: skip
    novelty_beta = forms.FloatField(
        label="Discount for repetition (β)", required=False, min_value=0, max_value=10,
        widget=forms.NumberInput(attrs={"step": "any"}),
        help_text="A reward above 0 is divided by (times seen in this run)^β: with 0.5, the fourth alike is paid half.",
    )  # fmt: skip
    shadow_judge = forms.ChoiceField(
        label="Shadow judge", required=False,
        help_text="A second judge that sees some of the rollouts and never decides a reward. Where they drift apart, "
        "an alarm says so.",
    )  # fmt: skip
    shadow_share = forms.FloatField(
        label="Share that it sees, %", required=False, min_value=0.01, max_value=100, initial=5,
        widget=forms.NumberInput(attrs={"step": "any"}),
        help_text="Counts with a shadow judge; what it sees is judged twice and costs twice.",
    )  # fmt: skip
    canary_dataset = forms.ChoiceField(
        label="Canaries", required=False,
        help_text="A data set of known answers, at most 20 of which are judged afresh now and then: a judge that "
        "changed in silence judges them otherwise.",
    )  # fmt: skip
    canary_every = forms.IntegerField(
        label="Requests between two rounds",
        required=False,
        min_value=1,
        max_value=1_000_000,
        initial=50,
        help_text="Counts with canaries; the first request has a round, too.",
    )
    keep = forms.ChoiceField(
        label="Texts of rollouts", choices=KEEP, initial="workspace", widget=forms.RadioSelect,
        help_text="Without texts nobody can look up what was rewarded. What was paid, and why, always stays.",
    )  # fmt: skip
    retention_days = forms.IntegerField(
        label="Days", required=False, min_value=1, max_value=36_500, help_text="Only with “a number of days”."
    )
    consent = forms.CharField(
        label="On whose consent texts are kept", required=False, max_length=500,
        help_text="Needed where texts are kept: “synthetic prompts, no persons”, or what their writers agreed to.",
    )  # fmt: skip

    def __init__(
        self, pins: list[Any], judges: list[Any], datasets: Sequence[Dataset], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._choices("pin", [("", "choose…"), *pins])
        self._choices("judge", [("", "the workspace’s default, or none where checks decide everything"), *judges])
        self._choices("shadow_judge", [("", "none"), *judges])
        self._choices("canary_dataset", [("", "none"), *[(one.slug, one.title) for one in datasets]])

    def clean(self) -> dict[str, Any]:
        """What is kept is kept for some time, and on somebody's consent."""
        given = super().clean() or {}
        if given.get("keep") == "days" and not given.get("retention_days") and "retention_days" not in self.errors:
            self.add_error("retention_days", "Say for how many days.")
        if given.get("keep") in {"workspace", "days"} and not given.get("consent") and "consent" not in self.errors:
            self.add_error("consent", "Say on whose consent they are kept, or keep none.")
        for name, other in (("shadow_judge", "shadow_share"), ("canary_dataset", "canary_every")):
            if given.get(name) and given.get(other) is None and other not in self.errors:
                self.add_error(other, "Is needed here.")
        return given

    def body(self) -> dict[str, Any]:
        """As REST takes it."""
        given = self.cleaned_data
        pinned = given["pin"]
        named = pinned.startswith("release:")
        found = {
            "name": given["name"],
            "release": pinned.removeprefix("release:") if named else None,
            "rubric": None if named else pinned,
            "judge": given["judge"] or None,
            "policy_model": given["policy_model"],
            "parts": given["parts"] or None,
            "novelty_beta": given["novelty_beta"],
            "keep_rollouts": given["keep"] != "no",
            "retention_days": given["retention_days"] if given["keep"] == "days" else None,
            "consent": given["consent"] if given["keep"] != "no" else "",
        }
        if given["shadow_judge"]:
            found["shadow"] = {"judge": given["shadow_judge"], "share": given["shadow_share"] / 100}
        if given["canary_dataset"]:
            found["canaries"] = {"dataset": given["canary_dataset"], "every": given["canary_every"]}
        return found

    def take(self, error: errors.StudioError) -> None:
        """Show a refusal at the field it is about, else above the form."""
        refusals.place(self, error, fields_of)

    def _choices(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices
