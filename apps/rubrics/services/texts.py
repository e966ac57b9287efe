"""Texts that people type beside a rubric: what the database can hold, and no longer than allowed."""

from domain import errors

MAX_NOTE = 5_000


def storable(text: str, most: int, what: str) -> str:
    """The text without blanks around it; refuses what cannot be stored."""
    said = text.strip()
    if len(said) > most:
        raise errors.Invalid(f"A {what} has at most {most} characters.", code="text_too_long")
    if "\x00" in said or any("\ud800" <= character <= "\udfff" for character in said):
        raise errors.Invalid(f"The {what} holds a character that cannot be stored.", code="text_not_storable")
    return said


def note_of(text: str) -> str:
    """A note to a decision."""
    return storable(text, MAX_NOTE, "note")
