"""Rules that take whole prompts, by how their answers were scored."""

from typing import Any

from apps.accounts.permissions import Actor
from apps.judging import queries as judging
from apps.training.queries.selecting.chosen import Pick, Plot, Selection
from apps.training.queries.selecting.source import Source, load
from domain import errors, selection
from domain.selection import Bucket

Rule = dict[str, Any]
LEFT = "prompts without a score, left out"


def in_band(source: Source, rule: Rule) -> Selection:
    """Prompts whose rate is in a band, with the criteria whose own rate is in theirs (ORBIT)."""
    band = selection.Band(rule["low"], rule["high"])
    inner = selection.Band(rule["criterion_low"], rule["criterion_high"])
    rates = {prompt: _rate(source, prompt, rule) for prompt in source.answers}
    told = source.rates()
    picks, bare = [], 0
    for prompt, rate in rates.items():
        if not band.holds(rate):
            continue
        criteria = [
            {
                "id": one.id,
                "text": one.text,
                "rate": found.rate,
                "scored": found.scored,
                "kept": inner.holds(found.rate),
            }
            for one, found in told.get(source.versions[prompt], [])
        ]  # fmt: skip
        if not any(one["kept"] for one in criteria):
            bare += 1
            continue
        picks.append(_pick(source, prompt, rule["threshold"], criteria=criteria))
    shown = [found for version in told.values() for _, found in version]
    credited = tuple(one.rate for one in shown if one.rate is not None)
    known = [rate for rate in rates.values() if rate is not None]
    return Selection(
        tuple(picks),
        (
            ("prompts in the band", len(picks)), ("below it", sum(rate < band.low - 1e-9 for rate in known)),
            ("above it", sum(rate > band.high + 1e-9 for rate in known)),
            ("without a criterion in its band", bare), (LEFT, len(rates) - len(known)),
            ("criteria kept", sum(inner.holds(one.rate) for one in shown)), ("criteria in all", len(shown)),
        ),
        (
            Plot(_title(rule), tuple(known), band.low, band.high),
            Plot("How often a criterion is credited", credited, inner.low, inner.high),
        ),
    )  # fmt: skip


def by_difficulty(actor: Actor, source: Source, rule: Rule) -> Selection:
    """Prompts to train on and those that wait, after mastered ones were swapped for the easiest (Dr. SCI)."""
    bounds = {"pending": rule["pending"], "discard": rule["discard"]}
    rates = {prompt: selection.pass_rate(source.means(prompt), rule["threshold"]) for prompt in source.answers}
    buckets = {prompt: selection.bucket(rate, **bounds) for prompt, rate in rates.items()}
    active = [prompt for prompt, one in buckets.items() if one is Bucket.TRAIN]
    accuracy = _newer(actor, source, rule) if rule["newer"] else {}
    waiting = [(prompt, rates[prompt] or 0.0) for prompt, one in buckets.items() if one is Bucket.PENDING]
    swaps = selection.mastery_swaps(
        [(prompt, accuracy.get(prompt)) for prompt in active], waiting, mastered=rule["mastered"]
    )
    gone = {swap.mastered for swap in swaps}
    came = {swap.replacement: swap.mastered for swap in swaps if swap.replacement is not None}
    picks = []
    for prompt, one in buckets.items():
        if one in {Bucket.TRAIN, Bucket.PENDING} and prompt not in gone:
            replaced = came.get(prompt)
            named = Bucket.TRAIN if replaced is not None else one
            picks.append(
                _pick(
                    source, prompt, rule["threshold"], bucket=str(named), accuracy=accuracy.get(prompt),
                    replaces=source.named[int(str(replaced))] if replaced is not None else None,
                )
            )  # fmt: skip
    counts = [pick.values["bucket"] for pick in picks]
    known = tuple(rate for rate in rates.values() if rate is not None)
    return Selection(
        tuple(picks),
        (
            ("to train on", counts.count("train")), ("pending", counts.count("pending")),
            ("discarded as solved", sum(one is Bucket.DISCARD for one in buckets.values())),
            ("mastered, swapped out", len(gone)), ("swapped in", len(came)), (LEFT, len(rates) - len(known)),
        ),
        (Plot("Share of answers that pass, by prompt", known, rule["pending"], rule["discard"]),),
    )  # fmt: skip


