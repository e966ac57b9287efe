"""Report cards: what was audited of a rubric version or a judge, and what was not."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db.models import Max

from apps.accounts.permissions import Actor
from apps.audit.models import Audit, Band
from apps.audit.queries.audits import newest, readings
from apps.judging.models import JudgeVersion, Run
from apps.rubrics.models import RubricVersion
from domain import audits

MOST_ROWS = 30
PURPOSES = (Run.Purpose.RUN, Run.Purpose.BAKEOFF)
WORST = (Band.POOR, Band.WATCH, Band.UNCLEAR, Band.GOOD)


@dataclass(frozen=True)
class CardLine:
    """A version or judge at one look: its newest finding of each kind, worst first, and the run to audit next.

    `first` is what the finding to look at first says.
    """

    thing: RubricVersion | JudgeVersion
    findings: tuple[Audit, ...]
    run: Run | None
    first: str = ""

    @property
    def counts(self) -> list[tuple[str, int]]:
        """How many findings are in each band, worst first."""
        held = [audit.band for audit in self.findings]
        return [(band.value, held.count(band)) for band in WORST if band in held]

    @property
    def missing(self) -> int:
        """How many audits were never done."""
        return len(set(audits.AUDITS) - {audit.kind for audit in self.findings})

    @property
    def judge(self) -> JudgeVersion | None:
        """The judge itself, or the first one of the version's newest run."""
        if isinstance(self.thing, JudgeVersion):
            return self.thing
        return self.run.judges.select_related("judge").order_by("pk").first() if self.run is not None else None

    @property
    def worst(self) -> Audit | None:
        """The finding to look at first."""
        found = next(iter(self.findings), None)
        return found if found is not None and found.band in (Band.POOR, Band.WATCH) else None


def version_lines(actor: Actor) -> list[CardLine]:
    """The rubric versions that were judged or audited last."""
    rows = RubricVersion.objects.filter(rubric__workspace=actor.workspace, rubric__rubric_set=None)
    judged = rows.filter(runs__purpose__in=PURPOSES).annotate(last=Max("runs__created_at"))
    things = list(judged.select_related("rubric").order_by("-last", "-pk")[:MOST_ROWS])
    return _lines("version", things, _newest_runs(actor, "versions", [thing.pk for thing in things]))


def judge_lines(actor: Actor) -> list[CardLine]:
    """The judge versions that judged or were audited last."""
    rows = JudgeVersion.objects.filter(judge__workspace=actor.workspace, judge__archived_at=None)
    judged = rows.filter(runs__purpose__in=PURPOSES).annotate(last=Max("runs__created_at"))
    things = list(judged.select_related("judge").order_by("-last", "-pk")[:MOST_ROWS])
    return _lines("judge_version", things, _newest_runs(actor, "judges", [thing.pk for thing in things]))


def card_of(actor: Actor, thing: RubricVersion | JudgeVersion) -> CardLine:
    """The report card of one version or judge."""
    is_version = isinstance(thing, RubricVersion)
    held = newest("version" if is_version else "judge_version", [thing.pk])
    found = held.select_related("version__rubric", "judge_version__judge", "created_by")
    runs = _newest_runs(actor, "versions" if is_version else "judges", [thing.pk])
    return CardLine(thing, _sorted(found), runs.get(thing.pk))


def _lines(
    about: str, things: Sequence[RubricVersion | JudgeVersion], runs: Mapping[int, Run]
) -> list[CardLine]:  # fmt: skip
    """Lines with what a list shows of findings: their bands, and of the worst what it says."""
    found: dict[int, list[Audit]] = defaultdict(list)
    for audit in newest(about, [thing.pk for thing in things]).only("kind", "band", about):
        found[getattr(audit, f"{about}_id")].append(audit)
    lines = [CardLine(thing, _sorted(found[thing.pk]), runs.get(thing.pk)) for thing in things]
    said = readings(line.worst.pk for line in lines if line.worst is not None)
    return [replace(line, first=said.get(line.worst.pk, "") if line.worst else "") for line in lines]


def _newest_runs(actor: Actor, what: str, keys: Sequence[int]) -> dict[int, Run]:
    """By version or judge the newest run that judged by it."""
    rows = Run.objects.filter(workspace=actor.workspace, purpose__in=PURPOSES, **{f"{what}__in": keys})
    pairs = rows.order_by(what, "-created_at").distinct(what).values_list(what, "pk")
    held = {key: run for key, run in pairs if key in set(keys)}
    found = Run.objects.select_related("dataset", "job").in_bulk(list(held.values()))
    return {key: found[run] for key, run in held.items()}


def _sorted(found: Iterable[Audit]) -> tuple[Audit, ...]:
    """The worst band first."""
    return tuple(sorted(found, key=lambda one: (WORST.index(Band(one.band)), one.kind)))
