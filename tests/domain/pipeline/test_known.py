"""Every published or stated value of a step."""

import math
import sys

import pytest

from domain import errors, pipeline, rubric, scoring
from tests.domain.builders import make_rubric, verdicts

SUM = {"step": "weighted"}


def score(made, **values):
    found = scoring.score(made, verdicts(**values))
    assert scoring.recompute(found.trace) == found.raw
    return found


def group(made, *rows):
    found = scoring.score_group(made, [verdicts(**row) for row in rows])
    assert all(scoring.recompute(one.trace) == one.raw for one in found)
    return found


def test_signed_points_over_the_positive_total():
    points = {"a": 7, "b": 5, "c": -4, "d": 3}
    made = make_rubric(
        *({"id": n, "weight": abs(p), "polarity": "negative" if p < 0 else "positive"} for n, p in points.items())
    )
    assert score(made, a=1, b=0, c=1, d=1).raw == pytest.approx(0.4)


def test_trade_offs_by_weight():
    for weights, expected in (((0.5, 0.3, 0.2), 0.65), ((0.2, 0.3, 0.5), 0.35)):
        made = make_rubric(*({"id": n, "weight": w} for n, w in zip("abc", weights, strict=True)))
        assert score(made, a=1, b=0.5, c=0).raw == pytest.approx(expected)


def test_severities_of_deficiencies():
    made = make_rubric({"id": "a", "weight": 3}, {"id": "b", "weight": 2}, {"id": "c", "weight": 1})
    assert score(made, a=1, b=0, c=1).raw == pytest.approx(0.666667, abs=1e-6)


@pytest.mark.parametrize(("value", "expected"), [(0, 0), (0.25, 0.5553), (0.5, 0.8176), (0.75, 0.9415), (1, 1)])
def test_saturation_at_quarters(value, expected):
    made = make_rubric("a", scoring=[{"step": "saturate", "strength": 3}, SUM])
    assert score(made, a=value).raw == pytest.approx(expected, abs=5e-5)


def test_a_cap_cuts_values_off():
    made = make_rubric("a", "b", scoring=[{"step": "saturate", "curve": "cap", "cap": 0.5, "criteria": ["a"]}, SUM])
    found = score(made, a=1, b=1)
    assert found.raw == 0.75
    assert found.trace[0]["out"] == {"values": {"a": 0.5}}


def test_critical_override():
    made = make_rubric(
        {"id": "core", "weight": 5}, {"id": "important", "weight": 2}, {"id": "highlight", "weight": 1},
        {"id": "veto", "weight": 1, "role": "hard_rule"},
        scoring=[{"step": "critical", "which": "hard_rule", "values": "centred"}],
    )  # fmt: skip
    assert score(made, core=0.75, important=0, highlight=0.5, veto=0.5).raw == pytest.approx(0.142857, abs=1e-6)
    assert score(made, core=1, important=0.5, highlight=0.5, veto=0.25).raw == -1
    assert score(made, core=0.5, important=0.5, highlight=0.5, veto=0.5).raw == 0


def answered(**step):
    return make_rubric(
        {"id": "answer", "kind": "answer"}, {"id": "a", "weight": 2}, {"id": "p", "polarity": "negative"},
        scoring=[{"step": "answer_dominant", **step}],
    )  # fmt: skip


def test_any_right_answer_outranks_any_wrong_one():
    made = answered(share=0.49)
    right = [score(made, answer=1, a=a, p=p).raw for a in (0, 0.5, 1) for p in (0, 1)]
    wrong = [score(made, answer=0, a=a, p=p).raw for a in (0, 0.5, 1) for p in (0, 1)]
    assert min(right) > max(wrong)
    assert score(made, answer=1, a=1, p=1).raw < score(made, answer=1, a=1, p=0).raw == 1


