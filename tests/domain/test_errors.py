"""The families of error."""

import pytest

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


def test_an_error_is_told_where_it_belongs_once():
    with pytest.raises(errors.NotFound) as unknown, errors.at("/judge"), errors.at("/name"):
        raise errors.NotFound("No such judge.")
    assert unknown.value.details == {"pointer": "/name"}


def test_an_error_with_problems_knows_its_places():
    with pytest.raises(errors.Invalid) as wrong, errors.at("/judge"):
        raise errors.Invalid("No.", problems=[errors.Problem("/a", "Bad.")])
    assert wrong.value.details == {}
