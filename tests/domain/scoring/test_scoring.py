"""Known scores, the policy for missing verdicts, gates, and what always holds."""

import json
import random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from domain import errors, rubric, scoring
from domain.verdicts import Status, Verdict
from tests.domain.builders import DEGREES, documents, make_rubric, make_verdict, verdicts

GATE = {"when": "below", "value": 0.5, "floor": 0.1, "override": False}
WEIGHTED = {"step": "weighted"}
TREE = {"step": "tree"}


def score(made, weights=None, content_reason=None, **values):
    return scoring.score(made, verdicts(**values), weights=weights, content_reason=content_reason)


def points(**given_points):
    return make_rubric(
        *(
            {"id": name, "weight": abs(p), "polarity": "negative" if p < 0 else "positive"}
            for name, p in given_points.items()
        )
    )


def test_healthbench_arithmetic():
    made = points(a=5, b=3, c=-4)
    assert score(made, a=1, b=0, c=0).raw == pytest.approx(5 / 8)
    full = score(made, a=1, b=1, c=1)
    assert (full.raw, full.status, full.coverage) == (pytest.approx(4 / 8), "ok", 1.0)
    assert full.contributions == pytest.approx({"a": 5 / 8, "b": 3 / 8, "c": -4 / 8})
    low = score(made, a=0, b=0, c=1)
    assert (low.raw, low.display) == (-0.5, 0.0)


def test_only_pitfalls_lie_between_minus_one_and_nought():
    made = points(a=-3, b=-1)
    assert score(made, a=0, b=0).raw == 0
    assert score(made, a=1, b=0).raw == -0.75
    assert score(made, a=1, b=1).raw == -1


def test_absence_of_pitfalls_may_be_rewarded():
    made = make_rubric(
        {"id": "a", "weight": 3},
        {"id": "b", "weight": 1, "polarity": "negative"},
        scoring=[{"step": "weighted", "negatives": "reward_absence"}],
    )
    assert score(made, a=1, b=0).raw == 1
    assert score(made, a=0, b=0).raw == 0.25
    assert score(made, a=1, b=1).raw == 0.75


def test_sums_may_stay_as_they_are():
    made = make_rubric({"id": "a", "weight": 3}, "b", scoring=[{"step": "weighted", "normalise": "none"}])
    found = score(made, a=1, b=0.5)
    assert (found.raw, found.display) == (3.5, 1.0)
    weightless = score(made, {"a": 0, "b": 0}, a=1, b=1)
    assert (weightless.raw, weightless.status) == (0.0, "ok")


def test_groups_multiply_weights():
    made = make_rubric({"id": "a", "group": "g"}, "b", groups=[{"id": "g", "weight": 3}])
    assert score(made, a=1, b=0).raw == 0.75


def test_a_profile_replaces_weights():
    made = make_rubric("a", "b")
    assert score(made, {"a": 3}, a=1, b=0).raw == 0.75


@pytest.mark.parametrize("weight", [-1, float("nan"), float("inf"), 1e7])
def test_wrong_weights_are_refused(weight):
    with pytest.raises(errors.Invalid, match="must be a number"):
        score(make_rubric("a"), {"a": weight}, a=1)


def test_unknown_criteria_are_refused():
    with pytest.raises(errors.Invalid) as caught:
        score(make_rubric("a"), a=1, z=1)
    assert caught.value.problems[0].pointer == "/z"
    with pytest.raises(errors.Invalid, match="a weight"):
        score(make_rubric("a"), {"z": 1}, a=1)


@pytest.mark.parametrize("value", [None, 2.0, -0.1, float("nan")])
def test_a_value_off_the_scale_is_refused(value):
    with pytest.raises(errors.Invalid, match="no value"):
        scoring.score(make_rubric("a"), {"a": Verdict("a", Status.OK, value=value)})


def test_tree_means_are_weighted_from_the_leaves_up():
    made = make_rubric(
        {"id": "a", "group": "x", "weight": 1},
        {"id": "b", "group": "x", "weight": 3},
        {"id": "c", "group": "y"},
        groups=[{"id": "x", "weight": 2}, {"id": "y", "weight": 1}, {"id": "empty", "weight": 9}],
        scoring=[TREE],
    )
    found = score(made, a=0, b=1, c=0)
    assert found.raw == pytest.approx(2 / 3 * 0.75)
    assert found.contributions == pytest.approx({"a": 0, "b": 0.5, "c": 0})
    assert scoring.recompute(found.trace) == found.raw