def test_interaction_is_symmetric_and_cut():
    def with_pair(first, second, gain):
        pairs = [{"first": first, "second": second, "gain": gain}]
        return make_rubric("a", "b", scoring=[SUM, {"step": "interaction", "pairs": pairs}])

    one, other = (score(with_pair(names[0], names[1], 0.4), a=0.5, b=0.5).raw for names in ("ab", "ba"))
    assert one == other == 0.6
    assert score(with_pair("a", "b", 1), a=1, b=1).raw == 1
    assert score(with_pair("a", "b", -1), a=0.5, b=0.5).raw == 0.25


def test_shaping_keeps_the_ends():
    power = make_rubric("a", scoring=[SUM, {"step": "shape", "gamma": 2}])
    assert [score(power, a=v).raw for v in (0, 0.5, 1)] == [0, 0.25, 1]
    knee = make_rubric("a", scoring=[SUM, {"step": "shape", "curve": "knee", "knee": 0.5, "height": 0.25}])
    assert [score(knee, a=v).raw for v in (0, 0.25, 0.5, 0.75, 1)] == [0, 0.125, 0.25, 0.625, 1]


def test_a_power_ends_at_the_largest_number():
    steep = [SUM, {"step": "affine", "scale": 1000}, {"step": "shape", "gamma": 20}, {"step": "shape", "gamma": 20}]
    assert score(make_rubric("a", scoring=steep), a=1).raw == sys.float_info.max


def test_tiers_weigh_in_place_of_weights():
    made = make_rubric(
        {"id": "a", "weight": 9, "tier": "optional"}, {"id": "b", "weight": 1, "tier": "essential"},
        scoring=[{"step": "tiers"}, SUM],
    )  # fmt: skip
    assert score(made, a=1, b=0).raw == pytest.approx(0.3 / 1.3)


def test_a_violated_guideline_fails_every_criterion():
    listed = [f"c{n}" for n in range(10)]
    made = make_rubric(*listed, "g1", "g2", scoring=[{"step": "guidelines", "criteria": ["g1", "g2"]}, SUM])
    met = {name: float(n < 7) for n, name in enumerate(listed)}
    assert score(made, **met, g1=1, g2=1).raw == pytest.approx(0.7)
    broken = score(made, **met, g1=1, g2=0)
    assert broken.raw == 0
    assert broken.trace[0]["out"]["left_out"] == ["g1", "g2"]


PASSES = ("1111", "1100", "1110", "1000")


def passes(*rows):
    return [{f"c{n}": int(mark) for n, mark in enumerate(row)} for row in rows]


def test_weights_by_difficulty():
    made = make_rubric(*(f"c{n}" for n in range(4)), scoring=[{"step": "difficulty"}, SUM])
    found = group(made, *passes(*PASSES))
    assert [one.raw for one in found] == pytest.approx([1, 0.1667, 0.5, 0], abs=5e-5)
    figures = found[0].trace[0]["in"]["group"]
    assert list(figures["pass_rates"].values()) == [1, 0.75, 0.5, 0.25]
    shares = [factor / 4 for factor in figures["factors"].values()]
    assert shares == pytest.approx([0, 0.1667, 0.3333, 0.5], abs=5e-5)
    plain = make_rubric(*(f"c{n}" for n in range(4)))
    assert [one.raw for one in group(plain, *passes(*PASSES))] == [1, 0.5, 0.75, 0.25]


def test_a_group_that_passes_everything_keeps_uniform_weights_and_says_so():
    made = make_rubric("c0", "c1", scoring=[{"step": "difficulty"}, SUM])
    found = group(made, *passes("11", "11"))
    assert [one.raw for one in found] == [1, 1]
    assert found[0].trace[0]["in"]["group"]["uniform"] is True


