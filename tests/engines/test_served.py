"""What the served engine does when servers are slow, busy, broken, gone, or talk nonsense."""

import math
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from domain import errors
from engines.protocol import FailureKind, LabelRequest, Part, TextRequest
from engines.served import ServedEngine
from engines.servers import pool
from tests.engines import contract
from tests.engines.fake_openai import MODEL, FakeServer


@pytest.fixture
def engine(fake, monkeypatch) -> Iterator[ServedEngine]:
    monkeypatch.setattr(pool, "FIRST_PAUSE", 0.01)
    engine = ServedEngine(fake.url, timeout=5.0)
    yield engine
    engine.close()


def failures(batch) -> list[FailureKind | None]:
    return [reply.failure.kind if reply.failure else None for reply in batch.replies]


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def test_one_call_carries_all_criteria_of_one_answer(fake, engine) -> None:
    engine.label_distributions(contract.ask())
    assert fake.requests["/v1/completions"] == 1


def test_criteria_and_labels_are_tokenised_once(fake, engine) -> None:
    engine.label_distributions(contract.ask())
    before = fake.requests["/tokenize"]
    engine.label_distributions(contract.ask(text="Another answer."))
    assert fake.requests["/tokenize"] == before + 1


def test_the_body_asks_for_the_labels_by_id(fake, engine) -> None:
    fake.keep_bodies = True
    engine.label_distributions(contract.ask())
    body = fake.bodies[-1]
    assert body["model"] == MODEL
    assert body["max_tokens"] == 1
    assert sorted(body["logprob_token_ids"]) == sorted(fake.vocabulary.ids(" Yes No"))
    first, second, third = body["prompt"]
    assert fake.vocabulary.text(first).endswith("<|im_start|>assistant\nAnswer:")
    front = len(fake.vocabulary.ids("<|im_start|>user\n" + "".join(part.text for part in contract.shared())))
    assert first[:front] == second[:front] == third[:front]


@pytest.mark.parametrize("mode", ["not_json", "wrong_shape", "error_text", "no_logprobs", "few_choices"])
def test_a_reply_that_is_none_fails_every_question(fake, engine, mode) -> None:
    with fake.behaving(mode):
        batch = engine.label_distributions(contract.ask())
    assert failures(batch) == [FailureKind.BAD_REPLY] * 3
    assert all(reply.probabilities == {} for reply in batch.replies)
    assert all(reply.failure.detail.strip() for reply in batch.replies)
    contract.assert_answered(engine.label_distributions(contract.ask()))


def test_the_words_of_an_error_in_a_good_status_are_kept(fake, engine) -> None:
    with fake.behaving("error_text"):
        batch = engine.label_distributions(contract.ask())
    assert "CUDA error" in batch.replies[0].failure.detail


@pytest.mark.parametrize("mode", ["nan", "above_one"])
def test_numbers_that_are_no_distribution_are_bad_replies(fake, engine, mode) -> None:
    with fake.behaving(mode):
        batch = engine.label_distributions(contract.ask())
    assert failures(batch) == [FailureKind.BAD_REPLY] * 3
    assert not any(isinstance(value, float) for value in batch.replies[0].raw["logprobs"].values())


def test_a_refused_question_is_refused(fake, engine) -> None:
    with fake.behaving("refused"):
        assert failures(engine.label_distributions(contract.ask())) == [FailureKind.REFUSED] * 3


@pytest.mark.parametrize("mode", ["busy", "limited", "reset", "truncated", "broken"])
def test_a_short_fault_is_not_noticed(fake, engine, mode) -> None:
    engine.info()
    fake.behave(mode, times=2)
    contract.assert_answered(engine.label_distributions(contract.ask()))


@pytest.mark.parametrize("mode", ["busy", "limited", "reset", "truncated"])
def test_a_long_fault_makes_the_server_unavailable(fake, engine, mode) -> None:
    with fake.behaving(mode), pytest.raises(errors.Unavailable) as raised:
        engine.label_distributions(contract.ask())
    assert fake.url in raised.value.message
    contract.assert_answered(engine.label_distributions(contract.ask()))


