"""A rule that takes answers: all that have a score, with posterior weights."""

from typing import Any

from apps.training.queries.selecting.chosen import Pick, Plot, Selection
from apps.training.queries.selecting.source import Source
from domain import selection
from domain.selection import Reading

Rule = dict[str, Any]


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
