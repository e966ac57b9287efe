"""Rules are checked whole, with the place of every fault."""

import pytest

from domain import draws, errors
from domain.draws import Source


def test_an_empty_rule_is_fifty_by_chance():
    rule = draws.rule({})
    assert (rule.kind, rule.size, rule.by, rule.measure) == ("random", 50, "criterion", "margin")
    assert rule.stored() == {"kind": "random", "size": 50}


def test_what_is_stored_says_the_same_again():
    said = {
        "kind": "picked", "size": 7, "responses": [["p1", "r1"]], "criteria": ["c_1"], "models": ["m"], "tags": ["t"],
        "subjects": [3], "exclude_queued": True, "threshold": 2, "by": "model", "proportional": True,
        "measure": "variance",
    }  # fmt: skip
    rule = draws.rule(said)
    assert draws.rule(rule.stored()) == rule
    assert rule.responses == (("p1", "r1"),)


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"kind": "magic"}, "/rule/kind"),
        ({"kind": 3}, "/rule/kind"),
        ({"size": 0}, "/rule/size"),
        ({"size": True}, "/rule/size"),
        ({"size": 10**9}, "/rule/size"),
        ({"size": "many"}, "/rule/size"),
        ({"colour": "red"}, "/rule/colour"),
        ({"by": "mood"}, "/rule/by"),
        ({"measure": "mood"}, "/rule/measure"),
        ({"threshold": float("nan")}, "/rule/threshold"),
        ({"threshold": 0}, "/rule/threshold"),
        ({"proportional": "yes"}, "/rule/proportional"),
        ({"exclude_queued": 1}, "/rule/exclude_queued"),
        ({"criteria": "c_1"}, "/rule/criteria"),
        ({"models": [1]}, "/rule/models"),
        ({"tags": ["\x00"]}, "/rule/tags"),
        ({"subjects": [True]}, "/rule/subjects"),
        ({"subjects": [2**80]}, "/rule/subjects"),
        ({"responses": [["p"]]}, "/rule/responses"),
        ({"responses": "p r"}, "/rule/responses"),
        ({"kind": "picked"}, "/rule/responses"),
    ],
)
def test_each_fault_has_its_place(said, pointer):
    with pytest.raises(errors.Invalid) as refused:
        draws.rule(said)
    assert pointer in [problem.pointer for problem in refused.value.problems]


def test_all_faults_are_told_at_once():
    with pytest.raises(errors.Invalid) as refused:
        draws.rule({"kind": "magic", "size": -1, "by": "mood"})
    assert len(refused.value.problems) == 3


def test_rules_on_verdicts_need_a_run():
    assert draws.rule({"kind": "uncertain"}, Source.RUN).kind == "uncertain"
    with pytest.raises(errors.Invalid, match="needs the verdicts of a run"):
        draws.rule({"kind": "uncertain"}, Source.DATASET)


def test_rules_have_thresholds_of_their_own():
    assert draws.rule({"kind": "outlier"}).limit == draws.OUTLYING
    assert draws.rule({"kind": "near_gate"}).limit == draws.NEAR
    assert draws.rule({"kind": "outlier", "threshold": 2}).limit == 2.0
