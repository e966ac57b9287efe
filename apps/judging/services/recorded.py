"""Verdicts that judges elsewhere gave, stored as if they had been given here: under keys, with scores."""

import hashlib
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.utils.text import slugify

from apps.accounts.permissions import Actor, Role
from apps.datasets import services as datasets
from apps.datasets.models import Dataset, Response, Subject, SubjectKind
from apps.history import services as history
from apps.judging.models import EngineKind, Judge, JudgeVersion, Protocol
from apps.judging.queries import keys, scored
from apps.judging.runners import writing
from apps.rubrics.models import RubricVersion
from domain import errors, formats, pipeline, scoring, verdicts
from domain import rubric as rubrics
from domain.dataset_formats import ImportedVerdict

Item = TypeVar("Item")

STRATEGY = "recorded"
PROTOCOL = Protocol.ISOLATED
BATCH = 5_000
UNREAD = "The reply of this judge could not be read when it was recorded."


@dataclass(frozen=True)
class Recorded:
    """What storing did."""

    verdicts: int
    unread: int
    judges: int
    scores: int


@dataclass(frozen=True)
class _Given:
    """A verdict with what it was found to belong to."""

    said: ImportedVerdict
    judge: JudgeVersion
    subject: Subject
    rubric: rubrics.Rubric
    digest: str
    version: RubricVersion | None
    sample: int


def record_verdicts(
    *, by: Actor, dataset: Dataset, rubrics: Sequence[formats.ImportedRubric], verdicts: Sequence[ImportedVerdict]
) -> Recorded:
    """Store verdicts on responses of a data set, and the score of each subject where the rubric is in the library.

    Within the caller's transaction. A verdict that is stored already stays as it is.
    """
    by.require(Role.AUTHOR, "import verdicts")
    by.require_scope("data:write")
    judges = _judges(by, {(said.rubric, said.judge) for said in verdicts})
    subjects = _subjects(dataset, verdicts)
    known = {item.slug: item.rubric for item in rubrics}
    digests = {slug: _digests(made) for slug, made in known.items()}
    versions = {slug: _version(by, slug, made) for slug, made in known.items()}
    stored = scores = 0
    times: Counter[tuple[Any, ...]] = Counter()
    for part in _parts(verdicts):
        given = [
            _Given(
                said, judges[said.rubric, said.judge], subjects[said.responses], known[said.rubric],
                digests[said.rubric][said.criterion_id], versions[said.rubric],
                _sample(times, said, subjects[said.responses]),
            )
            for said in part
        ]  # fmt: skip
        stored += len(writing.write_verdicts([_verdict_row(each) for each in given]))
        scores += writing.write_scores(_score_rows(given))
    done = Recorded(len(verdicts), sum(said.value is None for said in verdicts), len(judges), scores)
    detail = {"verdicts": done.verdicts, "stored": stored, "judges": done.judges}
    history.record(by=by, workspace=by.workspace, action="verdicts.imported", target=dataset, detail=detail)
    return done


def _judges(by: Actor, wanted: set[tuple[str, str]]) -> dict[tuple[str, str], JudgeVersion]:
    """The judge of each rubric and name; a judge elsewhere has one version, which nobody can ask."""
    found = {}
    for source, name in sorted(wanted):
        judge, made = Judge.objects.get_or_create(
            workspace=by.workspace, name=_judge_name(source, name), defaults={"created_by": by.user}
        )
        version = judge.versions.filter(engine=EngineKind.RECORDED).first()
        if version is None and not made:
            raise errors.Conflict(f'There is a judge "{judge.name}" here already; rename it.', code="judge_name_taken")
        found[source, name] = version or JudgeVersion.objects.create(
            judge=judge, number=1, engine=EngineKind.RECORDED, model=name[:200], strategy=STRATEGY, protocol=PROTOCOL,
            prompt_name="", prompt_digest="", created_by=by.user,
            fingerprint=rubrics.sha256({"recorded": name, "on": source}),
        )  # fmt: skip
    return found


def _judge_name(source: str, name: str) -> str:
    """A judge's name from what the source calls it; a piece of its hash keeps long and alike ones apart."""
    plain = slugify(f"{source} {name.replace('/', ' ').replace('.', ' ')}")
    mark = hashlib.sha256(f"{source}\0{name}".encode()).hexdigest()[:6]
    return f"{plain[:73]}-{mark}"


