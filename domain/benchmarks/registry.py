"""The benchmarks there are, in the order in which they are offered, and the one way to score one."""

from __future__ import annotations

import json
from collections.abc import Mapping

import numpy as np

from domain import errors
from domain.audits.shapes import Inputs
from domain.benchmarks import labelled, many, pairs, ranks, rules, styles
from domain.benchmarks.pairs import Orders
from domain.benchmarks.shapes import Benchmark, Outcome, Truth
from domain.benchmarks.totals import macro, sectioned

SECTIONS: Mapping[str, tuple[str, ...]] = {
    "Chat": ("alpacaeval-easy", "alpacaeval-length", "alpacaeval-hard", "mt-bench-easy", "mt-bench-med"),
    "Chat Hard": (
        "mt-bench-hard", "llmbar-natural", "llmbar-adver-neighbor", "llmbar-adver-GPTInst", "llmbar-adver-GPTOut",
        "llmbar-adver-manual",
    ),
    "Safety": (
        "refusals-dangerous", "refusals-offensive", "xstest-should-refuse", "xstest-should-respond", "donotanswer",
    ),
    "Reasoning": ("math-prm", "hep-cpp", "hep-go", "hep-java", "hep-js", "hep-python", "hep-rust"),
}  # fmt: skip
# As published, whatever part of a subset is there: math-prm counts as much as all of its code.
COUNTS: Mapping[str, int] = {
    "alpacaeval-easy": 100, "alpacaeval-length": 95, "alpacaeval-hard": 95, "mt-bench-easy": 28, "mt-bench-med": 40,
    "mt-bench-hard": 37, "math-prm": 984, "refusals-dangerous": 100, "refusals-offensive": 100, "llmbar-natural": 100,
    "llmbar-adver-neighbor": 134, "llmbar-adver-GPTInst": 92, "llmbar-adver-GPTOut": 47, "llmbar-adver-manual": 46,
    "xstest-should-refuse": 154, "xstest-should-respond": 250, "donotanswer": 136, "hep-cpp": 164, "hep-go": 164,
    "hep-java": 164, "hep-js": 164, "hep-python": 164, "hep-rust": 164,
}  # fmt: skip
_HALF = "A coin reaches 50 %."
_LOSS = "What has no score or could not be read is lost (ours)."
_STRICT = f"A tie is a loss. {_LOSS}"
_BOTH = f"Each order counts half, a tie is a loss. {_LOSS}"

