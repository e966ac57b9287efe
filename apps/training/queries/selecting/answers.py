"""Rules that take answers: pairs by their margins, and answers with posterior weights."""

from typing import Any

from apps.training.queries.selecting.chosen import Pick, Plot, Selection
from apps.training.queries.selecting.source import Source
from domain import errors, selection
from domain.selection import Reading, Which

Rule = dict[str, Any]
MOST_PAIRS = 500_000


def preference_pairs(source: Source, rule: Rule) -> Selection:
    """Better and worse answers to one prompt, with the columns by which trainers weigh them."""
    found, close = [], 0
    for prompt in source.answers:
        pairs, ties = selection.pairs(source.means(prompt), Which(rule["which"]), least=rule["least"])
        close += ties
        found += [(prompt, one) for one in pairs]
        if len(found) > MOST_PAIRS:
            raise errors.Invalid(
                f"That makes more than {MOST_PAIRS:,} pairs; take the best and the worst, or a larger margin.",
                code="too_many_pairs",
            )
    margins = [one.margin for _, one in found]
    strengths = selection.strengths(margins)
    smoothings = (
        selection.smoothings(margins, smoothing=rule["smoothing"], weak=rule["weak"], strong=rule["strong"])
        if margins
        else []
    )
    picks = []
    for (prompt, one), strength, smoothing in zip(found, strengths, smoothings, strict=True):
        better, worse = source.answers[prompt][one.better], source.answers[prompt][one.worse]
        picks.append(
            Pick(
                (prompt,), (better.response, worse.response),
                {
                    "score_chosen": better.mean, "score_rejected": worse.mean, "margin": one.margin,
                    "strength": strength, "beta_scale": selection.beta_scale(one.margin, w=rule["w"], k=rule["k"]),
                    "label_smoothing": smoothing,
                },
            )
        )  # fmt: skip
    paired = {prompt for prompt, _ in found}
    figures = (
        ("pairs", len(picks)), ("prompts with a pair", len(paired)),
        ("prompts without one", len(source.answers) - len(paired)), ("ties and too close, left out", close),
        ("smoothed", sum(one > 0 for one in smoothings)), ("answers without a score, left out", source.unscored),
    )  # fmt: skip
    return Selection(tuple(picks), figures, (Plot("Margin of a pair", tuple(margins), rule["least"]),))


def posterior(source: Source, rule: Rule) -> Selection:
    """Every scored answer with its weight among those to its prompt (BRAIn)."""
    groups = {
        prompt: [(answer, mean) for answer in answers if (mean := answer.mean) is not None]
        for prompt, answers in source.answers.items()
    }
    groups = {prompt: group for prompt, group in groups.items() if group}
    rewards = {prompt: [mean for _, mean in group] for prompt, group in groups.items()}
    beta = rule["beta"] if rule["beta"] is not None else selection.beta_for(list(rewards.values()), rule["share"])
    picks, sizes, read = [], [], []
    for prompt, group in groups.items():
        weights = selection.weights(rewards[prompt], beta)
        size = selection.effective(weights)
        said = selection.reading(size, len(group))
        if len(group) > 1:
            sizes.append(size / len(group))
            read.append(said)
        picks += [
            Pick(
                (prompt,), (answer.response,),
                {
                    "reward": mean, "weight": weight, "effective": size, "samples": len(group), "beta": beta,
                    "reading": said.value if len(group) > 1 else "a single sample",
                },
            )
            for (answer, mean), weight in zip(group, weights, strict=True)
        ]  # fmt: skip
    figures = (
        ("answers", len(picks)), ("prompts", len(groups)), ("β", round(beta, 6)),
        ("mean effective share", round(sum(sizes) / len(sizes), 4) if sizes else "no prompt has two answers"),
        ("prompts where one takes all", read.count(Reading.ONE)),
        ("prompts whose scores say nothing", read.count(Reading.FLAT)),
        ("answers without a score, left out", source.unscored),
    )  # fmt: skip
    return Selection(tuple(picks), figures, (Plot("Effective share of the samples, by prompt", tuple(sizes)),))
