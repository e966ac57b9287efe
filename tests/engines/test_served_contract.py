"""The served engine keeps the contract with every kind of server that the fake can play."""

from collections.abc import Iterator

import pytest

from engines.served import ServedEngine
from tests.engines import contract
from tests.engines.fake_openai import FakeServer


class FakeContract(contract.EngineContract):
    flavour = "vllm"
    knows_answers = False
    too_long = contract.LETTER * 400

    @pytest.fixture(scope="class")
    @classmethod
    def server(cls) -> Iterator[FakeServer]:
        with FakeServer(flavour=cls.flavour) as server:
            yield server

    @pytest.fixture
    def engine(self, server) -> Iterator[ServedEngine]:
        engine = ServedEngine(server.url + "/v1")
        yield engine
        engine.close()


class TestVllm(FakeContract):
    def test_it_is_recognised(self, engine) -> None:
        assert engine.info().server == "vLLM 0.32.0"


class TestOldVllm(FakeContract):
    """One that does not know `logprob_token_ids` yet answers with its top tokens."""

    flavour = "old_vllm"
    holds_grammars = False
    holds_schemas = False


class TestPlainCompletions(FakeContract):
    flavour = "plain"
    tokenises = False
    holds_grammars = False

    def test_it_is_recognised(self, engine) -> None:
        info = engine.info()
        assert info.server == "OpenAI-compatible server"
        assert info.notes


class TestChatOnly(FakeContract):
    flavour = "chat"
    tokenises = False
    holds_grammars = False
    one_call = False
    counts_cached = False
    tells_likelihoods = False

    def test_one_call_for_each_criterion(self, engine) -> None:
        usage = engine.label_distributions(contract.ask()).usage
        assert usage.calls == len(contract.CLAIMS)
        assert not usage.cached_reported
