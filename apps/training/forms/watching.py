"""Limits of a run, another pin, and reasons."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from apps.training.forms import refusals
from apps.training.forms.registering import PARTS, fields_of
from domain import errors, watch
from domain.scoring.parts import Axis

LIMITS_SHOWN = 3
SPANS = {"day": ("until tomorrow", timedelta(days=1)), "week": ("for a week", timedelta(days=7)),
         "month": ("for 30 days", timedelta(days=30))}  # fmt: skip


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label="Why", max_length=2000, widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Say why, for those who come after you."},
    )  # fmt: skip


class MuteForm(ReasonForm):
    """For how long an alarm is muted, and why."""

    span = forms.ChoiceField(label="Mute it", choices=[(name, text) for name, (text, _) in SPANS.items()])

    field_order = ("span", "reason")

    def until(self) -> datetime:
        """When it counts again."""
        return timezone.now() + SPANS[self.cleaned_data["span"]][1]


class PinForm(forms.Form):
    """What a run is pinned to from now on."""

    pin = forms.ChoiceField(
        label="Release or approved version", help_text="Every reward from the next batch on comes from it."
    )
    judge = forms.ChoiceField(
        label="Judge", required=False, help_text="Choose the run’s own to change the rubric alone."
    )
    parts = forms.ChoiceField(
        label="Parts of a reward", required=False, choices=[("", "as they were"), *PARTS[1:]],
        help_text="Other parts have other keys: a trainer that reads them has to be told.",
    )  # fmt: skip
    reason = forms.CharField(
        label="Why", max_length=2000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="For whoever wonders later why the curve jumps here.",
    )  # fmt: skip

    def __init__(self, choices: list[Any], judges: list[Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pin"].choices = [("", "choose…"), *choices]  # type: ignore[attr-defined]
        self.fields["judge"].choices = [("", "the workspace’s default"), *judges]  # type: ignore[attr-defined]

    def given(self) -> dict[str, Any]:
        """As the service takes it."""
        pin = self.cleaned_data["pin"]
        named = pin.startswith("release:")
        return {
            "release": pin.removeprefix("release:") if named else None,
            "rubric": None if named else pin,
            "judge": self.cleaned_data["judge"] or None,
            "parts": Axis(self.cleaned_data["parts"]) if self.cleaned_data["parts"] else None,
            "reason": self.cleaned_data["reason"],
        }

    def take(self, error: errors.StudioError) -> None:
        """Show a refusal at the field it is about, else above the form."""
        refusals.place(self, error, fields_of)


class LimitsForm(forms.Form):
    """The declared limits with what a run changed, and limits on reported numbers."""

    def __init__(self, changed: dict[str, Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = watch.settings(changed).rules
        for kind, rule in watch.RULES.items():
            mine = now.get(kind, rule)
            most = 1.0 if rule.percent else None
            self.fields[f"{kind}-on"] = forms.BooleanField(label=rule.title, required=False, initial=kind in now)
            self.fields[f"{kind}-limit"] = forms.FloatField(
                label="Limit", initial=mine.limit, min_value=0, max_value=most
            )
            self.fields[f"{kind}-window"] = forms.IntegerField(
                label="Steps", initial=mine.window.points, min_value=1, max_value=1000
            )
            self.fields[f"{kind}-patience"] = forms.IntegerField(
                label="In a row", initial=mine.window.patience, min_value=1, max_value=1000
            )
        own = [(name, one.get("above"), one.get("below")) for name, one in changed.get("limits", {}).items()]
        self.own = range(len(own) + LIMITS_SHOWN)
        for place, (name, above, below) in enumerate(own + [("", None, None)] * LIMITS_SHOWN):
            self.fields[f"name-{place}"] = forms.CharField(label="Number", required=False, max_length=120, initial=name)
            self.fields[f"above-{place}"] = forms.FloatField(label="Above", required=False, initial=above)
            self.fields[f"below-{place}"] = forms.FloatField(label="Below", required=False, initial=below)

    def rows(self) -> list[dict[str, Any]]:
        """The rules with their fields."""
        return [
            {"rule": rule, **{name: self[f"{kind}-{name}"] for name in ("on", "limit", "window", "patience")}}
            for kind, rule in watch.RULES.items()
        ]

    def own_rows(self) -> list[dict[str, Any]]:
        """The fields of limits on reported numbers."""
        return [{name: self[f"{name}-{place}"] for name in ("name", "above", "below")} for place in self.own]

    def changed(self) -> dict[str, Any]:
        """What differs from what is declared."""
        given, found = self.cleaned_data, {}
        for kind, rule in watch.RULES.items():
            if not given[f"{kind}-on"]:
                found[kind] = {"on": False}
                continue
            declared = {"limit": rule.limit, "window": rule.window.points, "patience": rule.window.patience}
            other = {
                name: given[f"{kind}-{name}"] for name, value in declared.items() if given[f"{kind}-{name}"] != value
            }
            if other:
                found[kind] = other
        limits = {}
        for place in self.own:
            sides = {side: given[f"{side}-{place}"] for side in ("above", "below")}
            known = {side: value for side, value in sides.items() if value is not None}
            if given[f"name-{place}"] and known:
                limits[given[f"name-{place}"]] = known
        return found | ({"limits": limits} if limits else {})
