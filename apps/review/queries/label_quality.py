"""Which preferences of a data set judges doubt: marked for people to look at, never changed."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import islice

from apps.datasets.models import Dataset, Response
from apps.judging import queries as judging
from apps.judging.models import JudgeVersion
from apps.rubrics.models import RubricVersion
from domain import errors, label_quality
from domain.label_quality import Band, Quadrant, Quantiles

MOST_PAIRS = 20_000
Order = tuple[int, ...]


@dataclass(frozen=True)
class Doubt:
    """A preference with what the voters make of it: how strong it is, its band, and what all of them say."""

    prompt_id: str
    better: str
    worse: str
    strength: label_quality.Strength
    band: Band | None
    quadrant: Quadrant
    unanimous: bool
    margin: float | None
    label_smoothing: float


@dataclass(frozen=True)
class LabelQuality:
    """All preferences of a data set, the most doubted first, and who voted: a judge under a rubric version.

    `everybody` are all who could vote.
    """

    doubts: tuple[Doubt, ...]
    voters: tuple[str, ...]
    bands: Mapping[str, int]
    quadrants: Mapping[str, int]
    unanimous: int
    cut: bool
    everybody: tuple[str, ...] = ()

    @property
    def mislabelled(self) -> list[Doubt]:
        """Those that every voter, two at least, contradicts."""
        return [one for one in self.doubts if one.quadrant is Quadrant.MISLABELLED]


def label_quality_of(
    dataset: Dataset, quantiles: Quantiles = label_quality.USUAL, *, only: Collection[str] = ()
) -> LabelQuality:
    """What the judges with scores on a data set say of its preferences: strength by their votes, in bands; likely
    mislabelled where every judge that judged it, two at least, contradicts it; kept where all agree.

    With `only`, names of two voters or more, these alone vote, as in the peer review of CRM (arXiv:2505.10597), which
    has two. Raises Invalid where there are fewer or no such voter.
    """
    better = judging.better_of(dataset)
    scored = judging.scores_of(dataset, better.keys())
    pairs = [(prompt, pair) for prompt, won in sorted(better.items()) for pair in sorted(won)]
    cut, pairs = len(pairs) > MOST_PAIRS, list(islice(pairs, MOST_PAIRS))
    everybody = dict(zip(_names(sorted(scored)), sorted(scored), strict=True))
    chosen = _chosen(everybody, only)
    voters = [everybody[name] for name in chosen]
    table = [[_margin(scored[voter].get(prompt, {}), pair, voter[2]) for voter in voters] for prompt, pair in pairs]
    strengths = label_quality.strengths(table)
    bands = label_quality.bands([one.mean for one in strengths], quantiles)
    unanimous = label_quality.unanimous([[margin for margin in row if margin is not None] for row in table], judges=2)
    named = Response.objects.filter(prompt__in=list(better)).values_list("pk", "external_id", "prompt__external_id")
    names = {key: (name, prompt) for key, name, prompt in named}
    doubts = []
    for (_, (right, wrong)), row, strength, band, agreed in zip(pairs, table, strengths, bands, unanimous, strict=True):
        margin, smoothing = label_quality.treatment(band, strength.mean)
        doubts.append(
            Doubt(
                names[right][1], names[right][0], names[wrong][0], strength, band, _quadrant(row), agreed, margin,
                smoothing,
            )
        )  # fmt: skip
    doubts.sort(key=lambda one: (one.strength.mean is None, one.strength.mean or 0.0, one.prompt_id, one.better))
    return LabelQuality(
        doubts=tuple(doubts),
        voters=tuple(chosen),
        bands=Counter(str(one.band) for one in doubts if one.band),
        quadrants=Counter(str(one.quadrant) for one in doubts),
        unanimous=sum(unanimous),
        cut=cut,
        everybody=tuple(everybody),
    )


def _chosen(everybody: Collection[str], only: Collection[str]) -> list[str]:
    if not only:
        return list(everybody)
    if len(set(only)) < 2:
        raise errors.Invalid("Choose two different judges: one alone has no peer.", code="voters_too_few")
    if not set(only) <= set(everybody):
        raise errors.Invalid("A judge that you chose has no scores here.", code="voter_unknown")
    return [name for name in everybody if name in only]


def _margin(scored: Mapping[Order, float | None], pair: tuple[int, int], compares: bool) -> float | None:
    """How far a voter prefers the better answer; of a judge of pairs the mean over the orders that it was asked in."""
    right, wrong = pair
    if not compares:
        first, second = scored.get((right,)), scored.get((wrong,))
        return None if first is None or second is None else first - second
    said = [
        value - 0.5 if order == (right, wrong) else 0.5 - value
        for order in ((right, wrong), (wrong, right))
        if (value := scored.get(order)) is not None
    ]
    return sum(said) / len(said) if said else None


def _quadrant(row: list[float | None]) -> Quadrant:
    """What all voters that judged a pair make of it, by pairs of two: all agree, all contradict, or neither."""
    given = [margin for margin in row if margin is not None]
    if len(given) < 2:
        return Quadrant.UNJUDGED
    found = set(label_quality.peer_review(given[:1] * (len(given) - 1), given[1:]))
    return found.pop() if len(found) == 1 else Quadrant.AMBIGUOUS


def _names(voters: list[tuple[int, int, bool]]) -> list[str]:
    judges = JudgeVersion.objects.select_related("judge").in_bulk({judge for judge, _, _ in voters})
    versions = RubricVersion.objects.select_related("rubric").in_bulk({version for _, version, _ in voters})
    return [
        f"{judges[judge]} under {versions[version]}{', comparing' if compares else ''}"
        for judge, version, compares in voters
    ]
