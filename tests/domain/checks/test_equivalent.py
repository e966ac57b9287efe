"""The check "same as a reference answer": its parameters, its evidence, and what algebra adds."""

import pytest

from domain import checks, errors
from domain.checks import Given, Outcome
from domain.ports import SandboxFault, SandboxReply


class Scripted:
    """A sandbox that answers from a script and keeps what it was asked."""

    def __init__(self, *replies):
        self.replies, self.asked = list(replies), []

    def run(self, task, request, /, *, seconds):
        self.asked.append((task, dict(request), seconds))
        return self.replies.pop(0)


def run(response, reference=None, sandbox=None, **spec):
    return checks.evaluate({"kind": "equivalent"} | spec, Given(response, reference, None, sandbox))


@pytest.mark.parametrize("case", checks.KINDS["equivalent"].ABOUT.cases)
def test_every_example_holds(case):
    assert checks.evaluate(case.spec, Given(case.response, case.reference)).result == case.result


def test_the_evidence_shows_both_forms_the_stage_and_the_place():
    response = r"We add. So it is \boxed{\frac{2}{4}}."
    found = run(response, "0.5")
    assert found.result is Outcome.PASS
    for said in ("numeric", r"\frac{2}{4}", "0.5", "1/2 and 1/2", "difference 0"):
        assert said in found.evidence
    assert [response[span.start : span.end] for span in found.spans] == [r"\frac{2}{4}"]


def test_each_part_has_its_own_line():
    found = run("a) 3 b) 6", "a) 3 b) 5")
    assert found.result is Outcome.FAIL
    assert "1 of 2 parts match" in found.evidence
    assert [line[:12] for line in found.details] == ["a: Equal, by", "b: Different"]


def test_the_author_s_reference_goes_before_the_prompt_s():
    assert run("4", "5", expected="4").result is Outcome.PASS


@pytest.mark.parametrize("reference", [None, "", "  "])
def test_without_a_reference_there_is_no_answer(reference):
    assert run("4", reference).result is Outcome.ABSTAIN


@pytest.mark.parametrize(
    "spec",
    [
        {"form": "poem"},
        {"relative": -1},
        {"relative": float("nan")},
        {"absolute": float("inf")},
        {"figures": 0},
        {"figures": True},
        {"units": "some"},
        {"constants": ["g", "zz"]},
        {"expected": " "},
        {"expected": 5},
        {"unknown": 1},
    ],
)
def test_wrong_parameters_are_refused(spec):
    with pytest.raises(errors.Invalid) as problem:
        checks.validate({"kind": "equivalent"} | spec)
    assert problem.value.code == "check_invalid"


def test_parameters_reach_the_comparison():
    assert run("3.14", r"\pi", figures=3).result is Outcome.PASS
    assert run("9.81", "g", constants=["g"]).result is Outcome.PASS
    assert run("50%", "50", strict=True).result is Outcome.FAIL
    assert run("f(x)", "f(y)", rename=True).result is Outcome.PASS
    assert run("a) 3 b) 5", "a) 3 b) 5", parts=False).details == ()
    assert run("The answer is 5.", "5", answer_in="latex").result is Outcome.FAIL
    assert run(r"So \boxed{5}", "5", answer_in="whole").result is not Outcome.PASS


def test_algebra_decides_what_is_left():
    sandbox = Scripted(SandboxReply({"given": "Integral(x, (x, 0, 1))", "expected": "1/2", "equal": True}))
    found = run(r"\int_0^1 x dx", "1/2", sandbox)
    assert found.result is Outcome.PASS
    assert "Integral" in found.evidence
    assert sandbox.asked == [
        ("algebra_equal", {"given": r"\int_0^1 x dx", "expected": "1/2", "decimals": 6}, 2.0),
    ]


@pytest.mark.parametrize(
    ("reply", "outcome", "said"),
    [
        (SandboxReply({"given": "a", "expected": "b", "equal": False}), Outcome.FAIL, "Read as a and b"),
        (SandboxReply({"given": None, "expected": "b", "equal": None}), Outcome.ABSTAIN, "could not read"),
        (SandboxReply.failed(SandboxFault.TIME, "It took longer than 2 s."), Outcome.ABSTAIN, "longer than 2 s"),
    ],
)
def test_where_algebra_says_no_or_nothing(reply, outcome, said):
    found = run(r"\int_0^1 x dx", "1/3", Scripted(reply))
    assert found.result is outcome
    assert said in found.evidence


def test_what_costs_nothing_asks_no_algebra():
    sandbox = Scripted()
    for response, reference in (("1/2", "0.5"), ("x + x", "2x"), ("3 h", "180 min"), ("[1,2)", "1 <= x < 2")):
        assert run(response, reference, sandbox).result is Outcome.PASS
    assert sandbox.asked == []


HOSTILE = [
    "9**9**9", "9^{9^{9}}", "(" * 5_000, r"\frac{" * 2_500 + "1" + "}" * 2_500, "x^" * 3_000 + "2", "100000!",
    "((9!)!)!", "9e999999999", "1" * 100_000, "__import__('os').system('id')", "\u202e123", "\x00" * 1_000,
    r"\int" * 500,
    r"\sum_{k=1}^{999999} k^{k}", "2^{-1999999}", "\ud800\udfff", "$" * 20_000, r"\[" * 10_000, r"\(" * 10_000,
    "<answer>" * 2_500, "{" * 10_000, "answer is " * 2_000, r"\boxed{" * 3_000, "1," * 10_000, "a) " * 5_000,
    "." * 900_000,
    "1/" * 400 + "1", r"\sqrt{" * 30 + "x" + "}" * 30, "0." + "3" * 900 + "...", "٣" * 500, "１" * 3_000, "%" * 5_000,
    r"\begin{pmatrix}" + r"\\".join("&".join(["1"] * 600) for _ in range(600)) + r"\end{pmatrix}",
    "°" * 1_000, "'" * 900,
    "x" + "_{1" * 500, "|" * 1_000, "so " * 6_000, "-" * 15_000, "=" * 1_900, "±" * 30 + "1", "1±" * 200 + "1",
]  # fmt: skip


@pytest.mark.timeout(60)
@pytest.mark.parametrize("reference", ["5", r"x+\sqrt{x}", "[1, 2)", "3 km", r"\{1, 2\}", "a) 1 b) 2"])
@pytest.mark.parametrize("response", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_answers_never_pass(response, reference):
    assert run(response, reference).result is not Outcome.PASS


@pytest.mark.parametrize("reference", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_references_are_bounded(reference):
    assert run("5", reference[:400_000]).result is not Outcome.PASS