def central(source: Source, rule: Rule) -> Selection:
    """Prompts whose mean score is between two quantiles (Rubicon)."""
    means = {prompt: source.mean(prompt) for prompt in source.answers}
    bounds = selection.central_bounds(list(means.values()), rule["low"], rule["high"])
    picks = [_pick(source, prompt, 0.5) for prompt, mean in means.items() if bounds.holds(mean)]
    known = tuple(mean for mean in means.values() if mean is not None)
    return Selection(
        tuple(picks),
        (
            ("prompts in the middle", len(picks)), ("prompts outside", len(known) - len(picks)),
            ("from score", round(bounds.low, 4)), ("to score", round(bounds.high, 4)), (LEFT, len(means) - len(known)),
        ),
        (Plot("Mean score of a prompt", known, bounds.low, bounds.high),),
    )  # fmt: skip


def rankings(source: Source, rule: Rule) -> Selection:
    """The scored answers to each prompt from the best, near ones tied."""
    picks, tied = [], 0
    for prompt, answers in source.answers.items():
        scored = [(answer, mean) for answer in answers if (mean := answer.mean) is not None]
        if len(scored) < 2:
            continue
        ranks = selection.tied_ranks([mean for _, mean in scored], rule["tolerance"])
        order = sorted(range(len(scored)), key=lambda n: (ranks[n], n))
        levels = len(set(ranks))
        tied += levels < len(scored)
        picks.append(
            Pick(
                (prompt,), tuple(scored[n][0].response for n in order),
                {
                    "scores": [scored[n][1] for n in order], "ranks": [ranks[n] for n in order], "levels": levels,
                    "unscored": len(answers) - len(scored),
                },
            )
        )  # fmt: skip
    figures = (
        ("rankings", len(picks)), ("with ties", tied),
        ("with fewer than two scored answers", len(source.answers) - len(picks)),
        ("answers without a score, left out", source.unscored),
    )  # fmt: skip
    gaps = [
        high - low
        for pick in picks
        for high, low in zip(pick.values["scores"], pick.values["scores"][1:], strict=False)
    ]
    return Selection(tuple(picks), figures, (Plot("Step from one answer to the next", tuple(gaps), rule["tolerance"]),))


def _title(rule: Rule) -> str:
    return "Share of answers that pass, by prompt" if rule["measure"] == "passes" else "Mean score of a prompt"


def _rate(source: Source, prompt: int, rule: Rule) -> float | None:
    if rule["measure"] == "mean":
        return source.mean(prompt)
    return selection.pass_rate(source.means(prompt), rule["threshold"])


def _pick(source: Source, prompt: int, threshold: float, **values: Any) -> Pick:
    means = source.means(prompt)
    scored = [mean for mean in means if mean is not None]
    own = {
        "pass_rate": selection.pass_rate(means, threshold), "mean_score": source.mean(prompt), "answers": len(scored),
        "unscored": len(means) - len(scored),
    }  # fmt: skip
    return Pick((prompt,), (), own | values)


def _newer(actor: Actor, source: Source, rule: Rule) -> dict[int, float | None]:
    with errors.at("/rule/newer"):
        newer = judging.side(actor, rule["newer"])
        if newer.run.dataset_id != source.dataset.pk:
            raise errors.Conflict("The newer run judged another data set.", code="other_dataset")
        found = load(newer)
    return {prompt: selection.pass_rate(found.means(prompt), rule["threshold"]) for prompt in found.answers}
