"""Ensembles: the scores of a run's judges as one, from stored verdicts, beside what each of them gave."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from apps.datasets.models import SubjectKind
from apps.judging.models import JudgeVersion, Run, RunItem, Score
from apps.judging.queries import keys, rescoring
from apps.judging.queries.combining import leading_items
from apps.judging.queries.rescoring import Line, Rescoring
from apps.rubrics.models import FittedArtefact
from domain import ensembles, errors, verdicts
from domain.scoring import terms
from domain.scoring.table import Floats

if TYPE_CHECKING:
    from apps.accounts.permissions import Actor

ENSEMBLE = "ensemble"
MIDDLE = 0.5
OWN = Rescoring()
Place = tuple[int, int, int]


@dataclass(frozen=True)
class Given:
    """What the judges of a run gave to its answers: one row an answer, one column a judge, NaN where there is none.

    `statuses` say why; `groups` number the answers that are held against each other, those to one prompt in one
    sample under one version, and `compares` marks pairs, whose scores are held against a tie instead.
    """

    lines: Sequence[Line] = field(repr=False)
    judges: Sequence[JudgeVersion]
    raw: Floats = field(repr=False)
    coverage: Floats = field(repr=False)
    statuses: Sequence[Sequence[str]] = field(repr=False)
    groups: Sequence[int] = field(repr=False)

    @property
    def compares(self) -> "np.typing.NDArray[np.bool_]":
        """Which of them are pairs."""
        return np.array([line.kind == SubjectKind.PAIR for line in self.lines], dtype=bool)

    def centres(self, judge: int) -> Floats:
        """What the scores of a judge are held against, by row."""
        return np.where(self.compares, MIDDLE, ensembles.centres(self.raw[:, judge], self.groups))


@dataclass(frozen=True)
class Fused:
    """One answer under an ensemble: its score, or why there is none, and what each judge gave to it."""

    item: RunItem
    raw: float | None
    display: float | None
    status: str
    coverage: float
    parts: Sequence[ensembles.Part]
    trace: Sequence[dict[str, Any]]
    stored: bool

    @property
    def title(self) -> str:
        """What the answer is called."""
        members = [member.response.external_id for member in self.item.subject.members.all()]
        place = self.item.subject.judged_member
        return " and ".join(members if place is None else members[place : place + 1])


def given_by_judges(run: Run, cells: int) -> Given:
    """The scores that every judge of a run comes to, about so many verdicts at a time; asks nobody."""
    judges = sorted(run.judges.select_related("judge"), key=lambda judge: judge.pk)
    column = {judge.pk: place for place, judge in enumerate(judges)}
    rows: dict[Place, int] = {}
    lines: list[Line] = []
    cellar: list[tuple[int, int, float, float, str]] = []
    for span in rescoring.spans_of(run, OWN, cells):
        for sheet in rescoring.sheets(run, OWN, span):
            found = rescoring.scored(sheet, OWN)
            for line, raw, coverage, status, lacks in zip(
                sheet.lines, found.raw.tolist(), found.coverage.tolist(), found.statuses, sheet.lacking.tolist(),
                strict=True,
            ):  # fmt: skip
                row = rows.setdefault(place_of(line), len(rows))
                if row == len(lines):
                    lines.append(line)
                told = (np.nan, 0.0, verdicts.Status.CANNOT_ASSESS.value) if lacks else (raw, coverage, status)
                cellar.append((row, column[line.judge], *told))
    made = Given(
        lines, judges, np.full((len(lines), len(judges)), np.nan), np.zeros((len(lines), len(judges))),
        [[verdicts.Status.CANNOT_ASSESS.value] * len(judges) for _ in lines], groups_of(lines),
    )  # fmt: skip
    for row, judge, raw, coverage, status in cellar:
        made.raw[row, judge], made.coverage[row, judge] = raw, coverage
        made.statuses[row][judge] = status  # type: ignore[index]
    return made


def place_of(line: Line) -> Place:
    """Where the judges meet: the same subject under the same version in the same sample."""
    return line.version, line.subject, line.sample


def groups_of(lines: Sequence[Line]) -> list[int]:
    """Which answers are held against each other."""
    numbers: dict[tuple[int, int, int], int] = {}
    return [numbers.setdefault((line.version, line.prompt, line.sample), len(numbers)) for line in lines]


def group_hashes(lines: Sequence[Line]) -> list[str]:
    """What stands for the answers that each one is held against; nothing for pairs, which stand alone."""
    groups = groups_of(lines)
    members: dict[int, list[str]] = {}
    for line, group in zip(lines, groups, strict=True):
        members.setdefault(group, []).append(line.hash)
    named = {group: keys.group_hash(hashes) for group, hashes in members.items()}
    return ["" if line.kind == SubjectKind.PAIR else named[group] for line, group in zip(lines, groups, strict=True)]


def way_of(artefact: FittedArtefact) -> ensembles.Way:
    """How an ensemble makes one score of several."""
    said = artefact.payload
    return ensembles.Way(ensembles.Rule(said["rule"]), ensembles.Lacking(said["lacking"]), said["caution"])


def parts_of(given: Given, artefact: FittedArtefact) -> list[list[ensembles.Part]]:
    """What each judge says of each answer, held against the figures that the ensemble froze."""
    figures = artefact.payload["judges"]
    centres = [given.centres(judge) for judge in range(len(given.judges))]
    own = [figures[judge.fingerprint] for judge in given.judges]
    return [
        [
            ensembles.Part(
                str(judge), _number(given.raw[row, place]), _number(centres[place][row]), own[place]["spread"],
                own[place]["weight"],
            )
            for place, judge in enumerate(given.judges)
        ]
        for row in range(len(given.lines))
    ]  # fmt: skip


def status_of(raw: float | None, parts: Sequence[ensembles.Part], statuses: Sequence[str]) -> str:
    """`ok`, `partial` where a judge is missing or scored in part, else the gravest reason of those without a score."""
    heard = [status for part, status in zip(parts, statuses, strict=True) if not part.silent]
    if raw is None:
        known = {verdicts.Status(status) for status in heard if status not in {"ok", "partial"}}
        return (terms.gravest(known) or verdicts.Status.CANNOT_ASSESS).value
    return "ok" if set(heard) == {"ok"} and _all_there(parts) else "partial"


def coverage_of(parts: Sequence[ensembles.Part], coverage: Sequence[float]) -> float:
    """The mean over judges of the share that each scored, nothing for one that is not there."""
    shares = [
        share if part.standardised is not None else 0.0
        for part, share in zip(parts, coverage, strict=True)
        if not part.silent
    ]
    return sum(shares) / len(shares) if shares else 0.0


def ensembles_of(run: Run) -> list[FittedArtefact]:
    """The ensembles made of a run's judges, newest first."""
    found = FittedArtefact.objects.filter(workspace=run.workspace_id, kind=ENSEMBLE, payload__run=str(run.pk))
    return list(found.order_by("-id"))


