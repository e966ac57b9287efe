"""The judges of a run as one, in columns: a jury's verdicts of stored ones, to be scored again; nobody is asked."""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from apps.judging.models import Run
from apps.judging.queries import artefacts, keys
from apps.judging.queries.ensembles import place_of
from apps.judging.queries.rescoring import Line, Rescoring, Sheet
from apps.rubrics.models import FittedArtefact, RubricVersion
from domain import juries, rubric, scoring, verdicts
from domain.scoring import table


@dataclasses.dataclass(frozen=True)
class Together:
    """The jury that makes one score of a run's judges, and the calibrations that it counts by."""

    jury: FittedArtefact
    calibrations: tuple[FittedArtefact, ...] = ()

    @property
    def own(self) -> Rescoring:
        """As the run has it."""
        return Rescoring(artefacts=self.calibrations, jury=self.jury)

    def of(self, again: Rescoring) -> Rescoring:
        """As it is asked for now; where no calibration is named, with those that the jury counts by."""
        return dataclasses.replace(again, artefacts=again.artefacts or self.calibrations, jury=self.jury)

    def kept(self) -> dict[str, Any]:
        """What a job keeps of it."""
        return {"digest": self.jury.digest, "calibrations": sorted(one.digest for one in self.calibrations)}


def together_of(run: Run) -> Together | None:
    """The jury of a run; nothing where its judges score alone, or one after the other in a cascade."""
    if run.combination is None or run.combination.kind != artefacts.JURY:
        return None
    return Together(run.combination, tuple(run.calibrations.order_by("id")))


def asked(params: Mapping[str, Any]) -> Together | None:
    """The jury that a job was asked to score with."""
    kept = params.get("jury")
    if kept is None:
        return None
    here = FittedArtefact.objects.filter(workspace__runs=params["run"])
    return Together(
        here.get(kind=artefacts.JURY, digest=kept["digest"]),
        tuple(here.filter(kind=artefacts.CALIBRATION, digest__in=kept["calibrations"]).order_by("id")),
    )


def leading(lines: Sequence[Line]) -> list[Line]:
    """The lines that stand for an answer each: the first of every place where the judges meet."""
    found: dict[tuple[int, int, int], Line] = {}
    for line in lines:
        found.setdefault(place_of(line), line)
    return list(found.values())


def sheets(alone: Sequence[Sheet], jury: FittedArtefact) -> Iterator[Sheet]:
    """The sheets of single judges put together, one for each version."""
    by_version: dict[tuple[int, bool], list[Sheet]] = {}
    for sheet in alone:
        by_version.setdefault((sheet.lines[0].version, sheet.compares), []).append(sheet)
    for parts in by_version.values():
        yield _together(sorted(parts, key=lambda sheet: sheet.lines[0].place), artefacts.jury_of(jury))


def _together(parts: Sequence[Sheet], jury: juries.Jury) -> Sheet:
    """One sheet of several; an answer that not every judge has been through lacks what the others say."""
    first = parts[0]
    places = {place_of(line): row for row, line in enumerate(first.lines)}
    shape = (len(parts), *first.table.values.shape)
    values, codes = np.zeros(shape), np.full(shape, table.CANNOT_ASSESS, dtype=np.int8)
    there, degenerate = np.zeros(shape[:2], dtype=bool), np.zeros(shape[1], dtype=bool)
    for judge, part in enumerate(parts):
        met = [(at, places[place]) for at, line in enumerate(part.lines) if (place := place_of(line)) in places]
        own, rows = [at for at, _ in met], [row for _, row in met]
        values[judge, rows], codes[judge, rows] = part.table.values[own], part.table.codes[own]
        degenerate[rows] |= part.table.degenerate[own]
        there[judge, rows] = True
    digests = keys.Reader().criterion_digests(first.version, "isolated")
    names = [part.judge.fingerprint for part in parts]
    for column, criterion in enumerate(first.rubric.criteria):
        cells = np.concatenate([codes[:, :, column], values[:, :, column]]).T
        said = _said(criterion, names, cells, jury, digests[criterion.id])
        codes[0, :, column], values[0, :, column] = said
    made = scoring.Table(values[0], codes[0], degenerate, first.table.lengths)
    lacking = ~there.all(axis=0) | (np.full(shape[1], len(parts) < len(jury.judges)))
    return dataclasses.replace(first, table=made, lacking=lacking)


def _said(
    criterion: rubric.Criterion, names: Sequence[str], cells: table.Floats, jury: juries.Jury, digest: str
) -> tuple[list[int], list[float]]:
    """Codes and values of a jury on one criterion; votes that many answers share are counted once."""
    different, place = np.unique(cells, axis=0, return_inverse=True)
    found = [_verdict(criterion, names, row.tolist(), jury, digest) for row in different]
    codes = [table.CODES[verdict.status] for verdict in found]
    values = [verdict.value or 0.0 for verdict in found]
    order = place.ravel().tolist()
    return [codes[at] for at in order], [values[at] for at in order]


def _verdict(
    criterion: rubric.Criterion, names: Sequence[str], row: Sequence[float], jury: juries.Jury, digest: str
) -> verdicts.Verdict:
    """What a jury says, as `combining` says it of one answer; a computed criterion is nobody's opinion."""
    count = len(names)
    votes = {
        name: verdicts.Verdict(criterion.id, table.STATUSES[int(code)], value if code == table.OK else None)
        for name, code, value in zip(names, row[:count], row[count:], strict=True)
    }
    if criterion.kind is rubric.Kind.CHECK:
        return votes[names[0]]
    return juries.combine(criterion, votes, jury, digest=digest)


def voted(
    version: RubricVersion, jury: FittedArtefact, votes: Mapping[str, Mapping[str, float | None]],
    calibrations: Sequence[FittedArtefact] = (),
) -> dict[str, verdicts.Verdict | None]:  # fmt: skip
    """What a jury says of values that its judges gave elsewhere, by fingerprint and criterion; None is no value.

    A criterion that no judge names has no vote, as one that is null has none that counts.
    """
    reader, rules = keys.Reader(), artefacts.jury_of(jury)
    said, digests = reader.rubric(version), reader.criterion_digests(version, "isolated")
    curves = artefacts.curves_of(calibrations)
    given = {name: scoring.from_values(said, values) for name, values in votes.items()}
    found: dict[str, verdicts.Verdict | None] = {}
    for criterion in said.criteria:
        cast = {
            name: artefacts.calibrated(vote, curves.get((name, digests[criterion.id])))
            for name, of_judge in given.items()
            if (vote := of_judge.get(criterion.id)) is not None
        }
        if criterion.kind is rubric.Kind.CHECK:
            found[criterion.id] = next(iter(cast.values()), None)
        else:
            found[criterion.id] = juries.combine(criterion, cast, rules, digest=digests[criterion.id])
    return found
