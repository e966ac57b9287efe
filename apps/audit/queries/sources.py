"""What an audit looks at, as it is named by people and programs: outside scores, sides of runs, what judges said."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from apps.accounts.permissions import Actor
from apps.datasets import queries as datasets
from apps.datasets.models import Dataset, ScoreRow, ScoreTable
from apps.judging import queries as judging
from apps.judging.models import JudgeVersion, RunItem
from apps.judging.queries import Side
from apps.rubrics import queries as rubrics
from apps.rubrics.models import RubricVersion
from domain import errors

MOST_SOURCES = 40
MOST_ANSWERS = 200_000
KEYS = ("scores", "dataset", "gold")


@dataclass(frozen=True)
class Stored:
    """All that a judge said of a data set under one rubric version, in runs or in files that were imported."""

    dataset: Dataset
    judge: JudgeVersion
    version: RubricVersion


@dataclass(frozen=True)
class Source:
    """The scores of one scorer: of an outside table, of one judge and rubric of a run, or of all that is stored."""

    name: str
    table: ScoreTable | None = None
    scorer: str = ""
    side: Side | None = None
    stored: Stored | None = None

    def plain(self) -> dict[str, Any]:
        """As it is stored with the audit."""
        if self.side is not None:
            rubric = str(self.side.version) if self.side.version else None
            return {"run": str(self.side.run.pk), "judge": str(self.side.judge), "rubric": rubric}
        if self.stored is not None:
            held = self.stored
            return {"judge": str(held.judge), "rubric": str(held.version), "dataset": held.dataset.slug}
        return {"table": self.table.pk if self.table else None, "scorer": self.scorer}


@dataclass(frozen=True)
class Named:
    """All that an audit looks at: the first source is what it is about."""

    sources: tuple[Source, ...]
    dataset: Dataset | None
    gold: Source | None

    def plain(self) -> dict[str, Any]:
        """As it is stored with the audit."""
        return {
            "scores": [one.plain() for one in self.sources],
            "dataset": self.dataset.slug if self.dataset else None,
            "gold": self.gold.plain() if self.gold else None,
        }

    @property
    def subject(self) -> Side | Stored | None:
        """The judge and rubric that it is about, where its first scores are those of a judge here."""
        return (self.sources[0].side or self.sources[0].stored) if self.sources else None


def read_inputs(actor: Actor, inputs: Mapping[str, Any]) -> Named:
    """What inputs name in the actor's workspace; a table without a scorer means all of its scorers.

    Raises Invalid, with pointers, for what is not understood, NotFound for what is not there.
    """
    unknown = [errors.Problem(f"/inputs/{name}", "is not a known key") for name in inputs if name not in KEYS]
    if unknown:
        raise errors.Invalid(f"{unknown[0].pointer[8:]} is not a known key of inputs.", problems=unknown)
    given = inputs.get("scores")
    if not isinstance(given, list) or not given:
        raise _refused("/inputs/scores", "names at least one source: {table, scorer} or {run, judge, rubric}")
    found: list[Source] = []
    for place, one in enumerate(given):
        with errors.at(f"/inputs/scores/{place}"):
            found += _sources(actor, one, f"/inputs/scores/{place}")
    if len(found) > MOST_SOURCES:
        raise _refused("/inputs/scores", f"names at most {MOST_SOURCES} scorers")
    gold = None
    if inputs.get("gold") is not None:
        with errors.at("/inputs/gold"):
            held = _sources(actor, inputs["gold"], "/inputs/gold")
        if len(held) != 1:
            raise _refused("/inputs/gold", "names one scorer of the table")
        gold = held[0]
    return Named(tuple(_apart(found)), _dataset(actor, inputs.get("dataset"), found), gold)


def size_of(named: Named) -> int:
    """How many scores there are to be read."""
    total = 0
    for one in (*named.sources, *([named.gold] if named.gold else [])):
        if one.side is not None:
            total += RunItem.objects.filter(run=one.side.run, judge_version=one.side.judge).count()
        elif one.stored is not None:
            total += judging.stored_scores(one.stored.dataset, one.stored.judge, one.stored.version).count()
        else:
            total += ScoreRow.objects.filter(table=one.table, scorer=one.scorer).count()
    return total


def _sources(actor: Actor, given: Any, pointer: str) -> list[Source]:
    named = [key for key in ("table", "run", "dataset") if isinstance(given, dict) and key in given]
    if len(named) != 1:
        raise _refused(pointer, "is {table, scorer}, {run, judge, rubric} or {dataset, judge, rubric}")
    if named == ["dataset"]:
        return [_of_stored(actor, given, pointer)]
    return _of_table(actor, given, pointer) if named == ["table"] else [_of_run(actor, given, pointer)]


def _of_table(actor: Actor, given: Mapping[str, Any], pointer: str) -> list[Source]:
    if not isinstance(given["table"], int) or isinstance(given["table"], bool) or not 0 < given["table"] < 2**63:
        raise _refused(f"{pointer}/table", "is the number of a table of scores")
    table = datasets.get_score_table(actor, given["table"])
    scorers = [name for name, _ in datasets.scorers_of([table])[table.pk]]
    wanted = given.get("scorer")
    if wanted in (None, ""):
        return [Source(name, table=table, scorer=name) for name in scorers]
    if wanted not in scorers:
        raise _refused(f"{pointer}/scorer", f"is one of {', '.join(scorers)[:300]}")
    return [Source(str(wanted), table=table, scorer=str(wanted))]


def _of_run(actor: Actor, given: Mapping[str, Any], pointer: str) -> Source:
    run = judging.get_run(actor, given["run"])
    judge, rubric = given.get("judge") or None, given.get("rubric") or None
    bound: list[RubricVersion | None] = list(run.versions.select_related("rubric").order_by("pk"))
    sides = [
        Side(run, one, version)
        for one in run.judges.select_related("judge").order_by("pk")
        for version in bound or [None]
        if judge in {None, str(one)} and rubric in {None, str(version)}
    ]
    if len(sides) != 1:
        raise _refused(f"{pointer}/{'judge' if judge is None else 'rubric'}", "names one judge and rubric of the run")
    return Source(f"{sides[0].judge} · {sides[0].version or 'rubrics of the prompts'}", side=sides[0])


def _of_stored(actor: Actor, given: Mapping[str, Any], pointer: str) -> Source:
    names = [str(given.get(key) or "").rpartition("@") for key in ("judge", "rubric")]
    if not all(mark and number.isdecimal() and len(number) < 9 for _, mark, number in names):
        raise _refused(pointer, "names a judge as name@number and a rubric as slug@number")
    (name, _, judge_number), (slug, _, number) = names
    judge = judging.get_judge_version(actor, name, int(judge_number))
    version = rubrics.get_version(actor, slug, int(number))
    held = Stored(datasets.get_dataset(actor, str(given["dataset"])), judge, version)
    return Source(f"{judge} · {version}", stored=held)


def _dataset(actor: Actor, slug: Any, found: Sequence[Source]) -> Dataset | None:
    if slug:
        with errors.at("/inputs/dataset"):
            return datasets.get_dataset(actor, str(slug))
    held = [one.stored.dataset if one.stored else one.side.run.dataset if one.side else None for one in found]
    return next((dataset for dataset in held if dataset), None)


def _apart(found: Sequence[Source]) -> list[Source]:
    """Sources with names of their own: those that share one are told apart by where they come from."""
    again = Counter(one.name for one in found)
    made: list[Source] = []
    taken: Counter[str] = Counter()
    for one in found:
        name = one.name
        if again[name] > 1:
            where = one.side.run.name if one.side else one.stored.dataset.title if one.stored else str(one.table)
            name = f"{name} · {where}"
        taken[name] += 1
        name = name if taken[name] == 1 else f"{name} ({taken[name]})"
        made.append(replace(one, name=name))
    return made


def _refused(pointer: str, said: str) -> errors.Invalid:
    where = pointer.removeprefix("/").replace("/", ".")
    return errors.Invalid(
        f"{where} {said}.", code="audit_inputs_invalid", problems=[errors.Problem(pointer, f"{said}.")]
    )
