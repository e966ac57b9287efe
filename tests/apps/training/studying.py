"""A run over a small course of prompts whose scores are known: what exports are recomputed from."""

from dataclasses import dataclass
from typing import Any

import orjson

from apps.accounts.permissions import Actor
from apps.datasets import services as datasets
from apps.datasets.models import Dataset, Preference, PreferenceMember, Prompt, Response, SubjectKind
from apps.judging import services as judging
from apps.judging.models import JudgeVersion, Run
from apps.judging.queries import Side
from apps.review.models import Gold
from apps.rubrics.models import RubricVersion
from apps.training import queries, services
from apps.training.models import DataExport
from domain import rubric as rubrics
from engines.scripted import Ask
from tests import factories
from tests.apps.judging.conftest import work

# Names the drug (weight 3) and blames the patient (a pitfall, weight 1): 1, 2/3, 0, -1/3.
BEST, FAIR, POOR, WORST = "names", "names blames", "nothing", "blames"
SCORES = {BEST: 1.0, FAIR: 2 / 3, POOR: 0.0, WORST: -1 / 3}
COURSE = {
    "easy": (BEST, BEST, BEST, BEST), "most": (BEST, FAIR, BEST, POOR), "half": (BEST, FAIR, POOR, WORST),
    "hard": (POOR, WORST, BEST, POOR), "never": (POOR, POOR, WORST, WORST),
}  # fmt: skip


def reads(ask: Ask) -> str:
    """A judge that goes by the words of the answer."""
    if "Is a letter" in ask.suffix:
        return " Yes"
    wanted = "names" if "Names the drug" in ask.suffix else "blames"
    return " Yes" if f"it {wanted}" in ask.shared or f" {wanted}." in ask.shared else " No"


@dataclass
class Course:
    """What was judged."""

    author: Actor
    dataset: Dataset
    version: RubricVersion
    judge: JudgeVersion
    run: Run

    @property
    def side(self) -> Side:
        """The judge and the rubric of the run."""
        return Side(self.run, self.judge, self.version)

    def export(self, kind: str, side: Side | None = None, **rule: Any) -> DataExport:
        """An export that a worker has written."""
        made = services.create_data_export(by=self.author, side=side or self.side, kind=kind, rule=rule)
        work()
        return queries.get_data_export(self.author, made.pk)

    def rows(self, kind: str, **rule: Any) -> list[dict[str, Any]]:
        """The rows of an export."""
        export = self.export(kind, **rule)
        assert queries.state_of(export) == "done"
        return [orjson.loads(line) for line in queries.lines_of(export)]


def make_course(author: Actor, *, licence: str = "CC-BY-4.0") -> Course:
    """Five prompts with four answers each, judged."""
    dataset = factories.make_dataset(
        workspace=author.workspace, slug="course", licence=licence, consent="for research", source="our ward"
    )
    for name, answers in COURSE.items():
        prompt = factories.make_prompt(dataset=dataset, text=f"Write the {name} letter.", external_id=name)
        for place, text in enumerate(answers):
            factories.make_response(
                prompt=prompt, text=f"Letter {place}: it {text}.", external_id=f"{name}-{place}", model="policy"
            )
    version = factories.make_version(workspace=author.workspace, status="approved")
    judge = factories.make_judge(workspace=author.workspace, name="reader", is_default=True)
    return Course(author, dataset, version, judge, judged(author, dataset, [version], judge))


def judged(author: Actor, dataset: Dataset, versions: list[RubricVersion], judge: JudgeVersion) -> Run:
    """A run that is done."""
    run = judging.start_run(by=author, name="course", versions=versions, dataset=dataset, judges=[judge])
    work()
    return run


def scores_of(prompt: Prompt | str) -> list[float]:
    """The scores of the answers to a prompt, by hand."""
    name = prompt if isinstance(prompt, str) else prompt.external_id
    return [SCORES[text] for text in COURSE[name]]


def settle_pair(
    course: Course, first: str, second: str, strength: float | None, *, how: str = "agreement", votes: int = 2
) -> None:
    """Gold of a pair of answers, as its queue leaves it."""
    pair = [Response.objects.select_related("prompt").get(external_id=name) for name in (first, second)]
    [key] = datasets.of_orders(pair[0].prompt.dataset, SubjectKind.PAIR, [pair])
    Gold.objects.create(
        workspace=course.author.workspace, subject_id=key, criterion="pair", criterion_digest="task:pair",
        value=strength, provenance={"how": how, "reviews": list(range(votes))},
    )  # fmt: skip


def settle_verdicts(course: Course) -> None:
    """Gold on whether two answers name the drug: the judge is wrong about the first."""
    digests = rubrics.criterion_digests(rubrics.parse(factories.make_document()), "isolated")
    for response, value in (("half-0", 0.0), ("half-1", 1.0)):
        Gold.objects.create(
            workspace=course.author.workspace, criterion="c_drug", criterion_digest=digests["c_drug"], value=value,
            subject=Response.objects.get(external_id=response).memberships.get(subject__kind="response").subject,
            provenance={"how": "adjudication"},
        )  # fmt: skip


def make_writers(course: Course) -> Side:
    """A run under a plain rubric, one that helps and one that misleads, over answers with a known order."""
    prompt = course.dataset.prompts.get(external_id="half")
    known = Preference.objects.create(dataset=course.dataset, prompt=prompt, external_id="one")
    for rank, place in enumerate((0, 3), start=1):
        response = prompt.responses.get(external_id=f"half-{place}")
        PreferenceMember.objects.create(preference=known, response=response, rank=rank)
    versions = [
        factories.make_version(
            rubric=factories.make_rubric(workspace=course.author.workspace, slug=slug), status="approved",
            document=factories.make_document(criteria=[{"id": "c", "text": text}]),
        )
        for slug, text in (
            ("plain", "Is a letter."), ("helps", "Names the drug."), ("misleads", "Blames the patient."),
        )
    ]  # fmt: skip
    return Side(judged(course.author, course.dataset, versions, course.judge), course.judge, versions[0])
