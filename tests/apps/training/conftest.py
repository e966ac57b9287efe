"""A course that was judged, for exports."""

from collections.abc import Callable

import pytest

from apps.accounts.permissions import Actor
from engines.scripted import Script, ScriptedEngine
from tests.apps.judging.conftest import play  # noqa: F401  (the same engine)
from tests.apps.training.studying import Course, make_course, reads


@pytest.fixture
def course(alice: Actor, play: Callable[[Script], ScriptedEngine]) -> Course:  # noqa: F811
    """Five prompts with four answers each, judged under a rubric of two criteria."""
    play(reads)
    return make_course(alice)
