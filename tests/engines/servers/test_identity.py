"""Another model behind a known name is noticed."""

import pytest

from domain import errors
from engines.served import ServedEngine
from engines.servers import replica
from engines.servers.identity import Identity
from tests.engines import contract
from tests.engines.fake_openai import FakeServer

ONE = Identity("ab12", (-0.1, -2.4, -5.0))


def test_it_survives_being_written_down():
    assert Identity.parse(str(ONE)) == ONE
    assert Identity.parse(str(Identity("", (-1.0,)))) == Identity("", (-1.0,))
    assert Identity.parse("") is None
    assert Identity.parse("ab12") is None
    assert Identity.parse("ab12 x") is None


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (ONE, ""),
        (Identity("ab12", (-0.16, -2.3, -5.4)), ""),
        (Identity("", (-0.1, -2.4, -5.0)), ""),
        (Identity("ab12", ()), ""),
        (Identity("cd34", (-0.1, -2.4, -5.0)), "other tokens"),
        (Identity("ab12", (-1.0, -2.4, -5.0)), "0.9 nats apart"),
    ],
)
def test_what_differs_is_said_and_rounding_is_not(other, said):
    assert said in ONE.difference(other)
    assert bool(said) == bool(ONE.difference(other))


def test_a_server_that_returns_with_another_model_is_not_used(monkeypatch):
    monkeypatch.setattr("engines.servers.pool.FIRST_PAUSE", 0.01)
    monkeypatch.setattr(replica, "IDLE_SECONDS", 0.0)  # httpx finds a closed idle connection without a failure
    with FakeServer() as honest:
        port = int(honest.url.rsplit(":", 1)[1])
        engine = ServedEngine(honest.url, recognise=True)
        contract.assert_answered(engine.label_distributions(contract.ask()))
    with FakeServer(port, impostor=True):
        with pytest.raises(errors.Unavailable, match="not as that model did") as raised:
            engine.label_distributions(contract.ask())
        assert raised.value.code == "engine_model_changed"
    with FakeServer(port):
        contract.assert_answered(engine.label_distributions(contract.ask()))
    engine.close()


def test_a_model_exchanged_while_it_runs_is_noticed_in_time(fake, monkeypatch):
    engine = ServedEngine(fake.url, recognise=True)
    contract.assert_answered(engine.label_distributions(contract.ask()))
    fake.impostor = True
    contract.assert_answered(engine.label_distributions(contract.ask()))
    monkeypatch.setattr(replica, "RECHECK_SECONDS", 0.0)
    with pytest.raises(errors.Unavailable, match="nats apart"):
        engine.label_distributions(contract.ask())
    engine.close()


def test_a_model_exchanged_while_it_runs_is_noticed_at_once_where_replies_state_it(fake):
    fake.stated = "fp_1"
    engine = ServedEngine(fake.url, recognise=True)
    contract.assert_answered(engine.label_distributions(contract.ask()))
    fake.impostor, fake.stated = True, "fp_2"
    with pytest.raises(errors.Unavailable, match="nats apart"):
        engine.label_distributions(contract.ask())
    fake.impostor = False
    contract.assert_answered(engine.label_distributions(contract.ask()))
    engine.close()


def test_the_same_model_under_another_statement_is_looked_at_once(fake):
    fake.stated = "fp_1"
    engine = ServedEngine(fake.url, recognise=True)
    contract.assert_answered(engine.label_distributions(contract.ask()))
    asked = fake.requests["/v1/completions"]
    for stated in ("fp_2", "fp_1", "fp_2"):
        fake.stated = stated
        contract.assert_answered(engine.label_distributions(contract.ask()))
    assert fake.requests["/v1/completions"] == asked + 3 + 1, "one more than the questions: its identity"
    engine.close()


def test_the_identity_of_a_test_is_expected_later(fake):
    engine = ServedEngine(fake.url)
    known = engine.identity()
    engine.close()
    fake.impostor = True
    engine = ServedEngine(fake.url, recognise=True)
    engine.expect(known)
    with pytest.raises(errors.Unavailable, match="not as that model did"):
        engine.label_distributions(contract.ask())
    engine.close()


def test_one_replica_of_another_model_is_left_out():
    with FakeServer() as one, FakeServer() as two, FakeServer(impostor=True) as liar:
        engine = ServedEngine(one.url, recognise=True, replicas=[two.url, liar.url])
        engine.expect(str(ServedEngine(one.url).identity()))
        for number in range(30):
            contract.assert_answered(engine.label_distributions(contract.ask(text=f"Answer {number}.")))
        assert liar.requests["/v1/completions"] > 0
        assert {liar.verdicts % 4} == {0}, "it was asked for its identity alone"
        assert min(one.verdicts, two.verdicts) > 30
        engine.close()


def test_a_reply_under_another_name_is_no_answer(fake, monkeypatch):
    monkeypatch.setattr("engines.servers.pool.FIRST_PAUSE", 0.01)
    engine = ServedEngine(fake.url)
    with fake.behaving("misnamed"), pytest.raises(errors.Unavailable, match="answers as some-other-model"):
        engine.label_distributions(contract.ask())
    engine.close()
