"""Answers that are scored together, where a rubric compares all answers of a prompt."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from apps.datasets.models import SubjectKind
from apps.judging.models import RunItem
from apps.judging.queries import keys, scored
from domain import pipeline, scoring
from domain.verdicts import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

SETTLED = frozenset({RunItem.State.DONE, RunItem.State.FAILED})
Known = Mapping[str, Verdict]
Place = tuple[object, ...]


def compares(item: RunItem, reader: keys.Reader) -> bool:
    """Whether the score of an answer depends on the other answers to its prompt."""
    return item.subject.kind != SubjectKind.PAIR and pipeline.needs_group(reader.rubric(item.version).scoring)


def peers(chosen: Sequence[RunItem], reader: keys.Reader, related: Sequence[str]) -> list[RunItem]:
    """The other answers of the run that some of these are compared with: of the prompt, version, judge and sample."""
    grouped = [item for item in chosen if compares(item, reader)]
    if not grouped:
        return []
    wanted = {place_of(item) for item in grouped}
    found = RunItem.objects.filter(
        run__in={item.run_id for item in grouped}, version__in={item.version_id for item in grouped},
        subject__prompt__in={item.subject.prompt_id for item in grouped}, asked=[],
    ).exclude(pk__in=[item.pk for item in chosen])  # fmt: skip
    return [item for item in found.select_related(*related).order_by("index") if place_of(item) in wanted]


def place_of(item: RunItem) -> Place:
    """What the answers of a group have in common."""
    return item.run_id, item.version_id, item.judge_version_id, item.sample, item.subject.prompt_id


def scores(
    items: Iterable[tuple[RunItem, Known, bool]], reader: keys.Reader,
    weights_of: "Callable[[RunItem], Mapping[str, float] | None]",
) -> dict[int, scoring.Score]:  # fmt: skip
    """The score of each answer among its group, by item; none of a group in which one is still being judged.

    Each item comes with its verdicts and whether they are complete; cancelled answers belong to no group.
    """
    groups: dict[Place, list[tuple[RunItem, Known, bool]]] = {}
    for item, known, complete in items:
        if compares(item, reader) and item.state != RunItem.State.CANCELLED:
            groups.setdefault(place_of(item), []).append((item, known, complete))
    found: dict[int, scoring.Score] = {}
    for members in groups.values():
        if all(complete and item.state in SETTLED for item, _, complete in members):
            first = members[0][0]
            made = scoring.score_group(
                reader.rubric(first.version), [known for _, known, _ in members], weights=weights_of(first),
                content_reasons=[item.content_reason or None for item, _, _ in members],
                lengths=[scored.sizes_of(item.subject, reader.rubric(item.version)) for item, _, _ in members],
            )  # fmt: skip
            found.update(zip((item.pk for item, _, _ in members), made, strict=True))
    return found
