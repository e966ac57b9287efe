"""Webhooks on screen."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.accounts import services
from apps.accounts.models import Delivery, DeliveryAttempt, Webhook
from apps.accounts.permissions import Actor
from tests import factories

pytestmark = pytest.mark.django_db
BODY: dict[str, Any] = {
    "name": "On call",
    "url": "https://hooks.example.org/studio",
    "events": ["job.done", "alarm.raised"],
}


def url(name: str, *args: object) -> str:
    return reverse(f"accounts:{name}", args=["clinic", *args])


@pytest.fixture
def hook(alice: Actor) -> Webhook:
    return services.create_webhook(by=alice, **BODY).webhook


def test_it_is_set_up_and_its_secret_shown_once(alice: Actor) -> None:
    browser = factories.signed_in(alice)
    assert "Nobody is told yet" in browser.get(url("webhooks")).content.decode()
    assert "Standard Webhooks" in browser.get(url("webhook-new")).content.decode()
    page = browser.post(url("webhook-new"), BODY)
    (secret,) = set(re.findall(r"whsec_[\w+/=]{44}", page.content.decode()))
    assert "no-store" in page["Cache-Control"]
    made = Webhook.objects.get()
    for again in (url("webhooks"), url("webhook", made.pk)):
        shown = browser.get(again).content.decode()
        assert secret not in shown
        assert "On call" in shown
    rotated = browser.post(url("webhook-rotate", made.pk), {"grace_hours": "24"}).content.decode()
    assert secret not in rotated
    assert "also signs; ends" in rotated


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"url": "https://10.0.0.1/"}, "not a public address"), ({"events": []}, "required"), ({"name": ""}, "required")],
)
def test_what_will_not_do_is_said(alice: Actor, hook: Webhook, wrong: dict[str, Any], said: str) -> None:
    browser = factories.signed_in(alice)
    for where in (url("webhook-new"), url("webhook-change", hook.pk)):
        answer = browser.post(where, {**BODY, "on": "on", **wrong})
        assert (answer.status_code, said in answer.content.decode()) == (422, True)
    assert browser.post(url("webhook-rotate", hook.pk), {"grace_hours": "x"}).status_code == 422


def test_only_admins_come_here(alice: Actor, bob: Actor, charlie: Actor, hook: Webhook) -> None:
    people = (alice, bob, charlie)
    for page in (url("webhooks"), url("webhook-new"), url("webhook", hook.pk)):
        assert [factories.signed_in(who).get(page).status_code for who in people] == [200, 403, 404]
    sent = services.send_test(by=alice, webhook=hook)
    acts = [url(f"webhook-{verb}", hook.pk) for verb in ("change", "rotate", "test", "delete")]
    for act in [*acts, url("delivery-send", hook.pk, sent.pk)]:
        assert [factories.signed_in(who).post(act, BODY).status_code for who in (bob, charlie)] == [403, 404]


def test_the_log_tells_each_attempt_and_hostile_answers_stay_text(alice: Actor, hook: Webhook) -> None:
    browser = factories.signed_in(alice)
    for _ in range(30):
        sent = services.send_test(by=alice, webhook=hook)
        DeliveryAttempt.objects.create(
            delivery=sent, number=1, ended_at=sent.since, status=500, answer="<script>alert(1)</script>"
        )
    Delivery.objects.update(state="failed", note="The receiver answered <i>500</i>.")
    asked = []
    for number in ("1", "2", "1"):
        with CaptureQueriesContext(connection) as seen:
            page = browser.get(url("webhook", hook.pk), {"page": number}).content.decode()
        asked.append(len(seen))
    assert asked[1] == asked[2], "5 rows ask as often as 25"
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "&lt;i&gt;500" in page
    assert "Page 1 of 2" in page
    assert 'hx-trigger="every 3s"' not in page
    answer = browser.post(url("delivery-send", hook.pk, sent.pk), follow=True).content.decode()
    assert "with the same id" in answer
    assert 'hx-trigger="every 3s"' in answer
    assert browser.post(url("delivery-send", hook.pk, sent.pk)).status_code == 409
    fragment = browser.get(url("webhook", hook.pk), headers={"HX-Request": "true"}).content.decode()
    assert fragment.startswith('<section class="panel" id="webhook-deliveries"')


def test_it_is_changed_tried_and_deleted(alice: Actor, hook: Webhook) -> None:
    browser = factories.signed_in(alice)
    assert "A test is on its way" in browser.post(url("webhook-test", hook.pk), follow=True).content.decode()
    changed = browser.post(url("webhook-change", hook.pk), {**BODY, "name": "Pager"}, follow=True).content.decode()
    assert "Pager" in changed
    assert "This webhook is off." in changed
    Webhook.objects.update(off_reason="22 attempts in a row failed over more than a day.")
    for page in (url("webhooks"), url("webhook", hook.pk)):
        assert "22 attempts in a row" in browser.get(page).content.decode()
    assert "is deleted" in browser.post(url("webhook-delete", hook.pk), follow=True).content.decode()
    assert not Webhook.objects.exists()