def test_a_server_that_keeps_failing_gives_a_bad_reply(fake, engine) -> None:
    with fake.behaving("broken"):
        batch = engine.label_distributions(contract.ask())
    assert failures(batch) == [FailureKind.BAD_REPLY] * 3
    assert fake.requests["/v1/completions"] == pool.ROUNDS


def test_retry_after_is_waited_for(fake, engine) -> None:
    engine.info()
    fake.behave("busy", times=1, retry_after=0.4)
    started = time.monotonic()
    contract.assert_answered(engine.label_distributions(contract.ask()))
    assert time.monotonic() - started >= 0.4


def test_a_long_retry_after_is_left_to_the_job(fake, engine) -> None:
    engine.info()
    with fake.behaving("busy", retry_after=60), pytest.raises(errors.Unavailable) as raised:
        engine.label_distributions(contract.ask())
    assert raised.value.details["retry_after"] == 60
    assert fake.requests["/v1/completions"] == 1


def test_no_pause_passes_the_deadline(fake, engine) -> None:
    engine.info()
    started = time.monotonic()
    with fake.behaving("busy", retry_after=5), pytest.raises(errors.Unavailable):
        engine.label_distributions(contract.ask(), deadline=time.time() + 0.5)
    assert time.monotonic() - started < 0.5


def test_a_slow_server_is_a_timeout_at_the_deadline(fake, engine) -> None:
    engine.info()
    started = time.monotonic()
    with fake.behaving("delay", seconds=1.5):
        batch = engine.label_distributions(contract.ask(), deadline=time.time() + 0.3)
    assert failures(batch) == [FailureKind.TIMEOUT] * 3
    assert time.monotonic() - started < 1.0


def test_a_hanging_server_is_a_timeout_in_the_end(fake) -> None:
    engine = ServedEngine(fake.url, timeout=0.3)
    engine.info()
    with fake.behaving("delay", seconds=1.5):
        assert failures(engine.label_distributions(contract.ask())) == [FailureKind.TIMEOUT] * 3
    engine.close()


def test_nobody_there(monkeypatch) -> None:
    monkeypatch.setattr(pool, "FIRST_PAUSE", 0.01)
    engine = ServedEngine(f"http://127.0.0.1:{free_port()}")
    with pytest.raises(errors.Unavailable):
        engine.label_distributions(contract.ask())
    with pytest.raises(errors.Unavailable):
        engine.complete(TextRequest(contract.shared(), ((Part("c"),),)))
    with pytest.raises(errors.Unavailable):
        engine.info()
    assert not engine.health().ok
    assert [check.ok for check in engine.probe()] == [False]
    engine.close()


def test_a_server_that_comes_back_is_used_again(monkeypatch) -> None:
    monkeypatch.setattr(pool, "FIRST_PAUSE", 0.01)
    port = free_port()
    engine = ServedEngine(f"http://127.0.0.1:{port}")
    with pytest.raises(errors.Unavailable):
        engine.label_distributions(contract.ask())
    with FakeServer(port):
        contract.assert_answered(engine.label_distributions(contract.ask()))
    with pytest.raises(errors.Unavailable):
        engine.label_distributions(contract.ask())
    with FakeServer(port, context_length=4096):
        assert engine.info().context_length == 4096
        contract.assert_answered(engine.label_distributions(contract.ask()))
    engine.close()


def test_a_wrong_key_is_said_at_once(fake) -> None:
    engine = ServedEngine(fake.url, api_key="wrong")
    with fake.behaving("key", paths=("/",)), pytest.raises(errors.Unavailable) as raised:
        engine.label_distributions(contract.ask())
    assert raised.value.code == "engine_key_refused"
    assert fake.requests == {"/v1/models": 1}
    engine.close()


def test_a_missing_model_is_named_with_those_there_are(fake) -> None:
    engine = ServedEngine(fake.url, "other-model")
    with pytest.raises(errors.Unavailable, match=f"It serves: {MODEL}") as raised:
        engine.label_distributions(contract.ask())
    assert raised.value.code == "engine_model_missing"
    assert engine.health().ok
    assert [check.ok for check in engine.probe()] == [True, False]
    engine.close()


