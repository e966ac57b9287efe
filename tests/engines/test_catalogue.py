"""Engines are opened by what a judge names, and wrong settings are refused with their place."""

import pytest

from domain import errors
from engines import catalogue
from engines.embedded import EmbeddedEngine
from engines.served import ServedEngine
from tests.engines import contract


def test_kinds() -> None:
    assert isinstance(catalogue.open_engine("embedded"), EmbeddedEngine)
    assert isinstance(catalogue.open_engine("served", base_url="http://127.0.0.1:9/v1"), ServedEngine)


def test_settings_reach_the_engine(fake) -> None:
    fake.keep_bodies = True
    settings = {"timeout": 5, "replicas": [fake.url], "template_settings": {"enable_thinking": False}}
    engine = catalogue.open_engine("served", base_url=fake.url, model="fake-judge", settings=settings)
    engine.label_distributions(contract.ask())
    frame = next(body for body in fake.bodies if "messages" in body)
    assert frame["chat_template_kwargs"] == {"enable_thinking": False}
    engine.close()


@pytest.mark.parametrize(
    ("kind", "given", "pointer"),
    [
        ("magic", {}, "/engine/kind"),
        ("served", {}, "/engine/base_url"),
        ("served", {"base_url": "ftp://judge"}, "/engine/base_url"),
        ("served", {"base_url": "http://"}, "/engine/base_url"),
        ("served", {"base_url": "http://judge:99999"}, "/engine/base_url"),
        ("served", {"base_url": "http://judge", "settings": {"timeout": 0}}, "/engine/settings/timeout"),
        ("served", {"base_url": "http://judge", "settings": {"timeout": True}}, "/engine/settings/timeout"),
        ("served", {"base_url": "http://judge", "settings": {"replicas": "http://b"}}, "/engine/settings/replicas"),
        ("served", {"base_url": "http://judge", "settings": {"replicas": ["b"]}}, "/engine/settings/replicas/0"),
        (
            "served",
            {"base_url": "http://judge", "settings": {"template_settings": 1}},
            "/engine/settings/template_settings",
        ),
    ],
)
def test_what_will_not_do_is_refused(kind, given, pointer) -> None:
    with pytest.raises(errors.Invalid) as raised:
        catalogue.open_engine(kind, **given)
    assert [problem.pointer for problem in raised.value.problems] == [pointer]
