"""What may be typed about the rules for writing rubrics."""

from django import forms

MOST_TEXT = 20_000


class RulesForm(forms.Form):
    """The rules, and what was changed."""

    text = forms.CharField(
        label="Rules", max_length=MOST_TEXT, strip=False, widget=forms.Textarea(attrs={"rows": 14, "dir": "auto"}),
        help_text="They are told to every model that writes criteria here. Nobody is judged by them.",
    )  # fmt: skip
    note = forms.CharField(label="What was changed, and why", max_length=500, required=False)
    seen = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)


class NewRulesForm(forms.Form):
    """For which rubrics."""

    tag = forms.CharField(
        label="For rubrics with the tag", max_length=60, required=False,
        help_text="Left empty, they are the general rules, which hold for all rubrics.",
    )  # fmt: skip
    start = forms.ChoiceField(
        label="Begin with", choices=[("general", "Our general rules"), ("health", "Our rules for health"),
                                     ("code", "Our rules for code"), ("", "Nothing")],
        required=False,
    )  # fmt: skip
