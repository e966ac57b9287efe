"""What may be typed about data."""

from django import forms

FORMATS = (
    ("Your own", (("generic", "My own table or JSON lines"),)),
    (
        "Rubrics and people's labels",
        (
            ("healthbench", "HealthBench"),
            ("prometheus", "Prometheus"),
            ("paperbench", "PaperBench: trees, with the grades of submissions"),
            ("judge-bench", "JUDGE-BENCH: people's ratings of texts"),
            ("summeval", "SummEval: summaries rated by experts and a crowd"),
            ("llm-rubric", "LLM-Rubric: dialogues rated on nine questions"),
            ("mqm", "MQM: translations with marked errors"),
            ("helpsteer2", "HelpSteer2: ratings and preferences"),
        ),
    ),
    (
        "Benchmarks of judges",
        (
            ("rewardbench", "RewardBench"),
            ("rewardbench2", "RewardBench 2"),
            ("m-rewardbench", "M-RewardBench: many languages"),
            ("long-rewardbench", "Long-RewardBench: long contexts"),
            ("rag-rewardbench", "RAG-RewardBench: retrieved passages"),
            ("rmbench", "RM-Bench: three styles of each answer"),
            ("rewardmath", "RewardMATH: one right solution of ten"),
            ("judgebench", "JudgeBench"),
            ("llmbar", "LLMBar"),
            ("mtbench", "MT-Bench, as LLMBar packs it"),
            ("pandalm", "PandaLM: pairs with three annotators"),
            ("hhh", "HHH: helpful, honest, harmless"),
            ("tara", "TARA: answers with calls of tools"),
            ("wildbench", "WildBench: scores of judges"),
        ),
    ),
    ("Instructions that rules check", (("ifeval", "IFEval"), ("ifbench", "IFBench"))),
)


class ImportForm(forms.Form):
    """A file or pasted text, its format, and where it goes."""

    title = forms.CharField(
        max_length=200, help_text="What people call it, for example “Discharge letters, spring sample”."
    )
    slug = forms.CharField(
        max_length=80,
        required=False,
        label="Name in addresses",
        help_text="Small letters, digits and hyphens; made from the title if left empty.",
    )
    format = forms.ChoiceField(
        choices=FORMATS,
        help_text="Your own table: JSON lines, CSV or Parquet; you choose the columns on the next page.",
    )
    file = forms.FileField(required=False, help_text="At most 64 MB.")
    text = forms.CharField(
        required=False,
        label="Or paste it",
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "class": "mono"}),
    )

    def clean(self) -> dict[str, object]:
        """Exactly one of file and text is given."""
        given = super().clean() or {}
        if bool(given.get("file")) == bool((given.get("text") or "").strip()):
            raise forms.ValidationError("Choose a file or paste text; one of the two.")
        return given


class AddForm(ImportForm):
    """More rows for a data set that is there."""

    title = None  # type: ignore[assignment]
    slug = None  # type: ignore[assignment]


class SettingsForm(forms.Form):
    """What is said about a data set."""

    title = forms.CharField(max_length=200)
    description = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 4}))
    language = forms.CharField(max_length=16, required=False, help_text="A language tag such as en or pt-BR.")
    licence = forms.CharField(max_length=80, required=False, help_text="For example CC-BY-4.0.")
    source = forms.CharField(max_length=300, required=False, help_text="Where it came from.")
    consent = forms.CharField(
        max_length=200, required=False, help_text="What the people whose texts these are agreed to."
    )