def test_density_keeps_many_easy_criteria_from_outweighing_a_hard_one():
    names = [*(f"c{n}" for n in range(8)), "c8"]
    rows = passes("111111110", "111111110", "111111110", "000000001")

    def scores(**step):
        made = make_rubric(*names, scoring=[{"step": "difficulty", **step}, SUM])
        return [one.raw for one in group(made, *rows)]

    crowded, calibrated = scores(), scores(density=True)
    assert crowded[0] > crowded[3]
    assert calibrated[0] == pytest.approx(0.25)
    assert calibrated[3] == pytest.approx(0.75)


def test_pitfalls_and_vetoes_keep_their_weight():
    gate = {"when": "below", "value": 0.5, "floor": 0}
    made = make_rubric(
        "a", "b", {"id": "p", "polarity": "negative"}, {"id": "g", "gate": gate},
        scoring=[{"step": "difficulty"}, SUM],
    )  # fmt: skip
    found = group(made, {"a": 1, "b": 0, "p": 1, "g": 1}, {"a": 1, "b": 1, "p": 0, "g": 1})
    assert set(found[0].trace[0]["in"]["group"]["factors"]) == {"a", "b"}
    assert found[0].raw == pytest.approx(0 / 3)


def test_one_answer_has_no_group():
    made = make_rubric("a", scoring=[{"step": "difficulty"}, SUM])
    with pytest.raises(errors.Invalid, match="needs the group"):
        scoring.score(made, verdicts(a=1))


def test_outcome_mixes_in_all_or_nothing():
    made = make_rubric("a", "b", scoring=[SUM, {"step": "outcome"}])
    assert score(made, a=1, b=1).raw == 1
    assert score(made, a=1, b=0).raw == 0.25


def blended(**step):
    check = {"kind": "words", "min": 1}
    return make_rubric(
        {"id": "rule", "kind": "check", "check": check}, "model", "form",
        scoring=[{"step": "blended", "format": ["form"], **step}],
    )  # fmt: skip


def test_rules_and_judge_blend_by_confidence():
    assert score(blended(confidence=0.75), rule=1, model=0.2, form=1).raw == pytest.approx(0.75 + 0.25 * 0.2)
    found = score(blended(confidence=0.75, format_weight=0.1), rule=1, model=0.2, form=1)
    assert found.raw == pytest.approx(0.9)
    assert found.trace[0]["notes"] == {"rules": 1, "judge": 0.2, "format": 1, "confidence": 0.75}
    assert found.contributions == pytest.approx({"rule": 0.75, "model": 0.05, "form": 0.1})


def test_where_rules_abstain_the_judge_decides():
    assert scoring.score(blended(confidence=0.75), {**verdicts(model=0.2, form=1), "rule": None}).raw == 0.2


@pytest.mark.parametrize(("low", "hits", "expected"), [(0.4, 1, 0.5), (0.6, 1, 0.6), (0.4, 0, 0.4), (0.4, 0.5, 0.45)])
def test_rescue_lifts_low_scores_only(low, hits, expected):
    made = make_rubric("a", {"id": "phrases", "weight": 0}, scoring=[SUM, {"step": "rescue", "criteria": ["phrases"]}])
    assert score(made, a=low, phrases=hits).raw == pytest.approx(expected)


@pytest.mark.parametrize(
    ("form", "right", "agrees", "expected"), [(1, 1, 1, 2.0), (1, 1, 0, 1.0), (0, 1, 1, 1.5), (1, 0, 1, 0.5)]
)
def test_consistency_multiplies(form, right, agrees, expected):
    step = {"step": "consistency", "criteria": ["agrees"], "format": ["form"]}
    made = make_rubric("right", {"id": "agrees", "weight": 0}, {"id": "form", "weight": 0}, scoring=[SUM, step])
    assert score(made, right=right, agrees=agrees, form=form).raw == expected


def test_scale_and_limits():
    made = make_rubric("a", scoring=[SUM, {"step": "affine", "scale": 2, "shift": -1}, {"step": "clamp", "low": 0}])
    assert [score(made, a=v).raw for v in (0, 0.75, 1)] == [0, 0.5, 1]


