"""What may be typed for reviews."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone

from apps.accounts.permissions import Actor, Role
from apps.core import gateway
from apps.judging import queries as judging
from apps.review import queries, services
from apps.review.models import Reading
from apps.review.queries import sources
from apps.rubrics.models import RubricVersion
from domain import draws, errors

MOST_OVERLAP = 9
BY_MODEL = (draws.By.MODEL.value, "the model that wrote the answer")
BY = [
    (draws.By.CRITERION.value, "the criterion"),
    BY_MODEL,
    (draws.By.RUBRIC.value, "the rubric"),
    (draws.By.SCORE_BAND.value, "bands of the score"),
]
MEASURES = [
    (draws.Measure.MARGIN.value, "a small margin between the two likeliest labels"),
    (draws.Measure.VARIANCE.value, "values that vary over samples or judges"),
    (draws.Measure.BIMODALITY.value, "labels likely at both ends and not between"),
    (draws.Measure.LABEL_MASS.value, "little probability on the labels on offer"),
]
PRIORITIES = [("10", "urgent"), ("0", "usual"), ("-10", "when there is time")]
DECIDERS = [(role.value, f"{role.value}s and up") for role in Role if role.at_least(Role.ANNOTATOR)]
PARTS = {
    "from": ("source", "version"),
    "task": ("task",),
    "rule": ("by", "proportional", "measure", "threshold", "responses"),
    "narrow": ("criteria", "models", "exclude_queued"),
    "many": ("size", "overlap", "gold", "repeats"),
    "differ": ("consensus", "share", "limit"),
    "name": ("name", "instructions"),
    "who": ("minimum_role", "skills", "assignees"),
    "when": ("priority", "deadline", "seed"),
}


class EstimateForm(forms.Form):
    """How narrow an interval of a true mean is wanted."""

    half = forms.FloatField(
        label="The half-width", required=False, min_value=0.005, max_value=0.5,
        error_messages={"invalid": "The half-width is a number such as 0.05."},
    )  # fmt: skip

    @property
    def wanted(self) -> float:
        """What was asked for, the usual where nothing or nonsense was."""
        return float(self.cleaned_data.get("half") or queries.HALF) if self.is_valid() else queries.HALF


class ConsensusForm(forms.Form):
    """How answers that differ are settled in a queue; only the rule's own number is asked for."""

    rule = forms.ChoiceField(
        required=False, choices=list(queries.RULES_OF_CONSENSUS.items()), widget=forms.RadioSelect, label="Rule"
    )
    share = forms.FloatField(
        required=False, min_value=0.5, max_value=0.99, initial=0.5, label="Share that decides",
        help_text="For the two majorities: more than this share of the votes.",
    )  # fmt: skip
    limit = forms.FloatField(
        required=False, min_value=0, max_value=1, initial=0.25, label="Limit of the spread",
        help_text="For the spread: how far the greatest and the least answer may lie apart, from 0 to 1.",
    )  # fmt: skip

    def values(self) -> dict[str, Any]:
        """The rule with its numbers, the usual ones where none were typed."""
        return consensus_of(self.cleaned_data["rule"], self.cleaned_data)


