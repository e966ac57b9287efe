"""What a run would cost, before it is started."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from apps.datasets.models import SubjectMember
from apps.judging.models import Verdict
from apps.judging.queries import keys, stored
from apps.rubrics import queries as rubric_queries
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
    total = _Sum()
    for judge in judges:
        _add(total, seen, judge, samples, lengths)
    scaled = {name: round(value * factor) for name, value in vars(total).items()}
    return Estimate(
        responses=len({subject.pk for _, subject in pairs}),
        items=len(pairs) * len(judges) * samples,
        sampled=len(seen) if step > 1 else 0,
        **scaled,
    )


@dataclass
class _Sum:
    verdicts: int = 0
    stored: int = 0
    computed: int = 0
    to_ask: int = 0
    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0


def _add(
    total: _Sum, seen: "Sequence[tuple[RubricVersion, Subject]]", judge: "JudgeVersion", samples: int,
    lengths: dict[int, int],
) -> None:  # fmt: skip
    wanted = [
        (version, subject, keys.verdict_keys(version, judge, subject, sample))
        for sample in range(samples)
        for version, subject in seen
    ]
    every = {key for _, _, of_version in wanted for key in of_version.values()}
    known = set(Verdict.objects.filter(key__in=every, status__in=stored.DECIDED).values_list("key", flat=True))
    for version, subject, of_version in wanted:
        rubric = rubric_queries.domain_rubric(version)
        open_ = [c for c in rubric.criteria if of_version[c.id] not in known]
        asked = [c for c in open_ if c.kind is not rubrics.Kind.CHECK]
        total.verdicts += len(rubric.criteria)
        total.stored += len(rubric.criteria) - len(open_)
        total.computed += len(open_) - len(asked)
        total.to_ask += len(asked)
        if asked:
            _add_call(total, rubric, asked, judge, lengths.get(subject.pk, 0))


def _add_call(
    total: _Sum, rubric: rubrics.Rubric, asked: list[rubrics.Criterion], judge: "JudgeVersion", length: int
) -> None:
    reasoned = judge.protocol == "reasoned"
    shown = rubric.criteria if judge.protocol == "rubric_context" else ()
    shared = FRAME_TOKENS + (length + sum(len(c.text) for c in shown)) // CHARACTERS_A_TOKEN
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