def test_tree_leaves_out_what_weighs_nothing():
    made = make_rubric(
        {"id": "a", "group": "x", "weight": 0},
        {"id": "b", "polarity": "negative"},
        groups=[{"id": "x"}],
        scoring=[TREE],
    )
    found = score(made, a=0, b=0.25)
    assert found.raw == 0.75
    assert found.contributions == {"a": 0.0, "b": 0.75}
    nothing = score(made, {"b": 0}, a=1, b=1)
    assert (nothing.raw, nothing.status, nothing.contributions) == (None, "cannot_assess", {})


class TestMissing:
    """What a missing verdict does."""

    def test_others_are_left_out_and_coverage_says_so(self):
        found = score(make_rubric({"id": "a", "weight": 3}, "b"), a=1, b=Status.JUDGE_ERROR)
        assert (found.raw, found.status, found.coverage) == (1.0, "partial", 0.75)
        assert found.trace[0]["in"]["criteria"] == [{"id": "b", "status": "judge_error", "policy": "exclude"}]

    @pytest.mark.parametrize("special", [{"tier": "essential"}, {"polarity": "negative"}, {"gate": GATE}])
    def test_essential_gated_and_pitfall_criteria_leave_no_score(self, special):
        found = score(make_rubric({"id": "a", **special}, "b"), a=Status.UNPARSEABLE, b=1)
        assert (found.raw, found.display, found.status) == (None, None, "unparseable")
        assert scoring.recompute(found.trace) is None

    def test_the_strictest_policy_holds(self):
        pitfall = {"id": "a", "polarity": "negative", "tier": "essential"}
        loose = make_rubric(pitfall, "b", unscored={"pitfall": "exclude", "essential": "exclude", "other": "null"})
        assert score(loose, a=Status.EXPIRED, b=1).status == "partial"
        assert score(loose, a=0, b=Status.EXPIRED).status == "expired"
        mixed = make_rubric(pitfall, "b", unscored={"pitfall": "exclude"})
        assert score(mixed, a=Status.EXPIRED, b=1).status == "expired"

    def test_no_verdict_at_all_is_one_that_cannot_be_assessed(self):
        found = scoring.score(make_rubric({"id": "a", "tier": "essential"}), {})
        assert (found.raw, found.status) == (None, "cannot_assess")

    def test_the_gravest_status_is_reported_whatever_the_order(self):
        strict = {"other": "null"}
        for names in ("ab", "ba"):
            found = score(make_rubric(*names, unscored=strict), a=Status.EVIDENCE_INVALID, b=Status.REFUSED_INPUT)
            assert found.status == "refused_input"

    def test_where_all_are_left_out_there_is_no_score(self):
        found = score(make_rubric("a", "b"), a=Status.EXPIRED, b=Status.CANNOT_ASSESS)
        assert (found.raw, found.status, found.coverage) == (None, "expired", 0.0)
        assert scoring.recompute(found.trace) is None

    def test_what_does_not_apply_is_absent(self):
        found = score(make_rubric("a", {"id": "b", "tier": "essential"}), a=1, b=Status.NOT_APPLICABLE)
        assert (found.raw, found.status, found.coverage) == (1.0, "ok", 1.0)

    def test_where_nothing_applies_there_is_no_score(self):
        found = score(make_rubric("a"), a=Status.NOT_APPLICABLE)
        assert (found.raw, found.status, found.coverage) == (None, "cannot_assess", 0.0)
        assert scoring.score(make_rubric(), {}).raw is None

    def test_what_weighs_nothing_is_not_missed(self):
        made = make_rubric({"id": "a", "weight": 0, "tier": "essential"}, "b")
        assert score(made, a=Status.JUDGE_ERROR, b=1).status == "ok"

    def test_a_veto_without_weight_is_missed(self):
        made = make_rubric({"id": "a", "weight": 0, "gate": GATE})
        assert score(made, a=Status.JUDGE_ERROR).status == "judge_error"
        loose = make_rubric({"id": "a", "weight": 0, "gate": GATE}, unscored={"gate": "exclude"})
        assert score(loose, a=Status.JUDGE_ERROR).coverage == 0.0


