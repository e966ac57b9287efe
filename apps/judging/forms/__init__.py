"""What may be typed about judges, runs and trials."""

import json
from typing import Any

from django import forms

from apps.accounts.permissions import Actor
from apps.datasets import queries as dataset_queries
from apps.judging import queries
from apps.judging.forms.choices import judge_label, rubric_choices
from apps.judging.forms.ensembles import EnsembleForm as EnsembleForm
from apps.judging.forms.rankings import RankingForm as RankingForm
from apps.judging.forms.rankings import SmoothingForm as SmoothingForm
from apps.judging.forms.rescoring import RescoreForm as RescoreForm
from apps.judging.forms.starting import RunForm as RunForm
from apps.judging.forms.starting import TryForm as TryForm
from apps.judging.forms.weighing import WeightFitForm as WeightFitForm
from apps.judging.models import EngineKind, JudgeVersion, Protocol
from apps.judging.queries import prices
from apps.rubrics import queries as rubric_queries
from apps.rubrics.models import RubricVersion
from domain import errors, strategies, verdicts
from domain.strategies import rehearsal

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
    "vllm-local": {
        "label": "vLLM in the worker",
        "note": "For a box with one GPU: no server beside the worker, which holds the model. One model a worker.",
        "base_url": "",
        "model": "Qwen/Qwen3-8B",
    },
    "embedded": {
        "label": "Embedded model",
        "note": "A very small model inside the worker, for trying things. Not for production.",
        "base_url": "",
        "model": "",
    },
}
OWN = "own_"
GENERAL = (
    "min_label_mass",
    "value_from",
    "max_reasoning_tokens",
    strategies.HELD,
    "temperature",
    "seed",
    "timeout",
    "long_input",
    "input_tokens",
    "template_settings",
    *prices.PRICES,
    "currency",
)


