"""How much of a card vLLM in the worker takes, and what is said where it cannot run."""

import pytest

from domain import errors
from engines import catalogue, vllm_local
from engines.vllm_local import GIB, VllmLocalEngine, gpu_share


@pytest.mark.parametrize(("free", "share"), [(80, 0.92), (72, 0.82), (40, 0.42)])
def test_it_takes_what_is_free_and_spares_some(free, share):
    assert gpu_share(free * GIB, 80 * GIB) == share


def test_a_card_that_others_hold_is_refused():
    with pytest.raises(errors.Unavailable, match=r"Only 20\.0 of 80\.0 GiB are free"):
        gpu_share(20 * GIB, 80 * GIB)


def test_without_vllm_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(vllm_local, "installed", lambda: False)
    engine = VllmLocalEngine("m")
    assert "rubricstudio[judge]" in engine.health().sentence
    assert [check.ok for check in engine.probe()] == [False]
    with pytest.raises(errors.Unavailable, match="pip install"):
        engine.info()
    with pytest.raises(errors.Unavailable, match="pip install"):
        catalogue.open_engine("vllm_local", model="m")
