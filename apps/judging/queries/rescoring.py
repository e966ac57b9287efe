"""The answers of a run to be scored again: by another version, a profile, with calibrations; no judge is asked."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from django.db.models import Count, F, Q, Sum

from apps.datasets.models import SubjectKind, SubjectMember
from apps.judging.models import JudgeVersion, Run, RunItem
from apps.judging.queries import artefacts, columns, keys
from apps.judging.queries import scored as rules
from apps.rubrics import queries as rubric_queries
from apps.rubrics.models import RubricVersion
from domain import pipeline, rubric, scoring, subjects, words
from domain.scoring import statuses
from domain.scoring.table import Bools, Floats

if TYPE_CHECKING:
    from apps.rubrics.models import FittedArtefact, Profile

SCORED = (RunItem.State.DONE, RunItem.State.FAILED)


@dataclass(frozen=True)
class Rescoring:
    """With what to score again: a version of the rubric (each answer's own where there is none), a profile's weights,
    and calibrations of the judges; with a jury all judges are scored as one."""

    version: RubricVersion | None = None
    profile: "Profile | None" = None
    artefacts: "Sequence[FittedArtefact]" = ()
    jury: "FittedArtefact | None" = None

    @property
    def rubric_id(self) -> int | None:
        """Only answers judged under this rubric are meant; none where all are."""
        if self.version is not None:
            return self.version.rubric_id
        return self.profile.rubric_id if self.profile is not None else None

    @property
    def digests(self) -> list[str]:
        """The artefacts that a score names: calibrations, the jury, and the fit that a profile comes from."""
        fitted = self.profile.source.get("artefact") if self.profile is not None else None
        named = {one.digest for one in (*self.artefacts, self.jury) if one is not None}
        return sorted(named | ({fitted} if fitted else set()))

    def of(self, own: RubricVersion) -> RubricVersion:
        """The version that scores an answer judged under this one."""
        return self.version or own


class Span(NamedTuple):
    """Prompts from one to another, both with it: the answers of one prompt stay together."""

    low: int
    high: int


class Line(NamedTuple):
    """What is known of a run item beside its verdicts."""

    pk: int
    place: int
    version: int
    judge: int
    subject: int
    sample: int
    reason: str
    kind: str
    hash: str
    context: str
    prompt: int


FIELDS = (
    "pk", "index", "version", "judge_version", "subject", "sample", "content_reason", "subject__kind",
    "subject__hash", "subject__prompt__context_hash", "subject__prompt",
)  # fmt: skip


@dataclass(frozen=True)
class Sheet:
    """Answers judged by one judge under one version, and their verdicts on the criteria that are scored now.

    `lacking` marks answers for which some criterion has no stored verdict: those cannot be scored.
    """

    lines: Sequence[Line] = field(repr=False)
    judge: JudgeVersion
    version: RubricVersion
    rubric: rubric.Rubric
    digest: str
    table: scoring.Table = field(repr=False)
    lacking: Bools = field(repr=False)

    @property
    def compares(self) -> bool:
        """Whether pairs of answers are scored."""
        return self.lines[0].kind == SubjectKind.PAIR


def items_of(run: Run, again: Rescoring) -> Any:
    """The judged answers of a run that are meant; not those of which only some criteria were asked."""
    found = RunItem.objects.filter(run=run, state__in=SCORED, asked=[])
    return found if again.rubric_id is None else found.filter(version__rubric=again.rubric_id)


def spans_of(run: Run, again: Rescoring, cells: int) -> list[Span]:
    """Parts of a run of about so many verdicts each, with all answers of a prompt in one part."""
    counted = items_of(run, again).values("subject__prompt").order_by("subject__prompt")
    rows = counted.annotate(size=Sum("scored") + Sum("unscored") + Count("pk"))
    found: list[Span] = []
    filled = 0
    for prompt, size in rows.values_list("subject__prompt", "size").iterator(chunk_size=20_000):
        if not found or filled + size > cells:
            found.append(Span(prompt, prompt))
            filled = 0
        filled += size
        found[-1] = Span(found[-1].low, prompt)
    return found


def lines_of(run: Run, again: Rescoring, span: Span | None = None) -> list[Line]:
    """The answers of a part, or of the whole run, in their order."""
    found = items_of(run, again)
    if span is not None:
        found = found.filter(subject__prompt__gte=span.low, subject__prompt__lte=span.high)
    return list(map(Line._make, found.order_by("index").values_list(*FIELDS)))


def sheets(run: Run, again: Rescoring, span: Span) -> Iterator[Sheet]:
    """All answers of a part with their verdicts, read in a handful of queries whatever their number."""
    lines = lines_of(run, again, span)
    known = Known.of(lines)
    reader = keys.Reader()
    sorted_ = couples(lines)
    digests = dict.fromkeys(
        digest
        for version, judge, _ in sorted_
        for digest in reader.criterion_digests(again.of(known.versions[version]), known.judges[judge].protocol).values()
    )
    if not digests:
        return
    cells = columns.cells([line.pk for line in lines], list(digests))
    curves = artefacts.curves_of(again.artefacts)
    for (version, judge, _), rows in sorted_.items():
        target, by = again.of(known.versions[version]), known.judges[judge]
        own = {digest: curve for (fingerprint, digest), curve in curves.items() if fingerprint == by.fingerprint}
        part = _Part([lines[row] for row in rows], rows, known.versions[version], target, by)
        yield _sheet(part, reader, cells, own)


def score_keys(
    lines: Sequence[Line], judge: JudgeVersion, digest: str, again: Rescoring, groups: Sequence[str]
) -> list[uuid.UUID]:
    """The key of each answer's score, as `keys.score_key` gives it to one; `groups` as of `group_hashes`."""
    one = None if again.jury is not None else judge
    form = keys.score_form(digest, one, judge.judge.workspace_id, profile=again.profile, artefacts=again.digests)
    return [
        keys.key_of(keys.of_answer(form, line.hash, line.context, line.sample, group))
        for line, group in zip(lines, groups, strict=True)
    ]


@dataclass(frozen=True)
class Known:
    """The versions and judges of lines, each read once."""

    versions: Mapping[int, RubricVersion]
    judges: Mapping[int, JudgeVersion]

    @classmethod
    def of(cls, lines: Sequence[Line]) -> "Known":
        """In two queries."""
        versions = RubricVersion.objects.select_related("rubric")
        judges = JudgeVersion.objects.select_related("judge")
        return cls(versions.in_bulk({line.version for line in lines}), judges.in_bulk({line.judge for line in lines}))


class _Part(NamedTuple):
    lines: list[Line]
    rows: list[int]
    own: RubricVersion
    target: RubricVersion
    judge: JudgeVersion


def couples(lines: Sequence[Line]) -> dict[tuple[int, int, bool], list[int]]:
    """Places of lines by version, judge and whether they are pairs."""
    found: dict[tuple[int, int, bool], list[int]] = {}
    for row, line in enumerate(lines):
        found.setdefault((line.version, line.judge, line.kind == SubjectKind.PAIR), []).append(row)
    return found


def _sheet(part: _Part, reader: keys.Reader, cells: columns.Cells, curves: columns.Curves) -> Sheet:
    said = reader.rubric(part.target)
    protocol = part.judge.protocol
    place = {digest: column for column, digest in enumerate(cells.digests)}
    chosen = np.ix_(part.rows, [place[digest] for digest in reader.criterion_digests(part.target, protocol).values()])
    values = _values(part, reader, cells, curves, chosen)
    degenerate = _degenerate(part, said.content_gate.min_words, reader.rubric(part.own).content_gate.min_words)
    lacking = ~cells.given[chosen].all(axis=1) & ~degenerate
    made = scoring.Table(values, cells.codes[chosen], degenerate, _lengths(part, said))
    return Sheet(part.lines, part.judge, part.target, said, reader.digest(part.target), made, lacking)


def _values(part: _Part, reader: keys.Reader, cells: columns.Cells, curves: columns.Curves, chosen: Any) -> Floats:
    """The values as the judge gave them, or by the curves for what `isolated` calls these criteria."""
    if not curves:
        found: Floats = cells.values[chosen]
        return found
    asked = reader.criterion_digests(part.target, part.judge.protocol)
    named = reader.criterion_digests(part.target, "isolated")
    mine = {asked[name]: curves[digest] for name, digest in named.items() if digest in curves}
    calibrated: Floats = cells.calibrated(mine)[chosen]
    return calibrated


def _degenerate(part: _Part, needed: int, before: int) -> Bools:
    """What the content gate decides; counted anew only where the version asks for another number of words."""
    decided = np.array([bool(line.reason) for line in part.lines], dtype=bool)
    if needed == before:
        return decided
    texts = texts_of(part.lines)
    return np.array([words.count_words(texts.get(line.subject, "")) < needed for line in part.lines], dtype=bool)


def _lengths(part: _Part, said: rubric.Rubric) -> dict[str, Floats]:
    """How long the answers are, where the scoring looks at it."""
    if not pipeline.needs_length(said.scoring):
        return {}
    texts = texts_of(part.lines)
    found = [words.sizes(texts.get(line.subject, "")) for line in part.lines]
    return {unit: np.array([sizes[unit] for sizes in found]) for unit in words.sizes("")}


def texts_of(lines: Sequence[Line]) -> dict[int, str]:
    """The text of each answer by its subject; of a list that of the member that is judged."""
    members = SubjectMember.objects.filter(subject__in={line.subject for line in lines})
    judged = members.filter(
        Q(subject__kind=SubjectKind.LIST, position=F("subject__step"))
        | Q(~Q(subject__kind=SubjectKind.LIST), position=0)
    )
    return {
        subject: subjects.text_of(parts)
        for subject, parts in judged.values_list("subject", "response__parts").iterator(chunk_size=2_000)
    }


class Scored(NamedTuple):
    """The scores of a sheet, one entry a line; NaN where there is none."""

    keys: list[uuid.UUID]
    raw: Floats
    coverage: Floats
    statuses: list[str]
    groups: list[str]

    @property
    def display(self) -> Floats:
        """Clamped to the range that is shown."""
        return np.clip(self.raw, 0.0, 1.0)


def scored(sheet: Sheet, again: Rescoring) -> Scored:
    """What the verdicts of a sheet come to."""
    weights = rubric_queries.profile_weights(again.profile, sheet.rubric) if again.profile else None
    hashes = [""] * len(sheet.lines) if sheet.compares else group_hashes(sheet.rubric, sheet.lines)
    made = score_keys(sheet.lines, sheet.judge, sheet.digest, again, hashes)
    if sheet.compares:
        found = scoring.scores_of_pairs(
            sheet.rubric, sheet.table, [line.reason for line in sheet.lines], weights=weights,
            hard_rules_first=rules.hard_rules_first(sheet.judge),
        )  # fmt: skip
    else:
        found = scoring.scores_of(sheet.rubric, sheet.table, weights=weights, groups=_groups(sheet.lines))
    told = statuses.statuses(sheet.rubric, sheet.table, found.raw, found.missing)
    return Scored(made, found.raw, found.coverage, told, hashes)


def _groups(lines: Sequence[Line]) -> list[int]:
    """Which answers a step compares: those of one prompt in one sample."""
    numbers: dict[tuple[int, int], int] = {}
    return [numbers.setdefault((line.prompt, line.sample), len(numbers)) for line in lines]


def group_hashes(rubric_: rubric.Rubric, lines: Sequence[Line]) -> list[str]:
    """What the score of each answer depends on beside the answer: nothing, or all answers to its prompt."""
    if not pipeline.needs_group(rubric_.scoring):
        return [""] * len(lines)
    groups = _groups(lines)
    members: dict[int, list[str]] = {}
    for line, group in zip(lines, groups, strict=True):
        members.setdefault(group, []).append(line.hash)
    named = {group: keys.group_hash(hashes) for group, hashes in members.items()}
    return [named[group] for group in groups]
