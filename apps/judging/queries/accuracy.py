"""How often judges are right on a data set where people said which answer is better."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, F, OuterRef, QuerySet

from apps.datasets.models import Dataset, Preference, PreferenceMember, SubjectKind, SubjectMember
from apps.judging.models import EngineKind, JudgeVersion, Run, Score
from apps.judging.queries import keys
from apps.rubrics.models import RubricVersion
from domain import accuracy

if TYPE_CHECKING:
    from apps.accounts.permissions import Actor

Order = tuple[int, ...]
_KINDS = (SubjectKind.RESPONSE, SubjectKind.PAIR, SubjectKind.LIST)


@dataclass(frozen=True)
class JudgeAccuracy:
    """One judge under one rubric version on one data set: its measures by name, and what it could not judge."""

    judge: JudgeVersion
    version: RubricVersion
    compares: bool
    measures: Mapping[str, accuracy.Estimate]
    prompts: int
    judged: int
    unscored: int

    @property
    def recorded(self) -> bool:
        """Whether the verdicts were imported."""
        return self.judge.engine == EngineKind.RECORDED

    def figure(self, ties: str) -> accuracy.Estimate:
        """The figure that judges are ranked by: comparisons won, of pairs or of answers within a prompt."""
        return self.measures[f"{'pairs' if self.compares else 'wins'}_{ties}"]


def datasets_with_preferences(actor: "Actor") -> list[Dataset]:
    """The data sets of the workspace in which somebody said which answer is better, most orders first."""
    found = Dataset.objects.filter(workspace=actor.workspace, archived_at=None)
    return list(found.annotate(orders=Count("preferences")).filter(orders__gt=0).order_by("-orders", "slug"))


def accuracies(dataset: Dataset, *, tag: str = "") -> list[JudgeAccuracy]:
    """The accuracy of every judge with scores on answers or pairs of a data set, under each rubric version.

    `tag` keeps the prompts that have it. What raters disagree on evenly, and ties, is no comparison.
    """
    better = better_of(dataset, tag)
    scores = scores_of(dataset, better.keys())
    judges = JudgeVersion.objects.select_related("judge").in_bulk({judge for judge, _, _ in scores})
    versions = RubricVersion.objects.select_related("rubric").in_bulk({version for _, version, _ in scores})
    return [
        of_judge(judges[judge], versions[version], pairs, by_prompt, better)
        for (judge, version, pairs), by_prompt in sorted(scores.items())
    ]


def better_of(dataset: Dataset, tag: str = "") -> dict[int, set[tuple[int, int]]]:
    """For each prompt the pairs (better, worse) on which most raters agree."""
    chosen = Preference.objects.filter(dataset=dataset, criterion=None)
    if tag:
        chosen = chosen.filter(prompt__tags__contains=[tag])
    rows = (
        PreferenceMember.objects.filter(preference__in=chosen)
        .order_by("preference", "rank", "id")
        .values_list("preference", "preference__prompt", "response", "rank")
    )
    ranked: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for preference, prompt, response, rank in rows:
        ranked[preference, prompt].append((response, rank))
    votes: dict[int, dict[tuple[int, int], int]] = defaultdict(lambda: defaultdict(int))
    for (_, prompt), members in ranked.items():
        for better, above in members:
            for worse, below in members:
                votes[prompt][better, worse] += above < below
    return {
        prompt: won
        for prompt, counted in votes.items()
        if (won := {pair for pair, number in counted.items() if number > counted.get(pair[::-1], 0)})
    }


def scores_of(
    dataset: Dataset, prompts: Iterable[int], run: Run | None = None
) -> dict[tuple[int, int, bool], dict[int, dict[Order, float | None]]]:
    """The score of each subject by judge, version and whether it is a pair, then prompt, then members in order.

    A member of a list counts as one answer. With `run` only what that run judged.
    """
    rows = Score.objects.filter(
        subject__prompt__dataset=dataset, subject__kind__in=_KINDS, sample=0, profile=None,
        judge_version__isnull=False, artefacts=[],
    )  # fmt: skip
    if run is not None:
        judged = run.items.filter(
            subject=OuterRef("subject"), version=OuterRef("version"), judge_version=OuterRef("judge_version")
        )
        rows = rows.filter(Exists(judged))
    members: dict[int, list[int]] = defaultdict(list)
    placed = SubjectMember.objects.filter(subject__prompt__dataset=dataset, subject__kind__in=_KINDS)
    for subject, response in placed.order_by("subject", "position").values_list("subject", "response"):
        members[subject].append(response)
    wanted = set(prompts)
    found: dict[tuple[int, int, bool], dict[int, dict[Order, float | None]]] = defaultdict(lambda: defaultdict(dict))
    for judge, version, prompt, subject, kind, step, raw in rows.values_list(
        "judge_version", "version", F("subject__prompt"), "subject", "subject__kind", "subject__step", "raw"
    ):
        order = tuple(members[subject])
        if kind == SubjectKind.LIST:
            order = order[step or 0 : (step or 0) + 1]
        if prompt in wanted and order:
            found[judge, version, kind == SubjectKind.PAIR][prompt][order] = raw
    return found


def stored_scores(dataset: Dataset, judge: JudgeVersion, version: RubricVersion) -> QuerySet[Score]:
    """The scores that a judge's verdicts on answers, pairs and lists of a data set have under a version as it is.

    Of a judge that was asked several times the first sample comes first; of verdicts that were imported a further
    sample is another record with the same content.
    """
    return Score.objects.filter(
        judge_version=judge, version=version, digest=keys.digest_of(version), subject__prompt__dataset=dataset,
        subject__kind__in=_KINDS, profile=None, artefacts=[],
    ).order_by("subject", "sample")  # fmt: skip


def stored_scorers(dataset: Dataset) -> list[tuple[JudgeVersion, RubricVersion, int]]:
    """Every judge and rubric version with scores on a data set, with how many, most first; no prompt-bound ones."""
    rows = Score.objects.filter(
        subject__prompt__dataset=dataset, subject__kind__in=_KINDS, sample=0, profile=None, artefacts=[],
        judge_version__isnull=False, version__scope="general",
    ).values_list("judge_version", "version")  # fmt: skip
    counts = list(rows.annotate(count=Count("pk")).order_by("-count", "judge_version", "version"))
    judges = JudgeVersion.objects.select_related("judge").in_bulk({judge for judge, _, _ in counts})
    versions = RubricVersion.objects.select_related("rubric").in_bulk({version for _, version, _ in counts})
    return [(judges[judge], versions[version], count) for judge, version, count in counts]


def of_judge(
    judge: JudgeVersion,
    version: RubricVersion,
    compares: bool,
    by_prompt: Mapping[int, Mapping[Order, float | None]],
    better: Mapping[int, set[tuple[int, int]]],
) -> JudgeAccuracy:
    """All measures of one judge."""
    values = [value for scored in by_prompt.values() for value in scored.values()]
    if compares:
        pairs = {str(prompt): pairs_of(scored, better[prompt]) for prompt, scored in by_prompt.items()}
        judged = {prompt: found for prompt, found in pairs.items() if found}
        measures = accuracy.of_pairs(judged)
        count = len(judged)
    else:
        groups = [group for prompt, scored in by_prompt.items() if (group := group_of(scored, better[prompt]))]
        measures, count = accuracy.of_groups(groups), len(groups)
    unscored = sum(value is None for value in values)
    return JudgeAccuracy(judge, version, compares, measures, count, len(values), unscored)


def pairs_of(scored: Mapping[Order, float | None], better: set[tuple[int, int]]) -> list[accuracy.Pair]:
    """How far the better answer was preferred in each order that was asked."""
    return [
        accuracy.Pair(
            scored.get((right, wrong), accuracy.NOT_ASKED), _turned(scored.get((wrong, right), accuracy.NOT_ASKED))
        )
        for right, wrong in sorted(better)
        if (right, wrong) in scored or (wrong, right) in scored
    ]


def _turned(value: float | None) -> float | None:
    return None if value is None else 1 - value


def group_of(scored: Mapping[Order, float | None], better: set[tuple[int, int]]) -> accuracy.Group | None:
    """The scored answers that nothing beats, and those that something beats."""
    beaten = {worse for _, worse in better}
    winners = {right for right, _ in better} - beaten
    right = tuple(scored[(one,)] for one in sorted(winners) if (one,) in scored)
    wrong = tuple(scored[(one,)] for one in sorted(beaten) if (one,) in scored)
    return accuracy.Group(right, wrong) if right and wrong else None
