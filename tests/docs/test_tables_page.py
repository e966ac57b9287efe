"""The picture of the tables shows every table there is."""

import re

from django.apps import apps
from django.conf import settings


def test_every_model_is_in_the_picture() -> None:
    text = (settings.BASE_DIR / "docs" / "tables.md").read_text(encoding="utf-8")
    picture = re.search(r"```mermaid\n(.*?)```", text, re.DOTALL)
    assert picture is not None
    drawn = set(re.findall(r"\b[A-Z]\w+\b", picture[1]))
    ours = {
        model.__name__
        for config in apps.get_app_configs()
        if config.name.startswith("apps.")
        for model in config.get_models()
    }
    assert ours - drawn == set()
