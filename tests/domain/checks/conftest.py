"""A real sandbox: what checks say about code is only true of code that ran."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from engines.sandbox import Sandbox

# Compiling whole Python takes half a minute: it is kept where a demo on this machine keeps it too.
CACHE = Path(__file__).resolve().parents[3] / ".studio" / "sandbox"


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    opened = Sandbox(size=2, patience=90, cache=str(CACHE))
    yield opened
    opened.close()
