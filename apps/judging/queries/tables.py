"""Stored verdicts of many answers as columns of numbers: what is not known to be final is read in one query."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from django.db import connection

from apps.datasets.models import Subject, SubjectMember
from apps.judging.models import RunItem
from apps.judging.queries import keys, settled
from domain import rubric, scoring, subjects, words
from domain.scoring import table

if TYPE_CHECKING:
    from apps.judging.models import JudgeVersion, Run
    from apps.rubrics.models import RubricVersion

MOST_KEPT = 200_000
_CELL = np.dtype([("row", ">i4"), ("column", ">i4"), ("value", ">f8"), ("code", ">i2")])
_CELLS = """
SELECT string_agg(
    int4send(s.place::int - 1) || int4send(c.place::int - 1) || float8send(coalesce(v.value, 'NaN'))
    || int2send(array_position(%s::text[], v.status::text)::int2 - 1::int2), ''::bytea)
FROM unnest(%s::bigint[], %s::text[]) WITH ORDINALITY AS s(subject, context, place)
JOIN judging_verdict v ON v.subject_id = s.subject AND v.context_hash = s.context
JOIN unnest(%s::text[]) WITH ORDINALITY AS c(digest, place) ON c.digest = v.criterion_digest
WHERE coalesce(v.fingerprint = %s AND v.strategy = %s AND v.protocol = %s AND v.sample = 0, false)
"""  # coalesce, because before its first ANALYZE the planner takes plain comparisons for one row and loops over all
_known_sizes: dict[str, dict[str, float]] = {}


@dataclass(frozen=True)
class Answer:
    """What is needed of an answer to find its verdicts: keys, hashes and the prompt it belongs to."""

    subject: int
    hash: str
    prompt: int
    context: str


@dataclass(frozen=True)
class Cells:
    """Values and status codes of answers (rows) under criterion digests (columns); `given` marks stored verdicts."""

    digests: tuple[str, ...]
    values: table.Floats
    codes: table.Codes
    given: table.Bools
    sizes: Mapping[str, table.Floats]

    def table(self, reader: keys.Reader, version: "RubricVersion", judge: "JudgeVersion") -> scoring.Table:
        """The columns of one version, in the order of its criteria."""
        places = self.columns(reader, version, judge)
        needed = reader.rubric(version).content_gate.min_words
        short = self.sizes["words"] < needed
        return scoring.Table(self.values[:, places], self.codes[:, places], short, self.sizes)

    def columns(self, reader: keys.Reader, version: "RubricVersion", judge: "JudgeVersion") -> list[int]:
        """Where the criteria of a version stand."""
        place = {digest: column for column, digest in enumerate(self.digests)}
        return [place[digest] for digest in reader.asked_digests(version, judge).values()]


def judged_answers(
    version: "RubricVersion", judge: "JudgeVersion", most: int, *, run: "Run | None" = None
) -> list[Answer]:
    """The answers judged last by a judge under any version of the rubric, each once; only those of a run if named."""
    judged = RunItem.objects.filter(
        version__rubric=version.rubric_id, judge_version=judge, state=RunItem.State.DONE, sample=0,
        subject__kind="response", run__supposed__isnull=True,
    )  # fmt: skip
    if run is not None:
        judged = judged.filter(run=run)
    rows = judged.order_by("-pk").values_list(
        "subject", "subject__hash", "subject__prompt", "subject__prompt__context_hash"
    )
    return list({row[0]: Answer(*row) for row in rows[: 2 * most]}.values())[:most]


def answers_of(chosen: Sequence[Subject]) -> list[Answer]:
    """Subjects that came with their prompts."""
    return [Answer(one.pk, one.hash, one.prompt_id, one.prompt.context_hash) for one in chosen]


def cells(
    answers: Sequence[Answer], versions: "Sequence[RubricVersion]", judge: "JudgeVersion", reader: keys.Reader
) -> Cells:
    """The verdicts that one judge gave on answers for all that these versions ask."""
    asked = [reader.asked_digests(version, judge) for version in versions]
    return cells_of(answers, [digest for of_version in asked for digest in of_version.values()], judge)


def cells_of(answers: Sequence[Answer], asked: Iterable[str], judge: "JudgeVersion") -> Cells:
    """The verdicts that one judge gave on answers for these digests of criteria, each once."""
    digests = tuple(dict.fromkeys(asked))
    shape = (len(answers), len(digests))
    codes = np.full(shape, table.CANNOT_ASSESS, dtype=np.int8)
    found = Cells(digests, np.zeros(shape), codes, np.zeros(shape, dtype=bool), _sizes(answers))
    _own(found, answers, judge)
    lacking = np.flatnonzero(~found.given.all(axis=1)).tolist()
    if lacking:
        _fill(found, answers, _twins(answers, lacking), judge)
    return found


def values_by_subject(
    version: "RubricVersion", judge: "JudgeVersion", chosen: Sequence[Subject], said: rubric.Rubric
) -> dict[int, table.Floats]:
    """By subject the value that a judge gave on each criterion of a wording of the version, NaN where it gave none."""
    reader = keys.Reader()
    reader.suppose(version, said)
    unique = list({one.pk: one for one in chosen}.values())
    if not unique:
        return {}
    found = cells(answers_of(unique), [version], judge, reader).table(reader, version, judge)
    values = np.where(found.codes == table.OK, found.values, np.nan)
    return {one.pk: values[row] for row, one in enumerate(unique)}


def _own(found: Cells, answers: Sequence[Answer], judge: "JudgeVersion") -> None:
    """Write the verdicts stored with the answers themselves, reading only where none is known to be final."""
    mark = settled.mark((one.subject, one.context) for one in answers)
    names = [(judge.fingerprint, judge.strategy, judge.protocol, mark, digest) for digest in found.digests]
    for column, name in enumerate(names):
        if (known := settled.known(name)) is not None:
            found.values[:, column], found.codes[:, column], found.given[:, column] = known
    rows = np.flatnonzero(~found.given.all(axis=1)).tolist()
    columns = np.flatnonzero(~found.given.all(axis=0)).tolist()
    _fill(found, answers, [(row, answers[row].subject) for row in rows], judge)
    for column in columns:
        settled.keep(names[column], found.values[:, column], found.codes[:, column], found.given[:, column])


def _fill(
    found: Cells, answers: Sequence[Answer], rows: Sequence[tuple[int, int]], judge: "JudgeVersion"
) -> None:  # fmt: skip
    """Write the verdicts stored with subjects where the table has none: `rows` are pairs of place and subject."""
    columns = np.flatnonzero(~found.given.all(axis=0))
    if not rows or not columns.size:
        return
    sent: list[Any] = [
        [status.value for status in table.STATUSES], [subject for _, subject in rows],
        [answers[place].context for place, _ in rows], [found.digests[column] for column in columns],
        judge.fingerprint, judge.strategy, judge.protocol,
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_CELLS, sent)
        reply = cursor.fetchone()
    if reply is None or reply[0] is None:
        return
    read = np.frombuffer(bytes(reply[0]), dtype=_CELL)
    at = np.array([place for place, _ in rows])[read["row"]], columns[read["column"]]
    found.values[at] = np.nan_to_num(read["value"])
    found.codes[at] = read["code"]
    found.given[at] = True


def _twins(answers: Sequence[Answer], places: Sequence[int]) -> list[tuple[int, int]]:
    """Subjects of the same text and task in other data sets, whose verdicts hold for these rows too."""
    by_hash: dict[str, list[int]] = {}
    for place in places:
        by_hash.setdefault(answers[place].hash, []).append(place)
    workspace = Subject.objects.filter(pk=answers[places[0]].subject).values("workspace")
    rows = Subject.objects.filter(workspace__in=workspace, hash__in=by_hash).values_list("pk", "hash")
    known = {answers[place].subject for place in places}
    return [(place, pk) for pk, digest in rows if pk not in known for place in by_hash[digest]]


def _sizes(answers: Sequence[Answer]) -> dict[str, table.Floats]:
    """How long each answer is, by unit; what was counted once is kept in this process."""
    unknown = [one.subject for one in answers if one.hash not in _known_sizes]
    if len(_known_sizes) + len(unknown) > MOST_KEPT:
        _known_sizes.clear()
        unknown = [one.subject for one in answers]
    members = SubjectMember.objects.filter(subject__in=unknown, position=0)
    for digest, parts in members.values_list("subject__hash", "response__parts"):
        _known_sizes[digest] = words.sizes(subjects.text_of(parts))
    nothing = words.sizes("")
    found = [_known_sizes.get(one.hash, nothing) for one in answers]
    return {unit: np.array([sizes[unit] for sizes in found], dtype=np.float64) for unit in nothing}
