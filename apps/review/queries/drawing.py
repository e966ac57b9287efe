"""Drawing decisions by a rule: from the verdicts of a run, a data set, the criteria of a version, a proposal."""

import itertools
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.datasets import queries as datasets
from apps.datasets.models import Dataset, Response, SubjectKind, SubjectMember
from apps.judging.models import Run
from apps.review.models import Queue, Review, ReviewItem
from apps.review.queries import pool
from apps.review.queries.pool import Candidate, Draw
from apps.rubrics import queries as rubrics
from apps.rubrics.models import Proposal, RubricVersion
from domain import draws, errors, sampling
from domain.draws import By
from domain.rubric import Kind

Task = Queue.Task
WHOLE = (Task.RATING, Task.SPANS, Task.CRITIQUE)
TASKS = {
    draws.Source.RUN: (Task.VERDICT, Task.RESPONSE, Task.PAIR, Task.RANKING, *WHOLE),
    draws.Source.DATASET: (*WHOLE, Task.PAIR, Task.RANKING, Task.VERDICT, Task.RESPONSE),
    draws.Source.VERSION: (Task.NECESSITY,),
    draws.Source.PROPOSAL: (Task.TRIAGE,),
}
"""What can be asked of what each source holds."""
IN_ORDER = frozenset({"uncertain", "disagree", "order_flip", "near_gate", "outlier", "low_score"})
"""Rules whose order says what to look at first; what others draw is put together by answer."""
MOST_RANKED = 9


@dataclass(frozen=True)
class Place:
    """Where decisions come from: a run, a data set (under a version, where its criteria are decided), a document."""

    run: Run | None = None
    dataset: Dataset | None = None
    version: RubricVersion | None = None
    proposal: Proposal | None = None

    @property
    def source(self) -> draws.Source:
        """Which of the four it is."""
        if self.run is not None:
            return draws.Source.RUN
        if self.dataset is not None:
            return draws.Source.DATASET
        return draws.Source.PROPOSAL if self.proposal is not None else draws.Source.VERSION


@dataclass(frozen=True)
class Wish:
    """What somebody wants a queue to hold; `beside` is a queue whose items are left out."""

    place: Place
    task: str
    rule: Mapping[str, Any]
    seed: int = 0
    gold_share: float = 0.0
    repeat_share: float = 0.0
    beside: int | None = None


def check_task(place: Place, task: str) -> None:
    """Refuse a task that the source has nothing for."""
    if task not in TASKS[place.source]:
        named = ", ".join(TASKS[place.source])
        said = f"Of this source you can ask for {named}, not for “{task}”."
        raise errors.Invalid(said, code="task_invalid", problems=[errors.Problem("/task", said)])
    if place.source is draws.Source.DATASET and task in (Task.VERDICT, Task.RESPONSE) and place.version is None:
        said = "Name the rubric version whose criteria are to be decided."
        raise errors.Invalid(said, code="rubric_missing", problems=[errors.Problem("/rubric", said)])


def draw(wish: Wish, *, one_in: int = 1) -> Draw:
    """Draw decisions; the same rule and seed draw the same. `one_in` looks at one answer of a run in so many."""
    place = wish.place
    check_task(place, wish.task)
    said = draws.rule(wish.rule, place.source)
    if place.run is not None:
        found = pool.from_run(pool.Asked(place.run, wish.task, said, wish.seed, wish.beside, one_in))
        if said.kind in IN_ORDER:
            return found
        return Draw(together(found.chosen, wish.seed), found.candidates, found.strata)
    if place.dataset is not None:
        return _from_dataset(place.dataset, wish, said)
    if place.proposal is not None:
        return _from_proposal(place.proposal, wish, said)
    assert place.version is not None
    return _from_version(place.version, wish, said)


def together(chosen: Sequence[Candidate], seed: int) -> list[Candidate]:
    """Decisions on one answer follow each other, so that it is read once; the answers come in a drawn order."""
    chance = random.Random(seed)
    order = {subject: chance.random() for subject in sorted({one.subject or 0 for one in chosen})}
    return sorted(chosen, key=lambda one: (order[one.subject or 0], one.version or 0, one.place))


def _from_dataset(dataset: Dataset, wish: Wish, rule: draws.Rule) -> Draw:
    rows = _left_out(_answers(dataset, rule), wish, rule)
    answers = list(rows.values_list("pk", "prompt_id", "hash", "model"))
    if wish.task in (Task.VERDICT, Task.RESPONSE):
        return _by_criteria(answers, wish, rule)
    if wish.task == Task.PAIR:
        every = [Candidate(members=(a[0], b[0]), stratum=_models(a, b)) for a, b in _pairs(answers)]
    elif wish.task == Task.RANKING:
        groups = _rankings(answers, wish.seed)
        every = [Candidate(members=tuple(one[0] for one in group), stratum=_models(*group)) for group in groups]
    else:
        every = [Candidate(members=(one[0],), stratum=_models(one)) for one in answers]
    return _sampled(every, wish, rule)


Answer = tuple[int, int, str, str]
"""Key, prompt, hash and model of a response."""


def _answers(dataset: Dataset, rule: draws.Rule) -> QuerySet[Response]:
    rows = datasets.chosen_responses(dataset, {"models": list(rule.models), "tags": list(rule.tags)})
    if rule.kind != "picked":
        return rows
    named = Q(memberships__subject__in=rule.subjects, memberships__subject__kind=SubjectKind.RESPONSE)
    wanted: dict[str, list[str]] = {}
    for prompt, response in rule.responses:
        wanted.setdefault(prompt, []).append(response)
    for prompt, responses in wanted.items():
        named |= Q(prompt__external_id=prompt, external_id__in=responses)
    return rows.filter(named).distinct()


