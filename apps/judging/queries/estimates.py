"""What a run would cost, before it is started."""

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from apps.datasets.models import SubjectMember
from apps.judging.models import Verdict
from apps.judging.queries import keys, stored
from domain import rubric as rubrics
from domain import subjects

if TYPE_CHECKING:
    from apps.datasets.models import Subject
    from apps.judging.models import JudgeVersion
    from apps.rubrics.models import RubricVersion

LOOKED_AT = 400
CHARACTERS_A_TOKEN = 4
FRAME_TOKENS = 180
SUFFIX_TOKENS = 40
REASONING_TOKENS = 100


@dataclass(frozen=True)
class Estimate:
    """Counts before a start; where a sample was looked at, `sampled` says of how many answers, and all is rough."""

    responses: int
    items: int
    verdicts: int
    stored: int
    computed: int
    to_ask: int
    calls: int
    prompt_tokens: int
    completion_tokens: int
    sampled: int

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for storing and for REST."""
        return asdict(self)


def estimate(
    pairs: "Sequence[tuple[RubricVersion, Subject]]", judges: "Sequence[JudgeVersion]", samples: int
) -> Estimate:
    """Estimate a run of these pairs; of more than a few hundred a regular sample is looked at."""
    step = max(1, -(-len(pairs) // LOOKED_AT))
    seen = pairs[::step]
    factor = len(pairs) / len(seen) if seen else 0.0
    lengths = _lengths([subject for _, subject in seen])
    total, reader = _Sum(), keys.Reader()
    for judge in judges:
        for sample in range(samples):
            wanted = [
                _Wanted(reader.rubric(v), reader.verdict_keys(v, judge, s, sample), lengths.get(s.pk, 0))
                for v, s in seen
            ]
            _add(total, wanted, judge)
    scaled = {name: round(value * factor) for name, value in vars(total).items()}
    return Estimate(
        responses=len({subject.pk for _, subject in pairs}),
        items=len(pairs) * len(judges) * samples,
        sampled=len(seen) if step > 1 else 0,
        **scaled,
    )


@dataclass(frozen=True)
class _Wanted:
    rubric: rubrics.Rubric
    keys: dict[str, uuid.UUID]
    length: int


@dataclass
class _Sum:
    verdicts: int = 0
    stored: int = 0
    computed: int = 0
    to_ask: int = 0
    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0


def _add(total: _Sum, wanted: list[_Wanted], judge: "JudgeVersion") -> None:
    every = {key for one in wanted for key in one.keys.values()}
    known = set(Verdict.objects.filter(key__in=every, status__in=stored.DECIDED).values_list("key", flat=True))
    for one in wanted:
        left = [c for c in one.rubric.criteria if one.keys[c.id] not in known]
        asked = [c for c in left if c.kind is not rubrics.Kind.CHECK]
        total.verdicts += len(one.keys)
        total.stored += len(one.keys) - len(left)
        total.computed += len(left) - len(asked)
        total.to_ask += len(asked)
        if asked:
            _add_call(total, one, asked, judge)


def _add_call(total: _Sum, one: _Wanted, asked: list[rubrics.Criterion], judge: "JudgeVersion") -> None:
    reasoned = judge.protocol == "reasoned"
    shown = one.rubric.criteria if judge.protocol == "rubric_context" else ()
    shared = FRAME_TOKENS + (one.length + sum(len(c.text) for c in shown)) // CHARACTERS_A_TOKEN
    suffixes = sum(SUFFIX_TOKENS + len(c.text) // CHARACTERS_A_TOKEN for c in asked)
    rounds = 2 if reasoned else 1
    total.calls += rounds
    total.prompt_tokens += rounds * (shared * len(asked) + suffixes)
    total.completion_tokens += len(asked) * (1 + REASONING_TOKENS * reasoned)


def _lengths(chosen: "list[Subject]") -> dict[int, int]:
    """Characters of task and answer of each subject."""
    members = SubjectMember.objects.filter(subject__in={subject.pk for subject in chosen})
    lengths: dict[int, int] = {}
    for member in members.select_related("response", "subject__prompt"):
        task = sum(len(subjects.text_of(turn["parts"])) for turn in member.subject.prompt.messages)
        lengths[member.subject_id] = task + len(subjects.text_of(member.response.parts))
    return lengths