class JudgeForm(forms.Form):
    """A new judge, or the next version of one; the strategy decides which protocols and settings there are."""

    name = forms.SlugField(
        max_length=80, help_text="Small letters, digits and hyphens. A known name gets a new version."
    )
    kind = forms.ChoiceField(
        label="Engine",
        choices=[
            (EngineKind.SERVED, "a server"),
            (EngineKind.VLLM_LOCAL, "vLLM in the worker"),
            (EngineKind.EMBEDDED, "the embedded model"),
        ],
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
    strategy = forms.ChoiceField(
        choices=[(each.about.name, each.about.title) for each in strategies.every()], required=False
    )
    protocol = forms.ChoiceField(
        label="Protocol", required=False,
        help_text="What the judge sees beside one criterion. Reasoned quotes evidence and costs about a hundred tokens "
        "a verdict; with the whole rubric in view, an edit to one criterion asks again about all.",
    )  # fmt: skip
    min_label_mass = forms.FloatField(
        label="Least label mass", required=False, min_value=0, max_value=1, initial=verdicts.MIN_LABEL_MASS,
        help_text="How much of its probability the model must put on the offered labels, else a verdict is unscored.",
    )  # fmt: skip
    value_from = forms.ChoiceField(
        label="Value of a verdict", required=False,
        choices=[("", "the likeliest label"), ("expectation", "the mean over all labels")],
    )  # fmt: skip
    max_reasoning_tokens = forms.IntegerField(
        label="Most tokens of reasoning", required=False, help_text="8 to 2000; 160 where left empty."
    )
    hold_to_form = forms.BooleanField(
        label="Hold replies to their form", required=False, initial=True,
        help_text="Where the engine can: the reasoning first, in a bounded length, then one of the replies on offer. "
        "Switch it off for a model that must think aloud first.",
    )  # fmt: skip
    temperature = forms.FloatField(
        label="Temperature", required=False, help_text="Of what is written; 0 where left empty. Labels are never drawn."
    )
    seed = forms.IntegerField(label="Seed", required=False, help_text="Of what is drawn; 0 where left empty.")
    timeout = forms.FloatField(label="Timeout, seconds", required=False, help_text="Of one request: 1 to 3600.")
    long_input = forms.ChoiceField(
        label="Answers that are too long", required=False,
        choices=[
            ("", "refuse: no verdict, with the reason"),
            ("middle_cut", "leave out the middle"),
            ("chunk_merge", "judge pieces and merge"),
        ],
        help_text="Only answers are cut, never the task or the rubric, and every verdict on a cut answer says so. "
        "Of pieces the highest value counts; of levels the mean.",
    )  # fmt: skip
    input_tokens = forms.IntegerField(
        label="Most tokens of a prompt", required=False, help_text="Left empty, what the model reads at most."
    )
    template_settings = forms.CharField(
        label="Settings of the chat template", required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text='Names with values, such as {"enable_thinking": false}.',
    )  # fmt: skip
    price_prompt = forms.FloatField(
        label="Price of a million prompt tokens", required=False, help_text="For estimates; changes no verdict."
    )
    price_cached = forms.FloatField(
        label="of those from the cache", required=False, help_text="The same where left empty."
    )
    price_written = forms.FloatField(label="Price of a million written tokens", required=False)
    price_hour = forms.FloatField(
        label="Price of an hour of the engine", required=False, help_text="For a machine of your own."
    )
    currency = forms.CharField(label="Currency", required=False, max_length=8, help_text="Such as EUR.")
    lineage = forms.CharField(
        label="Family of the base model", required=False, max_length=120,
        help_text="Such as qwen3. A judge should not come from the family of the model it trains.",
    )  # fmt: skip
    make_default = forms.BooleanField(label="Use it wherever no judge is named", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = self.data.get("kind") or self.initial.get("kind")
        self.fields["base_url"].required = kind not in {EngineKind.EMBEDDED, EngineKind.VLLM_LOCAL}
        self.fields["model"].required = kind != EngineKind.EMBEDDED
        chosen = self.data.get("strategy") or self.initial.get("strategy")
        self.about = strategies.get(chosen if chosen in strategies.NAMES else strategies.NAMES[0]).about
        protocol = self.fields["protocol"]
        assert isinstance(protocol, forms.ChoiceField)
        protocol.choices = [(name, Protocol(name).label) for name in self.about.protocols]
        protocol.required = len(self.about.protocols) > 1
        protocol.initial = Protocol.RUBRIC_CONTEXT if Protocol.RUBRIC_CONTEXT in self.about.protocols else None
        if not any(rehearsal.has_form(self.about.name, name) for name in self.about.protocols):
            self.fields.pop(strategies.HELD)
        for setting in self.about.settings:
            self.fields.pop(setting.name, None)
            self.fields[OWN + setting.name] = field_of(setting)

    def own(self) -> list[forms.BoundField]:
        """The fields of the strategy's own settings."""
        return [self[OWN + setting.name] for setting in self.about.settings]

    def general(self) -> list[forms.BoundField]:
        """The fields of settings that every strategy has, where this one has none of the same name."""
        return [self[name] for name in GENERAL if name in self.fields]

    def clean_strategy(self) -> str:
        """The strategy; the first one where none was chosen."""
        return self.cleaned_data["strategy"] or self.about.name

    def clean_protocol(self) -> str:
        """The protocol; a strategy that has one only is never asked for it."""
        return self.cleaned_data["protocol"] or self.about.protocols[0]

    def clean_template_settings(self) -> dict[str, Any]:
        """Names with values, from JSON."""
        text = self.cleaned_data["template_settings"]
        try:
            found = json.loads(text) if text else {}
        except ValueError as error:
            raise forms.ValidationError(f"This is not JSON: {error}.") from error
        if not isinstance(found, dict):
            raise forms.ValidationError('Names with values are needed, such as {"enable_thinking": false}.')
        return found

    def engine(self) -> dict[str, Any]:
        """The engine as services take it."""
        given = self.cleaned_data
        if given["kind"] == EngineKind.EMBEDDED:
            return {"kind": given["kind"], "lineage": given["lineage"]}
        if given["kind"] == EngineKind.VLLM_LOCAL:
            return {"kind": given["kind"], "model": given["model"], "lineage": given["lineage"]}
        return {
            "kind": given["kind"],
            "base_url": given["base_url"],
            "model": given["model"],
            "api_key": given["api_key"] or None,
            "replicas": given["replicas"].split(),
            "lineage": given["lineage"],
        }

    def settings(self) -> dict[str, Any]:
        """The settings as services take them: what was typed, and of the strategy's own what is not the default."""
        given = self.cleaned_data
        typed = {name: given[name] for name in GENERAL if name in self.fields and given[name] not in (None, "", {})}
        own = {setting.name: _plain(given[OWN + setting.name]) for setting in self.about.settings}
        usual = {setting.name: setting.default for setting in self.about.settings}
        return typed | {name: value for name, value in own.items() if value is not None and value != usual[name]}


def field_of(setting: strategies.Setting) -> forms.Field:
    """The field in which a strategy's own setting is typed."""
    fixed: dict[str, Any] = {"label": setting.label, "initial": setting.default, "required": False}
    if isinstance(setting.default, bool):
        return forms.BooleanField(**fixed)
    if setting.choices:
        return forms.ChoiceField(choices=setting.choices, **fixed)
    fixed["help_text"] = setting.sentence
    if isinstance(setting.default, int):
        return forms.IntegerField(**fixed)
    if isinstance(setting.default, float):
        return forms.FloatField(**fixed)
    rows = str(setting.default).count("\n") + 1
    return forms.CharField(widget=forms.Textarea(attrs={"rows": min(rows + 1, 12)}), **fixed)


def _plain(value: Any) -> Any:
    """A typed value, with the line ends that are stored; an empty one means the default."""
    return (value.replace("\r\n", "\n") or None) if isinstance(value, str) else value


class BakeoffForm(forms.Form):
    """Judges to compare: one rubric version, one labelled data set."""

    rubric = forms.ChoiceField(label="Rubric")
    dataset = forms.ChoiceField(label="Labelled data set")
    judges = forms.MultipleChoiceField(
        label="Judges", widget=forms.CheckboxSelectMultiple,
        help_text="Strategies and models side by side; set up a judge for each combination.",
    )  # fmt: skip
    prompts = forms.IntegerField(
        label="At most so many prompts", required=False, min_value=1,
        help_text="Drawn from those that people labelled; left empty, all of them.",
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        offered = {
            "rubric": rubric_choices(actor)[:1],
            "dataset": [(d.slug, f"{d.title} ({d.slug})") for d in queries.labelled_datasets(actor)],
            "judges": [(str(judge), judge_label(judge)) for judge in queries.judge_choices(actor)],
        }
        for name, choices in offered.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices

    def selection(self) -> dict[str, Any]:
        """What the service takes."""
        given = self.cleaned_data
        return {
            "version": rubric_queries.resolve(self.actor, given["rubric"]).general,
            "dataset": dataset_queries.get_dataset(self.actor, given["dataset"]),
            "judges": [queries.judge_by_ref(self.actor, ref) for ref in given["judges"]],
            "prompts": given["prompts"],
        }


JURY_RULES = [
    ("mean", "mean of the values"),
    ("median", "median of the values"),
    ("majority", "the level most judges name; a tie is unscored"),
    ("weighted", "mean, weighted by agreement with what people settled, per criterion"),
]


class JuryForm(forms.Form):
    """How the judges of a run become one."""

    rule = forms.ChoiceField(label="Rule", choices=JURY_RULES)
    quorum = forms.IntegerField(
        label="Judges that must have decided", min_value=1, max_value=10,
        help_text="With fewer the criterion stays unscored.",
    )  # fmt: skip


class CascadeForm(forms.Form):
    """A cascade: first judge, better judge, people; the margins chosen for a target; over which answers."""

    rubric = forms.ChoiceField(label="Rubric")
    first = forms.ChoiceField(label="First judge", help_text="It judges everything.")
    second = forms.ChoiceField(label="Then", required=False, help_text="It judges what the first one doubts.")
    people = forms.BooleanField(label="What is still undecided goes to people, as a review queue", required=False)
    target = forms.FloatField(
        label="Agreement to reach", required=False, min_value=0.5, max_value=1,
        help_text="From 0.5 to 1, with what people settled. Margins are chosen to reach it at least cost. Empty: the "
        "margin below holds for every criterion.",
    )  # fmt: skip
    least_margin = forms.FloatField(
        label="Doubt margins below", min_value=0, max_value=1, initial=0.1,
        help_text="Margins under 0.1 are within what a prompt cache changes.",
    )  # fmt: skip
    label_mass = forms.FloatField(label="Doubt label mass below", required=False, min_value=0, max_value=1)
    cost_ratio = forms.FloatField(
        label="Cost of the second judge", required=False, min_value=0, max_value=100_000,
        help_text="In verdicts of the first. Empty: as measured in tokens.",
    )  # fmt: skip
    dataset = forms.ChoiceField(label="Data set", required=False)
    limit = forms.IntegerField(
        label="At most so many answers", required=False, min_value=1, help_text="Left empty, all of them."
    )
    name = forms.CharField(label="Name", required=False, max_length=200, help_text="Left empty, one is made.")

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        judges = [(str(judge), judge_label(judge)) for judge in queries.judge_choices(actor)]
        sets = [(one.slug, f"{one.title} ({one.slug})") for one in dataset_queries.list_datasets(actor)]
        choices = {
            "rubric": rubric_choices(actor)[:1], "first": judges, "second": [("", "nobody"), *judges],
            "dataset": [("", "not yet"), *sets],
        }  # fmt: skip
        for name, offered in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = offered

    def version(self) -> RubricVersion:
        """The version that is judged by."""
        found = rubric_queries.resolve(self.actor, self.cleaned_data["rubric"]).general
        assert found is not None
        return found

    def judges(self) -> list[JudgeVersion]:
        """The judges in their order."""
        names = [self.cleaned_data["first"], self.cleaned_data["second"]]
        return [queries.judge_by_ref(self.actor, name) for name in names if name]

    def rules(self) -> dict[str, Any]:
        """The rules as services take them."""
        given = self.cleaned_data
        return {"margin": given["least_margin"], "label_mass": given["label_mass"]}

    def selection(self) -> dict[str, Any]:
        """What starting a run takes; raises Invalid without a data set."""
        given = self.cleaned_data
        if not given["dataset"]:
            said = "Choose the data set whose answers are judged."
            raise errors.Invalid(said, problems=[errors.Problem("/dataset", said)])
        return {
            "versions": [self.version()],
            "judges": self.judges(),
            "dataset": dataset_queries.get_dataset(self.actor, given["dataset"]),
            "filter": {"limit": given["limit"]} if given["limit"] else {},
        }


def checked(form: forms.Form) -> dict[str, Any]:
    """What a form without a page of its own was given; raises Invalid with all that is wrong."""
    if not form.is_valid():
        raise errors.Invalid(" ".join(str(said) for given in form.errors.values() for said in given))
    return form.cleaned_data


def take_problems(form: forms.Form, error: errors.Invalid) -> None:
    """Show a service's problems beside the fields they are about, else above the form."""
    problems = error.problems or (errors.Problem("", error.message),)
    for problem in problems:
        name = problem.pointer.strip("/").split("/")
        known = [field for part in reversed(name) for field in (OWN + part, part) if field in form.fields]
        form.add_error(known[0] if known else None, problem.message)
