"""Forms around the library: a new rubric, an import, the filter."""

import base64
import zlib
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from apps.rubrics import queries
from apps.rubrics.forms.fields import add_problems, lines
from domain import errors, formats

MAX_FILE = 64 * 2**20
STATUSES = [
    ("", "any state"), ("draft", "with a draft"), ("in_review", "in review"), ("approved", "approved"),
    ("retired", "with retired versions"), ("archived", "archived"),
]  # fmt: skip
SHOWN = [("", "everybody's"), ("mine", "mine"), ("favourites", "my favourites"), ("templates", "templates")]
SCOPES = [("", "any scope"), ("general", "general"), ("prompt", "for one prompt")]
SORTS = [
    ("", "last edited first"), ("title", "by title"), ("newest", "newest first"), ("oldest", "oldest first"),
]  # fmt: skip


CHOICES = {"status": STATUSES, "show": SHOWN, "scope": SCOPES, "sort": SORTS}


class FilterForm(forms.Form):
    """What the library shows; a value that cannot be asks for everything."""

    q = forms.CharField(required=False, max_length=200)
    status = forms.ChoiceField(required=False, choices=STATUSES)
    show = forms.ChoiceField(required=False, choices=SHOWN)
    scope = forms.ChoiceField(required=False, choices=SCOPES)
    sort = forms.ChoiceField(required=False, choices=SORTS)
    tag = forms.CharField(required=False, max_length=60)
    author = forms.CharField(required=False, max_length=9)
    language = forms.CharField(required=False, max_length=16)

    def wanted(self) -> queries.Wanted:
        """The filter."""
        self.is_valid()
        return queries.Wanted(**{key: str(value) for key, value in self.cleaned_data.items()})


class RubricForm(forms.Form):
    """A new rubric."""

    title = forms.CharField(
        max_length=300,
        widget=forms.TextInput(attrs={"autofocus": True}),
        help_text="What is judged, for example: Discharge letters.",
    )
    slug = forms.SlugField(
        required=False,
        max_length=120,
        label="Name in references",
        help_text="Lower-case letters, digits and hyphens. Left empty, it is made from the title.",
    )
    tags = forms.CharField(required=False, max_length=500, help_text="For the library, with commas between.")
    beginning = forms.CharField(required=False, max_length=200)

    def tag_list(self) -> list[str]:
        """The library tags."""
        return [tag.strip() for tag in self.cleaned_data["tags"].split(",") if tag.strip()]

    def refuse(self, error: errors.StudioError) -> None:
        """Show why the rubric was refused."""
        if error.code in {"slug_taken", "slug_invalid"}:
            self.add_error("slug", error.message)
        else:
            add_problems(self, error, {"title": "title"})


class ImportForm(forms.Form):
    """A file or pasted text in one of the known formats; `kept` carries a file from the preview on."""

    format = forms.ChoiceField(
        choices=[("auto", "Find out from the file"), *((name, formats.NAMES[name]) for name in formats.READERS)],
        initial="auto",
    )
    file = forms.FileField(required=False)
    text = forms.CharField(required=False, strip=False, widget=lines(8, spellcheck="false"), label="Or paste it here")
    slug = forms.SlugField(
        required=False,
        max_length=100,
        label="Name",
        help_text="Of the rubric, or of the set where the file holds many. The name of a rubric that is here "
        "already makes the file its next draft. Left empty, the file decides.",
    )
    kept = forms.CharField(required=False, widget=forms.HiddenInput)
    file_name = forms.CharField(required=False, max_length=300, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """One of them, not none."""
        said = super().clean() or {}
        file = said.get("file")
        if file and file.size > MAX_FILE:
            raise ValidationError(f"A file may have at most {MAX_FILE // 2**20} MB here; split it.")
        if not file and not (said.get("text") or "").strip() and not said.get("kept"):
            raise ValidationError("Choose a file or paste its text.")
        return said

    def data_bytes(self) -> bytes:
        """What is imported: the new file, else the new text, else what the preview was shown for."""
        file = self.cleaned_data["file"]
        if isinstance(file, UploadedFile):
            return bytes(file.read())
        if self.cleaned_data["text"].strip():
            return str(self.cleaned_data["text"]).encode("utf-8", "surrogatepass")
        return _unpacked(self.cleaned_data["kept"])

    def name(self) -> str:
        """The name of the file, where it has one."""
        file = self.cleaned_data["file"]
        return str(file.name or "")[:300] if isinstance(file, UploadedFile) else str(self.cleaned_data["file_name"])

    def refuse(self, error: errors.StudioError) -> None:
        """Show why the file was refused, with the place of each fault."""
        problems = error.problems if isinstance(error, errors.Invalid) else ()
        for problem in problems[:20]:
            self.add_error(None, f"{problem.pointer}: {problem.message}" if problem.pointer else problem.message)
        if len(problems) > 20:
            self.add_error(None, f"And {len(problems) - 20} more faults.")
        if not problems:
            self.add_error(None, error.message)


def packed(data: bytes) -> str:
    """A file as text that a form can carry."""
    return base64.b64encode(zlib.compress(data, 6)).decode()


def _unpacked(text: str) -> bytes:
    """The file that a form carried; never more than a file may have."""
    try:
        unpacker = zlib.decompressobj()
        data = unpacker.decompress(base64.b64decode(text, validate=True), MAX_FILE)
    except (ValueError, zlib.error) as error:
        raise errors.Invalid("The file of the preview is damaged; choose it again.", code="preview_damaged") from error
    if not unpacker.eof:
        raise errors.Invalid("The file of the preview is damaged; choose it again.", code="preview_damaged")
    return data