def _left_out(rows: QuerySet[Response], wish: Wish, rule: draws.Rule) -> QuerySet[Response]:
    """Without what was asked before about one answer, where the rule says so."""
    same = ReviewItem.objects.filter(
        subject__members__response=OuterRef("pk"), subject__kind=SubjectKind.RESPONSE, queue__task=wish.task
    )
    if rule.kind == "never_reviewed":
        rows = rows.exclude(Exists(Review.objects.filter(item__in=same.values("pk"))))
    if rule.exclude_queued:
        rows = rows.exclude(Exists(same))
    return rows


def _by_criteria(answers: Iterable[Answer], wish: Wish, rule: draws.Rule) -> Draw:
    """Answers under a rubric that no judge has read."""
    version = wish.place.version
    assert version is not None
    if wish.task == Task.RESPONSE:
        payload = {"criteria": list(rule.criteria)} if rule.criteria else {}
        every = [
            Candidate(version=version.pk, members=(one[0],), stratum=_models(one), payload=payload) for one in answers
        ]
        return _sampled(every, wish, rule)
    asked = [
        (n, one.id)
        for n, one in enumerate(rubrics.domain_rubric(version).criteria)
        if one.kind is not Kind.CHECK and (not rule.criteria or one.id in rule.criteria)
    ]
    by_model = rule.by is By.MODEL
    every = [
        Candidate(None, version.pk, name, n, members=(one[0],), stratum=_models(one) if by_model else name)
        for one in answers
        for n, name in asked
    ]
    found = _sampled(every, wish, rule)
    chance = random.Random(wish.seed)
    order = {members: chance.random() for members in sorted({one.members for one in found.chosen})}
    found.chosen.sort(key=lambda one: (order[one.members], one.place))
    return found


def _sampled(every: Sequence[Candidate], wish: Wish, rule: draws.Rule) -> Draw:
    known = _in_queue(wish.beside)
    every, seed = [one for one in every if (one.members, one.criterion) not in known], wish.seed
    if rule.kind == "stratified":
        taken = sampling.stratified(
            every, rule.size, stratum=lambda one: one.stratum, seed=seed, proportional=rule.proportional
        )
    elif rule.kind == "picked":
        taken = list(every[: rule.size])
    else:
        taken = sampling.at_random(every, rule.size, seed=seed)
        random.Random(seed).shuffle(taken)
    strata: dict[str, int] = {}
    for one in every if rule.kind == "stratified" else ():
        strata[one.stratum] = strata.get(one.stratum, 0) + 1
    return Draw(taken, len(every), strata)


def _in_queue(key: int | None) -> set[tuple[tuple[int, ...], str]]:
    """The members and criterion of what a queue has."""
    if key is None:
        return set()
    rows = SubjectMember.objects.filter(subject__in=ReviewItem.objects.filter(queue=key).values("subject"))
    members: dict[int, list[int]] = {}
    for subject, response in rows.order_by("subject", "position").values_list("subject", "response"):
        members.setdefault(subject, []).append(response)
    asked = ReviewItem.objects.filter(queue=key, subject__isnull=False).values_list("subject_id", "criterion")
    return {(tuple(members[subject]), criterion) for subject, criterion in asked}


def _models(*answers: Answer) -> str:
    return " | ".join(sorted({answer[3] or "not named" for answer in answers}))


def _groups(answers: Iterable[Answer]) -> Iterable[list[Answer]]:
    """The answers to each prompt that differ."""
    for _, group in itertools.groupby(answers, key=lambda answer: answer[1]):
        different = {answer[2]: answer for answer in group}
        if len(different) > 1:
            yield list(different.values())


def _pairs(answers: Iterable[Answer]) -> Iterable[tuple[Answer, Answer]]:
    for group in _groups(answers):
        yield from itertools.combinations(group, 2)


def _rankings(answers: Iterable[Answer], seed: int) -> Iterable[list[Answer]]:
    """One list a prompt; of more answers than fit on a screen some are drawn."""
    chance = random.Random(seed)
    for group in _groups(answers):
        yield group if len(group) <= MOST_RANKED else sorted(chance.sample(group, MOST_RANKED))


def _from_version(version: RubricVersion, wish: Wish, rule: draws.Rule) -> Draw:
    asked = ReviewItem.objects.filter(version=version, queue__task=Task.NECESSITY)
    known = _known(asked, rule, wish.beside, "criterion")
    every = [
        Candidate(version=version.pk, criterion=one.id, place=n)
        for n, one in enumerate(rubrics.domain_rubric(version).criteria)
        if one.id not in known and (not rule.criteria or one.id in rule.criteria)
    ]
    taken = sampling.at_random(every, rule.size, seed=wish.seed)
    return Draw(taken, len(every))


def _from_proposal(proposal: Proposal, wish: Wish, rule: draws.Rule) -> Draw:
    asked = ReviewItem.objects.filter(queue__proposal=proposal, queue__task=Task.TRIAGE)
    known = _known(asked, rule, wish.beside, "payload__hunk")
    every = [
        Candidate(version=proposal.base_id, place=hunk.position, payload={"proposal": proposal.pk, "hunk": hunk.pk})
        for hunk in proposal.hunks.filter(decision="open")
        if hunk.pk not in known
    ]
    taken = sampling.at_random(every, rule.size, seed=wish.seed)
    return Draw(taken, len(every))


def _known(asked: QuerySet[ReviewItem], rule: draws.Rule, beside: int | None, name: str) -> set[Any]:
    """What was asked before, where the rule leaves it out, and what the queue has."""
    if rule.kind == "never_reviewed":
        asked = asked.filter(Q(reviews__isnull=False) | Q(queue=beside))
    elif not rule.exclude_queued:
        asked = asked.filter(queue=beside)
    return set(asked.values_list(name, flat=True))
