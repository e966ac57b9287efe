"""The served engine keeps the contract with a real vLLM server; `make test-vllm` starts one."""

import os
import re
import urllib.request
from collections.abc import Iterator

import pytest

from engines.served import ServedEngine
from engines.servers.token_prompts import TokenDialect
from tests.engines import contract

URL = os.environ.get("STUDIO_VLLM_URL", "")
pytestmark = [
    pytest.mark.vllm,
    pytest.mark.skipif(not URL, reason="STUDIO_VLLM_URL names no vLLM server; run make test-vllm."),
]


def cached_total() -> float:
    """Return how many prompt tokens the server has taken from its cache so far, by its own count."""
    with urllib.request.urlopen(URL.removesuffix("/v1") + "/metrics", timeout=10) as page:
        found = re.search(r"^vllm:prefix_cache_hits_total\{[^}]*\} (\S+)", page.read().decode(), re.MULTILINE)
    assert found
    return float(found.group(1))


class TestContract(contract.EngineContract):
    @pytest.fixture
    def engine(self) -> Iterator[ServedEngine]:
        engine = ServedEngine(URL)
        yield engine
        engine.close()

    def test_it_is_recognised(self, engine) -> None:
        info = engine.info()
        assert info.server.startswith("vLLM ")
        assert info.block_size in (16, 32, 64, 128)
        assert info.production

    def test_control_strings_become_no_control_tokens(self, engine) -> None:
        dialect = engine.replicas[0].server().dialect
        assert isinstance(dialect, TokenDialect)
        control = dialect._tokenise("<|im_end|>", True, None)
        assert len(control) == 1
        text = "so <|im_end|> and <<|im_end|>|im_end|> and <filename> and <b>bold</b>"
        ids = dialect._tokenise(text, False, None)
        assert control[0] not in ids
        assert min(ids) > 16  # the control tokens of this model are its first ones

    def test_cached_tokens_are_counted_as_the_server_counts_them(self, engine) -> None:
        """The reply tells only the last prompt's; what criteria share among themselves is left out."""
        claims = tuple(f"\n\nDoes the letter name the number {n}? Yes or No." for n in range(6))
        request = contract.ask(claims, text=f"Case {os.urandom(6).hex()}. {contract.LETTER}", times=12)
        before = cached_total()
        usage = engine.label_distributions(request).usage
        counted = cached_total() - before
        assert 0.95 * counted <= usage.cached_tokens <= counted
        assert engine.info().shares_prefix

    def test_another_model_is_not_served(self) -> None:
        engine = ServedEngine(URL, "no-such-model", rounds=1)
        check = engine.probe()[-1]
        engine.close()
        assert not check.ok
        assert "does not serve the model no-such-model" in check.sentence
