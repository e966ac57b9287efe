"""Where a copy of a version goes."""

from collections.abc import Sequence

from django import forms

from apps.rubrics.forms.fields import add_problems
from domain import errors


class CloneForm(forms.Form):
    """The workspace, title and name of a copy."""

    workspace = forms.ChoiceField(label="Workspace")
    title = forms.CharField(max_length=300)
    slug = forms.SlugField(
        required=False,
        max_length=120,
        label="Name in references",
        help_text="Lower-case letters, digits and hyphens. Left empty, it is made from the title.",
    )

    def __init__(self, *args: object, workspaces: Sequence[tuple[str, str]], **kwargs: object) -> None:
        """Offer the workspaces in which the person writes."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["workspace"].choices = workspaces  # type: ignore[attr-defined]

    def refuse(self, error: errors.StudioError) -> None:
        """Show why it was refused."""
        if error.code in {"slug_taken", "slug_invalid"}:
            self.add_error("slug", error.message)
        else:
            add_problems(self, error, {"title": "title"})