def consensus_of(rule: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """A rule with its numbers, the usual ones where none were typed."""
    share, limit = given.get("share"), given.get("limit")
    return {"rule": rule, "share": 0.5 if share is None else share, "limit": 0.25 if limit is None else limit}


class QueueForm(forms.Form):
    """A queue to draw; which fields there are depends on the source, the task and the rule."""

    source = forms.ChoiceField(label="From", help_text="Verdicts of a run, or what no judge has read.")
    version = forms.ChoiceField(label="Rubric", required=False, help_text="People decide its criteria on the answers.")
    task = forms.ChoiceField(label="What people do", widget=forms.RadioSelect)
    rule = forms.ChoiceField(label="Which ones", widget=forms.RadioSelect)
    by = forms.ChoiceField(label="Groups", required=False)
    proportional = forms.BooleanField(required=False, label="Large groups get more, by their share")
    measure = forms.ChoiceField(label="Unsure by", choices=MEASURES, required=False)
    threshold = forms.FloatField(required=False, min_value=0.000001)
    responses = forms.CharField(
        required=False, label="Answers", widget=forms.Textarea(attrs={"rows": 4}), max_length=500_000,
        help_text="One a line: the id of the prompt, a tab or a comma, the id of the answer.",
    )  # fmt: skip
    criteria = forms.MultipleChoiceField(
        required=False, label="Only these criteria", widget=forms.CheckboxSelectMultiple
    )
    models = forms.MultipleChoiceField(
        required=False, label="Only answers of these models", widget=forms.CheckboxSelectMultiple
    )
    exclude_queued = forms.BooleanField(required=False, label="Leave out what another queue asks already")
    size = forms.IntegerField(min_value=1, max_value=draws.MOST_ITEMS, initial=draws.SIZE, label="Items")
    overlap = forms.IntegerField(
        min_value=1, max_value=MOST_OVERLAP, initial=2, label="People an item",
        help_text="With two or more, agreement is measured and an author settles conflicts.",
    )  # fmt: skip
    consensus = forms.ChoiceField(
        required=False, choices=list(queries.RULES_OF_CONSENSUS.items()), label="Where their answers differ",
        help_text="It can be chosen anew later, on the page of the conflicts.",
    )  # fmt: skip
    share = ConsensusForm.base_fields["share"]
    limit = ConsensusForm.base_fields["limit"]
    gold = forms.IntegerField(
        required=False, min_value=0, max_value=50, initial=5, label="Known answers, %",
        help_text="Settled items put in unseen, to see how well people decide.",
    )  # fmt: skip
    repeats = forms.IntegerField(
        required=False, min_value=0, max_value=50, initial=10, label="Repeats, %",
        help_text="Items that come again later to the same person, to see how steady they are.",
    )  # fmt: skip
    seed = forms.IntegerField(
        min_value=0, max_value=2**31 - 1, initial=1, help_text="The same seed draws the same items."
    )
    blind = forms.BooleanField(
        required=False, initial=True, label="Blind: people decide before they see the judge's verdict"
    )
    name = forms.CharField(max_length=200, help_text="What people see, for example “Return advice, second look”.")
    instructions = forms.CharField(
        required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 3}), help_text="Shown beside each item."
    )
    deadline = forms.DateField(
        required=False, widget=forms.DateInput(attrs={"type": "date"}), label="Wanted by", help_text="End of that day."
    )
    priority = forms.TypedChoiceField(
        required=False,
        coerce=int,
        empty_value="0",
        choices=PRIORITIES,
        initial=0,
        help_text="Urgent queues come first.",
    )
    minimum_role = forms.ChoiceField(
        required=False, label="Who decides", choices=DECIDERS, initial=Role.ANNOTATOR.value
    )
    skills = forms.MultipleChoiceField(required=False, label="with the skills", widget=forms.CheckboxSelectMultiple)
    assignees = forms.MultipleChoiceField(
        required=False, label="or these people alone", widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        groups, skills = sources.source_choices(actor), sources.skill_choices(actor)
        self.offer("source", groups)
        first = next((token for _, choices in groups for token, _ in choices), "")
        token = self.chosen("source") or first
        self.kind = sources.source_of(token)
        self.offer("task", sources.task_choices(self.kind))
        self.abouts = sources.rule_choices(self.kind)
        self.offer("rule", [(about.name, about.title) for about in self.abouts])
        self.offer("version", sources.version_choices(actor))
        self.offer("by", BY if self.kind is draws.Source.RUN else [BY_MODEL])
        self.offer("skills", skills)
        self.offer("assignees", sources.people_choices(actor))
        self._offer_parts(token)
        self._drop(*self._not_needed(), *([] if skills else ["skills"]))

    def chosen(self, name: str) -> str:
        """What is chosen now, whether the form was sent or only shown."""
        return str((self.data if self.is_bound else self.initial).get(name) or "")

    def offer(self, name: str, choices: Any) -> None:
        """Fill a field's choices; where nothing valid is chosen the first is."""
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices
        flat = [token for token, label in choices if isinstance(label, str)]
        if flat and name in {"task", "rule", "by"} and self.chosen(name) not in flat and not self.is_bound:
            self.initial[name] = flat[0]

    def _offer_parts(self, token: str) -> None:
        try:
            place = sources.place_named(self.actor, token, self.chosen("version"))
        except errors.StudioError:
            self._drop("criteria", "models")
            return
        for name, choices in (
            ("criteria", sources.criterion_choices(place)),
            ("models", sources.model_choices(place)),
        ):
            self.offer(name, choices)
            if len(choices) < 2:
                self._drop(name)

    def _not_needed(self) -> Iterator[str]:
        """Fields that say nothing under the chosen source, task and rule."""
        rule, task = self.chosen("rule"), self.chosen("task")
        by_criterion = task in {"verdict", "response"}
        needed = {
            "version": self.kind is draws.Source.DATASET and by_criterion,
            "by": rule == "stratified", "proportional": rule == "stratified", "measure": rule == "uncertain",
            "threshold": rule in {"near_gate", "outlier"}, "responses": rule == "picked",
            "criteria": by_criterion or self.kind is draws.Source.VERSION,
            "models": self.kind in {draws.Source.RUN, draws.Source.DATASET}, "gold": task == "verdict",
            "blind": self.kind is draws.Source.RUN, "share": self.chosen("consensus") in {"majority", "weighted"},
            "limit": self.chosen("consensus") == "spread_limit",
            "exclude_queued": rule != "never_reviewed",
        }  # fmt: skip
        yield from (name for name, is_needed in needed.items() if not is_needed)
        if needed["version"]:
            self.fields["version"].required = True
        if needed["threshold"]:
            field = self.fields["threshold"]
            near = rule == "near_gate"
            field.label = "Within this distance of the gate" if near else "Above this modified z-score"
            field.help_text = f"{draws.NEAR if near else draws.OUTLYING} where left empty."

    def _drop(self, *names: str) -> None:
        for name in names:
            self.fields.pop(name, None)

    def parts(self) -> dict[str, list[forms.BoundField]]:
        """The fields there are, by the part of the page they stand in."""
        return {part: [self[name] for name in names if name in self.fields] for part, names in PARTS.items()}

    def rules(self) -> list[tuple[Any, draws.About]]:
        """Each rule on offer as its radio button and what it is for."""
        return list(zip(self["rule"], self.abouts, strict=True))

    def clean_responses(self) -> list[list[str]]:
        """The named answers as pairs of ids."""
        lines = [line.strip() for line in self.cleaned_data["responses"].splitlines() if line.strip()]
        pairs = [[part.strip() for part in re.split(r"\t|,", line, maxsplit=1)] for line in lines]
        if wrong := next((n for n, pair in enumerate(pairs, start=1) if len(pair) != 2 or not all(pair)), None):
            raise forms.ValidationError(f"Line {wrong} is not the id of a prompt and the id of an answer.")
        return pairs

    def clean_deadline(self) -> datetime | None:
        """The end of the chosen day."""
        day = self.cleaned_data["deadline"]
        return timezone.make_aware(datetime.combine(day, time(23, 59))) if day else None

    def rule_said(self) -> dict[str, Any]:
        """The rule as services take it."""
        given = self.cleaned_data
        named = ("by", "proportional", "measure", "threshold", "responses", "criteria", "models", "exclude_queued")
        said = {name: given[name] for name in named if given.get(name)}
        return {"kind": given["rule"], "size": given["size"], **said}

    def shares(self) -> dict[str, float]:
        """Known answers and repeats as shares."""
        given = self.cleaned_data
        return {"gold_share": (given.get("gold") or 0) / 100, "repeat_share": (given.get("repeats") or 0) / 100}

    def place(self) -> queries.Place:
        """The source."""
        return sources.place_named(self.actor, self.cleaned_data["source"], self.cleaned_data.get("version", ""))

    def wish(self) -> queries.Wish:
        """What the queue is to hold."""
        given, shares = self.cleaned_data, self.shares()
        return queries.Wish(
            self.place(), given["task"], self.rule_said(), given["seed"], shares["gold_share"], shares["repeat_share"]
        )

    def selection(self) -> dict[str, Any]:
        """What the service takes."""
        given, place = self.cleaned_data, self.place()
        named = ("name", "overlap", "seed", "instructions", "deadline", "task")
        return {
            "run": place.run, "dataset": place.dataset, "version": place.version, "proposal": place.proposal,
            "rule": self.rule_said(), "blind": given.get("blind", True), "priority": int(given["priority"]),
            "minimum_role": given["minimum_role"] or Role.ANNOTATOR, "skills": given.get("skills", []),
            "assignees": sources.people_of(self.actor, given["assignees"]),
            "consensus": consensus_of(given["consensus"], given),
            **self.shares(), **{name: given[name] for name in named},
        }  # fmt: skip

    def take(self, error: errors.StudioError) -> None:
        """Put a refusal at the fields it is about, else above the form."""
        for problem in getattr(error, "problems", ()) or (errors.Problem("", error.message),):
            name = problem.pointer.strip("/").split("/")[-1]
            name = {"kind": "rule", "gold_share": "gold", "repeat_share": "repeats", "rubric": "version"}.get(
                name, name
            )
            self.add_error(name if name in self.fields else None, problem.message)


class AddForm(forms.Form):
    """More of the same for a queue."""

    size = forms.IntegerField(min_value=1, max_value=draws.MOST_ITEMS, initial=draws.SIZE, label="Items")
    rule = forms.ChoiceField(label="Which ones")

    def __init__(self, source: draws.Source, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["rule"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(one.name, one.title) for one in sources.rule_choices(source) if one.name != "picked"]


class DecisionForm(forms.Form):
    """What stands beside every answer; the answer itself is read by the task of the queue."""

    confidence = forms.FloatField(required=False, min_value=0, max_value=1)
    note = forms.CharField(required=False, max_length=5000, widget=forms.Textarea)
    opened = forms.FloatField(required=False)
    elapsed = forms.FloatField(required=False, min_value=0)
    straight = forms.BooleanField(required=False)


class ReasonForm(forms.Form):
    """The reason for an answer given after the reveal, or to settle a conflict."""

    reason = forms.CharField(max_length=5000, error_messages={"required": "Give the reason."})


class SendBackForm(forms.Form):
    """More people for an item, with a note to them."""

    seats = forms.IntegerField(min_value=1, max_value=services.MOST_SENT, initial=1)
    note = forms.CharField(required=False, max_length=1000)


def sentences(form: forms.Form) -> str:
    """What is wrong with a form, as one text."""
    return " ".join(str(error) for found in form.errors.values() for error in found)


class ReadingForm(forms.Form):
    """Which rubric gets criteria from comments, which judge reads them, and how the same is found."""

    version = forms.ChoiceField(
        label="For the rubric", help_text="New criteria are proposed for it, beside those it has."
    )
    judge = forms.ChoiceField(label="Read by", help_text="It writes down what each comment asks of an answer.")
    likeness = forms.ChoiceField(
        label="The same is found by", choices=Reading.Likeness.choices,
        help_text="Words in common find only what is worded alike. Embeddings also find what means the same.",
    )  # fmt: skip
    alike = forms.FloatField(
        label="From which likeness on", required=False, min_value=0.05, max_value=0.99,
        help_text="Empty: 0.8 by embeddings, as RLBFF has it, 0.5 by words.",
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, version: RubricVersion | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        judges = [row.versions.all()[0] for row in judging.list_judges(actor) if row.versions.all()]
        self._choose("judge", [(str(one), f"{one}, {one.model}") for one in judges])
        if version is None:
            self._choose("version", sources.version_choices(actor))
        else:
            self._choose("version", [(str(version), f"{version.rubric.title}, version {version.number}")])
        if not gateway.has_embedder():
            self._choose("likeness", [Reading.Likeness.choices[0]])
            self.fields["likeness"].help_text = (
                "Words in common find only what is worded alike. With a server of embeddings (STUDIO_EMBEDDINGS_URL) "
                "the studio also finds what means the same."
            )

    def _choose(self, name: str, choices: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices
