"""Own keys: stored, shown to the scripts, refused with a sentence, reset."""

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.accounts.permissions import Actor
from apps.core import shortcuts
from tests import factories

pytestmark = pytest.mark.django_db
URL = reverse("accounts:keys")


def name_of(key: str) -> str:
    return f"key-{[shortcut.key for shortcut in shortcuts.SHORTCUTS].index(key)}"


@pytest.fixture
def browser(alice: Actor) -> Client:
    return factories.signed_in(alice)


def test_own_keys_are_stored_and_told_to_every_page(browser: Client, alice: Actor) -> None:
    assert "studio-keys" not in browser.get(URL).content.decode()
    assert browser.post(URL, {name_of("b"): "x"}).status_code == 302
    assert User.objects.get(pk=alice.user.pk).keys == {"b": "x"}
    page = browser.get(reverse("home:home", args=["clinic"])).content.decode()
    assert '<meta name="studio-keys" content="{&quot;b&quot;: &quot;x&quot;}">' in page


def test_a_conflict_is_refused_at_its_field_and_nothing_is_stored(browser: Client, alice: Actor) -> None:
    refused = browser.post(URL, {name_of("b"): "n", name_of("d"): "q"})
    assert refused.status_code == 422
    text = refused.content.decode()
    assert "n already means" in text
    assert f'name="{name_of("d")}" value="q"' in text
    assert User.objects.get(pk=alice.user.pk).keys == {}


def test_what_was_typed_is_escaped(browser: Client) -> None:
    assert "<script>" not in browser.post(URL, {name_of("b"): "<script>"}).content.decode().split("keys-form")[1]


def test_reset_brings_all_back(browser: Client, alice: Actor) -> None:
    browser.post(URL, {name_of("b"): "x"})
    browser.post(URL, {"reset": "1", name_of("b"): "x"})
    assert User.objects.get(pk=alice.user.pk).keys == {}
