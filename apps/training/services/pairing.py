"""Groups whose answers are compared: which pairs a judge is shown."""

import itertools
from collections.abc import Iterable, Sequence

from apps.accounts.permissions import Actor
from apps.datasets import services as dataset_services
from apps.datasets.models import Response, Subject, SubjectKind, SubjectMember
from apps.judging import services as judging
from apps.judging.models import Run
from apps.rubrics.models import RubricVersion
from apps.training.bodies import CompareBody, GroupRewardBody, RewardBody, messages_of, parts_of
from apps.training.models import RewardItem, RewardRequest
from apps.training.services import guarding
from apps.training.services.naming import Named
from domain import errors

MOST_PAIRS = 20_000


def wanted(body: RewardBody) -> bool:
    """Whether answers are compared in pairs."""
    return isinstance(body, GroupRewardBody) and body.compare is not None


def start(by: Actor, request: RewardRequest, body: RewardBody, items: Sequence[RewardItem], named: Named) -> Run:
    """Have a judge compare the answers of each group."""
    compare = body.compare if isinstance(body, GroupRewardBody) and body.compare else CompareBody()
    responses = _responses(item.subject_id for item in items)
    references = _references(by, body) if compare.against == "reference" else {}
    request.options = request.options | {"references": {group: one.pk for group, one in references.items()}}
    chosen: list[tuple[RubricVersion, tuple[Response, Response]]] = []
    grouped: dict[str, list[RewardItem]] = {}
    for item in items:
        grouped.setdefault(item.group, []).append(item)
    for members in grouped.values():
        own = list({responses[item.subject_id].hash: responses[item.subject_id] for item in members}.values())
        against = references.get(members[0].group)
        pairs = (
            [(one, against) for one in own if one.hash != against.hash] if against else itertools.combinations(own, 2)
        )
        chosen += [(members[0].version, pair) for pair in _ordered(pairs, compare)]
    if not chosen:
        problem = errors.Problem("/items", "no group has two different answers")
        raise errors.Invalid("There is nothing to compare.", code="nothing_to_compare", problems=[problem])
    if len(chosen) > MOST_PAIRS:
        problem = errors.Problem("/items", f"make {len(chosen):,} comparisons")
        raise errors.Invalid(f"At most {MOST_PAIRS:,} comparisons are made at once; send fewer.", problems=[problem])
    guarding.check_room(by.workspace, len(chosen))
    dataset = dataset_services.rollouts_dataset(by.workspace)
    keys = dataset_services.of_orders(dataset, SubjectKind.PAIR, [pair for _, pair in chosen])
    found = Subject.objects.in_bulk(set(keys))
    return judging.start_run(
        by=by, workspace=by.workspace, name=f"Comparisons for {len(items)} rewards", judges=[named.judge],
        pairs=[(version, found[key]) for (version, _), key in zip(chosen, keys, strict=True)],
        deadline=named.deadline, purpose=Run.Purpose.REWARD, allow_draft=True,
    )  # fmt: skip


def _ordered(pairs: Iterable[tuple[Response, Response]], compare: CompareBody) -> Iterable[tuple[Response, Response]]:
    for first, second in pairs:
        yield first, second
        if compare.both_orders:
            yield second, first


def _responses(subjects: Iterable[int]) -> dict[int, Response]:
    rows = SubjectMember.objects.filter(subject__in=set(subjects)).select_related("response__prompt")
    return {row.subject_id: row.response for row in rows}


def _references(by: Actor, body: RewardBody) -> dict[str, Response]:
    """The reference of each group as an answer of its own to the prompt."""
    first = {item.group or "": item for item in reversed(body.items)}
    rows = [
        dataset_services.RolloutRow(
            messages=messages_of(item.prompt),
            parts=parts_of(item.reference or ""),
            reference=parts_of(item.reference or ""),
            context=parts_of(item.context) if item.context is not None else None,
            prompt_id=item.prompt_id,
        )
        for item in first.values()
    ]
    dataset = dataset_services.rollouts_dataset(by.workspace)
    subjects = dataset_services.store_rollouts(by.workspace, dataset, rows)
    found = _responses(subject.pk for subject in subjects)
    return {group: found[subject.pk] for group, subject in zip(first, subjects, strict=True)}