def test_something_else_at_the_address_is_said(fake, engine) -> None:
    with fake.behaving("not_json", paths=("/",)):
        assert failures(engine.label_distributions(contract.ask())) == [FailureKind.BAD_REPLY] * 3
        with pytest.raises(errors.Unavailable):
            engine.info()
        assert not engine.health().ok


def test_many_control_strings_are_refused_not_tokenised_for_ever(engine) -> None:
    batch = engine.label_distributions(contract.ask(text="<|im_end|> " * 300))
    assert failures(batch) == [FailureKind.REFUSED] * 3


def test_probabilities_are_over_all_tokens(fake, engine) -> None:
    reply = engine.label_distributions(contract.ask()).replies[0]
    assert reply.label_mass == pytest.approx(0.98)
    assert reply.raw["logprobs"][" Yes"] == pytest.approx(math.log(reply.probabilities[" Yes"]))


class TestReplicas:
    @pytest.fixture
    def servers(self) -> Iterator[list[FakeServer]]:
        with FakeServer() as one, FakeServer() as two, FakeServer() as three:
            yield [one, two, three]

    @pytest.fixture
    def engine(self, servers, monkeypatch) -> Iterator[ServedEngine]:
        monkeypatch.setattr(pool, "FIRST_PAUSE", 0.01)
        engine = ServedEngine(servers[0].url, replicas=[server.url for server in servers[1:]])
        yield engine
        engine.close()

    def asked(self, servers) -> list[int]:
        return [server.requests.get("/v1/completions", 0) for server in servers]

    def test_an_answer_always_goes_to_the_same_one(self, servers, engine) -> None:
        for _ in range(6):
            engine.label_distributions(contract.ask())
        assert sorted(self.asked(servers)) == [0, 0, 6]

    def test_answers_spread_over_all(self, servers, engine) -> None:
        for number in range(60):
            engine.label_distributions(contract.ask(text=f"Answer {number}."))
        assert min(self.asked(servers)) >= 8

    def test_the_next_takes_over_and_only_what_was_lost_moves(self, servers, engine) -> None:
        texts = [f"Answer {number}." for number in range(30)]

        def homes() -> list[int]:
            found = []
            for text in texts:
                before = self.asked(servers)
                contract.assert_answered(engine.label_distributions(contract.ask(text=text)))
                found.append(next(n for n, (a, b) in enumerate(zip(before, self.asked(servers), strict=True)) if b > a))
            return found

        before = homes()
        for server in servers:
            server.requests.clear()
        servers[0].behave("reset", paths=("/v1/models", "/tokenize"))
        with FakeServer():
            engine.replicas[0].forget()
            after = homes()
        assert all(new == old for old, new in zip(before, after, strict=True) if old != 0)
        assert 0 not in after

    def test_all_away_is_unavailable(self, servers, engine) -> None:
        for server in servers:
            server.behave("busy")
        with pytest.raises(errors.Unavailable):
            engine.label_distributions(contract.ask())
        assert self.asked(servers) == [pool.ROUNDS] * 3


def test_threads_share_one_engine(fake, engine) -> None:
    def work(number: int) -> None:
        for turn in range(10):
            contract.assert_answered(engine.label_distributions(contract.ask(text=f"Answer {number} {turn}.")))
        done.append(number)

    done: list[int] = []
    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == list(range(8))


def test_chat_only_servers_get_texts_too() -> None:
    with FakeServer(flavour="chat") as chat:
        engine = ServedEngine(chat.url)
        batch = engine.complete(TextRequest(contract.shared(), ((Part("c"),),), stop=("END",), seed=1))
        assert batch.texts == ("Reason: it is so.",)
        engine.close()


def test_plain_servers_get_control_strings_broken() -> None:
    with FakeServer(flavour="plain") as plain:
        plain.keep_bodies = True
        engine = ServedEngine(plain.url)
        request = LabelRequest(
            (Part("<|keep|>"), Part("<|im_end|>", trusted=False)), ((Part("c"),),), (contract.YES_NO,)
        )
        engine.label_distributions(request)
        prompt = plain.bodies[-1]["prompt"][0]
        assert prompt.startswith("<|keep|><\u200b|im_end|>")
        engine.close()
