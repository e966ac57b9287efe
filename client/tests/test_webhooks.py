"""A message is believed where it is signed with the secret, and neither old nor changed."""

import pytest

from rubricstudio_client import WebhookRefused, verify_webhook

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = b'{"test": 2432232314}'
AT = 1614265330
HEADERS = {
    "Webhook-Id": "msg_p5jXN8AQM9LWM0D4loKWxJek", "webhook-timestamp": str(AT),
    "webhook-signature": "v1,AAAA v1a,x v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}  # fmt: skip


@pytest.mark.parametrize("body", [BODY, BODY.decode()])
def test_a_signed_message_is_believed(body: bytes | str) -> None:
    """The vector of the standard's own libraries, with another signature beside it as after a rotation."""
    assert verify_webhook(HEADERS, body, SECRET, now=AT + 299) == {"test": 2432232314}


@pytest.mark.parametrize(
    ("headers", "body", "secret", "now", "said"),
    [
        (HEADERS, BODY + b" ", SECRET, AT, "No signature"),
        (HEADERS, BODY, "whsec_" + "A" * 32, AT, "No signature"),
        (HEADERS, BODY, "not a secret", AT, "cannot be read"),
        (HEADERS, BODY, SECRET, AT + 301, "too old"),
        (HEADERS, BODY, SECRET, AT - 301, "too old"),
        (HEADERS, BODY, SECRET, None, "too old"),
        ({**HEADERS, "webhook-timestamp": "soon"}, BODY, SECRET, AT, "cannot be read"),
        ({**HEADERS, "webhook-timestamp": str(AT + 1)}, BODY, SECRET, AT, "No signature"),
        (
            {**HEADERS, "webhook-signature": "v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="},
            BODY,
            SECRET,
            AT,
            "No sig",
        ),
        ({"webhook-id": "x"}, BODY, SECRET, AT, "webhook-timestamp is missing"),
    ],
)
def test_anything_else_is_refused(headers: dict, body: bytes, secret: str, now: float | None, said: str) -> None:
    with pytest.raises(WebhookRefused, match=said):
        verify_webhook(headers, body, secret, now=now)