class TestGates:
    """Vetoes."""

    def made(self, **gate):
        return make_rubric({"id": "a", "gate": {**GATE, **gate}}, "b")

    def test_an_open_gate_changes_nothing(self):
        found = score(self.made(), a=0.5, b=1)
        assert found.raw == 0.75
        assert found.trace[-1] == {"step": "gate", "in": {"raw": 0.75, "closed": []}, "out": 0.75}

    def test_a_closed_gate_is_a_ceiling(self):
        assert score(self.made(), a=0.4, b=1).raw == 0.1
        assert score(self.made(floor=0.9), a=0.4, b=0).raw == pytest.approx(0.2)

    def test_an_override_sets_the_score(self):
        assert score(self.made(floor=0.9, override=True), a=0.4, b=0).raw == 0.9

    def test_above_closes_on_the_other_side(self):
        assert score(self.made(when="above"), a=0.6, b=1).raw == 0.1
        assert score(self.made(when="above"), a=0.5, b=1).raw == 0.75

    def test_several_gates_take_the_lowest(self):
        made = make_rubric(
            {"id": "a", "gate": {**GATE, "floor": 0.9, "override": True}}, {"id": "b", "gate": {**GATE, "floor": -0.5}}
        )
        found = score(made, a=0, b=0)
        assert (found.raw, found.display) == (-0.5, 0.0)
        assert [gate["id"] for gate in found.trace[-1]["in"]["closed"]] == ["a", "b"]

    def test_without_the_step_gates_are_not_looked_at(self):
        made = make_rubric({"id": "a", "gate": GATE}, "b", scoring=[WEIGHTED])
        assert score(made, a=0, b=1).raw == 0.5


def test_degenerate_answers_have_the_floor():
    made = make_rubric({"id": "a", "tier": "essential"}, content_gate={"floor": -0.2})
    found = score(made, content_reason="The answer is empty.")
    assert (found.raw, found.display, found.status, found.coverage) == (-0.2, 0.0, "ok", 1.0)
    assert found.trace[0]["in"]["reason"] == "The answer is empty."
    assert scoring.recompute(found.trace) == -0.2


def test_values_become_verdicts():
    made = make_rubric("a", "b")
    found = scoring.from_values(made, {"a": 1, "b": None})
    assert found == {"a": Verdict("a", Status.OK, value=1, probability=1), "b": None}
    with pytest.raises(errors.Invalid, match="no criterion 'z'"):
        scoring.score(made, scoring.from_values(made, {"z": 1}))


@pytest.mark.parametrize("value", [True, "1", 1.01, -1, float("nan"), [1]])
def test_values_off_the_scale_are_refused(value):
    with pytest.raises(errors.Invalid) as caught:
        scoring.from_values(make_rubric("a"), {"a": value})
    assert caught.value.problems[0].pointer == "/a"


def test_a_trace_with_an_unknown_step_is_refused():
    with pytest.raises(errors.Invalid):
        scoring.recompute([{"step": "magic", "in": {}}])
    assert scoring.recompute([{"step": "gate", "in": {"raw": 1, "closed": []}}]) is None


@st.composite
def judged(draw):
    """A rubric with a verdict or none for every criterion."""
    made = rubric.parse(draw(documents()))
    found = {}
    for criterion in made.criteria:
        status = draw(st.sampled_from([Status.OK, Status.OK, Status.OK, *Status]))
        found[criterion.id] = make_verdict(criterion.id, draw(DEGREES), status)
    return made, found


@settings(max_examples=200)
@given(judged())
def test_every_score_recomputes_from_its_trace(case):
    found = scoring.score(*case)
    assert scoring.recompute(json.loads(json.dumps(found.trace))) == found.raw
    assert 0 <= found.coverage <= 1
    assert (found.raw is None) is (found.status not in ("ok", "partial"))
    assert found.display is None or 0 <= found.display <= 1
    if found.raw is not None:
        assert sum(found.contributions.values()) + found.baseline == pytest.approx(found.raw, abs=1e-9)


@settings(max_examples=100)
@given(judged(), st.randoms(use_true_random=False))
def test_order_of_criteria_does_not_matter(case, chance: random.Random):
    made, found = case
    shuffled = list(made.criteria)
    chance.shuffle(shuffled)
    one = scoring.score(made, found)
    other = scoring.score(made.model_copy(update={"criteria": tuple(shuffled)}), found)
    assert (one.raw, one.status) == (other.raw, other.status)
    assert one.contributions == pytest.approx(other.contributions)


@settings(max_examples=200)
@given(judged(), DEGREES, st.data())
def test_a_better_answer_never_scores_less(case, value, data):
    """Raising a positive value, or lowering a pitfall, with no gate that rewards the wrong side."""
    made, found = case
    scored = [c for c in made.criteria if found[c.id].is_scored]
    assume(scored)
    changed = data.draw(st.sampled_from(scored))
    assume(changed.gate is None)
    better = value >= found[changed.id].value
    if changed.is_pitfall:
        better = not better or value == found[changed.id].value
    before = scoring.score(made, found).raw
    after = scoring.score(made, {**found, changed.id: make_verdict(changed.id, value)}).raw
    assert (before is None) is (after is None)
    if before is not None and after is not None:
        assert after >= before - 1e-9 if better else after <= before + 1e-9