def get_ensemble(actor: "Actor", run: Run, digest: str) -> FittedArtefact:
    """One of them, by its digest."""
    found = FittedArtefact.objects.filter(
        workspace=actor.workspace, kind=ENSEMBLE, payload__run=str(run.pk), digest=digest
    )
    if (one := found.first()) is None:
        raise errors.NotFound(f"This run has no ensemble with the digest {digest[:80]}.", code="ensemble_unknown")
    return one


def fused(run: Run, artefact: FittedArtefact, items: Sequence[RunItem]) -> list[Fused]:
    """The stored scores of an ensemble for answers given by any of their items, in that order."""
    prompts = {item.subject.prompt_id for item in items}
    lines = [
        Line._make(row)
        for row in rescoring.items_of(run, OWN).filter(subject__prompt__in=prompts).values_list(*rescoring.FIELDS)
    ]
    unique = list({place_of(line): line for line in lines}.values())
    named = _keys(run, artefact, unique)
    rows = Score.objects.in_bulk([named[place] for item in items if (place := _place(item)) in named])
    return [_fused(item, rows.get(named.get(_place(item), uuid.UUID(int=0)))) for item in items]


def answers_of(run: Run) -> Any:
    """The items that stand for an answer each."""
    return (
        leading_items(run)
        .select_related("subject__prompt", "version__rubric")
        .prefetch_related("subject__members__response")
    )


def score_keys(
    run: Run, artefact: FittedArtefact, lines: Sequence[Line], digests: Mapping[int, str]
) -> list[uuid.UUID]:
    """The key of each answer's score under an ensemble; `digests` of the versions, by their ids."""
    forms = {
        version: keys.score_form(digest, None, run.workspace_id, artefacts=[artefact.digest])
        for version, digest in digests.items()
    }
    return [
        keys.key_of(keys.of_answer(forms[line.version], line.hash, line.context, line.sample, group))
        for line, group in zip(lines, group_hashes(lines), strict=True)
    ]


def _keys(run: Run, artefact: FittedArtefact, lines: Sequence[Line]) -> dict[Place, uuid.UUID]:
    reader, known = keys.Reader(), rescoring.Known.of(lines)
    digests = {pk: reader.digest(version) for pk, version in known.versions.items()}
    return dict(zip(map(place_of, lines), score_keys(run, artefact, lines, digests), strict=True))


def _fused(item: RunItem, row: Score | None) -> Fused:
    if row is None:
        return Fused(item, None, None, verdicts.Status.CANNOT_ASSESS.value, 0.0, (), (), stored=False)
    parts = [ensembles.Part(**one) for one in row.trace[-1]["in"]["judges"]] if row.trace else []
    return Fused(item, row.raw, row.display, row.status, row.coverage, parts, row.trace, stored=True)


def _place(item: RunItem) -> Place:
    return item.version_id, item.subject_id, item.sample


def _all_there(parts: Sequence[ensembles.Part]) -> bool:
    return all(part.standardised is not None for part in parts if not part.silent)


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
