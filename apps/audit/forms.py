"""What may be typed for an audit."""

import json
from typing import Any

from django import forms
from django.http import QueryDict

from apps.accounts.permissions import Actor
from apps.audit import queries, services
from apps.audit.models import Audit
from apps.datasets import queries as datasets
from apps.judging import queries as judging
from apps.rubrics import queries as rubrics
from domain import audits, benchmarks, errors, probes
from domain.audits import Need, Param

MOST_TABLES = 60
_AT_RUBRIC = errors.Problem("/rubric", "A version is named as slug@number.")
SAID = {
    probes.Wants.SAME: "the score must stay",
    probes.Wants.NO_GAIN: "it must not rise",
    probes.Wants.LOWER: "it must fall",
}  # fmt: skip
BARS = ("accept_from", "balanced_accuracy", "false_accepts", "swap_consistency", "unscored")


class AuditForm(forms.Form):
    """An audit of one kind: on which scores, held against which, with which parameters."""

    first = forms.ChoiceField(
        label="Look at", help_text="One judge and rubric of a run, or one outside scorer. The report card is theirs."
    )
    others = forms.MultipleChoiceField(
        label="Held against", required=False, help_text="Other scores on the same answers.",
        widget=forms.SelectMultiple(attrs={"size": 6}),
    )  # fmt: skip
    dataset = forms.ChoiceField(
        label="Facts from the data set", required=False,
        help_text="It says which answers are right, how long they are and what people gave them. "
        "Left out: the one that the run judged.",
    )  # fmt: skip
    gold = forms.ChoiceField(
        label="Gold scores", required=False, help_text="Scores that stand for the truth. Left out: people's labels."
    )
    seed = forms.IntegerField(
        min_value=0, max_value=services.MOST_SEED, initial=0,
        help_text="Resampling draws by it: the same inputs and seed give the same finding.",
    )  # fmt: skip

    def __init__(self, actor: Actor, entry: audits.Audit, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.entry = entry
        self.sources = _sources(actor)
        choices = [(ref, label) for ref, (label, _) in self.sources.items()]
        self._choices("first", choices)
        self._choices("others", choices)
        self._choices("gold", [("", "people's labels"), *choices])
        sets = [(one.slug, one.title) for one in queries.library_sets(actor)]
        self._choices("dataset", [("", "that of the run"), *sets])
        self.fields["others"].required = Need.SECOND in entry.needs
        if Need.GOLD not in entry.needs:
            del self.fields["gold"]
        self.declared = [one for one in entry.params if one.name not in queries.HIDDEN]
        for one in self.declared:
            self.fields[f"p-{one.name}"] = _field(one)

    def params(self) -> list[forms.BoundField]:
        """The fields of the audit's own parameters."""
        return [self[f"p-{one.name}"] for one in self.declared]

    def wish(self) -> dict[str, Any]:
        """What the service is asked for; to be called where the form is valid."""
        given = self.cleaned_data
        refs = list(dict.fromkeys([given["first"], *given["others"]]))
        inputs: dict[str, Any] = {"scores": [self.sources[ref][1] for ref in refs]}
        if given["dataset"]:
            inputs["dataset"] = given["dataset"]
        if given.get("gold"):
            inputs["gold"] = self.sources[given["gold"]][1]
        params = {one.name: given[f"p-{one.name}"] for one in self.declared}
        return {"kind": self.entry.kind, "inputs": inputs, "params": params, "seed": given["seed"]}

    def take(self, error: errors.StudioError) -> None:
        """Show a refusal at the field it is about, else above the form."""
        problems = getattr(error, "problems", ())
        pointer = error.details.get("pointer", "")
        for place, sentence in [(one.pointer, one.message) for one in problems] or [(pointer, error.message)]:
            parts = place.strip("/").split("/")
            name = f"p-{parts[1]}" if parts[0] == "params" and len(parts) > 1 else parts[-1]
            self.add_error(name if name in self.fields else None, sentence)

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices


class ProbeForm(forms.Form):
    """Which probes are made of which data set."""

    dataset = forms.ChoiceField(label="Data set")
    rubric = forms.CharField(
        required=False, label="Rubric", max_length=120,
        help_text="As slug@number. Its criteria are echoed, stuffed in and pasted; without it those are not made.",
    )  # fmt: skip
    prompts = forms.IntegerField(min_value=1, max_value=services.MOST_PROMPTS, initial=50, help_text="The first ones.")
    answers = forms.IntegerField(
        min_value=1, max_value=probes.MOST_EDITED, initial=1, label="Answers edited", help_text="Of each prompt."
    )
    seed = forms.IntegerField(min_value=0, max_value=2**31 - 1, initial=0)
    edits = forms.MultipleChoiceField(
        required=False, choices=[(one.name, f"{one.title} ({SAID[one.wants]})") for one in probes.EDITS.values()],
        initial=list(probes.EDITS), widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    attacks = forms.IntegerField(
        min_value=0, max_value=len(probes.suite()), initial=6, help_text="On the first answer of each prompt."
    )
    policies = forms.BooleanField(required=False, initial=True, label="Answers of degenerate policies")
    name = forms.SlugField(max_length=80, required=False, help_text="Of the new data set; made of the other if empty.")

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        self.sets = {one.slug: one for one in queries.library_sets(actor)}
        field = self.fields["dataset"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(slug, one.title) for slug, one in self.sets.items()]

    def slug(self) -> str:
        """The name of the new data set."""
        given = self.cleaned_data
        return str(given["name"] or f"{given['dataset'][:60]}-probes-{given['seed']}")

    def wish(self) -> dict[str, Any]:
        """What the service is asked for; to be called where the form is valid."""
        given = self.cleaned_data
        slug, _, number = given["rubric"].strip().partition("@")
        if slug and not number.isdecimal():
            raise errors.Invalid("A version is named as slug@number.", problems=[_AT_RUBRIC])
        version = rubrics.get_version(self.actor, slug, int(number)) if slug else None
        wish = probes.Wish(
            edits=tuple(given["edits"]), attacks=given["attacks"], policies=given["policies"], answers=given["answers"],
            seed=given["seed"],
        )  # fmt: skip
        return {
            "dataset": self.sets[given["dataset"]], "wish": wish, "version": version, "prompts": given["prompts"],
        }  # fmt: skip

    def take(self, error: errors.StudioError) -> None:
        """Show a refusal at the field it is about, else above the form."""
        for one in getattr(error, "problems", ()) or [errors.Problem("", error.message)]:
            name = one.pointer.rpartition("/")[2]
            self.add_error(name if name in self.fields else None, one.message)


def initial_of(audit: Audit) -> dict[str, Any]:
    """The form as an audit was run, to be changed."""
    refs = [source_ref(one) for one in audit.inputs["scores"]]
    held = {"first": refs[0], "others": refs[1:], "dataset": audit.inputs.get("dataset") or "", "seed": audit.seed}
    if audit.inputs.get("gold"):
        held["gold"] = source_ref(audit.inputs["gold"])
    return held | {f"p-{name}": value for name, value in audit.params.items()}


def source_ref(one: dict[str, Any]) -> str:
    """How the form names a source."""
    if "run" in one:
        return f"run|{one['run']}|{one['judge']}|{one['rubric'] or ''}"
    if "dataset" in one:
        return f"stored|{one['dataset']}|{one['judge']}|{one['rubric']}"
    return f"table|{one['table']}|{one['scorer']}"


def _sources(actor: Actor) -> dict[str, tuple[str, dict[str, Any]]]:
    """Everything with scores, by reference: how it is called, and how the service is told."""
    found: dict[str, tuple[str, dict[str, Any]]] = {}
    for side in judging.sides_of(actor, purposes=queries.PURPOSES):
        inputs: dict[str, Any] = {
            "run": str(side.run.pk), "judge": str(side.judge), "rubric": str(side.version) if side.version else None,
        }  # fmt: skip
        found[source_ref(inputs)] = (str(side), inputs)
    tables = list(datasets.score_tables(actor)[:MOST_TABLES])
    scorers = datasets.scorers_of(tables)
    for table in tables:
        for scorer, _ in scorers.get(table.pk, ()):
            given = {"table": table.pk, "scorer": scorer}
            found[source_ref(given)] = (f"{table.name} · {scorer}", given)
    return found


def _field(one: Param) -> forms.Field:
    own: dict[str, Any] = {"label": one.title, "help_text": one.help, "initial": one.default, "required": False}
    if one.kind == "flag":
        return forms.BooleanField(**own)
    if one.kind == "choice":
        return forms.ChoiceField(**own, choices=[(choice, choice) for choice in one.choices])
    if one.kind == "text":
        return forms.CharField(max_length=200, **own)
    bounds: dict[str, Any] = {"min_value": one.low, "max_value": one.high}
    if one.kind == "whole":
        return forms.IntegerField(**own, **bounds)
    return forms.FloatField(**own, **bounds, widget=forms.NumberInput(attrs={"step": "any"}))


class ExamForm(forms.Form):
    """An exam: of which data, by which rubric, how large, and what has to be reached."""

    name = forms.CharField(max_length=200, required=False, help_text="Made of the data set and the rubric if empty.")
    dataset = forms.ChoiceField(
        label="Data set",
        help_text="People said in it which answers are right: by preferences, or by labels 0 and 1.",
    )
    rubric = forms.ChoiceField(
        label="Judged by", help_text="A version that can no longer change. An answer that scores enough is accepted."
    )
    size = forms.IntegerField(
        min_value=4,
        max_value=20_000,
        initial=100,
        label="Answers",
        help_text="One right and one wrong of each prompt.",
    )
    seed = forms.IntegerField(min_value=0, max_value=2**31 - 1, initial=0, help_text="Which prompts are drawn.")
    accept_from = forms.FloatField(min_value=0, max_value=1, initial=0.5, label="Accepted from this score on")
    balanced_accuracy = forms.FloatField(min_value=0, max_value=1, initial=0.8, label="Balanced accuracy, at least")
    false_accepts = forms.FloatField(min_value=0, max_value=1, initial=0.1, label="Wrong answers accepted, at most")
    swap_consistency = forms.FloatField(
        min_value=0, max_value=1, initial=0.9, label="Both orders agree, at least",
        help_text="Asked only of judges that compare two answers.",
    )  # fmt: skip
    unscored = forms.FloatField(min_value=0, max_value=1, initial=0.02, label="Without a score, at most")
    valid_days = forms.IntegerField(min_value=1, max_value=3650, initial=180, label="A licence holds for days")

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sets = {one.slug: one for one in queries.exam_datasets(actor)}
        self.versions = {str(one): one for one in queries.exam_versions(actor)}
        _fill(self.fields["dataset"], [(slug, one.title) for slug, one in self.sets.items()])
        _fill(self.fields["rubric"], [(ref, f"{one.title} v{one.number}") for ref, one in self.versions.items()])
        for name in BARS:
            self.fields[name].widget.attrs["step"] = "any"

    def bars(self) -> list[forms.BoundField]:
        """The fields of what has to be reached."""
        return [self[name] for name in BARS]

    def wish(self) -> dict[str, Any]:
        """What the service is asked for; to be called where the form is valid."""
        given = self.cleaned_data
        return {
            "name": given["name"], "dataset": self.sets[given["dataset"]], "version": self.versions[given["rubric"]],
            "size": given["size"], "seed": given["seed"], "bar": {name: given[name] for name in BARS},
            "valid_days": given["valid_days"],
        }  # fmt: skip

    def take(self, error: errors.StudioError) -> None:
        """Show a refusal at the field it is about, else above the form."""
        for one in getattr(error, "problems", ()) or [errors.Problem("", error.message)]:
            name = one.pointer.rpartition("/")[2]
            self.add_error(name if name in self.fields else None, one.message)


def _fill(field: forms.Field, choices: list[tuple[str, str]]) -> None:
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


class BenchmarkForm(forms.Form):
    """Who is scored on which benchmark over a data set; the data set is chosen first, by the address."""

    benchmark = forms.ChoiceField(help_text="How the scores are counted; the first one belongs to this data set.")
    scorers = forms.MultipleChoiceField(
        required=False, widget=forms.SelectMultiple(attrs={"size": 10}),
        help_text="Whoever has scores on this data set. None chosen: all judges.",
    )  # fmt: skip
    gold = forms.ChoiceField(
        required=False, label="Held against", help_text="Only where a benchmark asks for another judge's scores."
    )
    seed = forms.IntegerField(
        min_value=0, max_value=services.MOST_SEED, initial=0, help_text="Intervals are drawn by it."
    )

    def __init__(self, actor: Actor, address: QueryDict, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sets = list(datasets.list_datasets(actor))
        slug = address.get("dataset", "")
        self.chosen = datasets.get_dataset(actor, slug) if slug else None
        self.entry = benchmarks.BENCHMARKS["preferences"]
        self.known: dict[str, dict[str, Any]] = {}
        if self.chosen is None:
            return
        fitting = queries.benchmarks_for(self.chosen)
        wanted = self.data.get("benchmark") or address.get("benchmark") or fitting[0].name
        self.entry = benchmarks.entry(wanted)
        own = [one.name for one in fitting]
        rest = [one for one in benchmarks.BENCHMARKS.values() if one.name not in own]
        _fill(self.fields["benchmark"], [(one.name, one.title) for one in [*fitting, *rest]])
        self.fields["benchmark"].initial = self.entry.name
        found = queries.scorers_for(actor, self.chosen, self.entry.truth)
        if self.entry.truth is not benchmarks.Truth.RULES:
            found += queries.tables_for(actor, self.chosen)
        self.known = {json.dumps(one.source, sort_keys=True): one.source for one in found}
        choices = [(ref, one.name) for ref, one in zip(self.known, found, strict=True)]
        _fill(self.fields["scorers"], choices)
        _fill(self.fields["gold"], [("", "nobody"), *choices])

    def wish(self) -> dict[str, Any]:
        """What the service is asked for; to be called where the form is valid."""
        given = self.cleaned_data
        return {
            "benchmark": given["benchmark"], "dataset": self.chosen,
            "sources": [self.known[ref] for ref in given["scorers"]],
            "gold": self.known[given["gold"]] if given["gold"] else None, "seed": given["seed"],
        }  # fmt: skip

    def take(self, error: errors.StudioError) -> None:
        """Show a refusal at the field it is about, else above the form."""
        for one in getattr(error, "problems", ()) or [errors.Problem("", error.message)]:
            name = {"sources": "scorers"}.get(one.pointer.strip("/").split("/")[0], one.pointer.strip("/"))
            self.add_error(name if name in self.fields else None, one.message)
