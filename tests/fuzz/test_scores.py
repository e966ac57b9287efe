"""Any rubric, any values: a finite score that its trace gives again, or a refusal with a place."""

import math

from hypothesis import given
from hypothesis import strategies as st

from domain import errors, pipeline, rubric, scoring
from tests.domain import builders
from tests.fuzz.material import NUMBERS, TEXTS, VALUES, broken, fuzz, soon, told

STEPS = st.lists(
    st.builds(
        lambda name, more: {"step": name, **more},
        st.sampled_from(list(pipeline.STEPS)),
        st.dictionaries(
            st.sampled_from([p.name for kind in pipeline.CLASSES for p in pipeline.parameters(kind)] or ["x"]),
            NUMBERS | VALUES,
            max_size=2,
        ),
    ),
    max_size=4,
)
DEGREES = st.one_of(st.none(), st.floats(0, 1), st.sampled_from([0, 1, 0.5, 5e-324]))


@fuzz()
@given(st.data(), builders.documents(), STEPS | st.none())
def test_any_values(data, document, steps):
    if steps is not None:
        document = {**document, "scoring": steps}
    try:
        made = rubric.parse(document)
    except errors.Invalid as error:
        told(error)
        return
    names = st.sampled_from([c.id for c in made.criteria] or ["x"]) | TEXTS
    values = data.draw(st.dictionaries(names, DEGREES | VALUES, max_size=8))
    with soon(document):
        try:
            found = scoring.score(made, scoring.from_values(made, values))
        except errors.Invalid as error:
            told(error)
            return
    assert found.raw is None or math.isfinite(found.raw)
    assert scoring.recompute(found.trace) == found.raw
    assert found.raw is None or found.display is not None


@fuzz()
@given(st.data(), builders.documents())
def test_any_group(data, document):
    made = rubric.parse(document)
    values = st.fixed_dictionaries({c.id: DEGREES for c in made.criteria})
    rows = data.draw(st.lists(values, max_size=5))
    with soon(document):
        found = scoring.score_group(made, [scoring.from_values(made, row) for row in rows])
    assert len(found) == len(rows)
    for one in found:
        assert scoring.recompute(one.trace) == one.raw


@fuzz()
@given(broken(builders.documents()), st.dictionaries(TEXTS, VALUES, max_size=3))
def test_broken_documents(document, values):
    try:
        made = rubric.parse(document)
        found = scoring.score(made, scoring.from_values(made, values))
    except errors.Invalid as error:
        told(error)
    else:
        assert found.raw is None or math.isfinite(found.raw)
