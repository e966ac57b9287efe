"""Settings of a method, and which of its questions are still open."""

import pytest

from domain import errors
from domain.ports import TextRequest
from domain.refinement import loop


def _end(*_: object) -> loop.End:
    return loop.End((), {}, "Nothing was written.")


METHOD = loop.Method(
    "pairs", "From pairs", "What sets better answers apart?", frozenset({loop.Need.PAIRS}),
    (loop.Param("sources", "Pairs to write from", 6, 1, 100), loop.Param("share", "Share", 0.8, 0, 1, whole=False)),
    "ours", _end,
)  # fmt: skip


def test_settings_have_defaults_and_keep_their_kind() -> None:
    """A whole number stays one, also where it came as 3.0."""
    found = METHOD.settled({"sources": 3.0})
    assert found == {"sources": 3, "share": 0.8}
    assert isinstance(found["sources"], int)


@pytest.mark.parametrize(
    "given", [{"rounds": 1}, {"sources": 0}, {"sources": 2.5}, {"share": True}, {"share": "1"}, {"share": float("nan")}]
)
def test_settings_out_of_bounds_are_refused(given: dict[str, object]) -> None:
    """Unknown names, wrong kinds and what is no number are told."""
    with pytest.raises(errors.Invalid):
        METHOD.settled(given)


def test_what_is_open_keeps_its_order() -> None:
    """Only what has an answer is left out."""
    asks = tuple(loop.Ask(key, loop.Role.WRITER, "", TextRequest((), ())) for key in "cab")
    assert [one.key for one in loop.unanswered(asks, {"a": loop.Answer()})] == ["c", "b"]
