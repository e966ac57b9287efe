"""What may be typed to find and replace."""

from django import forms

from domain.rubric import replacing


class ReplaceForm(forms.Form):
    """The text to find and what to write instead."""

    find = forms.CharField(max_length=500, strip=False)
    replace = forms.CharField(max_length=2_000, required=False, strip=False, label="Replace with")
    case = forms.BooleanField(required=False, label="Same capitals and small letters")
    word = forms.BooleanField(required=False, label="Whole words only")

    def search(self) -> replacing.Search:
        """What was typed, for the domain."""
        return replacing.Search(**self.cleaned_data)