def test_what_cancels_or_is_empty_is_defined():
    cancels = make_rubric("a", {"id": "p", "polarity": "negative"})
    assert score(cancels, a=1, p=1).raw == 0
    pitfalls = make_rubric({"id": "p", "polarity": "negative"}, scoring=[{"step": "saturate"}, SUM])
    assert score(pitfalls, p=1).raw == -1
    weightless = make_rubric({"id": "a", "weight": 0}, scoring=[{"step": "tiers"}, SUM, {"step": "clamp"}])
    assert score(weightless, a=1).status == "cannot_assess"
    assert scoring.score_group(make_rubric("a"), []) == []
    assert math.isnan(scoring.scores_of(make_rubric("a"), scoring.table_of(make_rubric("a"), [{}])).raw[0])


@pytest.mark.parametrize(
    ("steps", "pointer", "words"),
    [
        ([SUM, {"step": "saturate"}], "/scoring/1", "has to stand before `weighted`"),
        ([{"step": "clamp"}, SUM], "/scoring/0", "has to stand after `weighted`"),
        ([SUM, {"step": "tree"}], "/scoring/1", "Only one step"),
        ([{"step": "answer_dominant"}], "/scoring/0", "needs a criterion of kind `answer`"),
        ([{"step": "critical"}], "/scoring/0/which", "has a gate"),
        ([{"step": "blended"}], "/scoring/0/rules", "no computed criterion"),
        ([{"step": "guidelines", "criteria": ["z"]}, SUM], "/scoring/0/criteria/0", "There is no criterion 'z'."),
        ([{"step": "guidelines", "criteria": ["a", "b"]}, SUM], "/scoring/0/criteria", "nothing is left"),
        ([SUM, {"step": "interaction", "pairs": [{"first": "a", "second": "a", "gain": 1}]}], "/scoring/1/pairs/0",
         "two different"),
        ([SUM, {"step": "interaction", "pairs": [{"first": "z", "second": "a", "gain": 1}]}],
         "/scoring/1/pairs/0/first", "no criterion 'z'"),
        ([SUM, {"step": "clamp", "low": 1, "high": 0}], "/scoring/1/low", "below the upper"),
        ([SUM, {"step": "affine", "scale": 0}], "/scoring/1/scale", "all answers equal"),
        ([{"step": "blended", "rules": ["a"], "format": ["a"]}], "/scoring/0/format", "not both"),
    ],
)  # fmt: skip
def test_pipelines_that_make_no_sense_are_refused(steps, pointer, words):
    with pytest.raises(errors.Invalid) as caught:
        make_rubric("a", "b", scoring=steps)
    assert [(p.pointer, words in p.message) for p in caught.value.problems] == [(pointer, True)]


def test_a_trace_says_by_what_points_are_divided():
    def said(*criteria, **values):
        found = scoring.score(make_rubric(*criteria), verdicts(**values)).trace[-1]
        return pipeline.told(found, {"a": 1, "p": 2})

    pitfall = {"id": "p", "polarity": "negative", "weight": 2}
    assert said(pitfall, p=1).endswith(
        "divided by the weight that the pitfalls can take, as nothing adds = \N{MINUS SIGN}1.00."
    )
    assert said({"id": "a", "weight": 0}, pitfall, a=1, p=0).endswith("as nothing adds = 0.00.")
    assert said({"id": "a", "weight": 2}, pitfall, a=1, p=1).endswith(
        "divided by the weight a perfect answer earns = 0.00."
    )
    assert said({"id": "a", "weight": 0}, a=1) == "No criterion with a weight has a value, so there is no score."


def test_old_documents_keep_their_digests():
    plain = rubric.parse({"title": "t", "criteria": [{"id": "c", "text": "Says it."}]})
    assert plain.model_dump(mode="json")["scoring"] == [
        {"step": "gate"}, {"step": "weighted", "negatives": "subtract", "normalise": "positive_weight"}
    ]  # fmt: skip
