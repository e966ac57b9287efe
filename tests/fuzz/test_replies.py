"""Whatever a judge replies: a verdict on the scale for each criterion, or the reason why there is none."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import strategies
from domain.rubric import Evidence, Kind
from domain.strategies import rehearsal
from domain.verdicts import Status
from tests.domain.builders import make_rubric
from tests.domain.strategies.driving import drive
from tests.fuzz.material import HOSTILE, LONG, fuzz, soon

LEVELS = [{"label": f"L{n}", "value": n / 4, "anchor": "a"} for n in range(5)]
CRITERIA = {
    Kind.BINARY: {"id": "b", "text": "Says it.", "evidence": Evidence.REQUIRED.value},
    Kind.ORDINAL: {"id": "o", "text": "How well?", "kind": "ordinal", "levels": LEVELS},
    Kind.NUMERIC: {"id": "n", "text": "How many?", "kind": "numeric", "levels": {"min": 0, "max": 5, "step": 1}},
    Kind.NUGGET: {"id": "g", "text": "A fact.", "kind": "nugget"},
    Kind.ANSWER: {"id": "a", "text": "Agrees.", "kind": "answer"},
}
PIECES = st.lists(
    st.sampled_from(
        [
            *HOSTILE[:20],
            "Answer: Yes",
            "Answer: No",
            "Answer:",
            "Quote: Take",
            "Reason: so",
            "3",
            "[[A]]",
            "[[B]]",
            "A",
            "B>A",
            "[RESULT] 4",
            '{"b": ',
            '{"id": "b", "value": 1}',
            '[{"criterion": "b", "verdict": "yes"}]',
            "```json",
            "```",
            "}",
            "]",
            "\n",
            "Yes",
            " No",
            "1. Yes",
            "criterion 1:",
            "support",
            "partial_support",
            "not_support",
            "<score>3</score>",
            "Score: 5/5",
            "\\boxed{4}",
            "Step 1: 0.5",
        ]
    ),
    max_size=12,
).map("\n".join)
SHARES = st.lists(st.one_of(st.floats(0, 1), st.sampled_from([0.0, 1.0, 5e-324])), min_size=1, max_size=5)


@pytest.mark.parametrize("name", strategies.NAMES)
def test_any_reply(name):
    about = strategies.get(name).about
    listed = [CRITERIA[kind] for kind in CRITERIA if kind in about.kinds]
    rubric = make_rubric(*listed, guidelines=[{"text": "Be kind."}])
    answers = (rehearsal.GOOD, rehearsal.BAD) if about.subject in ("pair", "list") else (rehearsal.GOOD,)

    @fuzz(20)
    @given(st.lists(PIECES | LONG, min_size=1, max_size=4), SHARES, st.sampled_from(about.protocols))
    def once(replies, shares, protocol):
        said, weights = itertools.cycle(replies), itertools.cycle(shares)

        def script(ask):
            if ask.continuation:
                return tuple(-100 * next(weights) for _ in ask.continuation.split(" "))
            if ask.labels:
                drawn = {label: next(weights) for label in ask.labels}
                return {label: share / max(1.0, sum(drawn.values())) for label, share in drawn.items()}
            return next(said)

        with soon(replies):
            findings, _, _ = drive(name, rubric, script, answers=answers, reference="R", context="C", protocol=protocol)
        for verdict in findings.verdicts.values():
            if verdict.status is Status.OK:
                assert verdict.value is not None
                assert 0 <= verdict.value <= 1
            else:
                assert verdict.value is None
                assert verdict.reason

    once()
