"""Benchmarks are scored as their authors score them, on tables that fit on a line."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from domain import benchmarks, errors
from domain.audits import Answers, Inputs, Judged, Known, Pairs, Scores
from domain.benchmarks.many import ties_score

NAN = float("nan")


def answers_of(rows: Mapping[str, tuple[Sequence[float], Sequence[float]]], **tags: dict[str, str]) -> Inputs:
    """Prompts with the scores of their right and wrong answers; tags by prompt."""
    flat = [
        (prompt, f"{prompt}/{'r' if right else 'w'}{n}", score, right)
        for prompt, sides in rows.items()
        for right, scores in zip((1.0, 0.0), sides, strict=True)
        for n, score in enumerate(scores)
    ]
    prompts, ids, scores, right_ = zip(*flat, strict=True)
    held = {name: [by.get(prompt, "") for prompt in prompts] for name, by in tags.items()}
    answers = Answers(prompts, ids, correct=np.array(right_), tags=held)
    return Inputs(answers, [Scores("s", np.array(scores, float))])


def pairs_of(rows: list[tuple[str, float, float]], *, once: bool = False, **tags: list[str]) -> Inputs:
    """Pairs with what a judge said of the better answer in front and behind."""
    names, first, second = zip(*rows, strict=True)
    judged = Judged("s", np.array(first, float), np.array(second, float), once=once)
    better, worse = [f"{name}/A" for name in names], [f"{name}/B" for name in names]
    return Inputs(pairs=Pairs(names, names, better, worse, judged=[judged], tags=tags))


def score(name: str, inputs: Inputs) -> benchmarks.Outcome:
    found = benchmarks.run(name, inputs, "s", seed=1)
    assert found == benchmarks.run(name, inputs, "s", seed=1)
    return found


def test_two_orders_count_as_each_benchmark_says():
    inputs = pairs_of([("a", 1, 1), ("b", 1, 0), ("c", 0.5, 1), ("d", NAN, 1), ("e", 0, 0)])
    strict = score("llmbar", inputs)
    assert strict.score.value == pytest.approx((2 + 1 + 1 + 1 + 0) / 10)
    assert (strict.ties, strict.unscored, strict.chance) == (1, 1, 0.5)
    assert score("judgebench", inputs).score.value == pytest.approx(3 / 5)
    figures = {one.name: one.value for one in strict.figures}
    assert (figures["both"], figures["steady"]) == (1 / 5, 2 / 5)
    assert figures["lenient"] == pytest.approx(6 / 10) and figures["split"] == pytest.approx(5.5 / 10)
    assert strict.lost[0].unscored is False and strict.lost[0].id == "e"


def test_sections_of_rewardbench_weigh_as_published_and_languages_evenly():
    subsets = ["math-prm", "hep-go", "mt-bench-easy", "unknown"]
    inputs = pairs_of([("a", 1, NAN), ("b", 0, NAN), ("c", 0.5, NAN), ("d", 0, NAN)], once=True, subset=subsets)
    # A judge that compares gets half for a tie; a subset of no section is left out.
    assert score("rewardbench", inputs).score.value == pytest.approx((984 / (984 + 164) + 0.5) / 2)
    tongues = pairs_of([("a", 1, NAN), ("b", 1, NAN), ("c", 0, NAN)], once=True, language=["de", "de", "fi"])
    found = score("m-rewardbench", tongues)
    assert found.score.value == 0.5 and [one.value for one in found.domains] == [1.0, 0.0]


def test_the_right_one_of_many():
    inputs = answers_of({"a": ([3], [1, 2]), "b": ([2], [2, 1]), "c": ([NAN], [1, 0]), "d": ([0], [1, 2])})
    found = score("rewardmath", inputs)
    figures = {one.name: one.value for one in found.figures}
    assert (found.score.value, found.ties, found.unscored) == (0.25, 1, 1)
    assert (figures["lenient"], figures["split"]) == (0.5, 0.375)
    assert figures["rank"] == pytest.approx((1 + 1 / 2 + 0 + 1 / 3) / 4)
    assert found.chance == pytest.approx(1 / 3) and figures["rank_chance"] == pytest.approx((1 + 1 / 2 + 1 / 3) / 3)


def test_rewardbench_2_has_its_golden_ties_score():
    kept = {"a": ([3], [1, 1, 1]), "b": ([1], [1, 0, 0])}
    ties = {"ref:1": ([8], [2, 3]), "ref:2": ([6], [7, 1]), "tied:1": ([8, 7, 9], [3, 2]), "tied:2": ([5, 9], [4, 1])}
    subsets = {**dict.fromkeys(kept, "Math"), **dict.fromkeys(ties, "Ties")}
    found = score("rewardbench2", answers_of(kept | ties, subset=subsets))
    by = {one.name: one.value for one in found.domains}
    assert by["Math"] == 0.75 and by["Ties"] == pytest.approx(0.6495665526, abs=1e-9)
    assert found.score.value == pytest.approx((0.75 + 0.6495665526) / 2, abs=1e-9)
    one = np.ones(2)
    assert ties_score(one, one, 0 * one, one, one) == pytest.approx(1.01)
    alone = score("rewardbench2", answers_of(ties, subset=dict.fromkeys(ties, "Ties")))
    assert alone.score.value == pytest.approx(0.6495665526, abs=1e-9) and alone.chance is None


def test_the_style_matrix_of_rm_bench_sees_who_pays_for_length():
    styles, lengths = ("concise", "plain", "markdown"), (1.0, 2.0, 3.0)
    ids = [f"{side}{n}" for side in ("r", "w") for n in range(3)]
    answers = Answers(["p"] * 6, ids, tags={"style": [*styles, *styles]})
    rows = [(f"r{a}", f"w{b}", lengths[a] - lengths[b]) for a in range(3) for b in range(3)]
    better, worse, gaps = zip(*rows, strict=True)
    pairs = Pairs([f"{a}>{b}" for a, b in zip(better, worse, strict=True)], ["p"] * 9, better, worse,
                  margins={"s": np.array(gaps)}, tags={"domain": ["safety-refuse"] * 9})  # fmt: skip
    found = score("rmbench", Inputs(answers, [Scores("s", np.zeros(6))], pairs))
    figures = {one.name: one.value for one in found.figures}
    assert (figures["hard"], figures["normal"], figures["easy"]) == (0, 0, 1)
    assert found.score.value == pytest.approx(1 / 3) and found.domains[0].name == "safety"
    assert (figures["cell_02"], figures["cell_20"]) == (0, 1)


def test_places_of_a_ranking():
    # Gold is A > B > C; the judge says B > A > C.
    better, worse, said = ("A", "A", "B"), ("B", "C", "C"), (0.0, 1.0, 1.0)
    judged = Judged("s", np.array(said), np.full(3, NAN), once=True)
    pairs = Pairs(["1", "2", "3"], ["p"] * 3, better, worse, judged=[judged], tags={"ranks": ["3"] * 3})
    found = score("long-rewardbench", Inputs(pairs=pairs))
    assert found.score.value == pytest.approx(1 / 3) and found.chance == pytest.approx(1 / 3)


def known(rows: list[tuple[str, float, float]]) -> Inputs:
    names, said, truth = zip(*rows, strict=True)
    ids = [str(n) for n in range(len(names))]
    return Inputs(known=Known(np.array(said, float), np.array(truth, float), ids, ids, criteria=names))


def test_what_people_said_by_criterion_and_by_majority():
    rated = known([("x", 1, 2), ("x", 2, 3), ("x", 3, 4), ("x", NAN, 1), ("y", 1, 3), ("y", 2, 2), ("y", 3, 1)])
    found = score("ratings", rated)
    assert [one.value for one in found.domains] == pytest.approx([1, -1]) and found.score.value == pytest.approx(0)
    assert found.unscored == 1
    voted = score("pandalm", known([("", 1, 1), ("", 0.5, 0.5), ("", 0, 1), ("", NAN, 0)]))
    assert voted.score.value == pytest.approx(2 / 3) and voted.unscored == 1
    assert {one.name: one.value for one in voted.figures}["strict"] == 0.5


def test_rules_count_answers_and_instructions():
    ids = ["a", "a", "b"]
    held = Known(
        np.array([1.0, 0.0, 1.0]), np.array([1.0, 1.0, NAN]), ids, ids, criteria=["length:x", "case:y", "case:z"]
    )
    strict, loose = (score(name, Inputs(known=held)) for name in ("ifeval", "ifbench"))
    assert (strict.score.value, loose.score.value) == (0.5, 0.5)
    figures = {one.name: one.value for one in strict.figures}
    assert figures["instructions_strict"] == pytest.approx(2 / 3) and figures["answers_loose"] == 0.5


@pytest.mark.parametrize("name", benchmarks.BENCHMARKS)
def test_nothing_to_go_by_is_refused_and_never_nan(name):
    with pytest.raises(errors.Invalid):
        benchmarks.run(name, Inputs(), "s")
    one = pairs_of([("a", 1, 1)])
    try:
        plain: dict[str, Any] = benchmarks.run(name, one, "s").plain()
    except errors.Invalid:
        return
    assert plain["score"]["value"] in (1, None) and plain["score"]["low"] is None


def test_rows_that_measure_nothing_are_named():
    rows = [
        benchmarks.Row("p", "1", "h", "x", 4, right=True), benchmarks.Row("p", "2", "h", "x", 4, right=False),
        benchmarks.Row("q", "3", "h", "y", 0, right=True), benchmarks.Row("q", "4", "h", "z", 9, right=True),
        benchmarks.Row("r", "5", "i", "", 0, right=None, elsewhere=True),
    ]  # fmt: skip
    found = {one.name: (one.rows, one.first) for one in benchmarks.faults(rows)}
    assert found == {
        "empty": (1, ("3",)), "repeated_prompt": (1, ("q",)), "same": (1, ("p",)), "one_sided": (2, ("q", "r")),
        "elsewhere": (1, ("5",)),
    }  # fmt: skip
    with pytest.raises(errors.Invalid):
        benchmarks.entry("x")
    assert [one.name for one in benchmarks.fitting("helpsteer2")] == ["helpsteer2", "ratings"]
    assert [one.name for one in benchmarks.fitting("x")] == ["preferences"]
