"""Messages are signed as Standard Webhooks says; addresses inside are refused; pauses grow over about a day."""

import base64
import ipaddress

import pytest

from domain import errors, webhooks
from domain.webhooks import Rules

NOBODY = Rules()
NAMED = Rules(http=True, private_hosts=frozenset({"inside.example", "localhost"}))


def test_the_signature_is_that_of_the_standard() -> None:
    """The vector of the reference libraries (standard-webhooks/standard-webhooks, libraries/python)."""
    made = webhooks.headers(
        ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"], message="msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp=1614265330,
        body=b'{"test": 2432232314}',
    )  # fmt: skip
    assert made["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert (made["webhook-id"], made["webhook-timestamp"]) == ("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330")


def test_two_secrets_sign_side_by_side() -> None:
    one, two = webhooks.new_secret(bytes(32)), webhooks.new_secret(bytes([1]) * 32)
    both = webhooks.signature([one, two], message="m", timestamp=1, body=b"{}").split(" ")
    assert both == [webhooks.signature([each], message="m", timestamp=1, body=b"{}") for each in (one, two)]
    assert base64.b64decode(one.removeprefix("whsec_")) == bytes(32)
    with pytest.raises(ValueError, match="32 bytes"):
        webhooks.new_secret(b"short")


REFUSED = [
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.9.9.9", "168.63.129.16",
    "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.192", "192.0.2.1", "192.168.1.1", "198.18.0.1",
    "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:93.184.216.34", "64:ff9b::7f00:1", "64:ff9b:1::1", "100::1",
    "2001:0:53aa:64c::1", "2001:db8::1", "2002:7f00:1::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1",
    "4000::1",
]  # fmt: skip


@pytest.mark.parametrize("text", REFUSED)
def test_addresses_that_are_not_public_are_refused(text: str) -> None:
    with pytest.raises(webhooks.AddressRefused, match=r"host\.example leads to"):
        webhooks.check_address(ipaddress.ip_address(text), "host.example", NOBODY)


@pytest.mark.parametrize("text", ["93.184.216.34", "1.1.1.1", "2606:4700::1111", "64:ff9b::101:101"])
def test_public_addresses_are_taken(text: str) -> None:
    webhooks.check_address(ipaddress.ip_address(text), "host.example", NOBODY)


def test_a_named_host_may_be_private_but_never_metadata() -> None:
    for text in ("10.0.0.1", "127.0.0.1", "::1", "fc00::1", "100.64.0.1"):
        webhooks.check_address(ipaddress.ip_address(text), "inside.example", NAMED)
    for text in ("169.254.169.254", "100.100.100.200", "fd00:ec2::254", "fe80::1", "224.0.0.1", "::ffff:10.0.0.1"):
        with pytest.raises(webhooks.AddressRefused):
            webhooks.check_address(ipaddress.ip_address(text), "inside.example", NAMED)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("ftp://example.org/", "whole address"),
        ("example.org", "whole address"),
        ("https://", "whole address"),
        ("http://example.org/", "Only https"),
        ("https://user@example.org/", "user, a password"),
        ("https://:word@example.org/", "user, a password"),
        ("https://example.org/#part", "after #"),
        ("https://example.org:0/", "port 0"),
        ("https://example.org:99999/", "not an address of the web"),
        ("https://exa mple.org/", "no spaces"),
        ("https://exam\nple.org/", "no spaces"),
        ("https://exämple.org/", "ASCII"),
        ("https://a..b/", "not an address of the web"),
        ("https://[::1", "not an address of the web"),
        ("https://" + "a." * 250 + "org/", "not an address|at most 500"),
        ("https://127.0.0.1/", "not a public address"),
        ("https://[::ffff:10.0.0.1]/", "wraps"),
        ("https://169.254.169.254/latest/meta-data/", "cloud"),
        ("https://localhost/", "own machine"),
        ("https://studio.localhost/", "own machine"),
    ],
)
def test_what_is_no_address_for_messages_is_refused(url: str, said: str) -> None:
    with pytest.raises(webhooks.AddressRefused, match=said) as refused:
        webhooks.target_of(url, NOBODY)
    assert refused.value.problems[0].pointer == "/url"


def test_addresses_are_read() -> None:
    assert webhooks.target_of("https://Hooks.Example.org/a?b=c", NOBODY) == webhooks.Target(
        "https", "hooks.example.org", 443, "/a?b=c"
    )
    assert webhooks.target_of("http://localhost:8080", NAMED) == webhooks.Target("http", "localhost", 8080, "/")
    assert webhooks.target_of("https://[2606:4700::1111]/", NOBODY).host == "2606:4700::1111"
    assert webhooks.target_of("http://inside.example", NAMED).port == 80


def test_pauses_grow_and_end_after_about_a_day() -> None:
    plan = [webhooks.pause(failed, 0.5) for failed in range(1, 11)]
    assert plan == pytest.approx(list(webhooks.PAUSES))
    assert webhooks.pause(11, 0.5) is None
    assert webhooks.pause(0, 0.0) == 4.0
    assert 20 * 3600 < sum(webhooks.PAUSES) < 24 * 3600 < webhooks.LONGEST_SECONDS
    assert webhooks.pause(1, 0.0) == 4.0
    assert webhooks.pause(1, 0.999) == pytest.approx(6.0, abs=0.01)


def test_events_are_chosen_from_those_that_there_are() -> None:
    assert webhooks.chosen(["job.done", "alarm.raised", "job.done"]) == ["alarm.raised", "job.done"]
    for wrong in ([], ["job.begun"], ["test"]):
        with pytest.raises(errors.Invalid) as refused:
            webhooks.chosen(wrong)
        assert refused.value.problems[0].pointer == "/events"
