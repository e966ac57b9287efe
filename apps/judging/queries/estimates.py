"""What a run would cost, before it is started."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from apps.datasets.models import SubjectKind, SubjectMember
from apps.judging.models import Verdict
from apps.judging.queries import keys, prices, stored
from domain import rubric as rubrics
from domain import strategies, subjects

if TYPE_CHECKING:
    from apps.datasets.models import Subject
    from apps.judging.models import JudgeVersion
    from apps.rubrics.models import RubricVersion

LOOKED_AT = 400
CHARACTERS_A_TOKEN = 4
FRAME_TOKENS = 180
SUFFIX_TOKENS = 40


@dataclass(frozen=True)
class Estimate:
    """Counts before a start; where a sample was looked at, `sampled` says of how many answers, and all is rough.

    `seconds` follow from the pace of earlier runs of the same judges, None where one of them has none; `money` from
    their prices, None where one has no price. `capped` says that money counts every prompt token as computed.
    """

    responses: int
    pairs: int
    items: int
    verdicts: int
    stored: int
    computed: int
    to_ask: int
    calls: int
    prompt_tokens: int
    completion_tokens: int
    sampled: int
    seconds: float | None = None
    money: float | None = None
    currency: str = ""
    capped: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for storing and for REST."""
        return asdict(self)


def scaled(found: Estimate, share: float | None) -> Estimate:
    """An estimate of so large a share of what is to be asked, in [0, 1]; None leaves it whole, as the most there is."""
    if share is None:
        return found
    return replace(
        found,
        to_ask=round(share * found.to_ask),
        calls=round(share * found.calls),
        prompt_tokens=round(share * found.prompt_tokens),
        completion_tokens=round(share * found.completion_tokens),
        seconds=None if found.seconds is None else share * found.seconds,
        money=None if found.money is None else share * found.money,
    )


