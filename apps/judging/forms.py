"""What may be typed about judges, runs and trials."""

from typing import Any

from django import forms

from apps.accounts.permissions import Actor
from apps.datasets import queries as dataset_queries
from apps.judging import queries
from apps.judging.models import EngineKind, JudgeVersion, Protocol
from apps.rubrics import queries as rubric_queries
from apps.rubrics.models import RubricSetVersion, RubricVersion, VersionStatus
from domain import errors, verdicts

PRESETS = {
    "vllm": {
        "label": "vLLM server",
        "note": "vllm serve on your GPUs. Reads all criteria of an answer with one pass over it.",
        "base_url": "http://127.0.0.1:8000/v1",
        "model": "Qwen/Qwen3-8B",
    },
    "llama-cpp": {
        "label": "llama.cpp server",
        "note": "llama-server with a GGUF file, on a GPU or a good CPU.",
        "base_url": "http://127.0.0.1:8080/v1",
        "model": "default",
    },
    "gateway": {
        "label": "OpenAI-compatible gateway",
        "note": "Any server that gives log probabilities. Slower: the answer is read again for each criterion.",
        "base_url": "https://gateway.example.org/v1",
        "model": "",
    },
    "embedded": {
        "label": "Embedded model",
        "note": "A very small model inside the worker, for trying things. Not for production.",
        "base_url": "",
        "model": "",
    },
}
OPEN = (VersionStatus.DRAFT, VersionStatus.IN_REVIEW, VersionStatus.APPROVED)


class JudgeForm(forms.Form):
    """A new judge, or the next version of one."""

    name = forms.SlugField(
        max_length=80, help_text="Small letters, digits and hyphens. A known name gets a new version."
    )
    kind = forms.ChoiceField(
        label="Engine", choices=[(EngineKind.SERVED, "a server"), (EngineKind.EMBEDDED, "the embedded model")]
    )
    base_url = forms.CharField(
        label="Address of the server", required=False, max_length=500,
        help_text="Up to and with /v1. Workers must reach it; the browser need not.",
    )  # fmt: skip
    model = forms.CharField(label="Model", required=False, max_length=200, help_text="As the server names it.")
    api_key = forms.CharField(
        label="API key", required=False, widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text="Kept encrypted, never shown. Left empty, the last version's key stays while the address stays.",
    )  # fmt: skip
    replicas = forms.CharField(
        label="Further addresses of the same model", required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="One a line. The criteria of one answer stay together on one of them.",
    )  # fmt: skip
    protocol = forms.ChoiceField(
        choices=Protocol, label="Protocol", initial=Protocol.RUBRIC_CONTEXT,
        help_text="What the judge sees beside one criterion. Reasoned quotes evidence and costs about a hundred tokens "
        "a verdict; with the whole rubric in view, an edit to one criterion asks again about all.",
    )  # fmt: skip
    min_label_mass = forms.FloatField(
        label="Least label mass", required=False, min_value=0, max_value=1, initial=verdicts.MIN_LABEL_MASS,
        help_text="How much of its probability the model must put on the offered labels, else a verdict is unscored.",
    )  # fmt: skip
    lineage = forms.CharField(
        label="Family of the base model", required=False, max_length=120,
        help_text="Such as qwen3. A judge should not come from the family of the model it trains.",
    )  # fmt: skip
    make_default = forms.BooleanField(label="Use it wherever no judge is named", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = self.data.get("kind") or self.initial.get("kind")
        for name in ("base_url", "model"):
            self.fields[name].required = kind != EngineKind.EMBEDDED

    def engine(self) -> dict[str, Any]:
        """The engine as services take it."""
        given = self.cleaned_data
        if given["kind"] == EngineKind.EMBEDDED:
            return {"kind": given["kind"], "lineage": given["lineage"]}
        return {
            "kind": given["kind"],
            "base_url": given["base_url"],
            "model": given["model"],
            "api_key": given["api_key"] or None,
            "replicas": given["replicas"].split(),
            "lineage": given["lineage"],
        }

    def settings(self) -> dict[str, Any]:
        """The settings as services take them."""
        mass = self.cleaned_data["min_label_mass"]
        return {} if mass is None else {"min_label_mass": mass}


class RunForm(forms.Form):
    """A run: which rubric, over which answers, by which judges."""

    rubric = forms.ChoiceField(label="Rubric", help_text="A version of a rubric, or a rubric set.")
    compare = forms.ChoiceField(
        label="Compare with", required=False, help_text="A second version, judged on the same answers."
    )
    dataset = forms.ChoiceField(label="Data set")
    judges = forms.MultipleChoiceField(label="Judges", widget=forms.CheckboxSelectMultiple)
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
        return {
            "versions": versions,
            "set_version": first.set_version,
            "dataset": dataset_queries.get_dataset(self.actor, given["dataset"]),
            "filter": {name: value for name, value in chosen.items() if value},
            "judges": [queries.judge_by_ref(self.actor, ref) for ref in given["judges"]],
            "samples": given["samples"],
        }


class TryForm(forms.Form):
    """One answer to try a rubric on: pasted, or picked from a data set."""

    judge = forms.ChoiceField(label="Judge")
    prompt = forms.CharField(label="Task", widget=forms.Textarea(attrs={"rows": 4}), strip=False)
    response = forms.CharField(label="Answer", widget=forms.Textarea(attrs={"rows": 10}), strip=False)
    reference = forms.CharField(
        label="Reference answer", widget=forms.Textarea(attrs={"rows": 3}), required=False, strip=False,
        help_text="Only for criteria that need one.",
    )  # fmt: skip
    subject = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["judge"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(judge), judge_label(judge)) for judge in queries.judge_choices(actor)]

    def clean(self) -> dict[str, Any]:
        """Texts with the line ends that are stored, whatever the browser sent."""
        cleaned = super().clean() or {}
        texts = ("prompt", "response", "reference")
        return cleaned | {name: cleaned.get(name, "").replace("\r\n", "\n") for name in texts}


def rubric_choices(actor: Actor) -> list[Any]:
    """Versions that are not retired, and rubric sets, as grouped choices."""
    versions = (
        RubricVersion.objects.filter(rubric__workspace=actor.workspace, rubric__rubric_set=None, status__in=OPEN)
        .select_related("rubric")
        .order_by("rubric__title", "-number")
    )
    sets = RubricSetVersion.objects.filter(rubric_set__workspace=actor.workspace, status__in=OPEN)
    groups: list[Any] = [
        ("Rubrics", [(str(v), f"{v.rubric.title}, version {v.number} ({v.get_status_display()})") for v in versions])
    ]
    found = [
        (str(s), f"{s.rubric_set.title}, version {s.number} ({s.get_status_display()})")
        for s in sets.select_related("rubric_set").order_by("rubric_set__title", "-number")
    ]
    return [*groups, ("Rubric sets", found)] if found else groups


def judge_label(judge: JudgeVersion) -> str:
    """A judge as choices show it."""
    note = ", for trying things" if judge.engine == EngineKind.EMBEDDED else ""
    return f"{judge} · {judge.model} · {judge.get_protocol_display()}{note}"


def take_problems(form: forms.Form, error: errors.Invalid) -> None:
    """Show a service's problems beside the fields they are about, else above the form."""
    problems = error.problems or (errors.Problem("", error.message),)
    for problem in problems:
        name = problem.pointer.strip("/").split("/")
        field = next((part for part in reversed(name) if part in form.fields), None)
        form.add_error(field, problem.message)