def _subjects(dataset: Dataset, said: Sequence[ImportedVerdict]) -> dict[tuple[str, ...], Subject]:
    """The subject of each row of responses that a verdict names; all of them must be stored."""
    names = {name for verdict in said for name in verdict.responses}
    responses: dict[str, Response] = {}
    for part in _parts(sorted(names)):
        stored = Response.objects.filter(prompt__dataset=dataset, external_id__in=part).select_related("prompt")
        responses.update((one.external_id, one) for one in stored)
    missing = sorted(names - responses.keys())
    if missing:
        more = f" and {len(missing) - 1:,} more" if len(missing) > 1 else ""
        raise errors.Invalid(
            f"There are verdicts on the response “{missing[0]}”{more}, which this data set does not hold. "
            "Import the prompts and responses into it first.",
            code="response_unknown",
        )
    rows = list(dict.fromkeys(verdict.responses for verdict in said))
    found: dict[tuple[str, ...], int] = {}
    for kind, size in ((SubjectKind.RESPONSE, 1), (SubjectKind.PAIR, 2)):
        orders = [row for row in rows if len(row) == size]
        subjects = datasets.of_orders(dataset, kind, [[responses[name] for name in row] for row in orders])
        found.update(zip(orders, subjects, strict=True))
    by_key: dict[int, Subject] = {}
    for chunk in _parts(sorted(set(found.values()))):
        by_key |= Subject.objects.select_related("prompt").in_bulk(chunk)
    return {row: by_key[key] for row, key in found.items()}


def _parts(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    return (items[start : start + BATCH] for start in range(0, len(items), BATCH))


def _digests(made: rubrics.Rubric) -> Mapping[str, str]:
    return rubrics.criterion_digests(made, PROTOCOL)


def _version(by: Actor, slug: str, made: rubrics.Rubric) -> RubricVersion | None:
    """The newest version of that name that still says what the verdicts are about."""
    versions = RubricVersion.objects.filter(rubric__workspace=by.workspace, rubric__slug=slug).order_by("-number")
    reader = keys.Reader()
    same = (version for version in versions if reader.criterion_digests(version, PROTOCOL) == _digests(made))
    return next(same, None)


def _sample(times: Counter[tuple[Any, ...]], said: ImportedVerdict, subject: Subject) -> int:
    """Where the file has the same question of the same content again, the answer is a further sample."""
    asked = (said.judge, said.rubric, said.criterion_id, subject.hash, subject.prompt.context_hash)
    times[asked] += 1
    return times[asked] - 1


def _key(given: _Given) -> uuid.UUID:
    name = given.said.criterion_id
    return keys.keys_of({name: given.digest}, given.judge, given.subject, given.sample)[name]


def _verdict(said: ImportedVerdict) -> verdicts.Verdict:
    if said.value is None:
        return verdicts.unscored(said.criterion_id, verdicts.Status.UNPARSEABLE, UNREAD)
    return verdicts.Verdict(said.criterion_id, verdicts.Status.OK, value=said.value, detail=said.detail)


def _verdict_row(given: _Given) -> dict[str, Any]:
    verdict = _verdict(given.said)
    return {
        "key": _key(given),
        "workspace": given.subject.workspace_id,
        "judge": given.judge.pk,
        "subject": given.subject.pk,
        "criterion": given.said.criterion_id,
        "digest": given.digest,
        "fingerprint": given.judge.fingerprint,
        "strategy": STRATEGY,
        "protocol": PROTOCOL,
        "context": given.subject.prompt.context_hash,
        "sample": given.sample,
        "status": verdict.status.value,
        "reason": verdict.reason,
        "value": verdict.value,
        "probability": None,
        "mass": None,
        "distribution": [],
        "evidence": [],
        "rationale": "",
        "detail": dict(verdict.detail),
        "call": None,
        "call_index": 0,
    }


def _score_rows(given: Sequence[_Given]) -> Iterator[writing.ScoreRow]:
    reader = keys.Reader()
    made: dict[tuple[Any, ...], scoring.Score] = {}
    for each in given:
        if each.version is None:
            continue
        digest = reader.digest(each.version)
        same = _alike(each)
        if same not in made:
            verdict = {each.said.criterion_id: _verdict(each.said)}
            made[same] = scored.score_of(each.subject, each.judge, each.rubric, verdict)
        yield writing.ScoreRow(
            key=keys.score_key(digest, each.judge, each.subject, sample=each.sample),
            workspace_id=each.subject.workspace_id,
            version_id=each.version.pk,
            judge_version_id=each.judge.pk,
            subject_id=each.subject.pk,
            sample=each.sample,
            digest=digest,
            score=made[same],
            verdict_keys=[_key(each)],
        )


def _alike(given: _Given) -> tuple[Any, ...]:
    """What a score rests on: verdicts that say the same of the same kind of subject make the same one."""
    about = given.subject.pk if pipeline.needs_length(given.rubric.scoring) else None
    said = given.said
    return said.rubric, said.criterion_id, said.value, given.subject.kind, about