_BENCHMARKS: tuple[Benchmark, ...] = (
    Benchmark(
        "rewardbench", "RewardBench", 1, "accuracy by section, mean of four sections",
        f"A tie of scores is a loss, of a judge who compares half a win. {_LOSS}", _HALF,
        "2403.13787; sections and counts of its repository", "ODC-BY-1.0",
        pairs.runner(scheme=sectioned(SECTIONS, COUNTS), compared_tie=pairs.HALF), ("rewardbench",),
    ),
    Benchmark(
        "rewardbench2", "RewardBench 2", 1, "unweighted mean of domains: best of four, and the Ties score",
        "Answers tied at the top share a win; the Ties domain has a formula of its own. A right answer without a score "
        "loses its prompt (ours: upstream gives an unread reply 0.25).",
        "A coin reaches 25 % of a best of four; of Ties it is not defined.", "2506.01937", "ODC-BY-1.0",
        many.rewardbench2, ("rewardbench2",),
    ),
    Benchmark(
        "m-rewardbench", "M-RewardBench", 1, "accuracy by language, unweighted mean of languages", _STRICT, _HALF,
        "2410.15522", "CC-BY-NC-4.0", pairs.runner("language", scheme=macro, compared_tie=pairs.HALF),
        ("m-rewardbench",),
    ),
    Benchmark(
        "long-rewardbench", "Long-RewardBench", 1, "share of places of a ranking that are named right",
        f"Answers that won as many comparisons share no place: they are lost (ours). {_LOSS}",
        "A coin reaches 50 % of a pair, 1/n of a ranking of n.", "2510.06915", "not stated", ranks.run,
        ("long-rewardbench",),
    ),
    Benchmark(
        "rag-rewardbench", "RAG-RewardBench", 1, "accuracy by scenario, over all pairs", _STRICT, _HALF, "2412.13746",
        "Apache-2.0", pairs.runner(), ("rag-rewardbench",),
    ),
    Benchmark(
        "rmbench", "RM-Bench", 1, "mean over domains of hard, normal and easy", _STRICT, _HALF, "2410.16184",
        "ODC-BY-1.0", styles.run, ("rmbench",),
    ),
    Benchmark(
        "rewardmath", "RewardMATH", 1, "the right solution strictly above all nine; of pairs, every comparison won",
        f"A tie is a loss; with ties as wins and shared it is shown beside. Ranks break ties against it. {_LOSS}",
        "A coin reaches 10 %, and a mean reciprocal rank of 0.293.", "2410.01729", "MIT", many.rewardmath,
        ("rewardmath",),
    ),
    Benchmark(
        "judgebench", "JudgeBench", 1, "more orders right than wrong",
        f"Of two orders more have to be right than wrong; a tie or an unread reply is neither. {_LOSS}",
        "A coin in both orders reaches 25 %.", "2410.12784; metrics of its repository", "MIT",
        pairs.runner(orders=Orders.MAJORITY), ("judgebench",),
    ),
    Benchmark(
        "llmbar", "LLMBar", 1, "mean accuracy of both orders", _BOTH, _HALF, "2310.07641", "MIT", pairs.runner(),
        ("llmbar",),
    ),
    Benchmark(
        "mtbench", "MT-Bench, majority of people", 1, "mean accuracy of both orders", _BOTH, _HALF,
        "2306.05685; pairs of LLMBar's repository, ties of people removed", "CC-BY-4.0", pairs.runner("category"),
        ("mtbench",),
    ),
    Benchmark(
        "pandalm", "PandaLM", 1, "agreement with the majority of three annotators, ties among the answers",
        "A tie is an answer of its own. Pairs without a majority and what was not read are left out; with the latter "
        "as losses it is shown beside.", "A coin reaches a third.", "2306.05087", "Apache-2.0", labelled.with_majority,
        ("pandalm",), truth=Truth.MAJORITY,
    ),
    Benchmark(
        "hhh", "HHH", 1, "accuracy by category, over all pairs", _STRICT, _HALF, "2112.00861", "Apache-2.0",
        pairs.runner("category"), ("hhh",),
    ),
    Benchmark(
        "tara", "TARA", 1, "accuracy by task, over all pairs", _STRICT, _HALF, "2310.01045", "not stated",
        pairs.runner(), ("tara",),
    ),
    Benchmark(
        "helpsteer2", "HelpSteer2 preferences", 1, "accuracy on preferences with a strength", _STRICT, _HALF,
        "2410.01257", "CC-BY-4.0", pairs.runner("strength"), ("helpsteer2",),
    ),
    Benchmark(
        "ratings", "People's ratings by criterion (SummEval, HelpSteer2)", 1,
        "Spearman's correlation with people's mean, mean over criteria",
        "Ties share their mean rank. Answers without a score are in no correlation.", "A coin reaches 0.",
        "SummEval 2007.12626, HelpSteer2 2406.08673; the mean over criteria is ours", "MIT", labelled.by_criterion,
        ("summeval", "helpsteer2", "judge-bench", "llm-rubric"), truth=Truth.CRITERIA,
    ),
    Benchmark(
        "wildbench", "WildBench, against another judge", 1, "Spearman's correlation with the scores of another judge",
        "Ties share their mean rank. Answers without a score are in no correlation.", "A coin reaches 0.", "2406.04770",
        "Apache-2.0", labelled.with_judge, ("wildbench",), gold=True,
    ),
    Benchmark(
        "ifeval", "IFEval", 1, "answers that follow every instruction, read strictly",
        "There are no ties. A rule that cannot decide counts as not followed.", "Chance is not defined.", "2311.07911",
        "Apache-2.0", rules.strictly, ("ifeval",), truth=Truth.RULES,
    ),
    Benchmark(
        "ifbench", "IFBench", 1, "answers that follow every instruction, read loosely",
        "There are no ties. A rule that cannot decide counts as not followed.", "Chance is not defined.", "2507.02833",
        "ODC-BY-1.0", rules.loosely, ("ifbench",), truth=Truth.RULES,
    ),
    Benchmark(
        "preferences", "Preferences of your own", 1, "accuracy over all pairs, mean of both orders", _BOTH, _HALF,
        "no published benchmark: any data set in which people said which answer is better (ours)", "", pairs.runner(),
        ("generic",),
    ),
)  # fmt: skip

BENCHMARKS: Mapping[str, Benchmark] = {one.name: one for one in _BENCHMARKS}


def entry(name: str) -> Benchmark:
    """A benchmark by its name. Raises Invalid where there is none."""
    if name not in BENCHMARKS:
        raise errors.Invalid(f"A benchmark is one of {', '.join(BENCHMARKS)}.", code="benchmark_unknown")
    return BENCHMARKS[name]


def fitting(format_name: str) -> list[Benchmark]:
    """The benchmarks that a format of data brings, those first that are its own."""
    found = [one for one in _BENCHMARKS if format_name in one.formats]
    return found or [BENCHMARKS["preferences"]]


def run(name: str, inputs: Inputs, scorer: str, *, seed: int = 0) -> Outcome:
    """Score one scorer: a pure function of inputs and seed.

    Raises Invalid where the benchmark is not known or the inputs have not what it needs.
    """
    found = entry(name).run(inputs, scorer, np.random.default_rng(seed))
    json.dumps(found.plain(), allow_nan=False)
    return found
