"""What is judged: a run over a data set, or one answer that is tried."""

from typing import Any

from django import forms

from apps.accounts.permissions import Actor
from apps.datasets import queries as dataset_queries
from apps.judging import queries, services
from apps.judging.forms.choices import judge_label, rubric_choices
from apps.rubrics import queries as rubric_queries


class RunForm(forms.Form):
    """A run: which rubric, over which answers, by which judges."""

    rubric = forms.ChoiceField(label="Rubric", help_text="A version of a rubric, or a rubric set.")
    compare = forms.ChoiceField(
        label="Compare with", required=False, help_text="A second version, judged on the same answers."
    )
    dataset = forms.ChoiceField(label="Data set")
    judges = forms.MultipleChoiceField(
        label="Judges", widget=forms.CheckboxSelectMultiple, required=False,
        help_text="None is needed where every criterion is a check that decides alone.",
    )  # fmt: skip
    limit = forms.IntegerField(
        label="At most so many answers", required=False, min_value=1, help_text="Left empty, all of them."
    )
    tags = forms.CharField(
        label="Only prompts with these tags", required=False, max_length=400, help_text="Separated by commas."
    )
    samples = forms.IntegerField(
        label="Verdicts a criterion", min_value=1, max_value=32, initial=1,
        help_text="More than one shows how steady a reasoned judge is.",
    )  # fmt: skip
    name = forms.CharField(label="Name", required=False, max_length=200, help_text="Left empty, one is made.")

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        rubrics = rubric_choices(actor)
        self._choices("rubric", rubrics)
        self._choices("compare", [("", "nothing"), *rubrics[:1]])
        self._choices("dataset", [(d.slug, f"{d.title} ({d.slug})") for d in dataset_queries.list_datasets(actor)])
        self._choices("judges", [(str(judge), judge_label(judge)) for judge in queries.judge_choices(actor)])

    def _choices(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def selection(self) -> dict[str, Any]:
        """What services take: versions or a set, data set, filter, judges, samples."""
        given = self.cleaned_data
        first = rubric_queries.resolve(self.actor, given["rubric"])
        versions = [first.general] if first.general else []
        if given["compare"] and given["compare"] != given["rubric"]:
            second = rubric_queries.resolve(self.actor, given["compare"]).general
            versions += [second] if second else []
        tags = [tag.strip() for tag in given["tags"].split(",") if tag.strip()]
        chosen = {"limit": given["limit"], "tags": tags}
        judges = services.judges_for(
            by=self.actor, refs=given["judges"], versions=versions, set_version=first.set_version, default=False
        )
        return {
            "versions": versions,
            "set_version": first.set_version,
            "dataset": dataset_queries.get_dataset(self.actor, given["dataset"]),
            "filter": {name: value for name, value in chosen.items() if value},
            "judges": judges,
            "samples": given["samples"],
        }


class TryForm(forms.Form):
    """One answer to try a rubric on: pasted, or picked from a data set."""

    judge = forms.ChoiceField(label="Judge", required=False)
    prompt = forms.CharField(label="Task", widget=forms.Textarea(attrs={"rows": 4}), strip=False)
    response = forms.CharField(label="Answer", widget=forms.Textarea(attrs={"rows": 10}), strip=False)
    reference = forms.CharField(
        label="Reference answer", widget=forms.Textarea(attrs={"rows": 3}), required=False, strip=False,
        help_text="Only for criteria that need one.",
    )  # fmt: skip
    subject = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, actor: Actor, needs_judge: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        none = [] if needs_judge else [("", "none: checks decide every criterion")]
        field = self.fields["judge"]
        assert isinstance(field, forms.ChoiceField)
        field.required = needs_judge
        field.choices = none + [(str(judge), judge_label(judge)) for judge in queries.judge_choices(actor)]

    def clean(self) -> dict[str, Any]:
        """Texts with the line ends that are stored, whatever the browser sent."""
        cleaned = super().clean() or {}
        texts = ("prompt", "response", "reference")
        return cleaned | {name: cleaned.get(name, "").replace("\r\n", "\n") for name in texts}