def estimate(
    parts: "Sequence[tuple[JudgeVersion, Sequence[tuple[RubricVersion, Subject]]]]", samples: int,
    reader: keys.Reader | None = None,
) -> Estimate:  # fmt: skip
    """Estimate a run of these pairs by these judges; of more than a few hundred a regular sample is looked at."""
    sums, looked = [], 0
    reader = reader or keys.Reader()
    for judge, pairs in parts:
        total = _Sum()
        sums.append((judge, total))
        step = max(1, -(-len(pairs) // LOOKED_AT))
        seen = pairs[::step]
        looked = max(looked, len(seen) if step > 1 else 0)
        factor = len(pairs) / len(seen) if seen else 0.0
        sizes = _sizes([subject for _, subject in seen])
        for sample in range(samples):
            wanted = [
                _Wanted(reader.rubric(v), reader.verdict_keys(v, judge, s, sample), sizes.get(s.pk, _Size()), factor)
                for v, s in seen
            ]
            _add(total, wanted, judge)
    seconds, money = _paid(sums)
    every = {subject.pk: subject.kind for _, pairs in parts for _, subject in pairs}
    return Estimate(
        responses=len(every),
        pairs=sum(kind == SubjectKind.PAIR for kind in every.values()),
        items=sum(len(pairs) for _, pairs in parts) * samples,
        sampled=looked,
        seconds=seconds,
        money=money.amount if money else None,
        currency=money.currency if money else "",
        capped=bool(money and money.capped),
        **{name: round(sum(getattr(total, name) for _, total in sums)) for name in vars(_Sum())},
    )


@dataclass(frozen=True)
class AnswerCost:
    """What judging one answer anew costs on the average of a sample."""

    calls: float
    prompt_tokens: float
    completion_tokens: float


def cost_of_answer(
    rubric: rubrics.Rubric, judge: "JudgeVersion", chosen: "Sequence[Subject]", names: Collection[str]
) -> AnswerCost:
    """The cost of an answer like these when only the named criteria are asked; computed ones cost no call."""
    total, sizes = _Sum(), _sizes(list(chosen))
    asked = [one for one in rubric.criteria if one.id in names and one.kind is not rubrics.Kind.CHECK]
    kept = rubric.model_copy(update={"criteria": tuple(one for one in rubric.criteria if one.id in names)})
    for subject in chosen if asked else ():
        _add_calls(total, _Wanted(kept, {}, sizes.get(subject.pk, _Size()), 1 / len(chosen)), asked, judge)
    return AnswerCost(total.calls, total.prompt_tokens, total.completion_tokens)


def _paid(sums: "Sequence[tuple[JudgeVersion, _Sum]]") -> tuple[float | None, prices.Money | None]:
    """Seconds one after the other, and what they and the tokens cost."""
    spent, capped = [], False
    for judge, total in sums:
        pace = prices.pace_of(judge) if total.to_ask else None
        seconds = total.to_ask / pace.verdicts_per_s if pace else (None if total.to_ask else 0.0)
        capped |= pace is None and bool(total.to_ask)
        cached = total.prompt_tokens * (pace.cached_share if pace else 0.0)
        spent.append(prices.Spent(judge, total.prompt_tokens, cached, total.completion_tokens, seconds))
    known = [one.seconds for one in spent if one.seconds is not None]
    together = sum(known) if len(known) == len(spent) else None
    return together, prices.money_of(spent, capped=capped)


@dataclass
class _Size:
    """How many answers a subject has, and how many characters with its task."""

    members: int = 0
    length: int = 0
    shares: int = 1


@dataclass(frozen=True)
class _Wanted:
    rubric: rubrics.Rubric
    keys: dict[str, uuid.UUID]
    size: _Size
    factor: float


@dataclass
class _Sum:
    verdicts: float = 0
    stored: float = 0
    computed: float = 0
    to_ask: float = 0
    calls: float = 0
    prompt_tokens: float = 0
    completion_tokens: float = 0


def _add(total: _Sum, wanted: list[_Wanted], judge: "JudgeVersion") -> None:
    every = {key for one in wanted for key in one.keys.values()}
    known = set(Verdict.objects.filter(key__in=every, status__in=stored.DECIDED).values_list("key", flat=True))
    for one in wanted:
        left = [c for c in one.rubric.criteria if one.keys[c.id] not in known]
        asked = [c for c in left if c.kind is not rubrics.Kind.CHECK]
        total.verdicts += len(one.keys) * one.factor
        total.stored += (len(one.keys) - len(left)) * one.factor
        total.computed += (len(left) - len(asked)) * one.factor
        total.to_ask += len(asked) * one.factor
        if asked:
            _add_calls(total, one, asked, judge)


def _add_calls(total: _Sum, one: _Wanted, asked: list[rubrics.Criterion], judge: "JudgeVersion") -> None:
    """What the strategy says that this costs; of a list each member bears its share."""
    strategy = strategies.get(judge.strategy)
    settings = strategies.filled(strategy.about, judge.settings)
    load = strategies.Load(len(asked), one.size.members, judge.protocol, settings, len(one.rubric.guidelines))
    cost = strategy.cost(load)
    shown = one.rubric.criteria if judge.protocol == "rubric_context" else ()
    shared = FRAME_TOKENS + (one.size.length + sum(len(c.text) for c in shown)) // CHARACTERS_A_TOKEN
    suffix = SUFFIX_TOKENS + sum(len(c.text) for c in asked) / len(asked) / CHARACTERS_A_TOKEN
    share = one.factor / one.size.shares
    total.calls += cost.requests * share
    total.prompt_tokens += cost.questions * (shared + suffix) * share
    total.completion_tokens += cost.written_tokens * share


def _sizes(chosen: "list[Subject]") -> dict[int, _Size]:
    """Answers and characters of each subject."""
    members = SubjectMember.objects.filter(subject__in={subject.pk for subject in chosen})
    sizes: dict[int, _Size] = {}
    for member in members.select_related("response", "subject__prompt"):
        size = sizes.get(member.subject_id)
        if size is None:
            turns = member.subject.prompt.messages
            size = sizes[member.subject_id] = _Size(0, sum(len(subjects.text_of(turn["parts"])) for turn in turns))
        size.members += 1
        size.length += len(subjects.text_of(member.response.parts))
        size.shares = size.members if member.subject.kind == SubjectKind.LIST else 1
    return sizes
