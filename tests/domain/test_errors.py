"""The families of error."""

from domain import errors


def test_an_error_has_a_code_a_sentence_and_details():
    error = errors.Conflict("It is approved.", details={"state": "approved"})
    assert (error.code, error.message, error.details) == ("conflict", "It is approved.", {"state": "approved"})
    assert str(error) == "It is approved."


def test_invalid_carries_problems():
    error = errors.Invalid("No.", code="rubric_invalid", problems=[errors.Problem("/a", "Bad.")])
    assert error.code == "rubric_invalid"
    assert error.problems == (errors.Problem("/a", "Bad."),)


def test_each_family_has_its_own_code():
    families = (errors.Invalid, errors.NotAllowed, errors.NotFound, errors.Conflict, errors.Unavailable)
    codes = [family("x").code for family in families]
    assert codes == ["invalid", "not_allowed", "not_found", "conflict", "unavailable"]
