"""Forms for what belongs to a version as a whole: settings, guidelines, groups, new criteria, notes."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, cast

from django import forms

from apps.rubrics.forms.fields import add_problems, lines, number_input
from apps.rubrics.forms.rows import Rows
from domain import errors, pipeline, rubric

ABSENCE = [("null", "no reward at all"), ("exclude", "leave it out, the score covers less")]
SUMS = [
    ("weighted", "weighted sum: values times weights, pitfalls subtract"),
    ("tree", "tree: every group is the weighted mean of what lies in it"),
]
NEGATIVES = [
    ("subtract", "a true pitfall subtracts its weight"),
    ("reward_absence", "a pitfall that is absent adds its weight"),
]
NORMALISE = [
    ("positive_weight", "divide by the sum of positive weights, so that 1 is perfect"),
    ("none", "leave the plain sum of points"),
]
PLACES = {
    "title": "title", "description": "description", "language": "language", "translation_of": "translation_of",
    "scoring": "sum", "min_words": "min_words", "floor": "floor", "unscored": "unscored_other",
}  # fmt: skip
KEYS = ("title", "description", "language", "translation_of", "scoring", "unscored", "content_gate")
_BULLET = re.compile(r"^\s*(?:[-*•]|\d{1,3}[.)])\s+")


class SettingsForm(forms.Form):
    """Title, description, language, scoring and what happens to missing verdicts."""

    title = forms.CharField(max_length=300)
    description = forms.CharField(required=False, max_length=20_000, widget=lines(3))
    tags = forms.CharField(
        required=False, max_length=500, help_text="For the library, with commas between. They belong to no version."
    )
    language = forms.CharField(max_length=16, help_text="A language code such as en or de.")
    translation_of = forms.CharField(
        required=False, max_length=200, help_text="The version this one translates, as name@number."
    )
    gate = forms.BooleanField(required=False, label="Gates of criteria limit the score")
    sum = forms.ChoiceField(choices=SUMS, widget=forms.RadioSelect, label="How values become a score")
    negatives = forms.ChoiceField(choices=NEGATIVES, widget=forms.RadioSelect, label="Pitfalls in a weighted sum")
    normalise = forms.ChoiceField(choices=NORMALISE, widget=forms.RadioSelect, label="Size of a weighted sum")
    unscored_essential = forms.ChoiceField(choices=ABSENCE, label="An essential criterion has no verdict")
    unscored_gate = forms.ChoiceField(choices=ABSENCE, label="A criterion with a gate has no verdict")
    unscored_pitfall = forms.ChoiceField(choices=ABSENCE, label="A pitfall has no verdict")
    unscored_other = forms.ChoiceField(choices=ABSENCE, label="Another criterion has no verdict")
    min_words = forms.IntegerField(min_value=0, label="An answer needs at least this many words")
    floor = forms.FloatField(min_value=-1, max_value=1, widget=number_input(), label="Otherwise its score is")

    def __init__(self, *args: Any, document: dict[str, Any], tags: list[str], **kwargs: Any) -> None:
        kwargs.setdefault("initial", {**settings_of(document), "tags": ", ".join(tags)})
        super().__init__(*args, **kwargs)
        self.document = document
        present = settings_of(document)["sum"]
        if present not in dict(SUMS):
            title = pipeline.STEPS[present].about.title
            field = cast("forms.ChoiceField", self.fields["sum"])
            field.choices = [(present, f"{title.lower()}, as the steps of the scoring say"), *SUMS]

    def changes(self) -> dict[str, Any]:
        """What was typed, as keys of the document."""
        said = self.cleaned_data
        return {
            **{key: said[key] for key in ("title", "description", "language")},
            "translation_of": said["translation_of"] or None,
            "scoring": self._scoring(),
            "unscored": {key: said[f"unscored_{key}"] for key in rubric.UnscoredPolicy.model_fields},
            "content_gate": {"min_words": said["min_words"], "floor": said["floor"]},
        }

    def tag_list(self) -> list[str]:
        """The library tags."""
        return [tag.strip() for tag in self.cleaned_data["tags"].split(",") if tag.strip()]

    def refuse(self, error: errors.StudioError) -> None:
        """Show why the document was refused."""
        add_problems(self, error, PLACES)

    def _scoring(self) -> list[dict[str, Any]]:
        """The steps that were chosen; the stored order stays where nothing was chosen differently."""
        said = self.cleaned_data
        present = settings_of(self.document)
        if all(said[key] == present[key] for key in ("gate", "sum", "negatives", "normalise")):
            steps: list[dict[str, Any]] = self.document["scoring"]
            return steps
        total: dict[str, Any] = {"step": said["sum"]}
        if said["sum"] == "weighted":
            total |= {"negatives": said["negatives"], "normalise": said["normalise"]}
        elif said["sum"] == present["sum"]:
            total = next(step for step in self.document["scoring"] if step["step"] in pipeline.SUMS)
        others = [step for step in self.document["scoring"] if step["step"] != "gate"]
        kept = [total if step["step"] in pipeline.SUMS else step for step in others]
        return [*([{"step": "gate"}] if said["gate"] else []), *kept]


def settings_of(document: dict[str, Any]) -> dict[str, Any]:
    """What the settings form shows for a document."""
    total = next(step for step in document["scoring"] if step["step"] in pipeline.SUMS)
    return {
        **{key: document[key] for key in ("title", "description", "language")},
        "translation_of": document["translation_of"] or "",
        "gate": any(step["step"] == "gate" for step in document["scoring"]),
        "sum": total["step"],
        "negatives": total.get("negatives", "subtract"),
        "normalise": total.get("normalise", "positive_weight"),
        **{f"unscored_{key}": value for key, value in document["unscored"].items()},
        **document["content_gate"],
    }


class GuidelineForm(forms.Form):
    """One guideline."""

    id = forms.CharField(required=False, max_length=80, widget=forms.HiddenInput)
    text = forms.CharField(required=False, max_length=20_000, widget=lines(2), label="Guideline")


GuidelineFormSet = forms.formset_factory(GuidelineForm, formset=Rows, extra=1, max_num=500, absolute_max=600)


def guidelines_from(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Guidelines as the document holds them; those left empty are gone."""
    kept = [row for row in rows if row.get("text")]
    return [
        {"id": row.get("id") or rubric.guideline_id(n, row["text"]), "text": row["text"]} for n, row in enumerate(kept)
    ]


