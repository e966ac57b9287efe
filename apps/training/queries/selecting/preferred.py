"""A rule that takes pairs of answers: by the margins of their scores, by what people settled on, or by both."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from apps.review import queries as review
from apps.training.queries.selecting.chosen import Pick, Plot, Selection
from apps.training.queries.selecting.source import Source
from domain import errors, selection
from domain.selection import Which

Rule = dict[str, Any]
Two = tuple[int, int]
MOST_PAIRS = 500_000
RUBRIC, PEOPLE = "rubric", "people"


@dataclass(frozen=True)
class _Pair:
    """A better and a worse response to one prompt; `strength` is what people said, the rubric says none."""

    prompt: int
    better: int
    worse: int
    margin: float
    strength: int | None = None
    votes: int | None = None
    how: str | None = None

    @property
    def two(self) -> Two:
        """Both responses, whichever is better."""
        return _two(self.better, self.worse)


@dataclass
class _Votes:
    """What people settled on, pair by pair, and what of it makes no pair."""

    pairs: list[_Pair] = field(default_factory=list)
    settled: dict[Two, int | None] = field(default_factory=dict)
    """All that people spoke on, with the better response; None where neither is."""
    close: int = 0
    split: int = 0
    outside: int = 0
    alone: int = 0


def preference_pairs(source: Source, rule: Rule) -> Selection:
    """Better and worse answers to one prompt, with the columns by which trainers weigh them.

    Where people settled on a pair, also on a tie, what the scores say of it is left out.
    """
    by = rule["decided_by"]
    votes = _voted(source, rule) if by != RUBRIC else _Votes()
    scored, close = _scored(source, rule) if by != PEOPLE else ([], 0)
    contradicted = sum(votes.settled.get(one.two, one.better) != one.better for one in scored)
    kept = [one for one in scored if one.two not in votes.settled]
    smoothed = [_smoothings(pairs, rule) for pairs in (votes.pairs, kept)]
    strengths = selection.strengths([one.margin for one in kept])
    said = [one.strength or 1 for one in votes.pairs]
    found = [*votes.pairs, *kept]
    scores = {answer.response: answer.mean for answers in source.answers.values() for answer in answers}
    picks = [
        Pick(
            (one.prompt,), (one.better, one.worse),
            {
                "score_chosen": scores.get(one.better), "score_rejected": scores.get(one.worse), "margin": one.margin,
                "strength": strength, "beta_scale": selection.beta_scale(one.margin, w=rule["w"], k=rule["k"]),
                "label_smoothing": smoothing, "decided_by": RUBRIC if one.votes is None else PEOPLE,
                "votes": one.votes, "how": one.how,
            },
        )
        for one, strength, smoothing in zip(found, [*said, *strengths], [*smoothed[0], *smoothed[1]], strict=True)
    ]  # fmt: skip
    paired = {one.prompt for one in found}
    figures: list[tuple[str, Any]] = [
        ("pairs", len(picks)), ("prompts with a pair", len(paired)),
        ("prompts without one", len(source.answers) - len(paired)),
    ]  # fmt: skip
    if by != PEOPLE:
        figures += [("ties and too close, left out", close)]
    figures += [("smoothed", sum(one > 0 for each in smoothed for one in each))]
    if by != PEOPLE:
        figures += [("answers without a score, left out", source.unscored)]
    if by != RUBRIC:
        figures += [
            ("pairs that people settled", len(votes.pairs)), ("ties of people and too close, left out", votes.close),
            ("pairs on which people could not agree, left out", votes.split),
            ("pairs with votes and nothing settled, left out", votes.alone),
            ("settled pairs of other prompts than the run's, left out", votes.outside),
        ]  # fmt: skip
    if by not in {RUBRIC, PEOPLE}:
        figures += [("pairs by score that people settled otherwise, left out", contradicted)]
    return Selection(tuple(picks), tuple(figures), _plots(votes.pairs, kept, rule["least"]))


def _scored(source: Source, rule: Rule) -> tuple[list[_Pair], int]:
    """The pairs by score, and how many were too close."""
    found: list[_Pair] = []
    close = 0
    for prompt, answers in source.answers.items():
        pairs, ties = selection.pairs(source.means(prompt), Which(rule["which"]), least=rule["least"])
        close += ties
        found += [_Pair(prompt, answers[one.better].response, answers[one.worse].response, one.margin) for one in pairs]
        if len(found) > MOST_PAIRS:
            raise errors.Invalid(
                f"That makes more than {MOST_PAIRS:,} pairs; take the best and the worst, or a larger margin.",
                code="too_many_pairs",
            )
    return found, close


def _voted(source: Source, rule: Rule) -> _Votes:
    """The pairs that people settled; both orders of a pair count as one."""
    votes = _Votes(alone=review.unsettled_pairs(source.dataset))
    held: dict[Two, list[review.SettledPair]] = defaultdict(list)
    for one in review.settled_pairs(source.dataset):
        held[_two(*one.responses)].append(one)
    for two, settled in held.items():
        if settled[0].prompt not in source.answers:
            votes.outside += 1
            continue
        votes.settled[two] = None
        strengths = [
            one.strength if one.responses == two else -one.strength for one in settled if one.strength is not None
        ]
        if not strengths:
            votes.split += 1
            continue
        said = selection.voted(strengths)
        if said is not None:
            votes.settled[two] = two[0] if said.first else two[1]
        if said is None or said.margin < rule["least"] - selection.SAME:
            votes.close += 1
            continue
        better, worse = two if said.first else two[::-1]
        how = ", ".join(sorted({one.how for one in settled if one.how}))
        count = sum(one.votes for one in settled)
        votes.pairs.append(_Pair(settled[0].prompt, better, worse, said.margin, said.strength, count, how))
    return votes


def _smoothings(pairs: Sequence[_Pair], rule: Rule) -> list[float]:
    """By the quantiles of their own margins: shares of 3 and differences of scores are not one unit."""
    if not pairs:
        return []
    margins = [one.margin for one in pairs]
    return selection.smoothings(margins, smoothing=rule["smoothing"], weak=rule["weak"], strong=rule["strong"])


def _plots(voted: Sequence[_Pair], scored: Sequence[_Pair], least: float) -> tuple[Plot, ...]:
    named = (("Margin of a pair by score", scored), ("Margin of a pair by people", voted))
    return tuple(Plot(title, tuple(one.margin for one in pairs), least) for title, pairs in named if pairs)


def _two(first: int, second: int) -> Two:
    return (first, second) if first < second else (second, first)
