"""A real sandbox for what is tried here."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from engines.sandbox import Sandbox

# Compiling whole Python takes half a minute: it is kept where a demo on this machine keeps it too.
CACHE = Path(__file__).resolve().parents[2] / ".studio" / "sandbox"


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    opened = Sandbox(size=2, patience=90, cache=str(CACHE))
    yield opened
    opened.close()
