"""On which pairs, by whose verdicts, a version is measured."""

from typing import Any, cast

from django import forms

from apps.judging.models import JudgeVersion
from domain import errors


class MeasureForm(forms.Form):
    """The labelled pairs and the judge."""

    dataset = forms.ChoiceField(label="Pairs of", help_text="Data sets in which somebody said which answer is better.")
    judge = forms.ChoiceField(label="Verdicts of", help_text="Judges that judged under this rubric. Nobody is asked.")

    def __init__(self, *args: Any, datasets: list[Any], judges: list[JudgeVersion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(one.slug, f"{one.title} ({one.orders} comparisons)") for one in datasets]
        cast("forms.ChoiceField", self.fields["dataset"]).choices = named
        cast("forms.ChoiceField", self.fields["judge"]).choices = [(str(one), str(one)) for one in judges]

    @property
    def can_measure(self) -> bool:
        """Whether there are pairs and verdicts."""
        return all(bool(cast("forms.ChoiceField", self.fields[name]).choices) for name in ("dataset", "judge"))


def take_problems(form: forms.Form, error: errors.Invalid) -> None:
    """Show each fault at its field, what has none above all."""
    for problem in error.problems or (errors.Problem("", error.message),):
        name = problem.pointer.strip("/").split("/")[0]
        form.add_error(
            name if name in form.fields else None, error.message if len(error.problems) < 2 else problem.message
        )