class GroupForm(forms.Form):
    """A group of criteria."""

    title = forms.CharField(max_length=500)
    weight = forms.FloatField(min_value=0, max_value=rubric.MAX_WEIGHT, initial=1, widget=number_input(min=0))
    parent = forms.ChoiceField(required=False, label="Inside")

    def __init__(self, *args: Any, groups: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["parent"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "no other group"), *groups]

    def refuse(self, error: errors.StudioError) -> None:
        """Show why the document was refused."""
        add_problems(self, error, {"title": "title", "weight": "weight", "parent": "parent"})


class GroupCellForm(forms.Form):
    """Title and weight of a group in its row."""

    title = forms.CharField(required=False, max_length=500)
    weight = forms.FloatField(min_value=0, max_value=rubric.MAX_WEIGHT)


class AddForm(forms.Form):
    """New criteria, one a line."""

    texts = forms.CharField(
        max_length=200_000,
        label="Write a criterion, or paste a list with one on each line",
        widget=lines(1, **{"data-key": "n", "data-key-label": "new criterion", "data-kept": ""}),
    )
    group = forms.ChoiceField(required=False)

    def __init__(self, *args: Any, groups: list[tuple[str, str]], focus: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["group"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "no group"), *groups]
        if focus:
            self.fields["texts"].widget.attrs["autofocus"] = True

    def criteria(self) -> list[dict[str, Any]]:
        """The criteria that were typed, without bullets and numbers in front."""
        group = self.cleaned_data["group"] or None
        texts = (_BULLET.sub("", line).strip() for line in self.cleaned_data["texts"].splitlines())
        return [{"text": text, "group": group} for text in texts if text]

    def refuse(self, error: errors.StudioError) -> None:
        """Show why the document was refused."""
        add_problems(self, error, {"text": "texts", "group": "group"})


class NoteForm(forms.Form):
    """A note to a decision."""

    note = forms.CharField(required=False, max_length=5_000, widget=lines(2))


class RetireForm(NoteForm):
    """Why a version is taken out of service."""

    note = forms.CharField(
        max_length=5_000, widget=lines(2), label="Why it is retired",
        error_messages={"required": "Say why it is retired: whoever asks for it later reads that."},
    )  # fmt: skip


class CommentForm(forms.Form):
    """A comment in a discussion."""

    text = forms.CharField(max_length=10_000, widget=lines(3), label="Comment")


class ThreadForm(CommentForm):
    """A new discussion, on the rubric, a criterion or one of its levels."""

    criterion = forms.ChoiceField(required=False, label="About")

    def __init__(self, *args: Any, criteria: Iterable[Mapping[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["criterion"]
        assert isinstance(field, forms.ChoiceField)
        self.places: dict[str, tuple[str, str]] = {"": ("", "")}
        choices = [("", "the whole rubric")]
        for number, item in enumerate(criteria, 1):
            self.places[item["id"]] = (item["id"], "")
            choices.append((item["id"], f"{number}. {_shortened(item['text'])}"))
            for n, level in enumerate(item["levels"] if isinstance(item["levels"], list) else []):
                self.places[f"{item['id']}:{n}"] = (item["id"], str(level["label"])[:80])
                choices.append((f"{item['id']}:{n}", f"\u2003{number}, level “{_shortened(str(level['label']))}”"))
        field.choices = choices

    def about(self) -> dict[str, str]:
        """The criterion and the level that were chosen."""
        return dict(zip(("criterion", "level"), self.places[self.cleaned_data["criterion"]], strict=True))


def _shortened(text: str) -> str:
    return text if len(text) < 70 else f"{text[:69]}…"
